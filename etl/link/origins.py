"""Rows of ``field_origin``: every value that a claim or a person tells of a service, as the public may see it. Pure."""

import uuid
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from etl.identity import uid
from etl.link.claim import ServiceClaim
from etl.link.fields import SECRET
from etl.link.survivor import Golden, Origin
from etl.store.frames import Rows


def rows(service_id: uuid.UUID, golden: Golden, claims: Iterable[ServiceClaim], *, protected: bool = False) -> Rows:
    """Rows of the values of a published service.

    Parameters
    ----------
    claims
        Those that the golden record was made of.
    protected
        Its place may be told to nobody: of fields that could tell it nothing is kept, nor any evidence.
    """
    known = {claim.id: (claim, uid("source_record", claim.source_id, claim.key)) for claim in claims}
    told = [origin for origin in golden.origins if not (protected and origin.field in SECRET)]
    turns: Counter[tuple[str, uuid.UUID | None]] = Counter()
    found: Rows = []
    for origin in told:
        teller = origin.claim or origin.hand
        turn = turns[origin.field, teller]
        turns[origin.field, teller] += 1
        found.append(_row(service_id, origin, turn, known, protected=protected))
    return found


def _row(
    service_id: uuid.UUID,
    origin: Origin,
    turn: int,
    known: Mapping[uuid.UUID, tuple[ServiceClaim, uuid.UUID]],
    *,
    protected: bool,
) -> dict[str, Any]:
    """A row; ``known`` are the claims with the rows of sources that tell them."""
    claim, source_record = (None, None) if origin.claim is None else known[origin.claim]
    record = None if claim is None or protected else claim.record
    teller = str(origin.claim or origin.hand)
    # Of one claim a field may have several values: a capacity for each unit.
    place = [str(turn)] if turn else []
    return {
        "id": uid("field_origin", "service", str(service_id), origin.field, teller, *place),
        "entity": "service",
        "entity_id": service_id,
        "field": origin.field,
        "source_record_id": source_record,
        "hand_value_id": origin.hand,
        "value": _public(origin, protected=protected),
        "survives": origin.survives,
        "rule": origin.rule,
        "told_on": origin.told_on,
        "evidence": None if record is None else record.evidence,
        "evidence_year": None if claim is None else claim.record.evidence_year,
    }


def _public(origin: Origin, *, protected: bool) -> Any:  # noqa: ANN401  JSON
    """The value; the capacity of a protected place without the source's own words."""
    if protected and origin.field == "service_capacity":
        return [one | {"description": None} for one in origin.value or ()] or None
    return origin.value
