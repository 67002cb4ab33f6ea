"""Which column names a row for ever."""

import re
from collections.abc import Mapping, Sequence

from etl.i18n import _
from etl.sources.tabular.guessing import headings
from etl.sources.tabular.guessing.fields import Match


def chosen(
    columns: Mapping[str, Sequence[str]], matches: Mapping[str, Match], kind: str, doubts: list[str]
) -> list[str]:
    """The first column that distinguishes the rows and is called like a code; of figures the municipality's code.

    Where none is called so, one that looks like a code, with a doubt; the doubts are added to ``doubts``.
    """
    if kind == "indicators":
        return [matches[field].column for field in ("istat_code", "cadastral_code") if field in matches][:1]
    unique = [name for name, values in columns.items() if _distinguishes(values) and not _counts(name, values)]
    if kind == "organizations" and "tax_id" in matches and matches["tax_id"].column in unique:
        return [matches["tax_id"].column]
    called = [name for name in unique if headings.has(name, headings.KEY_WORDS) or _begins_as_code(name)]
    if called:
        return called[:1]
    taken = {match.column for match in matches.values()}
    alike = [name for name in unique if name not in taken and _codes(columns[name])]
    if alike:
        doubts.append(_("«{name}» sembra distinguere le righe: confermarlo").format(name=alike[0]))
        return alike[:1]
    doubts.append(_("nessuna colonna distingue le righe: una riga corretta diventerà nuova"))
    return []


def _counts(name: str, values: Sequence[str]) -> bool:
    """Whether a column only numbers the rows as they stand: it names other rows as soon as one comes between."""
    if headings.words(name) in headings.COUNTERS:
        return True
    first = str(min(map(int, values))) if all(value.strip().isdecimal() for value in values) else None
    in_order = first in ("0", "1") and [int(value) for value in values] == [
        *range(int(first), int(first) + len(values))
    ]
    return in_order and not headings.has(name, headings.KEY_WORDS) and not _begins_as_code(name)


def _begins_as_code(name: str) -> bool:
    return headings.words(name).replace(" ", "").startswith(("id", "cod"))


def _distinguishes(values: Sequence[str]) -> bool:
    return len(values) > 0 and all(value.strip() for value in values) and len(set(values)) == len(values)


def _codes(values: Sequence[str]) -> bool:
    return all(re.fullmatch(r"[A-Za-z0-9_-]*\d[A-Za-z0-9_-]*", value.strip()) for value in values)
