"""Blocking rules: two members are compared where they share one of these keys, and only there.

``RULES`` says them in words, by question; ``data/linkage/MODEL.md`` prints them beside the weights.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from etl.link.claim import Question

# Side of the squares in which points are looked for, and how far from its square's edge a point is in the next as well.
SQUARE_M, EDGE_M = 160.0, 40.0
# A word that tells less does not make a block of its own; of the others the rarest do.
BLOCKING_BITS, RAREST = 5.0, 3

_CONTACT = "a telephone, address of mail or site that tells something"
_POSTAL = "postal code and figure of the civic number"
_SQUARE = f"a square of {SQUARE_M:.0f} m, or the next one within {EDGE_M:.0f} m of the edge, of well-known points"
_RAREST = f"one of the {RAREST} rarest words of the name, of at least {BLOCKING_BITS:g} bits"
RULES: dict[Question, tuple[str, ...]] = {
    "service": (
        "all within one family of types (data/linkage/types.csv)",
        "municipality and last word of the street",
        f"municipality and {_RAREST}",
        "municipality and first word of the name",
        _CONTACT,
        _POSTAL,
        _SQUARE,
    ),
    "location": ("municipality, last word of the street and figure of the civic number", _CONTACT, _POSTAL, _SQUARE),
    "organization": ("tax code", "number in a register", _RAREST, "the whole name", _CONTACT),
}


def of_service(row: Mapping[str, Any]) -> list[str]:
    """Keys of a service."""
    family, town = row["family"], row["municipality"]
    keys = {*_contacts(row), *_postal(row), *_ground(row)}
    if row["road"] is not None:
        keys.add(f"v|{town}|{row['road']['last']}")
    keys |= {f"n|{town}|{word}" for word in [*_rarest(row["words"]), *row["firsts"]]}
    return sorted(f"{family}|{key}" for key in keys)


def of_site(row: Mapping[str, Any]) -> list[str]:
    """Keys of a site."""
    keys = {*_contacts(row), *_ground(row)}
    if row["road"] is not None:
        keys |= {f"v|{row['municipality']}|{row['road']['last']}|{row['house'] or ''}", *_postal(row)}
    return sorted(keys)


def of_body(row: Mapping[str, Any]) -> list[str]:
    """Keys of a body."""
    keys = {*_contacts(row), *(f"r|{number}" for number in row["registers"])}
    keys |= {f"t|{row['tax_id']}"} if row["tax_id"] else set()
    keys |= {f"n|{word}" for word in _rarest(row["words"])}
    keys |= {f"u|{row['name']}"} if row["name"] else set()
    return sorted(keys)


def _contacts(row: Mapping[str, Any]) -> Iterable[str]:
    return (f"{kind[0]}|{value}" for kind in ("phones", "emails", "sites") for value in row[kind])


def _postal(row: Mapping[str, Any]) -> Iterable[str]:
    return [f"c|{row['postal_code']}|{row['house']}"] if row["postal_code"] and row["house"] else []


def _rarest(words: Sequence[Mapping[str, Any]]) -> Iterable[str]:
    telling = [word for word in words if word["bits"] >= BLOCKING_BITS]
    return [word["word"] for word in sorted(telling, key=lambda word: (-word["bits"], word["word"]))[:RAREST]]


def _ground(row: Mapping[str, Any]) -> Iterable[str]:
    """The squares of ground that a well-known point is in, or close to."""
    if not row["fine"]:
        return []
    columns = {int((row["x"] + shift) // SQUARE_M) for shift in (-EDGE_M, EDGE_M)}
    lines = {int((row["y"] + shift) // SQUARE_M) for shift in (-EDGE_M, EDGE_M)}
    return [f"q|{column}:{line}" for column in columns for line in lines]
