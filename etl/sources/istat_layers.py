"""Shapefiles of ISTAT: of a national or regional layer only the features of the province, the others counted."""

import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

import geopandas as gpd
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError, FieldError
from pyproj.exceptions import CRSError

from etl.errors import SourceError
from etl.i18n import _
from etl.reference.boundaries import PROVINCE
from etl.sources.base import Raw
from etl.sources.istat_tables import ELSEWHERE, Skipped
from etl.sources.readers import archive
from etl.sources.readers.content import Unreadable, require_file
from geo.crs import WGS84

MUNICIPALITY = "PRO_COM"  # number of the province times a thousand, and of the municipality
PUBLISHED = "EPSG:32632"  # the system of the layers named WGS84, where a copy has lost its .prj
_OURS = f"{MUNICIPALITY} >= {PROVINCE * 1000} and {MUNICIPALITY} < {(PROVINCE + 1) * 1000}"
_BROKEN = (DataSourceError, DataLayerError, FieldError, CRSError, ValueError, OSError)

Wanted = Callable[[str], bool]


def named(pattern: Wanted) -> Wanted:
    """A test of the last part of a path in an archive, for shapefiles only."""
    return lambda name: name.endswith(".shp") and pattern(PurePosixPath(name).name)


def faults(path: Path, wanted: Wanted, columns: tuple[str, ...]) -> list[str]:
    """Why a file holds no such layer; ``columns`` are those that it must have."""
    try:
        with _layer(path, wanted) as layer:
            there = {str(name) for name in pyogrio.read_info(layer)["fields"]}
    except Unreadable as error:
        return [f"{path.name}: {fault}" for fault in error.faults]
    why = _("{name}: manca la colonna «{column}»")
    return [why.format(name=path.name, column=column) for column in columns if column not in there]


def read(path: Path, wanted: Wanted, skipped: Skipped) -> Iterator[Raw]:
    """Attributes of the features of our municipalities as text, and ``geometry`` as WKT in EPSG:4326.

    Raises
    ------
    SourceError
        The file is unusable.
    """
    try:
        with _layer(path, wanted) as layer:
            skipped.counts.update(_elsewhere(layer))
            frame: gpd.GeoDataFrame = pyogrio.read_dataframe(layer, where=_OURS)
            shapes = _in_degrees(frame)
    except Unreadable as error:
        summary = _("Il file «{name}» non si legge: nulla ne è stato caricato.").format(name=path.name)
        raise SourceError(summary, [f"{path.name}: {fault}" for fault in error.faults]) from None
    plain = frame.drop(columns="geometry")
    texts = [dict(zip(map(str, plain.columns), map(_text, row), strict=True)) for row in plain.to_numpy(dtype=object)]
    for attributes, shape in zip(texts, shapes, strict=True):
        yield {**attributes, "geometry": shape}


def _in_degrees(frame: gpd.GeoDataFrame) -> list[str]:
    known = frame if frame.crs is not None else frame.set_crs(PUBLISHED)
    return [str(text or "") for text in shapely.to_wkt(known.geometry.to_crs(WGS84).to_numpy(), rounding_precision=-1)]


def _elsewhere(layer: Path) -> Counter[str]:
    """Features by province, ours left out."""
    codes = pyogrio.read_dataframe(layer, columns=[MUNICIPALITY], read_geometry=False)[MUNICIPALITY]
    provinces = Counter(int(code) // 1000 for code in codes.dropna())
    return Counter({f"{ELSEWHERE}/{number:03d}": n for number, n in provinces.items() if number != PROVINCE})


def _text(value: object) -> str:
    """A number without the decimals that a shapefile adds to whole ones."""
    if value is None or value != value:  # noqa: PLR0124  NaN
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


@contextmanager
def _layer(path: Path, wanted: Wanted) -> Iterator[Path]:
    """The shapefile itself, or the one that is wanted in an archive."""
    require_file(path)
    if archive.is_archive(path):
        with archive.extracted(path, wanted, "SHP") as inner, _readable():
            yield inner
        return
    beside = {other.suffix.lower() for other in path.parent.glob(f"{path.stem}.*")}
    if missing := sorted({".dbf", ".shx"} - beside):
        why = _("Accanto al file mancano {parts}: metterli tutti, o usare lo ZIP come si scarica.")
        raise Unreadable(why.format(parts=", ".join(path.stem + suffix for suffix in missing)))
    with _readable():
        yield path


@contextmanager
def _readable() -> Iterator[None]:
    """Whatever GDAL says against a file, as a fault; what it only remarks on is left out."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield
        except _BROKEN:
            raise Unreadable(_("Lo Shapefile è guasto o incompleto: scaricarlo di nuovo.")) from None
