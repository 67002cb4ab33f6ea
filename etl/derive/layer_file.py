"""A layer out of a file that somebody brings: its features, named, and the people of each; every fault in Italian."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from etl.errors import OmbraError, SourceError
from etl.i18n import _
from etl.sources.readers.content import GEOMETRY
from etl.sources.readers.table import Table, read_table
from etl.sources.tabular.figures import number
from etl.sources.tabular.mapping import Format
from geo.arrays import FloatSeries
from geo.checks import SHOWN
from geo.crs import METRIC
from geo.layers import Fault, faults

FORMATS: Final[Mapping[str, Format]] = {
    ".geojson": "geojson",
    ".json": "geojson",
    ".gpkg": "gpkg",
    ".shp": "shp",
    ".zip": "shp",
}
MEGABYTE: Final = 1_000_000
LARGEST: Final = 50 * MEGABYTE
"""Bytes of a file: the 312 municipalities in full detail are a fifth of it, and reading takes twenty times the size."""

NAMES = (
    "nome",
    "name",
    "denominazione",
    "denom",
    "quartiere",
    "descrizione",
)  # columns that name features, the first first


@dataclass(frozen=True)
class Layer:
    """A layer without faults.

    Attributes
    ----------
    shapes
        Polygons or points by name, in EPSG:32632.
    people
        Persons by name; None where no column of people was named.
    """

    shapes: gpd.GeoSeries
    people: FloatSeries | None


def read_layer(
    path: Path,
    *,
    territory: shapely.Geometry,
    name: str | None = None,
    people: str | None = None,
    sheet: str | None = None,
    places: bool = False,
) -> Layer:
    """The layer in a GeoJSON, a GeoPackage, a Shapefile or a ZIP archive with one.

    Parameters
    ----------
    territory
        Polygon of the whole territory, EPSG:32632.
    name, people
        Columns with the name of each feature and its number of people. Without ``name`` a usual one is taken
        (:data:`NAMES`), or else the number of the feature in the file.
    sheet
        Layer of a GeoPackage with several.
    places
        The features are places and people are added up over none: points need no number of people.

    Raises
    ------
    SourceError
        With every fault: of the file, of its rows, of its geometries, of names and people.
    """
    table = read_table(path, format=_kind(path), sheet=sheet)
    broken = [_broken(row.number, row.message) for row in table.broken]
    columns = [column for column in (name, people) if column is not None and column not in table.header]
    if columns or GEOMETRY not in table.header:
        raise _refused(path, [*broken, *_column_faults(table, columns)])
    frame = _frame(table, name)
    counted = None if people is None else _people(table, people, frame.index)
    nobody = pd.Series(0.0, index=frame.index) if places else None
    found = faults(frame, territory=territory, people=nobody if counted is None else counted)
    told = [*broken, *(text_of(fault) for fault in found)]
    if told:
        raise _refused(path, told)
    return Layer(frame.geometry.to_crs(METRIC), counted)


def _kind(path: Path) -> Format:
    kind = FORMATS.get(path.suffix.lower())
    if kind is None:
        why = _("{file}: il nome deve finire per {endings}.")
        raise OmbraError(why.format(file=path.name, endings=", ".join(FORMATS)))
    if path.is_file() and path.stat().st_size > LARGEST:
        why = _("{file}: {size} MB; un livello può averne {most}. Semplificare le geometrie o dividere il file.")
        raise OmbraError(why.format(file=path.name, size=path.stat().st_size // MEGABYTE, most=LARGEST // MEGABYTE))
    return kind


def _refused(path: Path, told: list[str]) -> SourceError:
    return SourceError(_("Il livello «{file}» non si può usare.").format(file=path.name), told)


def _column_faults(table: Table, missing: list[str]) -> Iterator[str]:
    there = ", ".join(column for column in table.header if column != GEOMETRY)
    for column in missing:
        why = _("La colonna «{column}» non c'è; ci sono: {there}. Correggere il nome.")
        yield why.format(column=column, there=there or _("nessuna"))
    if GEOMETRY not in table.header:
        yield _("Il file non ha geometrie: esportarlo con punti o poligoni.")


def _broken(row: int, message: str) -> str:
    return _("Elemento {row}: {message}.").format(row=row, message=message.rstrip("."))


def _frame(table: Table, name: str | None) -> gpd.GeoDataFrame:
    shapes = [shapely.from_wkt(row[GEOMETRY], on_invalid="ignore") for _number, row in table.rows]
    return gpd.GeoDataFrame(geometry=gpd.GeoSeries(shapes, index=_labels(table, name), crs=table.crs))


def _labels(table: Table, name: str | None) -> "pd.Index[str]":
    usual = {column.casefold(): column for column in reversed(table.header)}
    column = name or next((usual[word] for word in NAMES if word in usual), None)
    if column is None:
        return pd.Index([str(place) for place, _row in table.rows], dtype="str")
    return pd.Index([" ".join(row[column].split()) for _place, row in table.rows], dtype="str")


def _people(table: Table, column: str, names: "pd.Index[str]") -> FloatSeries:
    told = [number(row[column]) for _place, row in table.rows]
    return pd.Series([np.nan if value is None else value for value in told], index=names, dtype="float64")


def text_of(fault: Fault) -> str:
    """A fault of a layer as an Italian sentence: what, which features, how to mend it."""
    told = _sentences()[fault.code].format(metri=f"{fault.square_metres or 0:,.0f}".replace(",", "."))
    return f"{told} ({_few(fault.features)})" if fault.features else told


def _few(names: tuple[str, ...]) -> str:
    shown = ", ".join(f"«{name}»" for name in names[:SHOWN])
    more = len(names) - SHOWN
    return shown if more <= 0 else _("{shown} e altri {more}").format(shown=shown, more=more)


def _sentences() -> dict[str, str]:
    return {
        "empty": _("Il livello è vuoto: esportarlo di nuovo con i suoi elementi."),
        "crs_missing": _(
            "Il sistema di riferimento non è dichiarato: aggiungere il file .prj, o esportare in GeoJSON (longitudine e"
            " latitudine)."
        ),
        "no_geometry": _("Elementi senza geometria: disegnarli o toglierli."),
        "infinite": _("Coordinate infinite o che non sono numeri: correggerle ed esportare di nuovo."),
        "kind": _("Elementi che non sono né punti né poligoni, o punti misti a poligoni: tenere un solo tipo."),
        "invalid": _("Poligoni che si incrociano o toccano se stessi: ripararli («Ripara geometrie» in QGIS)."),
        "overlap": _(
            "Poligoni sovrapposti (fino a {metri} m²): le persone sarebbero contate due volte. Ritagliare l'uno"
            " dall'altro."
        ),
        "name_missing": _("Elementi senza nome: darne uno a ciascuno, o scegliere un'altra colonna con --name."),
        "name_repeated": _("Nomi ripetuti: darne uno diverso a ciascuno, o scegliere un'altra colonna con --name."),
        "outside": _(
            "Elementi fuori dalla città metropolitana: toglierli, o controllare il sistema di riferimento del file."
        ),
        "people_missing": _("Elementi senza un numero di persone leggibile: scriverlo, 0 dove non vive nessuno."),
        "people_negative": _("Numeri di persone negativi o infiniti: correggerli."),
        "points_without_people": _(
            "Su un livello di punti non si possono sommare persone: usare poligoni, o indicare con --people la colonna"
            " delle persone."
        ),
    }
