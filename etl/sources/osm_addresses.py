"""Street numbers of OpenStreetMap: features with ``addr:housenumber`` and a street, out of an extract.

Keys: https://wiki.openstreetmap.org/wiki/Key:addr. The file's name must hold ``indirizzi`` (``civici``, ``addresses``),
since the same extract under another name is that of the services: whoever wants both keeps it under two names.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd

from etl.i18n import _
from etl.issues import IssueLog
from etl.record import AddressRecord, Record
from etl.sources import osm_elements
from etl.sources.base import Declaration, Edition, Raw, Received, Source
from etl.sources.osm_rules import several
from etl.sources.osm_services import ADDRESSES
from etl.sources.tabular.coverage import coverage
from etl.sources.where import finder

NUMBER = "addr:housenumber"
BATCH = 50_000  # features placed at once


class OsmAddresses(Source):
    """Street numbers by the key of their feature; one with several numbers (``12;12b``) gives a record for each.

    What cannot be used is told once for each municipality and reason, with how many (``IssueLog.counted``).
    """

    declaration = Declaration(
        id="osm-indirizzi",
        title="Numeri civici della mappa OpenStreetMap",
        publisher="OpenStreetMap contributors",
        licence="ODbL-1.0",
        kind="addresses",
        address="https://www.openstreetmap.org/copyright",
        refresh_days=180,
        positions="dichiarate",
        note=(
            "Da un estratto .osm.pbf di chi gestisce Ombra, con «indirizzi» nel nome del file. "
            "Attribuzione: © OpenStreetMap contributors."
        ),
    )

    def knows(self, name: str) -> bool:
        """Extracts, and answers of Overpass, whose name says that they hold street numbers."""
        low = name.lower()
        fits = osm_elements.is_extract(low) or (low.startswith(("osm", "overpass")) and low.endswith(".json"))
        return fits and any(word in low for word in ADDRESSES)

    def faults(self, file: Path) -> list[str]:
        """Why a file is no extract and no answer of Overpass."""
        return osm_elements.faults(file)

    def editions(self, files: Sequence[Received]) -> list[Edition]:
        """One edition a file, by the day of OpenStreetMap that it holds; files of one day make one edition."""
        return osm_elements.editions(files, rows)

    def parse(self, key: str, raw: Raw, edition: str, log: IssueLog) -> Sequence[Record]:  # noqa: ARG002
        """The street numbers of a feature."""
        place, tags = raw.get("comune"), raw.get("tags", {})
        street, numbers = tags.get("addr:street") or tags.get("addr:place"), several(tags.get(NUMBER, ""))
        if place is None:
            log.counted("fuori", "fuori_territorio", _("Numeri civici fuori dalla Città metropolitana di Torino."))
        elif not street or not numbers:
            log.counted(place, "via_mancante", _("Numeri civici senza il nome della via o senza numero."))
        else:
            return [
                AddressRecord(_key(key, number, numbers), place, street.strip(), number, raw["lat"], raw["lon"])
                for number in dict.fromkeys(numbers)
            ]
        return []

    def coverage(self, records: Sequence[Record]) -> pd.DataFrame:
        """Nothing: addresses are no services."""
        return coverage((), records)


def rows(paths: Sequence[Path]) -> Iterator[tuple[str, Raw]]:
    """Features by key. ``comune`` is not of the file: it is where the point lies, found for many at once."""
    for path in paths:
        batch: list[Raw] = []
        for raw in osm_elements.read(path, (NUMBER,)):
            batch.append(raw)
            if len(batch) == BATCH:
                yield from _placed(batch)
                batch = []
        yield from _placed(batch)


def _placed(batch: list[Raw]) -> Iterator[tuple[str, Raw]]:
    points = [raw if osm_elements.has_point(raw) else {"lon": 0.0, "lat": 0.0} for raw in batch]
    places = finder().at([point["lon"] for point in points], [point["lat"] for point in points])
    for raw, place in zip(batch, places, strict=True):
        yield osm_elements.key(raw), raw if place is None else raw | {"comune": place}


def _key(key: str, number: str, numbers: Sequence[str]) -> str:
    return key if len(numbers) == 1 else f"{key}/{number}"


SOURCES = (OsmAddresses(),)
