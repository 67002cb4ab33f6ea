"""Services nearby and places by name: what may be asked, and what the answers hold."""

from datetime import datetime
from functools import cache
from typing import Any, Literal, Self

from pydantic import (
    BaseModel,
    Field,
    ModelWrapValidatorHandler,
    PrivateAttr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError

from app.api.output import Format
from app.api.schemas.base import Properties
from app.api.schemas.services import ServiceProperties
from app.nearby.asked import FARTHEST, Mode
from app.nearby.needs import LONGEST
from app.nearby.opening import moment
from etl.i18n import _
from etl.reference import tables

WEST, SOUTH, EAST, NORTH = 5.0, 43.5, 10.0, 47.5  # degrees; from beyond, no minutes of this territory can be told
MOST = 100
FARTHEST_KM = 200.0
PLACES = ("lat", "address", "place", "municipality")


class NearbyAsked(BaseModel):
    """A search nearby; all that is wrong with it is told at once."""

    lat: float | None = Field(default=None, ge=SOUTH, le=NORTH, description="Latitudine in gradi (EPSG:4326), con lon.")
    lon: float | None = Field(default=None, ge=WEST, le=EAST, description="Longitudine in gradi (EPSG:4326), con lat.")
    address: str | None = Field(
        default=None, min_length=3, max_length=LONGEST, description="Indirizzo con il comune: «Via Roma 10, Susa»."
    )
    place: str | None = Field(
        default=None, min_length=2, max_length=LONGEST, description="Comune, quartiere o frazione, come lo si scrive."
    )
    municipality: str | None = Field(default=None, description="Codice ISTAT del comune: dal suo centro principale.")
    type: list[str] = Field(default=[], max_length=20, description="Codice di un tipo di servizio; anche più volte.")
    need: str | None = Field(
        default=None, min_length=2, max_length=LONGEST, description="Bisogno in parole semplici: «mangiare», «badante»."
    )
    q: str | None = Field(
        default=None,
        min_length=2,
        max_length=LONGEST,
        description="Parole del nome, ente, tipo o di come lo si chiama.",
    )
    group: str | None = Field(
        default=None, description="Area di utenza (FAM, DIS, ELD, ADD, IMM, POV); valgono anche i servizi per tutti."
    )
    age: int | None = Field(
        default=None, ge=0, le=120, description="Età della persona a cui serve; per le famiglie, quella del figlio."
    )
    language: str | None = Field(default=None, pattern="^[a-z]{2}$", description="Lingua parlata (ISO 639-1): «ar».")
    accessible: bool = Field(default=False, description="Solo senza barriere, e dopo quelli di cui non si sa.")
    free: bool = Field(default=False, description="Solo gratuiti, e dopo quelli di cui non si sa.")
    open_at: str | None = Field(
        default=None, max_length=40, description="Aperto in questo momento (ISO 8601, ora di Torino) o «ora»."
    )
    residence: str | None = Field(
        default=None, description="Codice ISTAT del comune di residenza: chi serve solo altri residenti resta fuori."
    )
    mode: Mode | None = Field(
        default=None,
        description="car, foot o bike; senza, a piedi per i servizi di prossimità in città e in auto altrove.",
    )
    minutes: float = Field(default=FARTHEST, gt=0, le=FARTHEST, description="Al più questi minuti di viaggio.")
    radius: float | None = Field(
        default=None, gt=0, le=FARTHEST_KM, description="Al più questi chilometri in linea d'aria."
    )
    limit: int = Field(default=20, ge=1, le=MOST, description="Quanti servizi al massimo.")
    format: Format = Field(default="geojson", description="geojson o csv.")

    _moment: datetime | None = PrivateAttr(default=None)

    @property
    def open_moment(self) -> datetime | None:
        """The moment to be open at, local time."""
        return None if self.open_at is None else moment(self.open_at)

    @field_validator("type")
    @classmethod
    def _types(cls, values: list[str]) -> list[str]:
        unknown = [value for value in values if value not in _known("types")]
        if unknown:
            text = _("non esiste: {types}; l'elenco è in /api/v1/service-types")
            raise _fault(text.format(types=", ".join(unknown)))
        return values

    @field_validator("group")
    @classmethod
    def _group(cls, value: str | None) -> str | None:
        if value is not None and value not in _known("groups"):
            raise _fault(_("valori ammessi: {expected}").format(expected=", ".join(sorted(_known("groups")))))
        return value

    @field_validator("municipality", "residence")
    @classmethod
    def _town(cls, value: str | None) -> str | None:
        if value is not None and value not in _known("towns"):
            raise _fault(_("nessun comune ha questo codice ISTAT: l'elenco è in /api/v1/areas?level=municipality"))
        return value

    @field_validator("open_at")
    @classmethod
    def _at(cls, value: str | None) -> str | None:
        if value is not None and moment(value) is None:
            raise _fault(_("serve una data con l'ora, come 2026-11-23T09:30, o «ora»"))
        return value

    @model_validator(mode="wrap")
    @classmethod
    def _whole(cls, values: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:  # noqa: ANN401 - whatever is given
        """What is wrong with single fields, together with where to start from."""
        found = [_again(fault) for fault in _where_faults(values)]
        try:
            made = handler(values)
        except ValidationError as error:
            found = [*(_again(dict(fault)) for fault in error.errors()), *found]
        if found:
            raise ValidationError.from_exception_data(cls.__name__, found)
        return made


def _where_faults(values: dict[str, Any]) -> list[dict[str, Any]]:
    """One place to start from, told in one way."""
    given = [name for name in PLACES if values.get(name) is not None]
    faults = []
    if not given and values.get("lon") is None:
        text = _("manca il punto di partenza: lat e lon, o address, o place, o municipality")
        faults.append({"loc": ("lat",), "type": _fault(text), "input": None})
    if len(given) > 1:
        text = _("un solo punto di partenza: scegliere fra {names}").format(names=", ".join(given))
        faults.append({"loc": (given[1],), "type": _fault(text), "input": values[given[1]]})
    for name, other in (("lat", "lon"), ("lon", "lat")):
        if values.get(other) is not None and values.get(name) is None:
            text = _("manca: va insieme a {other}").format(other=other)
            faults.append({"loc": (name,), "type": _fault(text), "input": None})
    return faults


def _again(fault: dict[str, Any]) -> InitErrorDetails:
    """A fault that was told once, to be told with others."""
    kind = fault["type"]
    if kind == _TOLD:
        kind = _fault(fault["ctx"]["told"])
    return InitErrorDetails(type=kind, loc=fault["loc"], input=fault["input"], ctx=fault.get("ctx", {}))


_TOLD = "told"  # the kind of a fault that brings its own sentence


def _fault(text: str) -> PydanticCustomError:
    return PydanticCustomError(_TOLD, "{told}", {"told": text})


@cache
def _known(what: Literal["types", "groups", "towns"]) -> frozenset[str]:
    """Codes of the reference tables."""
    if what == "types":
        return frozenset(tables.service_types()["code"])
    if what == "groups":
        return frozenset(tables.user_areas()["code"])
    return frozenset(tables.zone_omogenee()["istat_code"])


class NearbyProperties(ServiceProperties):
    """A service and the way to it; of a protected location nothing is measured."""

    rank: int
    fit: str = Field(description="certo; da_verificare: di un filtro non si sa; protetto: in fondo, senza tempi")
    minutes: float | None = Field(description="Minuti stimati; 0 per i servizi che raggiungono le persone")
    minutes_low: float | None = Field(description="Minuti, estremo inferiore")
    minutes_high: float | None = Field(description="Minuti, estremo superiore")
    interval: str | None = Field(
        description="Che cosa conta l'intervallo: posizione (dove può stare il servizio) o posizione_e_stima (anche "
        "l'errore della stima in auto: quattro tempi ufficiali su cinque stanno dentro)"
    )
    metres: int | None = Field(description="Metri in linea d'aria")
    mode: str | None = Field(description="car, foot, bike; null senza viaggio")
    engine: str | None = Field(description="Motore dei tempi: estimate")
    estimated: bool
    open: bool | None = Field(description="Aperto nel momento chiesto; null dove non si sa o non è chiesto")
    eligible: bool | None = Field(
        description="Se serve chi risiede dove chiesto; null dove non si sa o la residenza non è chiesta"
    )
    unknown: list[str] = Field(description="Filtri di cui non si sa se il servizio li soddisfi")
    why: list[str] = Field(description="Perché sta a questo posto")


class GeocodeAsked(BaseModel):
    """A place to look for."""

    q: str = Field(min_length=2, max_length=LONGEST, description="Comune, frazione, quartiere, via o servizio.")
    limit: int = Field(default=10, ge=1, le=50, description="Quanti luoghi al massimo.")
    format: Format = Field(default="geojson", description="geojson o csv.")


class PlaceProperties(Properties):
    """A place that may be meant; the surroundings of an area are in ``bbox``."""

    kind: str = Field(description="municipality, quarter, settlement, address, street, service")
    name: str
    label: str = Field(description="Il nome con il suo comune")
    municipality_code: str | None
    municipality: str | None
    similarity: float = Field(description="Da 0 a 1: quanto il nome somiglia a quello cercato")
    precision: str = Field(description="address, street o municipality (il punto sta per tutto il luogo)")
    radius_m: float | None = Field(description="Errore del punto, in metri, dove è noto")
    code: str | None = Field(description="Codice dell'area")
    id: str | None = Field(description="Identificativo del servizio")
    bbox: list[float] | None = Field(description="Ovest, sud, est, nord in gradi")
