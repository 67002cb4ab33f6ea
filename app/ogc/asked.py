"""The questions of the address, read for one collection: all the faults at once, each by name."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Annotated, Any, Literal, TypeVar

from cql2 import Expr
from fastapi import Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from app.errors import InvalidParameter
from app.ogc import cql, places
from app.ogc.kinds import in_words, is_moment, kind_of, literal, word
from app.ogc.view import Question, View
from etl.i18n import _

# GDAL, where it is told to send filters, writes the name of the draft: taken, but not offered.
LANGUAGES = {"cql2-text": "cql2-text", "cql2-json": "cql2-json", "cql-text": "cql2-text"}
DRAFT = ("filter-lang", "cql-text")
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
USUAL = 100  # features of a page without «limit»
LONGEST_NUMBER = 18  # figures
MOST = 10_000  # features of a page, and of what an offset may pass over

CollectionId = Annotated[str, Path(description="Nome della raccolta.", examples=["municipality"])]
Json = Annotated[Literal["json"], Query(description="Formato: json.")]
Part = TypeVar("Part")


def only_json(f: Json = "json") -> str:
    """The one format of what is no feature and no tile."""
    return f


# Words of few values, and numbers: documented as such, and read with the rest, so that all the faults come at once.
Count = Annotated[str, WithJsonSchema({"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL})]
Skipped = Annotated[str, WithJsonSchema({"type": "integer", "minimum": 0, "maximum": MOST, "default": 0})]
Format = Annotated[str, WithJsonSchema({"type": "string", "enum": ["json", "geojson"], "default": "geojson"})]
TileFormat = Annotated[str, WithJsonSchema({"type": "string", "enum": ["mvt"], "default": "mvt"})]
Language = Annotated[str | None, WithJsonSchema({"type": "string", "enum": ["cql2-text", "cql2-json"]})]
Crs = Annotated[str | None, WithJsonSchema({"type": "string", "enum": [CRS84]})]


class OneQuery(BaseModel):
    """What may be asked of one feature."""

    model_config = ConfigDict(populate_by_name=True)

    properties: str | None = Field(
        None, description="Solo questi campi, separati da virgole; vuoto: nessuno.", examples=["name,persons"]
    )
    f: Format = Field("geojson", description="Formato: GeoJSON in ogni caso.")


class TileQuery(BaseModel):
    """What may be asked of a tile."""

    model_config = ConfigDict(populate_by_name=True)

    datetime: str | None = Field(
        None,
        description="Momento o intervallo RFC 3339 («..» per un estremo aperto) dell'ultima modifica. Vale per "
        "services; le altre raccolte non hanno tempo e rispondono per intero.",
        examples=["2026-01-01T00:00:00Z/.."],
    )
    filter: str | None = Field(None, description="Filtro CQL2.", examples=["name = 'Torino'"])
    filter_lang: Language = Field(
        None, alias="filter-lang", description="Lingua del filtro: cql2-text (di solito) o cql2-json."
    )
    filter_crs: Crs = Field(
        None, alias="filter-crs", description="Le geometrie del filtro sono in CRS84: longitudine, latitudine."
    )
    properties: str | None = Field(None, description="Solo questi campi, separati da virgole.", examples=["name"])
    f: TileFormat = Field("mvt", description="Formato: mvt.")


class ItemsQuery(TileQuery):
    """What may be asked of the features of a collection."""

    bbox: str | None = Field(
        None,
        description="Rettangolo «ovest,sud,est,nord» in gradi (CRS84, longitudine prima).",
        examples=["7.5,45.0,7.8,45.2"],
    )
    limit: Count = Field(str(USUAL), description=f"Quanti elementi; oltre {MOST} se ne danno {MOST}.")
    offset: Skipped = Field(
        "0", description=f"Quanti saltarne, fino a {MOST}: oltre si continua con il collegamento «next»."
    )
    cursor: str | None = Field(None, description="Segnaposto della pagina seguente, dal collegamento «next».")
    sortby: str | None = Field(
        None, description="Campi separati da virgole, con «-» davanti per l'ordine inverso.", examples=["-persons"]
    )
    f: Format = Field("geojson", description="Formato: GeoJSON in ogni caso.")


def of_items(request: Request, view: View, asked: ItemsQuery) -> Question:
    """The question for a page of features.

    Raises
    ------
    InvalidParameter
        With every fault.
    """
    read = _Reader(request, view)
    read.words(asked)
    question = Question(
        bbox=read.part(asked.bbox, places.bbox),
        moment=read.part(asked.datetime, read.moment),
        condition=read.condition(asked),
        properties=read.part(asked.properties, read.properties),
        sortby=read.part(asked.sortby, read.sortby),
        limit=min(read.part(asked.limit, partial(read.number, "limit", 1, None)) or 1, MOST),
        offset=read.part(asked.offset, partial(read.number, "offset", 0, MOST)) or 0,
        after=read.part(asked.cursor, read.cursor),
    )
    if question.after is not None and (asked.sortby is not None or question.offset):
        read.faults.append(_("cursor: non va con sortby né con offset"))
    read.end()
    return question


def of_tile(request: Request, view: View, asked: TileQuery) -> Question:
    """The question for a tile; raises as :func:`of_items` does."""
    read = _Reader(request, view)
    read.words(asked)
    question = Question(
        moment=read.part(asked.datetime, read.moment),
        condition=read.condition(asked),
        properties=read.part(asked.properties, read.properties),
    )
    read.end()
    return question


def of_one(request: Request, view: View, asked: OneQuery) -> list[str] | None:
    """The properties that are asked of one feature; raises as :func:`of_items` does."""
    read = _Reader(request, view)
    read.words(asked)
    found = read.part(asked.properties, read.properties)
    read.end()
    return found


class _Reader:
    """Reads the parts of a question, and keeps a list of what is wrong with them."""

    def __init__(self, request: Request, view: View) -> None:
        self.request, self.view, self.faults = request, view, list[str]()
        self._columns = {column.name: column for column in view.properties if not column.is_geometry}

    def part(self, text: str | None, read: Callable[[str], Part]) -> Part | None:
        """A part as it is read; None where it is not told, or wrong."""
        if text is None:
            return None
        try:
            return read(text)
        except ValueError as error:
            self.faults.append(str(error))
        except InvalidParameter as error:
            self.faults.append(str(error).rstrip("."))
        return None

    def end(self) -> None:
        """Raise what was found."""
        if self.faults:
            raise InvalidParameter("; ".join(self.faults) + ".")

    def words(self, asked: BaseModel) -> None:
        """The parameters that have few values."""
        schema = type(asked).model_json_schema()["properties"]
        for name, told in schema.items():
            value = self.request.query_params.get(name)
            if value is not None and value not in told.get("enum", [value]) and (name, value) != DRAFT:
                listed = ", ".join(told["enum"])
                self.faults.append(_("{name}: valori ammessi: {listed}").format(name=name, listed=listed))

    def number(self, name: str, least: int, most: int | None, text: str) -> int:
        """A whole number between two others; ``most`` None where there is no end."""
        found = int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER else None
        if found is None or found < least or (most is not None and found > most):
            end = "" if most is None else _(" e al massimo {most}").format(most=most)
            beyond = _("; oltre si continua con il collegamento «next», senza sortby") if most is not None else ""
            told = _("{name}: serve un numero intero, almeno {least}{end}{beyond}")
            raise ValueError(told.format(name=name, least=least, end=end, beyond=beyond))
        return found

    def moment(self, text: str) -> list[str] | None:
        """One or two ends; None where the collection has no time, or both ends are open."""
        ends = text.split("/")
        told = [end for end in ends if end not in ("", "..")]
        if len(ends) > 2 or not all(is_moment(end) for end in told) or (len(ends) == 1 and not told):
            raise ValueError(_("datetime: serve un momento RFC 3339 o un intervallo, «2026-01-01T00:00:00Z/..»"))
        if len(told) == 2 and _later(*told):
            raise ValueError(_("datetime: l'inizio viene dopo la fine"))
        return ends if told and self.view.datetime_column is not None else None

    def properties(self, text: str) -> list[str]:
        """Names of columns; none where the text is empty."""
        return self._known("properties", [name.strip() for name in text.split(",")] if text.strip() else [])

    def sortby(self, text: str) -> str:
        """Columns with their direction, as tipg reads them."""
        told = [name.strip() for name in text.split(",")]
        self._known("sortby", [name.removeprefix("+").removeprefix("-") for name in told])
        return ",".join(told)

    def cursor(self, text: str) -> str:
        """The key of a row."""
        if literal(text, kind_of(self.view.key)) is None:
            raise ValueError(_("cursor: non è un segnaposto valido; prenderlo dal collegamento «next»"))
        return text

    def condition(self, asked: TileQuery) -> Expr | None:
        """Filter and columns named in the address, together."""
        written = self.part(
            asked.filter, lambda text: cql.parsed(text, LANGUAGES.get(asked.filter_lang or ""), self.view)
        )
        parts = [] if written is None else [written.to_json()]
        for name in self._columns.keys() & self.request.query_params.keys() - _names(type(asked)):
            value = word(self.request.query_params[name], kind_of(self._columns[name]))
            if value is None:
                wanted = in_words(kind_of(self._columns[name]))
                self.faults.append(_("{name}: serve {wanted}").format(name=name, wanted=wanted))
            parts.append({"op": "=", "args": [{"property": name}, value]})
        if not parts or self.faults:
            return None
        return Expr(parts[0] if len(parts) == 1 else {"op": "and", "args": parts})

    def _known(self, parameter: str, names: list[str]) -> list[str]:
        unknown = [name for name in names if name not in self._columns]
        if unknown:
            told = _("{parameter}: campi che non ci sono: {unknown}; ci sono {names}")
            listed = ", ".join(name[:40] for name in unknown[:10])
            raise ValueError(told.format(parameter=parameter, unknown=listed, names=", ".join(self._columns)))
        return names


def _names(model: type[BaseModel]) -> set[Any]:
    return {told.alias or name for name, told in model.model_fields.items()}


def _later(start: str, end: str) -> bool:
    return datetime.fromisoformat(start) > datetime.fromisoformat(end)
