"""What a person writes for a field becomes a value, by the steps that clean what sources say; wrong text is refused."""

import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, false, select

from etl.clean.capacity import read_capacity
from etl.clean.draft import SEPARATOR, Draft
from etl.clean.run import clean
from etl.clean.tax_id import read_tax_id
from etl.i18n import _
from etl.identity import slug
from etl.issues import IssueEntry, IssueLog
from etl.link import hand_place
from etl.link.survivor import Golden
from etl.store import models as m
from etl.store.models.hsds import DELIVERIES, SUPPLY_STATUSES

# What a person may write, by the field of a draft that the steps of cleaning read.
_DRAFT: Mapping[str, str] = MappingProxyType(
    {name: name for name in ("name", "alternate_name", "description", "note", "accessibility", "evidence")}
    | {name: name for name in ("evidence_year", "valid_from", "valid_to", "expected_on", "postal_code", "locality")}
    | {"address": "address", "phone": "phone", "email": "email", "url": "url", "schedule": "opening_hours"}
)
REQUIRED = frozenset({"name", "service_type", "supply_status", "delivery", "position"})
"""Fields that a service cannot be without."""
_CAPACITY = re.compile(r"^(?P<number>[\d.,]+)\s*(?P<unit>[^\d;]*)$")
_REFUSED = frozenset({"cap_fuori_provincia"})  # only doubtful in a file, whose other columns may be wrong
_MOST_NAMES = 5  # bodies that a fault lists


@dataclass
class Reading:
    """A value (:class:`etl.link.survivor.HandValue`), why there is none, and what is doubtful about it."""

    value: Any = None
    faults: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)


def correctable() -> frozenset[str]:
    """Fields that a person may write."""
    return frozenset(_DRAFT) | frozenset(_READERS)


def read(connection: Connection, now: Golden, name: str, text: str) -> Reading:
    """The value that a text means for a field of a service; an empty text takes the value away."""
    if not text.strip():
        why = _("Il campo non può restare vuoto.")
        return Reading(faults=[why] if name in REQUIRED else [])
    if name in _READERS:
        return _READERS[name](connection, now, text.strip())
    found, draft = _cleaned(now, {_DRAFT[name]: text})
    value = draft.get(_DRAFT[name])
    if value is None and not found.faults:
        found.faults.append(_('«{text}» non dice nulla: per togliere il valore scrivere "".').format(text=text))
    if value is not None and not found.faults:
        found.value = _shaped(connection, now, name, value, draft)
    return found


def _shaped(connection: Connection, now: Golden, name: str, value: str, draft: Draft) -> Any:  # noqa: ANN401  JSON
    match name:
        case "phone":
            return value.split(SEPARATOR)
        case "email":
            return value.split(SEPARATOR, maxsplit=1)[0]
        case "evidence_year":
            return int(value)
        case "schedule":
            return {"text": value, "osm": draft.get("osm_hours")}
        case "address":
            return hand_place.address_value(connection, now.position.municipality, value, now.record.address)
        case _:
            return value


def _cleaned(now: Golden, draft: Draft) -> tuple[Reading, Draft]:
    """The draft after all steps of cleaning: whatever one of them drops is a fault."""
    log = IssueLog()
    result = clean("", draft | {"istat_code": now.position.municipality}, log)
    faults = [entry for entry in log.entries if entry.severity == "scartato" or entry.kind in _REFUSED]
    doubts = [entry for entry in log.entries if entry.severity == "dubbio" and entry not in faults]
    return Reading(None, [*map(_sentence, faults)], [*map(_sentence, doubts)]), result


def _sentence(entry: IssueEntry) -> str:
    return f"«{entry.value}»: {entry.message}" if entry.value else entry.message


# --- fields with words of their own -------------------------------------------------------------------


def _one_of(words: tuple[str, ...]) -> Callable[[Connection, Golden, str], Reading]:
    def read_word(_connection: Connection, _now: Golden, text: str) -> Reading:
        word = slug(text).replace("-", "_")
        if word in words:
            return Reading(word)
        return Reading(
            faults=[_("«{text}» non è fra i valori ammessi: {words}.").format(text=text, words=", ".join(words))]
        )

    return read_word


def _service_type(connection: Connection, now: Golden, text: str) -> Reading:
    """A type; not one that is protected instead of one that is not, or the reverse: that is for the source to say."""
    kind = m.ServiceType
    rows = connection.execute(select(kind.code, kind.name_it, kind.protected)).all()
    protected = {row.code: row.protected for row in rows}
    by_name = {slug(row.name_it): row.code for row in rows}
    code = text if text in protected else by_name.get(slug(text))
    if code is None:
        return Reading(
            faults=[_("Il tipo di servizio «{text}» non esiste: l'elenco è in service_types.csv.").format(text=text)]
        )
    if protected[code] != protected.get(now.record.service_type, False):
        why = _("Un tipo protetto non si mette né si toglie a mano: correggere la fonte e caricarla di nuovo.")
        return Reading(faults=[why])
    return Reading(code)


def _position(connection: Connection, now: Golden, text: str) -> Reading:
    found, draft = _cleaned(now, hand_place.point_draft(text))
    if found.faults or not {"latitude", "longitude"} <= draft.keys():
        why = _("Non è un punto: scrivere latitudine e longitudine in gradi, per esempio 45.0703, 7.6869.")
        return Reading(faults=[*found.faults, why])
    town, longitude, latitude = now.position.municipality, float(draft["longitude"]), float(draft["latitude"])
    if (why_not := hand_place.elsewhere(connection, town, longitude, latitude)) is not None:
        return Reading(faults=[why_not])
    found.value = hand_place.placed(town, longitude, latitude)
    return found


def _organization(connection: Connection, _now: Golden, text: str) -> Reading:
    """A body that is in the directory: by identifier, tax code or name."""
    body = m.Organization
    columns = select(body.id, body.name, body.tax_id).order_by(body.name, body.id)
    code, number = read_tax_id(text).value, _uuid(text)
    asked = body.id == number if number else body.tax_id == code if code else false()
    rows = connection.execute(columns.where(asked)).all()
    if not rows:
        alike = connection.execute(columns.where(body.name.icontains(text, autoescape=True))).all()
        rows = [row for row in alike if slug(row.name) == slug(text)] or list(alike)
    if len(rows) == 1:
        return Reading({"id": str(rows[0].id), "name": rows[0].name, "tax_id": rows[0].tax_id})
    if not rows:
        why = _("Nessun ente si chiama «{text}» o ha questo codice: deve prima venire da una fonte.")
        return Reading(faults=[why.format(text=text)])
    names = "; ".join(f"{row.name} ({row.tax_id or row.id})" for row in rows[:_MOST_NAMES])
    why = _("Più enti si chiamano così: scrivere il codice fiscale o l'identificativo. {names}")
    return Reading(faults=[why.format(names=names)])


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _capacity(connection: Connection, now: Golden, text: str) -> Reading:
    """``24``, ``24 posti; 6 infermieri``: the unit of the type where none is written."""
    rows = connection.execute(select(m.ServiceType.code, m.ServiceType.capacity_unit))
    units = {row.code: row.capacity_unit for row in rows}
    found, told = Reading(), {}
    for part in filter(None, (one.strip() for one in text.split(";"))):
        written = _CAPACITY.match(part)
        number = read_capacity(written["number"]).value if written else None
        unit = (written["unit"].strip().lower() if written else "") or units.get(now.record.service_type, "posti")
        if number is None:
            found.faults.append(_("«{part}» non è una capienza: scrivere per esempio 24 posti.").format(part=part))
        elif unit not in units.values():
            known = ", ".join(sorted(set(units.values())))
            found.faults.append(_("«{unit}» non è un'unità: {known}.").format(unit=unit, known=known))
        elif unit in told:
            found.faults.append(_("«{unit}» è scritto due volte.").format(unit=unit))
        else:
            told[unit] = {"unit": unit, "maximum": float(number), "description": None}
    found.value = None if found.faults else list(told.values())
    return found


_READERS: Mapping[str, Callable[[Connection, Golden, str], Reading]] = MappingProxyType(
    {
        "supply_status": _one_of(SUPPLY_STATUSES),
        "delivery": _one_of(DELIVERIES),
        "service_type": _service_type,
        "position": _position,
        "organization": _organization,
        "service_capacity": _capacity,
    }
)
