"""A list as a table on the screen, or as CSV, GeoJSON, GeoPackage or GeoParquet in a file or on the standard output."""

import errno
import sys
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import typer
from rich.box import SIMPLE_HEAD
from rich.table import Table

from app.commands.base import notes, screen
from etl.errors import OmbraError
from etl.i18n import _

NARROWEST_TEXT = 10  # characters; narrower columns break every word

Rows = Sequence[Mapping[str, Any]]


class Format(StrEnum):
    """How a list comes out."""

    table = "table"
    csv = "csv"
    geojson = "geojson"
    gpkg = "gpkg"
    parquet = "parquet"


TypeOption = typer.Option("--type", help=_("Codice del tipo di servizio, per esempio centro_impiego."))
AreaOption = typer.Option("--area", help=_("Codice di un'area: contano solo le aree al suo interno."))
RunOption = typer.Option("--run", help=_("Nome o numero di un calcolo; senza, quello corrente."))
FormatOption = typer.Option("--format", help=_("table, csv, geojson, gpkg o parquet (gpkg e parquet vogliono --out)."))
OutOption = typer.Option("--out", help=_("File da scrivere; senza, l'elenco va sullo schermo."))


@dataclass(frozen=True)
class Sheet:
    """How a list looks on the screen: the columns that fit, with Italian headings, and what is said below it."""

    title: str
    headings: Mapping[str, str]
    remarks: Sequence[str] = ()
    optional: Collection[str] = ()  # columns left out where no row has anything in them
    whole: Collection[str] = ()  # columns whose words are copied, and so are never broken
    right: Collection[str] = ()  # columns whose text is a figure


def write(rows: Rows, sheet: Sheet, *, columns: Sequence[str], output: Format, out: Path | None, key: str) -> None:
    """Give out the rows.

    Parameters
    ----------
    rows
        Mappings that hold ``geojson``, the geometry as GeoJSON text in EPSG:4326.
    columns
        Names of the columns of a file.
    key
        Column that identifies a row.

    Raises
    ------
    OmbraError
        The file cannot be written, or its name promises another format.
    """
    output = _promised(output, out)
    if output in (Format.gpkg, Format.parquet):
        _file(rows, columns, output, out)
    elif output is Format.table and out is None:
        show(rows, sheet)
    else:
        give_out(_rendered(rows, columns, output, key), out)
    if out is not None:
        notes.print(_("Scritto {file}: {count} righe.").format(file=out, count=len(rows)), highlight=False)


def _promised(output: Format, out: Path | None) -> Format:
    """The format that the name of the file promises, where none other was asked for."""
    named = None if out is None else next((one for one in Format if out.suffix.lower() == f".{one.value}"), None)
    if named is None or output is named:
        return output
    if output is Format.table:
        return named
    told = _("--out {file}: il nome promette {named}, --format chiede {asked}. Togliere --format o cambiare il nome.")
    raise OmbraError(told.format(file=out, named=named.value, asked=output.value))


def show(rows: Rows, sheet: Sheet) -> None:
    """Show the rows as a table; a column that holds a figure is set right."""
    table = Table(
        title=sheet.title,
        title_justify="left",
        header_style="bold",
        box=SIMPLE_HEAD,
        collapse_padding=True,
        pad_edge=False,
    )
    headings = {name: text for name, text in sheet.headings.items() if name not in sheet.optional or _any(rows, name)}
    for name, heading in headings.items():
        if name in sheet.right or any(isinstance(row[name], int | float) for row in rows):
            table.add_column(heading, justify="right", no_wrap=True)
        elif name in sheet.whole:
            table.add_column(heading, no_wrap=True)
        else:
            table.add_column(heading, min_width=NARROWEST_TEXT, overflow="fold")
    for row in rows:
        table.add_row(*(_shown(row[name]) for name in headings))
    screen.print(table)
    for remark in sheet.remarks:
        screen.print(remark, highlight=False)


def _any(rows: Rows, name: str) -> bool:
    return any(row[name] for row in rows)


def _shown(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return _("sì") if value else _("no")
    if isinstance(value, float):
        return f"{value:,.0f}".replace(",", ".")
    return "\n".join(map(str, value)) if isinstance(value, list) else str(value)


def _rendered(rows: Rows, columns: Sequence[str], output: Format, key: str) -> str:
    from app.api.output import collection, table

    if output is Format.geojson:
        kept = [{name: row[name] for name in [*columns, "geojson"]} for row in rows]
        return collection(kept, key=key)
    return table(rows, columns)


def give_out(text: str, out: Path | None) -> None:
    """Write a text to a file, or to the standard output.

    Raises
    ------
    OmbraError
        The file cannot be written.
    """
    if out is None:
        sys.stdout.write(text if text.endswith("\n") else f"{text}\n")
        return
    try:
        out.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise _unwritable(out, error) from None


def _file(rows: Rows, columns: Sequence[str], output: Format, out: Path | None) -> None:
    if out is None:
        told = _("Il formato {format} è un file: indicare dove scriverlo con --out FILE.{format}.")
        raise OmbraError(told.format(format=output.value))
    try:
        if output is Format.parquet:
            from app.api.parquet import columns_in, parquet

            out.write_bytes(parquet(rows, columns_in(rows, columns)))
        else:
            _geopackage(rows, columns, out)
    except OSError as error:
        raise _unwritable(out, error) from None


def _geopackage(rows: Rows, columns: Sequence[str], out: Path) -> None:
    import geopandas as gpd
    import shapely

    records = [{name: _flat(row[name]) for name in columns} for row in rows]
    shapes = gpd.GeoSeries(shapely.from_geojson([row["geojson"] for row in rows]), crs="EPSG:4326")
    gpd.GeoDataFrame(records, geometry=shapes).to_file(out, driver="GPKG", layer=out.stem)


def _flat(value: object) -> object:
    return "; ".join(map(str, value)) if isinstance(value, list) else value


def reason(error: OSError) -> str:
    """Why the system refuses a file, in Italian where it is a common reason: what the system says is English."""
    known = {
        errno.ENOENT: _("non esiste"),
        errno.ENOTDIR: _("una parte del percorso non è una cartella"),
        errno.EISDIR: _("è una cartella"),
        errno.EACCES: _("manca il permesso"),
        errno.EPERM: _("manca il permesso"),
        errno.EROFS: _("il disco è di sola lettura"),
        errno.ENOSPC: _("il disco è pieno"),
    }
    return known.get(error.errno or 0) or error.strerror or str(error)


def _unwritable(out: Path, error: OSError) -> OmbraError:
    return OmbraError(
        _("Non si può scrivere {file} ({why}): indicare un'altra cartella con --out.").format(
            file=out, why=reason(error)
        )
    )
