"""Bodies as sources tell them, and the one row that follows from what all of them say. Pure.

A body may be named by several sources. Each says what it knows in a claim; the public row takes every field from the
first claim that has it: of lists of bodies first those that still have it, then those that say that it has ended, then
what services say of it. So the order of loading decides nothing.
"""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import shapely

from etl.identity import uid
from etl.locate.position import Position
from etl.locate.territory import Municipality
from etl.publication.model import Claim, listed_body
from etl.record import OrganizationRecord
from etl.store.frames import Rows

FIELDS = ("name", "alternate_name", "description", "tax_id", "legal_status", "email", "url")
_PLACE = (
    *("municipality", "address", "postal_code", "longitude", "latitude"),
    *("precision", "radius_m", "coord_source"),
)
_PROOF = ("evidence", "evidence_year", "ended")


def build(
    source_id: str, records: Sequence[OrganizationRecord], positions: Mapping[str, Position], *, today: date
) -> list[Claim]:
    """What a list of bodies says; of two rows about one body the one whose key comes first."""
    claims: dict[uuid.UUID, Claim] = {}
    for record in sorted(records, key=lambda record: record.key):
        body = listed_body(source_id, record.key, record.tax_id, record.identifiers)
        told = _told(record, positions.get(record.key), today)
        claims.setdefault(body, Claim(body, 0, uid("source_record", source_id, record.key), told))
    return list(claims.values())


def _told(record: OrganizationRecord, position: Position | None, today: date) -> dict[str, Any]:
    told: dict[str, Any] = {name: getattr(record, name) for name in FIELDS}
    told |= {
        "identifiers": sorted([one.scheme, one.value] for one in record.identifiers),
        "phones": sorted(set(record.phones)),
        "evidence": record.evidence,
        "evidence_year": record.evidence_year,
    }
    if record.valid_to is not None and record.valid_to <= today:
        told["ended"] = record.valid_to.isoformat()
    if position is not None:
        point = position.point
        told |= {
            "municipality": position.municipality,
            "address": record.address,
            "postal_code": record.postal_code,
            "longitude": None if point is None else point.x,
            "latitude": None if point is None else point.y,
            "precision": position.precision,
            "radius_m": position.radius_m,
            "coord_source": None if point is None else position.coord_source,
        }
    return {name: value for name, value in told.items() if value not in (None, [])}


# --- the one row --------------------------------------------------------------------------------------


def first_told(claims: Sequence[tuple[str, Claim]]) -> tuple[dict[str, Any], dict[str, Claim]]:
    """Every field from the first claim that has it, and which claim that was; ``claims`` with the source of each.

    What says where a body is comes from one claim: half an address from each of two would be nowhere.
    """
    ordered = [claim for _source, claim in sorted(claims, key=_by_rank)]
    fields: dict[str, Any] = {}
    origins: dict[str, Claim] = {}
    for claim in ordered:
        for name, value in claim.told.items():
            if value is not None and name not in fields and name not in _PLACE:
                fields[name], origins[name] = value, claim
    placed = next((claim for claim in ordered if "municipality" in claim.told), None)
    if placed is not None:
        fields |= {name: placed.told[name] for name in _PLACE if name in placed.told}
        origins["address"] = placed
    lists = [claim for claim in ordered if claim.rank == 0]
    # Closed once every list that knows it says so; a list that has forgotten to say so keeps it open.
    ended = [claim.told.get("ended") for claim in lists]
    fields["ended"] = max(filter(None, ended)) if lists and all(ended) else None
    return fields, origins


def _by_rank(told: tuple[str, Claim]) -> tuple[int, bool, str, uuid.UUID]:
    source, claim = told
    return *_standing(claim), source, claim.organization_id


def _standing(claim: Claim) -> tuple[int, bool]:
    """How far a claim is believed: the lower the more."""
    return claim.rank, "ended" in claim.told


def organization_row(body: uuid.UUID, told: Mapping[str, Any], towns: Mapping[str, Municipality]) -> dict[str, Any]:
    """Row of ``organization``."""
    town = towns.get(told.get("municipality", ""))
    return {
        "id": body,
        "name": told["name"],
        "alternate_name": told.get("alternate_name"),
        "description": told.get("description", told["name"]),
        "email": told.get("email"),
        "website": told.get("url"),
        "tax_id": told.get("tax_id"),
        "legal_status": told.get("legal_status"),
        "municipality_id": None if town is None else town.id,
        "closed_on": None if told["ended"] is None else date.fromisoformat(told["ended"]),
    }


def identifier_rows(body: uuid.UUID, told: Mapping[str, Any]) -> Rows:
    """Rows of ``organization_identifier``."""
    return [
        {
            "id": uid("organization_identifier", str(body), scheme, value),
            "organization_id": body,
            "identifier_scheme": scheme,
            "identifier_type": scheme,
            "identifier": value,
        }
        for scheme, value in told.get("identifiers", [])
    ]


def phone_rows(body: uuid.UUID, told: Mapping[str, Any]) -> Rows:
    """Rows of ``phone``."""
    return [
        {"id": uid("phone", str(body), number), "organization_id": body, "number": number}
        for number in told.get("phones", [])
    ]


def place_rows(body: uuid.UUID, told: Mapping[str, Any], towns: Mapping[str, Municipality]) -> tuple[Rows, Rows]:
    """Rows of ``location`` and ``address``; none where only the municipality of the body is known, or less."""
    town = towns.get(told.get("municipality", ""))
    if town is None or not {"address", "longitude"} & told.keys():
        return [], []
    location = {
        "id": uid("location", "organization", str(body)),
        "organization_id": body,
        "geom": shapely.Point(told["longitude"], told["latitude"]) if "longitude" in told else None,
        "position_radius_m": told["radius_m"],
        "precision": told["precision"],
        "coord_source": told.get("coord_source"),
        "location_protected": False,
        "municipality_id": town.id,
    }
    return [location], [_address(location["id"], told, town)] if "address" in told else []


def _address(location_id: uuid.UUID, told: Mapping[str, Any], town: Municipality) -> dict[str, Any]:
    return {
        "id": uid("address", str(location_id)),
        "location_id": location_id,
        "location_protected": False,
        "address_1": told["address"],
        "address_2": None,
        "city": town.name,
        "state_province": "TO",
        "postal_code": told.get("postal_code"),
    }


def origin_rows(body: uuid.UUID, claims: Sequence[tuple[str, Claim]], origins: Mapping[str, Claim]) -> Rows:
    """Rows of ``field_origin``: what every row of a list tells, whether it is published or not.

    Names that services give to a body are no rows of their own, and are left out.
    """
    ordered = [claim for _source, claim in sorted(claims, key=_by_rank)]
    telling: dict[str, list[Claim]] = {}
    for claim in ordered:
        for name in _fields_of(claim):
            telling.setdefault(name, []).append(claim)
    return [
        _origin(body, name, claim, origins[name], telling[name])
        for claim in ordered
        if claim.source_record_id is not None
        for name in _fields_of(claim)
        if name in origins
    ]


def _fields_of(claim: Claim) -> list[str]:
    """Names of what a claim tells that is published; what says where it is makes one field, ``address``."""
    told = [name for name, value in claim.told.items() if value is not None and name not in {*_PLACE, *_PROOF}]
    return [*told, "address"] if "municipality" in claim.told else told


def _value(claim: Claim, name: str) -> Any:  # noqa: ANN401  JSON
    if name != "address":
        return claim.told[name]
    return {part: claim.told[part] for part in _PLACE if part in claim.told}


def _agree(one: Claim, other: Claim, name: str) -> bool:
    """Whether two claims say the same of a field; of a place its municipality and its address."""
    parts = ("municipality", "address") if name == "address" else (name,)
    return all(one.told.get(part) == other.told.get(part) for part in parts)


def _rule(claim: Claim, winner: Claim, telling: Sequence[Claim], name: str) -> str:
    """Why what a claim tells is published, or is not (:mod:`etl.link.rules`)."""
    if len(telling) == 1:
        return "unica"
    against = [one for one in telling if not _agree(one, winner, name)]
    rival = next(iter(against), None) if claim == winner else claim
    if rival is None or _agree(rival, winner, name):
        return "concordi"
    return "ordine" if _standing(rival) == _standing(winner) else "fiducia"


def _origin(body: uuid.UUID, name: str, claim: Claim, winner: Claim, telling: Sequence[Claim]) -> dict[str, Any]:
    value = _value(claim, name)
    return {
        "id": uid("field_origin", "organization", str(body), name, str(claim.source_record_id)),
        "entity": "organization",
        "entity_id": body,
        "field": name,
        "source_record_id": claim.source_record_id,
        "hand_value_id": None,
        "value": value,
        "survives": value == _value(winner, name),
        "rule": _rule(claim, winner, telling, name),
        "told_on": None,
        "evidence": claim.told.get("evidence"),
        "evidence_year": claim.told.get("evidence_year"),
    }
