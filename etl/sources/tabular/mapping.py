"""How the columns of a file become fields: the declaration behind every tabular source, in Python or in YAML.

An officer writes the same thing in a file of ``data/sources`` as the sources of this package write in Python.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

from etl.clean.draft import FIELDS
from etl.i18n import _
from etl.sources.base import Completeness, Download, Kind, Positions

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
Format = Literal["csv", "xlsx", "ods", "json", "geojson", "gpkg", "shp"]


class Model(BaseModel):
    """Strict: a misspelt key of a mapping file is a fault, not a silence."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Column(Model):
    """Where the text of a field comes from.

    ``column`` is one column or several, whose texts are joined by ``join``; ``constant`` is a text of our own;
    ``values`` turns the texts of the column into others, and a text that is not there is a fault of the row unless
    ``otherwise`` says what to take.
    """

    column: Name | tuple[Name, ...] | None = None
    constant: str | None = None
    values: dict[str, str] | None = None
    otherwise: str | None = None
    join: str = " "

    @model_validator(mode="after")
    def _one_origin(self) -> "Column":
        if (self.column is None) == (self.constant is None):
            raise ValueError(_("serve «column» oppure «constant», non tutte e due"))
        return self

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns that are read."""
        if self.column is None:
            return ()
        return (self.column,) if isinstance(self.column, str) else self.column


class Figure(Model):
    """A column that holds a figure about an area.

    ``whole``: figures of areas that have merged are summed (persons, euro); ``mean``: averaged by ``weight``, a
    column with the number of what the mean is of; ``first``: the same for all of them.
    """

    column: Name
    name: Name
    aggregate: Literal["sum", "mean", "first"] = "sum"
    weight: Name | None = None
    year: int | None = None

    @model_validator(mode="after")
    def _weighted_mean(self) -> "Figure":
        if self.aggregate == "mean" and self.weight is None:
            raise ValueError(_("una media ha bisogno di «weight», la colonna con i pesi"))
        return self


class EditionRule(Model):
    """Where the time of an edition is told: a pattern on the file's name, a column, or a date of our own.

    ``pattern`` has a group ``year`` and perhaps ``month`` and ``day``.
    """

    pattern: str | None = None
    column: Name | None = None
    date: str | None = None


class Mapping(Model):
    """A tabular source: what is declared about it, how its files are read, which column is which field.

    Parameters
    ----------
    files
        Patterns of file names (``*`` and ``?``), without folders, upper and lower case alike.
    header
        Columns that must be there for a file to be recognised; by default all that are read.
    key
        Columns that name a row within the source for ever. Without them the whole row is its key, and a changed row
        is a new one.
    fields
        Column, or more than a column, by field (:data:`etl.clean.draft.FIELDS`).
    crs
        Of ``x``, ``y`` and ``wkt`` where the file does not say, as ``EPSG:3003``; axis order is always x then y.
    """

    id: Identifier
    title: Name
    publisher: Name
    licence: Name
    kind: Kind = "services"
    address: str | None = None
    downloads: tuple[Download, ...] = ()
    reference_date: str | None = None
    refresh_days: int | None = Field(default=None, ge=1)
    territory: str = "Città metropolitana di Torino"
    complete: tuple[Completeness, ...] = ()
    positions: Positions = "dichiarate"
    ignored: dict[str, str] = Field(default_factory=dict)
    note: str | None = None

    files: tuple[Name, ...] = Field(min_length=1)
    format: Format = "csv"
    header: tuple[Name, ...] = ()
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    header_row: int = Field(default=1, ge=1)
    edition: EditionRule = EditionRule()
    crs: str | None = None
    precision: Literal["address", "street", "municipality"] = "address"

    key: tuple[Name, ...] = ()
    fields: dict[str, Column] = Field(default_factory=dict)
    figures: tuple[Figure, ...] = ()
    capacity_unit: str | None = None

    @field_validator("fields", mode="before")
    @classmethod
    def _short_form(cls, fields: object) -> object:
        """A bare text is the name of a column."""
        if not isinstance(fields, dict):
            return fields
        return {
            name: {"column": told} if isinstance(told, str | list | tuple) else told for name, told in fields.items()
        }

    @field_validator("fields")
    @classmethod
    def _known_fields(cls, fields: dict[str, Column]) -> dict[str, Column]:
        unknown = sorted(set(fields) - FIELDS)
        if unknown:
            why = _("campi sconosciuti: {unknown}. Campi: {known}")
            raise ValueError(why.format(unknown=", ".join(unknown), known=", ".join(sorted(FIELDS))))
        return fields
