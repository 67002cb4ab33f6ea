"""Places of a scenario: from what a person writes to a place with a name, and from there to a spot to measure from."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import shapely
from sqlalchemy import Connection

from etl.derive.inputs import read_territory
from etl.derive.layer_file import FORMATS, read_layer
from etl.derive.scenario.changes import Place
from etl.derive.scenario.directory import PARTS, Directory, ListedArea
from etl.errors import NotFound, OmbraError
from etl.i18n import _
from etl.reference.municipalities import municipalities
from etl.store.models import LEVELS
from geo.crs import METRIC, WGS84, to_metric
from geo.travel.estimate import LARGEST_RADIUS

ZONE = "zona_omogenea"
SHOWN = 5
_NUMBER = r"[+-]?\d+(?:\.\d+)?"
_POINT = re.compile(rf"({_NUMBER})\s*[,;|\s]\s*({_NUMBER})(?:\s*\((.+)\))?")
_IN_BRACKETS = re.compile(r"\s*\(.*\)$")
_SERVED = tuple(level for level in LEVELS if level not in (*PARTS, "census_section"))


@dataclass(frozen=True)
class Spot:
    """Where a service is measured from, as :func:`etl.derive.supply.read_services` has it.

    Attributes
    ----------
    municipality
        Identifier.
    point
        EPSG:32632; None is somewhere in the municipality.
    zone
        Identifier of the zona omogenea that a protected place is known by, and by nothing else.
    """

    municipality: str
    point: shapely.Point | None
    radius_m: float
    zone: str | None = None

    @property
    def located(self) -> bool:
        """Whether the place is better known than by its municipality."""
        return self.point is not None


class Reader:
    """Reads places out of what people write.

    ``lon,lat`` in degrees; a municipality by ISTAT code or name; a quarter or settlement by name; ``level:code`` or
    ``level:name`` for any level of area; ``file#name`` for a feature of a layer (a polygon by a point inside of it).
    Behind a point or a code what it is called may stand in brackets.
    """

    def __init__(self, connection: Connection, directory: Directory) -> None:
        self._connection = connection
        self._directory = directory

    def place(self, text: str) -> Place:
        """Where a service is to be.

        Raises
        ------
        OmbraError
            No place, or several, are called so; or the layer has faults.
        """
        asked = text.strip()
        if numbers := _POINT.fullmatch(asked):
            return Place.at(float(numbers[1]), float(numbers[2]), numbers[3])
        path, mark, feature = asked.partition("#")
        if mark and Path(path).suffix.lower() in FORMATS:
            return self._feature(Path(path), feature.strip())
        bare = _IN_BRACKETS.sub("", asked)
        found = municipalities().recognise(istat=bare, name=asked)
        town = None if found is None else self._directory.area("municipality", found.code)
        return _place(town) if town is not None else self._named(asked, ("municipality", *PARTS))

    def area(self, text: str) -> Place:
        """An area that a service is for.

        Raises
        ------
        OmbraError
            No area, or several, are called so.
        """
        return self._named(text.strip(), _SERVED)

    def _named(self, text: str, levels: tuple[str, ...]) -> Place:
        level, mark, rest = text.partition(":")
        if mark and level in LEVELS:
            text, levels = rest.strip(), (level,)
        text = _IN_BRACKETS.sub("", text)
        found = self._directory.areas(text, levels)
        if not found:
            why = _("«{testo}»: nessun luogo si chiama così; scrivere un comune, LIVELLO:CODICE o «lon,lat»")
            raise NotFound(why.format(testo=text))
        if len(found) > 1:
            listed = ", ".join(f"{one.level}:{one.code}" for one in found[:SHOWN])
            why = _("«{testo}»: più luoghi si chiamano così; scrivere quale: {elenco}")
            raise OmbraError(why.format(testo=text, elenco=listed))
        return _place(found[0])

    def _feature(self, path: Path, feature: str) -> Place:
        layer = read_layer(path, territory=read_territory(self._connection))
        if feature not in layer.shapes.index:
            known = ", ".join(map(str, layer.shapes.index[:SHOWN]))
            why = _("{file}: nessun elemento si chiama «{nome}»; i primi sono: {elenco}")
            raise NotFound(why.format(file=path.name, nome=feature, elenco=known))
        inside = gpd.GeoSeries([layer.shapes[feature].representative_point()], crs=METRIC).to_crs(WGS84)
        return Place.at(float(inside.x[0]), float(inside.y[0]), name=feature)


def _place(area: ListedArea) -> Place:
    return Place(name=area.name, level=area.level, code=area.code)


def spot(directory: Directory, place: Place, *, protected: bool) -> Spot:
    """The spot of a place.

    Raises
    ------
    OmbraError
        The place is nowhere in the territory, or tells more of a protected service than its zone.
    """
    if protected:
        return _zone(directory, place)
    if place.point is not None:
        return _at(directory, place.point)
    area = _area(directory, place)
    if area.level == "municipality":
        return Spot(area.id, None, directory.municipalities.municipalities[area.code].radius_m)
    home = directory.home(area.id) if area.level in PARTS else None
    if home is None or area.point is None:
        why = _("«{nome}» non è un punto, né un comune, né un quartiere o centro abitato: indicare uno di questi")
        raise OmbraError(why.format(nome=place.name))
    return Spot(home, _metric(area.point), directory.radius(area))


def served(directory: Directory, place: Place) -> str:
    """Identifier of an area that a service is for.

    Raises
    ------
    OmbraError
        There is no such area any more.
    """
    return _area(directory, place).id


def _area(directory: Directory, place: Place) -> ListedArea:
    lookup: Callable[[str, str], ListedArea | None] = directory.area
    found = lookup(place.level or "", place.code or "")
    if found is None:
        why = _("il luogo «{nome}» ({livello}:{codice}) non c'è (più)")
        raise NotFound(why.format(nome=place.name, livello=place.level, codice=place.code))
    return found


def _at(directory: Directory, point: tuple[float, float]) -> Spot:
    shape = shapely.Point(point)
    codes = sorted(directory.municipalities.containing({"": shape}).get("", ()))
    if not codes:
        why = _("il punto {lon:g}, {lat:g} è fuori dal territorio: prima la longitudine, poi la latitudine, in gradi")
        raise OmbraError(why.format(lon=point[0], lat=point[1]))
    return Spot(str(directory.municipalities.municipalities[codes[0]].id), _metric(shape), 0.0)


def _zone(directory: Directory, place: Place) -> Spot:
    """Of a protected place only the zone is told; the largest municipality there stands for it where one must."""
    area = None if place.point is not None else _area(directory, place)
    town = directory.largest(area.id) if area is not None and area.level == ZONE else None
    if area is None or town is None:
        raise OmbraError(
            _("i luoghi di questo tipo sono protetti: indicarne solo la zona omogenea, per esempio «zona_omogenea:05»")
        )
    return Spot(town, None, LARGEST_RADIUS, zone=area.id)


def _metric(point: shapely.Point) -> shapely.Point:
    there = to_metric(gpd.GeoSeries([point], crs=WGS84))
    return shapely.Point(float(there.x[0]), float(there.y[0]))
