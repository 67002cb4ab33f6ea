"""What is compared of the claims on services: one row for each, of plain values, ready to be hashed and scored."""

import gc
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache, lru_cache
from typing import Any, TypeAlias

from pyproj import Transformer

from etl.identity import content_hash
from etl.link.addresses import Place, place
from etl.link.claim import ServiceClaim
from etl.link.contacts import contacts, told_by
from etl.link.names import Name, floor_in, parse_name
from etl.link.parameters import Parameters
from etl.locate.address import fold
from etl.locate.position import Position

Row: TypeAlias = dict[str, Any]
# Points worse than this say nothing of two services of one town; a point of a well-known address is ``fine``.
WORST_RADIUS_M, FINE_RADIUS_M = 400.0, 150.0
# Side of the squares in which points are looked for, and how far from its square's edge a point is in the next as well.
SQUARE_M, EDGE_M = 160.0, 40.0
# A word that tells less does not make a block of its own.
BLOCKING_BITS = 5.0


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
            row["blocks"] = blocks(row)
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
            "floor": _floor(names, record.note, record.address, record.description),
        }
        | name_columns(names, parameters)
        | place_columns(where)
        | point_columns(claim.position)
    )


def name_columns(names: Sequence[Name], parameters: Parameters) -> Row:
    """Columns of a name and its alternatives; a number is a word of its own, besides."""
    numbers = sorted(set().union(*(name.numbers for name in names)))
    words = weighted({*(word for name in names for word in name.words), *(f"n{one}" for one in numbers)}, parameters)
    rarest = sorted(words, key=lambda word: (-word["bits"], word["word"]))
    return {
        "name": " ".join(word["word"] for word in words),
        "words": words,
        "bits": round(sum(word["bits"] for word in words), 2),
        "main": rarest[0]["word"] if rarest else None,
        "firsts": sorted({name.first for name in names if name.first}),
        "numbers": numbers,
    }


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
    road: Row = {"street": where.street, "kind": where.kind, "last": where.last, "rest": list(where.rest)}
    return road | {"telling": where.telling, "cut": where.cut}


def point_columns(position: Position) -> Row:
    """Columns of a point in metres (EPSG:32632); a point of a municipality, or one far from sure, is none."""
    point = position.point
    if point is None or position.precision == "municipality" or position.radius_m > WORST_RADIUS_M:
        return {"x": None, "y": None, "fine": False}
    x, y = _to_metres().transform(point.x, point.y)
    return {"x": round(x, 1), "y": round(y, 1), "fine": position.radius_m <= FINE_RADIUS_M}


@cache
def _to_metres() -> Transformer:
    return Transformer.from_crs(4326, 32632, always_xy=True)


def _floor(names: Sequence[Name], *others: str | None) -> str | None:
    told = [name.floor for name in names] + [floor_in(fold(text[:300])) for text in others if text]
    return next((floor for floor in told if floor is not None), None)


def blocks(row: Row) -> list[str]:
    """Keys of which two claims must share one to be compared: a street, a rare word, a contact, a square of ground."""
    family, town = row["family"], row["municipality"]
    keys = {f"{family}|{kind[0]}|{value}" for kind in ("phones", "emails", "sites") for value in row[kind]}
    if row["road"] is not None:
        keys.add(f"{family}|v|{town}|{row['road']['last']}")
    rarest = sorted(row["words"], key=lambda word: (-word["bits"], word["word"]))[:3]
    keys |= {f"{family}|n|{town}|{word['word']}" for word in rarest if word["bits"] >= BLOCKING_BITS}
    keys |= {f"{family}|n|{town}|{word}" for word in row["firsts"]}
    if row["postal_code"] and row["house"]:
        keys.add(f"{family}|c|{row['postal_code']}|{row['house']}")
    if row["fine"]:
        keys |= {f"{family}|q|{square}" for square in squares(row["x"], row["y"])}
    return sorted(keys)


def squares(x: float, y: float) -> set[str]:
    """The squares of ground that a point is in, or close to."""
    columns = {int((x + shift) // SQUARE_M) for shift in (-EDGE_M, EDGE_M)}
    lines = {int((y + shift) // SQUARE_M) for shift in (-EDGE_M, EDGE_M)}
    return {f"{column}:{line}" for column in columns for line in lines}


def told_words(claim: ServiceClaim, towns: Mapping[str, frozenset[str]]) -> set[str]:
    """The words that a claim's names are compared by, numbers among them."""
    street, aside = place(claim.record.address).street, towns.get(claim.position.municipality, frozenset())
    told = (claim.record.name, claim.record.alternate_name)
    names = [parse_name(text, street=street, aside=aside) for text in told if text]
    return {word for name in names for word in name.words} | {f"n{one}" for name in names for one in name.numbers}
