"""Where the values of a service come from, in words: for the command line and for the API."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from types import MappingProxyType
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from app.i18n import day, marked, whole
from app.queries import origins as queries
from app.queries.kinds import AnySelect
from app.reports import words
from app.telephones import readable
from etl.i18n import _
from etl.identity import slug
from etl.link.fields import FIELDS
from etl.link.rules import in_words as rule_in_words

# Names under which the values are known elsewhere: in the API, in records, in tables of the database.
ALIASES: Mapping[str, str] = MappingProxyType(
    {
        "type": "service_type",
        "type_name": "service_type",
        "service_type_code": "service_type",
        "macro_area": "service_type",
        "location_protected": "service_type",
        "organization_id": "organization",
        "organization_tax_id": "organization",
        "tax_id": "organization",
        "municipality_code": "municipality",
        "zone": "municipality",
        "zone_code": "municipality",
        "phones": "phone",
        "hours": "schedule",
        "opening_hours": "schedule",
        "osm_hours": "schedule",
        "status": "supply_status",
        "certainty": "supply_status",
        "precision": "position",
        "geometry": "position",
        "lat/lon": "position",
        "latitude": "position",
        "longitude": "position",
        "capacity": "service_capacity",
        "capacities": "service_capacity",
        "service_areas": "service_area",
    }
)
_NAMES = {
    "service_area": marked("area servita"),
    "accessibility": marked("accessibilità"),
    "delivery": marked("erogazione"),
}
_STATES = {
    "attivo": marked("attivo"),
    "da_verificare": marked("da verificare"),
    "atteso": marked("atteso"),
    "programmato": marked("programmato"),
    "chiuso": marked("chiuso"),
}
_DELIVERIES = {
    "sede": marked("in sede"),
    "domicilio": marked("a domicilio"),
    "itinerante": marked("itinerante"),
    "remoto": marked("a distanza"),
}
_CODES: Mapping[str, Mapping[str, str]] = MappingProxyType({"supply_status": _STATES, "delivery": _DELIVERIES})
_DATES = frozenset({"valid_from", "valid_to", "expected_on"})


@dataclass(frozen=True)
class Telling:
    """A value that a source, or a person, tells of a field.

    ``value`` is JSON (:func:`etl.link.fields.published`), ``text`` the same in words, ``why`` the rule in words;
    ``told_on`` is the day of which the source speaks, ``loaded_on`` the day on which it was last read.
    ``author`` and ``note`` are of a value made by hand: they are for officers and leave by no public face.
    """

    field: str
    value: Any
    text: str
    survives: bool
    rule: str
    why: str
    source_id: str | None
    source: str
    told_on: date | None
    loaded_on: date | None
    evidence: str | None
    evidence_year: int | None
    by_hand: bool = False
    author: str | None = None
    note: str | None = None


@dataclass(frozen=True)
class Field:
    """A published field: what is published of it, None where nothing is, and everything that is told of it."""

    field: str
    value: Any
    text: str
    tellings: tuple[Telling, ...]


def field_name(field: str) -> str:
    """A field in words."""
    return words.said(_NAMES, field) if field in _NAMES else words.field(field)


def field_named(text: str) -> str | None:
    """The field that a person means: by its name, by one that the API or a table gives it, or by its Italian word.

    >>> field_named("hours"), field_named("indirizzo"), field_named("colore")
    ('schedule', 'address', None)
    """
    plain = text.strip().lower()
    by_word = {slug(field_name(field)): field for field in reversed(FIELDS)}
    found = plain if plain in FIELDS else ALIASES.get(plain) or by_word.get(slug(plain))
    return found or None


def in_words(field: str, code: str) -> str:
    """The words for a code that a field holds; the text itself where the field has no codes."""
    return words.said(_CODES.get(field, {}), code)


def as_code(field: str, text: str) -> str:
    """The code that a person means by the words in which it is shown; the text itself where it is none.

    >>> as_code("delivery", "In sede"), as_code("supply_status", "da verificare"), as_code("phone", "011 1")
    ('sede', 'da_verificare', '011 1')
    """
    said = {slug(_(word)): code for code, word in _CODES.get(field, {}).items()}
    return said.get(slug(text), text)


def fields(session: Session, service_id: uuid.UUID, field: str | None = None) -> list[Field]:
    """What is told of the published fields of a service, or of one; the value that won first."""
    names = _Names(session)
    told: dict[str, list[Telling]] = {}
    for row in session.execute(queries.origins(service_id, field)):
        told.setdefault(row.field, []).append(_telling(row, names))
    if "organization" in told:
        told["organization"] = _with_body(session, service_id, told["organization"], names)
    return [_field(name, told[name], names) for name in FIELDS if name in told]


def _with_body(session: Session, service_id: uuid.UUID, tellings: list[Telling], names: "_Names") -> list[Telling]:
    """What is told of the body of a service, and before it what is published of the body, where that is something else.

    The row of a service only says which body it is: name and tax code are those of the list that is believed of bodies.
    """
    row = session.execute(queries.body(service_id)).first()
    won = [one for one in tellings if one.survives]
    if row is None or any(one.by_hand or one.value == row.value for one in won):
        return tellings
    why = rule_in_words("concordi", survives=False)
    beside = [replace(one, survives=False, rule="concordi", why=why) if one.survives else one for one in tellings]
    return [_telling(row, names), *beside]


def _telling(row: Row[Any], names: "_Names") -> Telling:
    by_hand = row.author is not None
    return Telling(
        field=row.field,
        value=row.value,
        text=names.text(row.field, row.value),
        survives=row.survives,
        rule=row.rule,
        why=rule_in_words(row.rule, survives=row.survives),
        source_id=row.source_id,
        source=_("messo a mano in Ombra") if by_hand else row.source or "",
        told_on=row.told_on,
        loaded_on=row.loaded_on,
        evidence=row.evidence,
        evidence_year=row.evidence_year,
        by_hand=by_hand,
        author=row.author,
        note=row.note,
    )


def _field(name: str, tellings: Sequence[Telling], names: "_Names") -> Field:
    ordered = tuple(sorted(tellings, key=lambda one: (not one.survives, one.rule == "concordi", one.source)))
    value = _joined([one.value for one in ordered if one.survives and one.value is not None])
    return Field(name, value, names.text(name, value), ordered)


def _joined(values: Sequence[Any]) -> Any:  # noqa: ANN401  JSON
    """What is published: the value that survives, or the parts of all that do."""
    if not values or not isinstance(values[0], list):
        return values[0] if values else None
    parts: list[Any] = []
    for value in values:
        parts += [part for part in value if part not in parts]
    return parts


class _Names:
    """Values in words; the names of types and municipalities are read once."""

    def __init__(self, session: Session) -> None:
        self._types: dict[str, str] = _by_code(session, queries.type_names())
        self._towns: dict[str, str] = _by_code(session, queries.municipality_names())
        self._write: dict[str, Callable[[Any], str]] = {
            "service_type": lambda value: self._types.get(value, value),
            "municipality": lambda value: self._towns.get(value, value),
            **{field: partial(in_words, field) for field in _CODES},
            "phone": lambda value: "; ".join(map(readable, value)),
            "organization": _organization,
            "schedule": lambda value: value["text"] or value["osm"] or "",
            "service_capacity": lambda value: "; ".join(map(_capacity, value)),
            "service_area": lambda value: "; ".join(f"{one['level']} {one['code']}" for one in value),
            "position": _position,
        }

    def text(self, field: str, value: Any) -> str:  # noqa: ANN401  JSON
        """A value as a person reads it; «nulla» where there is none."""
        if value is None:
            return _("nulla")
        if field in _DATES:
            return day(date.fromisoformat(value))
        return self._write.get(field, str)(value)


def _by_code(session: Session, statement: AnySelect) -> dict[str, str]:
    return {row.code: row.name for row in session.execute(statement)}


def _organization(value: Mapping[str, Any]) -> str:
    name, code = value["name"], value["tax_id"]
    return _("{nome} (codice fiscale {codice})").format(nome=name, codice=code) if code else str(name)


def _capacity(value: Mapping[str, Any]) -> str:
    told = f"{whole(value['maximum'])} {value['unit']}"
    return f"{told} ({value['description']})" if value["description"] else told


def _position(value: Mapping[str, Any]) -> str:
    told = _("{lat}, {lon} ({precisione}, entro {metri} m; {fonte})")
    return told.format(
        lat=f"{value['latitude']:.6f}",
        lon=f"{value['longitude']:.6f}",
        precisione=words.said(words.PRECISIONS, value["precision"]),
        metri=whole(value["radius_m"]),
        fonte=value["coord_source"] or _("fonte del punto non detta"),
    )
