"""Which columns are figures about municipalities, and of which year."""

import re
from collections.abc import Mapping, Sequence

from etl.identity import slug
from etl.reference.municipalities import municipalities
from etl.sources.tabular.figures import number, reads_both_ways
from etl.sources.tabular.guessing import headings
from etl.sources.tabular.guessing.fields import Match
from etl.sources.tabular.guessing.looks import filled, share

MOST = 30  # more figures than a person would check at once
NOT_FIGURES = (*headings.KEY_WORDS, "pro", "com", "sll", "x", "y", "loc", "sez", "shape", "loc2011", "sez2011")


def numeric(columns: Mapping[str, Sequence[str]], matches: Mapping[str, Match]) -> list[str]:
    """Columns of numbers that are no code, no point and no other field, in the order of the file."""
    taken = {match.column for field, match in matches.items() if field != "capacity"}
    return [name for name, values in columns.items() if name not in taken and _figure(name, values)]


def _figure(name: str, values: Sequence[str]) -> bool:
    told = filled(values)
    return (
        len(set(told)) > 1
        and not headings.has(name, NOT_FIGURES)
        and share(told, _is_number) >= 0.95
        and share(told, lambda text: municipalities().recognise(istat=text) is not None) < 0.9
    )


def _is_number(text: str) -> bool:
    return number(text) is not None or number(text, decimal=".") is not None


def proposed(
    columns: Mapping[str, Sequence[str]], matches: Mapping[str, Match], file_name: str
) -> list[dict[str, object]]:
    """Figures for the mapping: each summed, of the year that its heading or the file's name tells."""
    found: list[dict[str, object]] = []
    for name in numeric(columns, matches)[:MOST]:
        told = year(name) or year(file_name)
        dated = {} if told is None else {"year": told}
        found.append({"column": name, "name": slug(name).replace("-", "_"), "aggregate": "sum", **dated})
    return found


def decimal_sign(columns: Mapping[str, Sequence[str]], counted: Sequence[Mapping[str, object]]) -> str | None:
    """The decimal sign that the figures show; none where they show none, or show both.

    Figures that read both ways follow those that do not, also in other columns: a file is written in one way.
    """
    told = [text for figure in counted for text in filled(columns[str(figure["column"])])]
    shown = {sign for text in told if (sign := _shown(text)) is not None}
    if len(shown) == 1:
        return shown.pop()
    return "," if not shown and any("," in text for text in told) else None


def _shown(text: str) -> str | None:
    """The decimal sign that one figure shows beyond doubt: of two signs the last, never one that stands twice."""
    points, commas = text.count("."), text.count(",")
    if points and commas:
        return "," if text.rindex(",") > text.rindex(".") else "."
    if points > 1 or commas > 1:
        return "," if points else "."
    if commas:
        return None if reads_both_ways(text.replace(",", ".")) else ","
    return "." if points and not reads_both_ways(text) else None


def unsure(columns: Mapping[str, Sequence[str]], counted: Sequence[Mapping[str, object]]) -> list[str]:
    """Columns of figures that read both ways."""
    names = [str(figure["column"]) for figure in counted]
    return [name for name in names if any(map(reads_both_ways, filled(columns[name])))]


def year(text: str) -> int | None:
    """The last year that a text names.

    >>> year("POP_2011"), year("Popolazione al 31/12/2022"), year("altitudine")
    (2011, 2022, None)
    """
    found = re.findall(r"(?<!\d)((?:19|20)\d{2})(?!\d)", text)
    return int(found[-1]) if found else None
