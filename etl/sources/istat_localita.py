"""The main inhabited centre of each municipality at the census of 2011 (ISTAT).

The points are inside the centres and stand for no place that people look for, and settlements come from the reference
data: only the figures are taken, as indicators of the municipality.
"""

from collections.abc import Sequence

from etl.i18n import _
from etl.issues import IssueLog
from etl.record import IndicatorRecord, Record
from etl.reference.recode import tell_absent
from etl.sources.tabular.mapping import Column, EditionRule, Figure, Mapping
from etl.sources.tabular.source import TabularSource

CENTRI = Mapping(
    id="istat-localita",
    title="Centro abitato principale di ogni comune, censimento 2011",
    publisher="ISTAT",
    licence="CC-BY-4.0",
    kind="indicators",
    address="https://www.istat.it/notizia/basi-territoriali-e-variabili-censuarie/",
    territory="Italia",
    note="Un centro per comune, non tutte le località: le cifre non sono quelle del comune intero. Nei comuni nati da"
    " fusioni si sommano i centri principali di quelli di prima.",
    files=("Localita_11_WGS84*points*.geojson",),
    format="geojson",
    edition=EditionRule(date="2011-10-09"),
    key=("PRO_COM_T",),
    fields={"istat_code": Column(column="PRO_COM_T")},
    figures=(
        Figure(column="POPRES", name="centro_principale_popolazione", year=2011),
        Figure(column="FAMIGLIE", name="centro_principale_famiglie", year=2011),
        Figure(column="ABITAZIONI", name="centro_principale_abitazioni", year=2011),
        Figure(column="EDIFICI", name="centro_principale_edifici", year=2011),
    ),
)


class Centres(TabularSource):
    """Main centres, of the municipalities that were there in 2011."""

    def remark(self, records: Sequence[Record], log: IssueLog) -> None:
        """Municipalities of today that were not there."""
        there = {record.code for record in records if isinstance(record, IndicatorRecord)}
        tell_absent(there, log, what=_("centro abitato principale"))


SOURCES = (Centres(CENTRI),)
