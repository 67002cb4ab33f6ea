"""Which located things place the addresses of others.

Only what a source itself says is taken, never a position that came from somebody else's address: a mistake would
otherwise feed itself, and the result would hang on the order of loading.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely

from etl.locate.address import number_key, parse, street_key
from etl.locate.points import DECLARED, SURVEYED, AddressPoint
from etl.locate.position import own_point
from etl.locate.suspicious import suspicions
from etl.locate.territory import MunicipalityMap
from etl.record import AddressRecord, Placeable
from etl.sources.base import Positions

RANKS: Mapping[Positions, int] = {"rilevate": SURVEYED, "dichiarate": DECLARED}


def contributions(
    source_id: str,
    positions: Positions,
    records: Sequence[Placeable | AddressRecord],
    municipalities: MunicipalityMap,
    *,
    leave_out: Collection[str] = frozenset(),
) -> list[AddressPoint]:
    """The address points that a source's records give, sorted, each once.

    A record gives one where its own point lies in its municipality, is claimed at address precision, is not
    suspicious, and has a street and a number. ``leave_out`` are keys of records that must place nobody: those at a
    protected address. A source whose positions are ``scarse`` gives none.
    """
    rank = RANKS.get(positions)
    if rank is None:
        return []
    registered = [record for record in records if isinstance(record, AddressRecord)]
    services = [record for record in records if not isinstance(record, AddressRecord) and record.key not in leave_out]
    drafts = _Drafts()
    for record in registered:
        drafts.add(record.municipality, street_key(record.street), number_key(record.number), record)
    for placeable in _believed(services, municipalities, positions):
        address = parse(placeable.address or "")
        if address is not None and address.number:
            drafts.add(placeable.municipality or "", address.street, address.number, placeable)
    return drafts.points(source_id, rank, municipalities)


def _believed(records: Sequence[Placeable], municipalities: MunicipalityMap, trust: Positions) -> list[Placeable]:
    """Records whose own point is claimed to be that of the address, and not suspicious."""
    points = {record.key: point for record in records if (point := own_point(record)) is not None}
    doubted = suspicions(records, points, municipalities.centroids, trust=trust)
    return [
        record
        for record in records
        if record.key in points and record.precision == "address" and record.key not in doubted
    ]


LONGEST = 300  # characters of street and number; the database finds points by both


@dataclass
class _Drafts:
    """Points on their way, by municipality: many are looked at together."""

    by_municipality: dict[str, list[tuple[str, str, float, float]]] = field(default_factory=dict)

    def add(self, municipality: str, street: str | None, number: str, record: Placeable | AddressRecord) -> None:
        if street is None or not number or record.longitude is None or record.latitude is None:
            return
        if len(street) + len(number) > LONGEST:
            return
        draft = (street, number, record.longitude, record.latitude)
        self.by_municipality.setdefault(municipality, []).append(draft)

    def points(self, source_id: str, rank: int, municipalities: MunicipalityMap) -> list[AddressPoint]:
        """The points that lie in their municipality."""
        points: set[AddressPoint] = set()
        for code, drafts in self.by_municipality.items():
            if code not in municipalities.municipalities:
                continue
            degrees = np.array([draft[2:] for draft in drafts], dtype=float)
            inside = shapely.intersects_xy(municipalities.polygons[code], degrees[:, 0], degrees[:, 1])
            points |= {
                AddressPoint(source_id, code, *draft, rank)
                for draft, is_inside in zip(drafts, inside.tolist(), strict=True)
                if is_inside
            }
        return sorted(points)
