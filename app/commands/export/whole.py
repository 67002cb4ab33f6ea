"""``./ombra export gpkg``, ``geoparquet`` and ``hsds``: everything in one file."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from app.commands.base import notes, report
from app.commands.export.files import replaced
from app.commands.export.group import OutArgument, command
from etl.i18n import _

if TYPE_CHECKING:
    from sqlalchemy import Connection

Writer = Callable[["Connection", Path], dict[str, int]]


@command("gpkg", _("Aree, servizi, zone d'ombra e sovrapposizioni in un GeoPackage, per QGIS."))
def gpkg(out: Annotated[Path, OutArgument]) -> None:
    """Write a GeoPackage."""
    from app.exports import geopackage

    _export(out, ".gpkg", lambda connection, file: geopackage.write(connection, file, progress=report))


@command("geoparquet", _("Gli stessi strati in un archivio .zip di file GeoParquet, per DuckDB, pandas o R."))
def geoparquet(out: Annotated[Path, OutArgument]) -> None:
    """Write an archive of GeoParquet files."""
    from app.exports import geoparquet

    _export(out, ".zip", lambda connection, file: geoparquet.write(connection, file, progress=report))


@command("hsds", _("L'elenco dei servizi come pacchetto di tabelle HSDS 3.1 (.zip), per altri elenchi di servizi."))
def hsds(out: Annotated[Path, OutArgument]) -> None:
    """Write an HSDS tabular data package."""
    from app.exports import hsds

    _export(out, ".zip", lambda connection, file: hsds.write(connection, file, progress=report))


def _export(out: Path, suffix: str, write: Writer) -> None:
    from app.commands.etl.group import database
    from app.exports.layers import one_state

    with replaced(out, suffix) as file, database() as engine, one_state(engine) as connection:
        counts = write(connection, file)
    told = _("Scritto {file}: {parts} tabelle, {rows} righe.")
    notes.print(told.format(file=out, parts=len(counts), rows=sum(counts.values())), highlight=False)
