"""How the columns of a file become fields: the declaration behind every tabular source, in Python or in YAML.

An officer writes the same thing in a file of ``data/sources`` as the sources of this package write in Python.
"""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

from etl.clean.draft import FIELDS
from etl.i18n import _
from etl.sources.base import Completeness, Download, Kind, Positions

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
Format = Literal["csv", "xlsx", "ods", "json", "geojson", "gpkg", "shp"]


def _expression(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(_("l'espressione regolare non è valida: {why}").format(why=error)) from None
    return text


Pattern = Annotated[str, AfterValidator(_expression)]


class Model(BaseModel):
    """Strict: a misspelt key of a mapping file is a fault, not a silence."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Column(Model):
    """Where the text of a field comes from.

    ``column`` is one column or several, whose texts are joined by ``join``; ``constant`` is a text of our own.
    ``pattern`` takes the part of the text that its first group (or the whole expression) finds, nothing where it
    finds nothing. ``values`` turns texts into others, upper and lower case alike; a text that is not there rejects
    the row, with the issue ``refusal`` and the message ``reason``, unless ``otherwise`` says what to take.
    """

    column: Name | tuple[Name, ...] | None = None
    constant: str | None = None
    pattern: Pattern | None = None
    values: dict[str, str] | None = None
    otherwise: str | None = None
    refusal: Slug = "valore_non_previsto"
    reason: str | None = None
    join: str = " "

    @model_validator(mode="after")
    def _one_origin(self) -> "Column":
        if (self.column is None) == (self.constant is None):
            raise ValueError(_("serve «column» oppure «constant», non tutte e due"))
        return self

    @property
    def outcomes(self) -> frozenset[str]:
        """Every text that the column can give, where it is a constant or a list of values."""
        told = [self.constant, self.otherwise, *(self.values or {}).values()]
        return frozenset(text for text in told if text)

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

    ``pattern`` has a group ``year`` and perhaps ``month`` and ``day``; it reads the name of the file, or the text of
    ``column`` where there is one. ``starts`` (``09-01``) is the day of the year on which the year told begins.
    ``date`` (``2018``, ``2018-06``, ``2018-06-30``) is taken where nothing else tells. Without any the edition is
    undated: its services are loaded, but nothing is believed to be complete.
    """

    pattern: Pattern | None = None
    column: Name | None = None
    starts: Annotated[str, StringConstraints(pattern=r"^\d{2}-\d{2}$")] | None = None
    date: Annotated[str, StringConstraints(pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$")] | None = None

    @model_validator(mode="after")
    def _year_group(self) -> "EditionRule":
        if self.pattern is not None and "year" not in re.compile(self.pattern).groupindex:
            raise ValueError(_("«pattern» deve avere il gruppo (?P<year>…)"))
        return self


class PlainNames(Model):
    """Names that many things share and that say nothing alone: they are told with what tells the things apart.

    ``Asilo nido comunale`` becomes ``Asilo nido comunale, Piazza Cavour 14, piano terra``. ``names`` are compared
    without regard to case and outer blanks; ``add`` are fields as cleaned; ``detail`` is one more text of the row.
    """

    names: tuple[Name, ...] = Field(min_length=1)
    add: tuple[Literal["address", "municipality", "locality"], ...] = ("address",)
    detail: Column | None = None


class Mapping(Model):
    """A tabular source: what is declared about it, how its files are read, which column is which field.

    Columns are named as in the file, upper and lower case alike; a name with ``*`` means the column that it fits, for
    publishers who lengthen their headings (``Codice fiscale*``).

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
    plain_names
        Names that need something beside them.
    identifier_scheme
        Of the field ``identifiers``: the register that gave the numbers (``ipa``, ``runts``).
    decimal
        Decimal sign of the figures; the other sign parts thousands. Where it is not told, a figure that reads both ways
        (``1.234``) is refused. Formats with numbers of their own (GeoJSON, GPKG, SHP, JSON) have a point.
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
    duplicate_free: bool = False
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
    decimal: Literal[",", "."] | None = None
    plain_names: PlainNames | None = None
    identifier_scheme: Slug | None = None
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
