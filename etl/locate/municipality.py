"""The names under which locating was known before it was split; to go once nobody imports them."""

from collections.abc import Sequence

from etl.issues import IssueLog
from etl.locate.index import AddressIndex
from etl.locate.position import ADDRESS_RADIUS_M, STREET_RADIUS_ELSEWHERE_M, STREET_RADIUS_M, Position
from etl.locate.run import locate as _locate
from etl.locate.territory import Municipality
from etl.locate.territory import MunicipalityMap as Gazetteer
from etl.locate.territory import read_municipalities as read_gazetteer
from etl.record import ServiceRecord

__all__ = [
    "ADDRESS_RADIUS_M",
    "STREET_RADIUS_ELSEWHERE_M",
    "STREET_RADIUS_M",
    "Gazetteer",
    "Municipality",
    "Position",
    "locate",
    "read_gazetteer",
]


def locate(found: Sequence[ServiceRecord], gazetteer: Gazetteer, log: IssueLog) -> dict[str, Position]:
    """Positions by key, by the records' own points alone."""
    return _locate(found, gazetteer, AddressIndex([]), log).positions
