"""Layers of GeoPackage and Shapefile, by GDAL: attributes as text, geometry as WKT in the layer's own system."""

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError, FieldError
from pyproj import CRS
from pyproj.exceptions import CRSError

from etl.i18n import _
from etl.sources.readers.content import GEOMETRY, Content, Line, Options, Unreadable, require_file
from etl.sources.readers.objects import name_of
from etl.sources.readers.signatures import SHAPEFILE, SQLITE, refuse_other_format
from etl.sources.readers.values import text

BATCH = 10_000  # features turned into text at a time


def read(path: Path, options: Options) -> Content:
    """Rows of a layer; the number of a row is its place in the layer, from 1.

    Raises
    ------
    Unreadable
        The file is damaged or of another format, lacks a part, or has several layers and none was chosen.
    """
    require_file(path)
    _require_signature(path)
    # GDAL takes 0 for "all".
    features = None if options.limit is None else max(1, options.limit)
    try:
        # GDAL remarks on many things that do not matter here, and the rest ends in an exception.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            layer = _layer(path, options.sheet)
            meta, table = pyogrio.read_arrow(
                path.resolve(), layer=layer, encoding=options.encoding, max_features=features
            )
    except (DataSourceError, DataLayerError, FieldError, ValueError, OSError):
        # What the library says is English, and SQL where the file is a database.
        why = _("Il file {formato} è danneggiato: esportarlo di nuovo.")
        raise Unreadable(why.format(formato=path.suffix[1:].upper())) from None
    names = [str(name) for name in meta["fields"]]
    geometry = bool(meta["geometry_type"])
    return Content(lines=_lines(table, names, geometry=geometry), crs=_crs(meta["crs"]), sheet=layer, geometry=geometry)


def _require_signature(path: Path) -> None:
    # GDAL opens whatever it recognises, also lists of files elsewhere: only these two formats may pass.
    with path.open("rb") as stream:
        head = stream.read(512)
    refuse_other_format(head, text=False)
    if path.suffix.lower() == ".gpkg" and not head.startswith(SQLITE):
        raise Unreadable(_("Non è un GeoPackage, o è danneggiato: scaricarlo o esportarlo di nuovo."))
    if path.suffix.lower() == ".shp":
        _require_shapefile(path, head)
    elif path.suffix.lower() != ".gpkg":
        raise Unreadable(_("Il nome deve finire per .gpkg o .shp: rinominare il file."))


def _require_shapefile(path: Path, head: bytes) -> None:
    if not head.startswith(SHAPEFILE):
        raise Unreadable(_("Non è uno Shapefile, o è danneggiato: scaricarlo o esportarlo di nuovo."))
    beside = {other.suffix.lower() for other in path.parent.glob(f"{path.stem}.*")}
    missing = [suffix for suffix in (".dbf", ".shx") if suffix not in beside]
    if missing:
        why = _("Accanto al file mancano {parti}: uno Shapefile è fatto di più file, metterli tutti o in uno ZIP.")
        raise Unreadable(why.format(parti=", ".join(path.stem + suffix for suffix in missing)))


def _layer(path: Path, wanted: str | None) -> str:
    names = sorted(str(name) for name, _kind in pyogrio.list_layers(path.resolve()))
    if wanted in names:
        return str(wanted)
    if wanted is None and len(names) == 1:
        return names[0]
    why = (
        _("Il file ha più livelli ({livelli}): sceglierne uno con «sheet».")
        if wanted is None
        else _("Il livello «{voluto}» non c'è; ci sono: {livelli}. Correggere «sheet».")
    )
    raise Unreadable(why.format(livelli=", ".join(names), voluto=wanted))


def _crs(told: str | None) -> str | None:
    if not told:
        return None
    try:
        return name_of(CRS.from_user_input(told))
    except CRSError:
        return None


def _lines(table: Any, names: list[str], *, geometry: bool) -> Iterator[Line]:  # noqa: ANN401 - a table of pyarrow
    yield Line(1, (*names, GEOMETRY) if geometry else tuple(names))
    shapes = next((name for name in table.column_names if name not in names), None) if geometry else None
    number, why = 0, _("coordinate infinite o che non sono numeri: correggerle e esportare di nuovo")
    for batch in table.to_batches(max_chunksize=BATCH):
        columns = [[text(value) for value in batch.column(name).to_pylist()] for name in names]
        boundless: set[int] = set()
        if geometry:
            drawn = shapely.from_wkb(np.array(_geometries(batch, shapes), dtype=object))
            boundless = _boundless(drawn)
            columns.append([text(found) for found in shapely.to_wkt(drawn, rounding_precision=-1)])
        for place, cells in enumerate(zip(*columns, strict=True)):
            number += 1
            yield Line(number, cells, spoilt={len(names): why} if place in boundless else {})


def _geometries(batch: Any, column: str | None) -> list[bytes | None]:  # noqa: ANN401 - a batch of pyarrow
    return [None] * batch.num_rows if column is None else batch.column(column).to_pylist()


def _boundless(shapes: npt.NDArray[np.object_]) -> set[int]:
    """Places of the shapes with a coordinate that is no number or infinite, with which nothing can be computed."""
    coordinates, places = shapely.get_coordinates(shapes, return_index=True)
    return {int(place) for place in places[~np.isfinite(coordinates).all(axis=1)]}
