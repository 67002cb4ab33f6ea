"""Invented points and records in Torino, told in metres from a corner."""

from pyproj import Transformer

from etl.locate.points import SURVEYED, AddressPoint
from etl.record import ServiceRecord

TORINO, MONCALIERI = "001272", "001156"
CORNER = (392_500.0, 4_991_500.0)  # EPSG:32632, near Piazza Rivoli
_TO_DEGREES = Transformer.from_crs(32632, 4326, always_xy=True)


def degrees(east=0.0, north=0.0):
    """Longitude and latitude of a place some metres from the corner."""
    longitude, latitude = _TO_DEGREES.transform(CORNER[0] + east, CORNER[1] + north)
    return round(longitude, 8), round(latitude, 8)


def metres(point):
    """East and north of a point, in metres from the corner."""
    east, north = _TO_DEGREES.transform(point.x, point.y, direction="INVERSE")
    return east - CORNER[0], north - CORNER[1]


def point(street, number, *, east=0.0, north=0.0, rank=SURVEYED, source="rilievo", municipality=TORINO):
    longitude, latitude = degrees(east, north)
    return AddressPoint(source, municipality, street, number, longitude, latitude, rank)


def service(key, address, *, east=None, north=0.0, precision="address", municipality=TORINO, **others):
    """A service; without ``east`` it has no point."""
    longitude, latitude = (None, None) if east is None else degrees(east, north)
    return ServiceRecord(
        key=key, service_type="csm", name="CSM", organization=None, municipality=municipality,
        supply_status="attivo", precision=precision, latitude=latitude, longitude=longitude, address=address, **others,
    )  # fmt: skip
