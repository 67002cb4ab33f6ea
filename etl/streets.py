"""Keep the streets of an OpenStreetMap extract as the background of the map."""

from collections.abc import Iterable
from pathlib import Path
from typing import cast

import shapely
from psycopg import Cursor
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Connection, Engine, delete, func, select, text

from etl import runs
from etl.i18n import _
from etl.identity import content_hash
from etl.pipeline import LOCK
from etl.progress import Progress, silent
from etl.sources import osm_file, osm_streets
from etl.sources.osm_streets import DECLARATION, Street
from etl.store import models as m

MARGIN = 2_000  # metres beyond the boundary, so that streets do not end where the map's reader looks
COARSE = 100  # metres; the edge of the background need not follow every bend of the boundary


def load_streets(engine: Engine, path: Path | None, *, progress: Progress = silent) -> int | None:
    """Replace the streets by those of an extract, in one transaction.

    Parameters
    ----------
    path
        OpenStreetMap extract (``.osm.pbf`` or ``.osm``); None leaves what was loaded before.

    Returns
    -------
    int or None
        Pieces of street loaded; None where nothing had to be done: no file, or the one already loaded.

    Raises
    ------
    SourceError
        The file is missing, unusable, or has no street in the territory; nothing was changed.
    """
    if path is None:
        return None
    digest = osm_file.digest(path)
    with engine.begin() as connection:
        connection.execute(select(func.pg_advisory_xact_lock(LOCK)))
        territory = _territory(connection)
        content = content_hash([digest, territory.wkb_hex, dict(osm_streets.KIND_OF)])
        if runs.last_hash(connection, DECLARATION.id) == content:
            return None
        progress(_("Carico le strade da «{file}»").format(file=path.name))
        return _replace(connection, path, territory, content)


def _replace(connection: Connection, path: Path, territory: BaseGeometry, content: str) -> int:
    nodes_sorted = osm_file.check(path)
    runs.declare(connection, DECLARATION)
    run_id = runs.start(connection, DECLARATION.id, content)
    # Deleted and not truncated: who looks at the map meanwhile goes on seeing the streets of before.
    connection.execute(delete(m.Street))
    count = _write(connection, osm_streets.streets(path, territory, nodes_sorted=nodes_sorted))
    if not count:
        why = _(
            "Non contiene strade dentro il territorio: usare un estratto che comprenda la Città metropolitana di "
            "Torino, per esempio quello del Piemonte, in cui i nodi stiano prima delle strade."
        )
        raise osm_file.unusable(path, why)
    runs.finish(connection, run_id, {"accepted": count})
    runs.new_version(connection, "streets")
    return count


def _write(connection: Connection, batches: Iterable[list[Street]]) -> int:
    cursor = cast("Cursor[tuple[object, ...]]", connection.connection.cursor())
    count = 0
    with cursor.copy("copy street (osm_id, kind, name, geom) from stdin") as copy:
        for batch in batches:
            shapes = shapely.set_srid([street.geom for street in batch], 4326)
            for street, shape in zip(batch, shapely.to_wkb(shapes, hex=True, include_srid=True), strict=True):
                copy.write_row((street.osm_id, street.kind, street.name, shape))
            count += len(batch)
    return count


def _territory(connection: Connection) -> BaseGeometry:
    """The metropolitan city with its margin, EPSG:4326."""
    statement = text(
        "select ST_AsBinary(ST_Transform(ST_Buffer(ST_Simplify(ST_Transform(geom, 32632), :coarse), :margin), 4326))"
        " from area where level = 'metropolitan_city'"
    )
    found = connection.execute(statement, {"coarse": COARSE, "margin": MARGIN}).scalar_one()
    return shapely.from_wkb(bytes(found))
