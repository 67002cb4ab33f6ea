"""The proposals that are kept: written down with the run that they were found on, and found again."""

import math
import uuid
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, func, insert, update

from etl.derive import book
from etl.derive.siting.candidates import degrees
from etl.store import models as m
from etl.store.frames import Rows, merge, records

if TYPE_CHECKING:
    from etl.derive.siting.propose import Proposal

REASON = "siting"
_ABOUT = ("kind", "name", "address", "body", "gained_confirmed", "gained_all", "probable", "assigned", "alternatives")


def again(connection: Connection, siting_id: uuid.UUID) -> bool:
    """Whether this answer is kept already; it is then the one that maps show."""
    answer = m.SitingResult
    # Not the moment of the transaction: of two questions in one the later one counts.
    known = connection.execute(
        update(answer).where(answer.id == siting_id).values(asked_at=func.clock_timestamp()).returning(answer.id)
    ).first()
    if known is not None:
        book.tell(connection, REASON)
    return known is not None


def write(connection: Connection, proposal: "Proposal", *, digest: str, by: str | None) -> None:
    """Keep an answer; one whose places have gone since is written anew."""
    row = _row(proposal) | {"input_hash": digest, "created_by": by, "asked_at": func.clock_timestamp()}
    connection.execute(insert(m.SitingResult).values(**row))
    merge(connection, m.SitingPlace, list(_places(proposal)))
    book.tell(connection, REASON)


def _row(proposal: "Proposal") -> dict[str, Any]:
    found = proposal.found
    return {
        "id": proposal.id,
        "run_id": proposal.run_id,
        "service_type_code": proposal.asked.type_code,
        "rule_id": proposal.rule_id,
        "parameters": proposal.parameters,
        "candidates": proposal.candidates,
        "threshold": found.threshold,
        "persons": found.persons,
        "served": found.served,
        "gained": found.gained,
        "remaining": found.left,
        "unreachable": float(found.unreachable.sum()),
        "unknown": proposal.unknown,
        "objective": _finite(found.objective),
        "bound": _finite(found.bound),
        "exact": found.exact,
        "note": proposal.note,
    }


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _places(proposal: "Proposal") -> Rows:
    places = proposal.places
    points = degrees(places.geometry)
    rows = records(places.drop(columns="geometry").rename_axis("key").reset_index())
    return [
        {name: row[name] for name in ("key", *_ABOUT)}
        | {
            "siting_id": proposal.id,
            "rank": rank,
            "municipality_id": uuid.UUID(row["municipality"]),
            "location_id": None if row["location"] is None else uuid.UUID(row["location"]),
            "geom": points[row["key"]],
        }
        for rank, row in enumerate(rows, start=1)
    ]
