"""What is compared of the claims on services: one row for each, of plain values, ready to be hashed and scored."""

import gc
import math
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache, lru_cache
from typing import Any, TypeAlias

from pyproj import Transformer

from etl.identity import content_hash
from etl.link import blocking
from etl.link.addresses import Place, place
from etl.link.claim import ServiceClaim
from etl.link.contacts import contacts, told_by
from etl.link.names import LONGEST, Name, floors_in, names_floor, only, parse_name
from etl.link.parameters import Parameters
from etl.locate.address import fold
from etl.locate.position import Position

Row: TypeAlias = dict[str, Any]
# Points worse than this say nothing of two services of one town; a point of a well-known address is ``fine``.
WORST_RADIUS_M, FINE_RADIUS_M = 400.0, 150.0
# Before a number that is a word of a name: no word begins so.
NUMBER_MARK = "#"


def service_rows(
    claims: Iterable[ServiceClaim], bodies: Mapping[uuid.UUID, uuid.UUID], parameters: Parameters
) -> dict[uuid.UUID, Row]:
    """What is compared of each claim that may be, by identifier.

    Which contacts tell something depends on all the claims given; all else on each claim and the parameters.
    """
    compared = [claim for claim in claims if not claim.protected]
    with uncollected():
        reached = told_by([(claim, contacts(claim)) for claim in compared])
        rows = {claim.id: _row(claim, bodies, parameters) | reached[claim.id] for claim in compared}
        for row in rows.values():
            row["blocks"] = blocking.of_service(row)
    return rows


@contextmanager
def uncollected() -> Iterator[None]:
    """Without the collector of cycles, which would walk a million rows again and again and find none."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


def row_hash(row: Row, parameters: Parameters) -> str:
    """Hash of what is compared and of what it is compared with: the same hash, the same scores."""
    return content_hash([parameters.digest, row])


def _row(claim: ServiceClaim, bodies: Mapping[uuid.UUID, uuid.UUID], parameters: Parameters) -> Row:
    record = claim.record
    kind = parameters.kind(record.service_type)
    where = place(record.address)
    aside = parameters.towns.get(claim.position.municipality, frozenset())
    names = [
        parse_name(told, street=where.street, aside=aside) for told in (record.name, record.alternate_name) if told
    ]
    own = claim.organization_id
    return (
        {
            "list": claim.source_id,
            "family": kind.family,
            "alone": kind.alone,
            "municipality": claim.position.municipality,
            "postal_code": record.postal_code,
            "provider": None if own is None else str(bodies.get(own, own)),
            "tax_id": record.organization_tax_id,
            "provider_words": weighted(parse_name(record.organization or "").words, parameters),
            "capacity": float(sum(one.maximum for one in record.capacities)) or None,
            "floor": _floor(names, record.address, f"{record.note or ''}\n{record.description or ''}"),
        }
        | name_columns(names, parameters)
        | place_columns(where)
        | point_columns(claim.position)
    )


def name_columns(names: Sequence[Name], parameters: Parameters) -> Row:
    """Columns of a name and its alternatives; a number is a word of its own, besides."""
    numbers = sorted(set().union(*(name.numbers for name in names)))
    words = weighted({*(word for name in names for word in name.words), *map(marked, numbers)}, parameters)
    rarest = min(words, key=lambda word: (-word["bits"], word["word"]), default=None)
    return {
        "name": " ".join(word["word"] for word in words),
        "words": words,
        "bits": round(sum(word["bits"] for word in words), 2),
        "main": rarest["word"] if rarest else None,
        "firsts": sorted({name.first for name in names if name.first}),
        "numbers": numbers,
    }


def marked(number: str) -> str:
    """A number of a name as a word of it."""
    return f"{NUMBER_MARK}{number}"


def weighted(words: Iterable[str], parameters: Parameters) -> list[Row]:
    """Words with what each tells, in order."""
    return [parameters.words.told(word) for word in sorted(set(words))]


def place_columns(where: Place) -> Row:
    """Columns of an address."""
    return {
        "road": _road(where) if where.street else None,
        "number": where.number,
        "house": where.house,
        "house_to": where.house_to,
    }


@lru_cache(maxsize=100_000)
def _road(where: Place) -> Row:
    """The street of an address; one object for all claims on it, of which there may be many."""
    initials = sorted({*where.cut, *(word[0] for word in where.rest)})
    road: Row = {"street": where.street, "kind": where.kind, "last": where.last, "rest": list(where.rest)}
    return road | {"telling": where.telling, "cut": list(where.cut), "initials": initials}


def point_columns(position: Position) -> Row:
    """Columns of a point in metres (EPSG:32632); a point of a municipality, or one far from sure, is none."""
    point = position.point
    if point is None or position.precision == "municipality" or position.radius_m > WORST_RADIUS_M:
        return {"x": None, "y": None, "fine": False}
    x, y = _to_metres().transform(point.x, point.y)
    if not (math.isfinite(x) and math.isfinite(y)):  # degrees the wrong way round
        return {"x": None, "y": None, "fine": False}
    return {"x": round(x, 1), "y": round(y, 1), "fine": position.radius_m <= FINE_RADIUS_M}


@cache
def _to_metres() -> Transformer:
    return Transformer.from_crs(4326, 32632, always_xy=True)


def _floor(names: Sequence[Name], *others: str | None) -> str | None:
    texts = [text[:LONGEST] for text in others if text and names_floor(text)]
    told = [name.floor for name in names] + [only(floors_in(fold(text))) for text in texts]
    return next((floor for floor in told if floor is not None), None)


def told_words(claim: ServiceClaim, towns: Mapping[str, frozenset[str]]) -> set[str]:
    """The words that a claim's names are compared by, numbers among them."""
    street, aside = place(claim.record.address).street, towns.get(claim.position.municipality, frozenset())
    told = (claim.record.name, claim.record.alternate_name)
    names = [parse_name(text, street=street, aside=aside) for text in told if text]
    return {word for name in names for word in (*name.words, *map(marked, name.numbers))}
