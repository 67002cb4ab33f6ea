"""Municipalities of 2011 with their population and the address of the town hall (ISTAT, Elenco unità amministrative).

One file tells two things: figures of municipalities, which land on those of today, and street numbers with a point,
which place other records. It stays one source, whose rows stand for records of both kinds, because a file belongs to
one source only. Two coordinate systems stand side by side: those in WGS84 / UTM 32N (EPSG:32632) are read.
"""

from collections.abc import Sequence

from etl.i18n import _
from etl.issues import IssueLog
from etl.record import IndicatorRecord, Record
from etl.reference.recode import tell_absent
from etl.sources.base import Raw
from etl.sources.tabular.mapping import Column, EditionRule, Figure, Mapping
from etl.sources.tabular.source import TabularSource

_CODES = {"istat_code": Column(column="PRO_COM_T"), "municipality": Column(column="COMUNE")}
_FILE = "ElencoUnitaAmministrative2011*.csv"

ELENCO = Mapping(
    id="istat-municipi-2011",
    title="Comuni del 2011: popolazione ai censimenti e indirizzo del municipio",
    publisher="ISTAT",
    licence="CC-BY-4.0",
    kind="indicators",
    address="https://www.istat.it/notizia/basi-territoriali-e-variabili-censuarie/",
    territory="Italia",
    ignored={
        "X_ED50_32N": "lo stesso punto in un altro sistema di coordinate (EPSG:23032)",
        "Y_ED50_32N": "lo stesso punto in un altro sistema di coordinate (EPSG:23032)",
    },
    note="I comuni sono quelli del 2011: le cifre di quelli poi fusi sono sommate. Mappano, nato dopo, non ha cifre.",
    files=(_FILE,),
    delimiter=",",
    edition=EditionRule(date="2011-10-09"),
    key=("PRO_COM_T",),
    fields=_CODES,
    decimal=".",
    figures=(
        Figure(column="POP_2001", name="popolazione_censimento", year=2001),
        Figure(column="POP_2011", name="popolazione_censimento", year=2011),
        Figure(column="SUPERFICIE (in KMQ)", name="superficie_km2", year=2011),
    ),
)
MUNICIPI = ELENCO.model_copy(
    update={
        "kind": "addresses",
        "crs": "EPSG:32632",
        "figures": (),
        "fields": {
            **_CODES,
            "address": Column(column="INDIRIZZO MUNICIPIO"),
            "x": Column(column="X_WGS84_32N"),
            "y": Column(column="Y_WGS84_32N"),
        },
    }
)


class TownHalls(TabularSource):
    """Figures of each municipality and, where street, number and point are told, the address of its town hall."""

    def __init__(self) -> None:
        super().__init__(ELENCO)
        self.addresses = TabularSource(MUNICIPI)

    def parse(self, key: str, raw: Raw, edition: str, log: IssueLog) -> Sequence[Record]:
        """The figures of a row, then its address; what was said of the figures is not said twice."""
        figures, own = IssueLog(), IssueLog()
        found = [*super().parse(key, raw, edition, figures), *self.addresses.parse(key, raw, edition, own)]
        log.entries.extend(figures.entries)
        log.entries.extend(entry for entry in own.entries if entry not in figures.entries)
        return found

    def remark(self, records: Sequence[Record], log: IssueLog) -> None:
        """Municipalities of today that were not there."""
        there = {record.code for record in records if isinstance(record, IndicatorRecord)}
        tell_absent(there, log, what=_("popolazione ai censimenti"))


SOURCES = (TownHalls(),)
