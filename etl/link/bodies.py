"""Which bodies are one: a tax code decides, a name alone rarely does."""

import uuid
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from etl.i18n import _
from etl.link import blocking, decide
from etl.link.addresses import place
from etl.link.claim import BodyClaim
from etl.link.contacts import informative, phone_key, site_key
from etl.link.features import Row, name_columns, place_columns, row_hash
from etl.link.names import parse_name
from etl.link.pair import Pair
from etl.link.parameters import Parameters
from etl.link.parameters import parameters as read_parameters
from etl.link.words import kinds_of_body
from etl.progress import Progress, silent


def compare(
    bodies: Sequence[BodyClaim],
    *,
    changed: Collection[uuid.UUID] | None = None,
    parameters: Parameters | None = None,
    progress: Progress = silent,
) -> list[Pair]:
    """Pairs of bodies that are one, may be, or nearly are.

    One tax code or register number makes two one, two tax codes keep them apart, and so do two kinds of body (a comune
    and a union of comuni). Otherwise as :func:`etl.link.services.compare`.
    """
    known = read_parameters() if parameters is None else parameters
    rows = body_rows(bodies, known)
    return decide.compare(
        "organization", rows, known, changed, lambda n: progress(_("confronto di {n} enti").format(n=n))
    )


def feature_hashes(bodies: Iterable[BodyClaim], *, parameters: Parameters | None = None) -> dict[uuid.UUID, str]:
    """Hash of what is compared of each body, and of the model."""
    known = read_parameters() if parameters is None else parameters
    return {member: row_hash(row, known) for member, row in body_rows(bodies, known).items()}


def body_rows(bodies: Iterable[BodyClaim], parameters: Parameters) -> dict[uuid.UUID, Row]:
    """What is compared of each body."""
    compared = list(bodies)
    told = {body.id: _contacts(body) for body in compared}
    telling = {
        kind: informative((told[body.id][kind], body.id) for body in compared) for kind in ("phones", "emails", "sites")
    }
    rows = {}
    for body in compared:
        reached = {kind: [one for one in told[body.id][kind] if one in telling[kind]] for kind in telling}
        rows[body.id] = _row(body, parameters) | reached
        rows[body.id]["blocks"] = blocking.of_body(rows[body.id])
    return rows


def _contacts(body: BodyClaim) -> dict[str, list[str]]:
    site = site_key(str(body.told["url"])) if body.told.get("url") else None
    return {
        "phones": sorted({phone_key(phone) for phone in body.told.get("phones", [])}),
        "emails": [str(body.told["email"]).lower()] if body.told.get("email") else [],
        "sites": [site] if site else [],
    }


def _row(body: BodyClaim, parameters: Parameters) -> Row:
    name = str(body.told["name"])
    names = [parse_name(text) for text in (name, body.told.get("alternate_name")) if text]
    where = place(_text(body.told.get("address")))
    row = {
        "family": "",
        "municipality": _text(body.told.get("municipality")),
        "postal_code": _text(body.told.get("postal_code")),
        "tax_id": _text(body.told.get("tax_id")),
        "registers": sorted(f"{scheme}:{value}" for scheme, value in body.told.get("identifiers", [])),
        "towns": sorted(body.municipalities),
        "kinds": sorted(kinds_of_body(name)),
    }
    return row | name_columns(names, parameters) | place_columns(where) | {"x": None, "y": None, "fine": False}


def _text(value: Any) -> str | None:  # noqa: ANN401  a field of a claim is any JSON
    return None if value is None else str(value)
