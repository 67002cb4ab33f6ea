"""Road minutes and kilometres from municipality to municipality (ISTAT, Matrici delle distanze).

ISTAT gives a ZIP for each region with the pairs of each of its municipalities and all of Italy: millions of rows, of
which those with both ends in the metropolitan city are kept. The layout of 2013 (``Name;Origine;Destinazione;
Total_Minu;Total_Mete``, decimal comma, metres, municipalities of 2011) was read in public programs that use it. That
of May 2023 (municipalities of 2021, kilometres) was not: its columns are looked for under the names that they may
have, and a file without them is left alone with the names that it lacks.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import pandas as pd

from etl.i18n import _
from etl.issues import IssueLog
from etl.record import Record, TravelRecord
from etl.reference.municipalities import municipalities
from etl.sources import istat_tables
from etl.sources.base import Declaration, Download, Edition, Raw, Received, Source
from etl.sources.istat_tables import Columns, Skipped, code_of, tell_skipped
from etl.sources.tabular.coverage import coverage
from etl.sources.tabular.figures import number

COLUMNS = Columns(
    {
        "origin": ("Origine*", "Origin*", "PRO_COM_O*", "Cod_Orig*"),
        "destination": ("Destinazione*", "Destin*", "PRO_COM_D*", "Cod_Dest*"),
        "minutes": ("Total_Minu*", "Minut*", "Tempo*"),
        "km": ("Total_Kilo*", "Total_Km*", "Km*", "Kilometri*", "Chilometri*"),
        "metres": ("Total_Mete*", "Total_Metr*", "Metri*"),
    },
    frozenset({"km", "metres"}),
)
CAR = "car"
LONGEST = 24 * 60.0  # minutes: no two municipalities of the province are a day apart
_NAME = re.compile(r"(piemonte|.*matric.*|.*distanz.*)\.(csv|txt|zip)")


class TravelTimes(Source):
    """Minutes by car between the municipalities of the metropolitan city."""

    declaration = Declaration(
        id="istat-tempi",
        title="Matrice delle distanze fra comuni: minuti e chilometri su strada",
        publisher="ISTAT",
        licence="CC-BY-4.0",
        kind="travel",
        address="https://www.istat.it/notizia/matrici-di-contiguita-distanza-e-pendolarismo/",
        downloads=(Download("https://www.istat.it/storage/cartografia/matrici_distanze/Piemonte.zip", "Piemonte.zip"),),
        territory="Piemonte",
        note="Tempi in auto da municipio a municipio, senza traffico. Fra comuni poi fusi si fa la media dei tempi.",
    )

    def knows(self, name: str) -> bool:
        """The region's file, and names that speak of matrices or distances."""
        return _NAME.fullmatch(name.lower()) is not None

    def faults(self, file: Path) -> list[str]:
        """What the header lacks."""
        return istat_tables.faults(file, COLUMNS)

    def editions(self, files: Sequence[Received]) -> list[Edition]:
        """One edition for each year in the names of the files."""
        years: dict[str, list[Received]] = {}
        for file in sorted(files, key=lambda one: (one.name, one.sha256)):
            years.setdefault(istat_tables.year_of(file.path.name), []).append(file)
        return [Edition(year, tuple(found), partial(_rows, found)) for year, found in sorted(years.items())]

    def parse(self, key: str, raw: Raw, edition: str, log: IssueLog) -> Sequence[Record]:  # noqa: ARG002
        """The way from one municipality of today to another."""
        if tell_skipped(key, raw, log):
            return []
        ends = [municipalities().recognise(istat=raw[end]) for end in ("origin", "destination")]
        minutes, km = number(raw["minutes"]), _km(raw)
        if ends[0] is None or ends[1] is None:
            log.counted("comuni", "comune_sconosciuto", _("Coppie con un codice che non è di un comune."))
        elif ends[0].code == ends[1].code:
            log.counted("coppie", "stesso_comune", _("Coppie dentro uno stesso comune di oggi: non servono."))
        elif minutes is None or not 0 <= minutes <= LONGEST:
            why = _("I minuti mancano, non sono un numero o superano un giorno.")
            log.rejected(key, "minuti_illeggibili", why, field="minutes", value=raw["minutes"])
        else:
            return [TravelRecord(key, ends[0].code, ends[1].code, CAR, minutes, km)]
        return []

    def finish(self, records: Sequence[Record]) -> Sequence[Record]:
        """Ways from and to parts of what is one municipality today as one: the mean of them."""
        ways: dict[tuple[str, str], list[TravelRecord]] = defaultdict(list)
        for record in records:
            if isinstance(record, TravelRecord):
                ways[record.origin, record.destination].append(record)
        return [_mean(sorted(same, key=lambda way: way.key)) for _pair, same in sorted(ways.items())]

    def coverage(self, records: Sequence[Record]) -> pd.DataFrame:
        """Nothing: ways are no services."""
        return coverage((), records)


def _rows(files: Sequence[Received]) -> Iterator[tuple[str, Raw]]:
    skipped = Skipped()
    for file in files:
        for raw in istat_tables.read(file.path, COLUMNS, skipped):
            origin, destination = code_of(raw["origin"]), code_of(raw["destination"])
            if not skipped.outside(origin) and not skipped.outside(destination):
                yield f"{origin or raw['origin']}-{destination or raw['destination']}", raw
    yield from skipped.rows()


def _km(raw: Raw) -> float | None:
    km = number(raw.get("km", ""))
    metres = number(raw.get("metres", ""))
    if km is None and metres is not None:
        km = metres / 1000
    return km if km is not None and km >= 0 else None


def _mean(ways: Sequence[TravelRecord]) -> TravelRecord:
    first = ways[0]
    km = [way.km for way in ways if way.km is not None]
    return TravelRecord(
        first.key,
        first.origin,
        first.destination,
        first.mode,
        sum(way.minutes for way in ways) / len(ways),
        sum(km) / len(km) if len(km) == len(ways) else None,
    )


SOURCES = (TravelTimes(),)
