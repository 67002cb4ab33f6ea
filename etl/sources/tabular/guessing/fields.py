"""Which column is which field: by what headings say and by what contents look like, the surest first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from etl.reference.municipalities import municipalities
from etl.sources.tabular.guessing import headings
from etl.sources.tabular.guessing.looks import LOOKS, Look, filled, share

# A content that tells a field by itself, whatever the heading.
TELLING = frozenset({"email", "wkt", "url", "cadastral_code", "tax_id", "opening_hours"})
ENOUGH = 0.45
# Fields whose texts may be free words, which a heading that is one of their words tells by itself.
WORDED = frozenset({"opening_hours", "address"})
EXACT = 0.9


@dataclass(frozen=True, order=True)
class Match:
    """A column that may be a field, and how sure that is (0-1)."""

    score: float
    field: str
    column: str


def assigned(columns: Mapping[str, Sequence[str]]) -> dict[str, Match]:
    """The surest column of each field; a column is at most one field.

    Parameters
    ----------
    columns
        Texts by column, in the order of the file.
    """
    places = {name: place for place, name in enumerate(columns)}
    found = [
        Match(score(name, values, field), field, name) for name, values in columns.items() for field in headings.WORDS
    ]
    ranked = sorted(found, key=lambda match: (-match.score, places[match.column], match.field))
    fields: dict[str, Match] = {}
    taken: set[str] = set()
    for match in ranked:
        if match.score >= ENOUGH and match.field not in fields and match.column not in taken:
            fields[match.field] = match
            taken.add(match.column)
    return fields


def named_body(columns: Mapping[str, Sequence[str]], matches: Mapping[str, Match]) -> dict[str, Match]:
    """The fields of a list of bodies: where nothing is a name, the column that is called as bodies are."""
    found = dict(matches)
    if "name" in found:
        return found
    body = found.get("organization")
    free = set(columns) - {match.column for match in found.values() if match is not body}
    named = [name for name in columns if name in free and headings.names_body(name) and _names(columns[name])]
    if named or body:
        found.pop("organization", None)
        found["name"] = Match(0.8 if named else 0.5, "name", named[0] if named else body.column)  # type: ignore[union-attr]
    return found


def score(heading: str, values: Sequence[str], field: str) -> float:
    """How sure it is that a column is a field, 0-1; a heading that the contents deny counts for nothing."""
    said, look = headings.says(heading, field), _look(field)
    if not filled(values):
        return 0.0
    if look is None:
        return said if field != "name" or _names(values) else 0.0
    seen = share(values, look)
    if seen < 0.5:
        # Words such as «su appuntamento» are hours too, where the heading can mean nothing else.
        return said * 0.6 if field in WORDED and said >= EXACT else 0.0
    if said == 0.0:
        return 0.5 * seen if field in TELLING and seen >= 0.8 else 0.0
    return 0.6 * said + 0.4 * seen


def _look(field: str) -> Look | None:
    if field == "istat_code":
        return lambda text: municipalities().recognise(istat=text) is not None
    if field == "municipality":
        return lambda text: municipalities().recognise(name=text) is not None
    return LOOKS["email"] if field == "pec" else LOOKS.get(field)


def _names(values: Sequence[str]) -> bool:
    """Whether the texts can be names: words, and not the same few again and again."""
    told = filled(values)
    return (
        len(set(told)) >= 0.3 * len(told)
        and share(values, lambda text: any(letter.isalpha() for letter in text)) >= 0.8
    )
