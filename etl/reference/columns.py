"""The kinds of column that reference tables are made of, and the rules that join columns of a row.

Every check looks at text, as it stands in the file, and says in Italian what is wrong and how to mend it.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd
import pandera.pandas as pa

from etl.i18n import _

_ISTAT = r"\d{6}"

Kind = Literal["text", "int", "float", "flag"]
Test = Callable[["pd.Series[str]"], "pd.Series[bool]"]
RowTest = Callable[[pd.DataFrame], "pd.Series[bool]"]


@dataclass(frozen=True)
class Table:
    """One file: its columns, the rules that join columns of a row, the faults of the table as a whole."""

    file: str
    columns: Mapping[str, pa.Column]
    rules: Sequence[pa.Check] = ()
    whole: Callable[[pd.DataFrame], list[str]] | None = None


def parts(cell: str) -> list[str]:
    """The values of a cell that holds several, separated by ``|``."""
    return cell.split("|") if cell else []


def column(*checks: pa.Check, kind: Kind = "text", unique: bool = False, empty: bool = False) -> pa.Column:
    """A column of ``kind`` with its checks; a value is needed unless it may be ``empty``."""
    first = [] if empty else [pa.Check(lambda s: s.str.strip() != "", error=_("manca il valore; scriverlo"))]
    last = [pa.Check(lambda s: ~s.duplicated(), error=_("già presente in una riga precedente; toglierne una"))]
    return pa.Column(checks=[*first, *checks, *(last if unique else [])], metadata={"kind": kind})


def cell(test: Test, why: str) -> pa.Check:
    """A test of each cell; an empty one passes, since :func:`column` tells of it and a fault gives one line."""
    return pa.Check(lambda s: (s.str.strip() == "") | test(s), error=why)


def text() -> pa.Column:
    """Words that must be there."""
    return column()


def free() -> pa.Column:
    """Words that may be there."""
    return column(empty=True)


def match(pattern: str, why: str, *, unique: bool = False, empty: bool = False) -> pa.Column:
    """Text that a regular expression describes in full."""
    return column(cell(lambda s: s.str.fullmatch(pattern), why), unique=unique, empty=empty)


def istat(known: Collection[str] | None = None, *, unique: bool = True) -> pa.Column:
    """ISTAT codes of municipalities, perhaps only the ``known`` ones."""
    checks = [cell(lambda s: s.str.fullmatch(_ISTAT), _("il codice ISTAT ha sei cifre, zeri iniziali compresi"))]
    if known is not None:
        checks.append(cell(lambda s: s.isin(known), _("comune assente da zone_omogenee.csv; correggere il codice")))
    return column(*checks, unique=unique)


def choice(*allowed: str, why: str = "", empty: bool = False) -> pa.Column:
    """One of the values allowed."""
    return column(cell(lambda s: s.isin(allowed), why or _allowed(allowed)), empty=empty)


def several(allowed: Collection[str], why: str = "", *, empty: bool = False) -> pa.Column:
    """Values allowed, separated by ``|``, none twice."""
    known = cell(lambda s: s.map(lambda c: set(parts(c)) <= set(allowed)).astype(bool), why or _allowed(allowed))
    once = cell(lambda s: s.map(lambda c: len(set(parts(c))) == len(parts(c))).astype(bool), _("ripetizione"))
    return column(known, once, empty=empty)


def _allowed(values: Collection[str]) -> str:
    return _("valori ammessi: {values}").format(values=", ".join(values))


def number(
    low: float, high: float, *, kind: Literal["int", "float"] = "int", unique: bool = False, empty: bool = False
) -> pa.Column:
    """A number from ``low`` to ``high``, both included, with a point before the decimals."""
    shape = r"\d+" if kind == "int" else r"-?\d+(\.\d+)?"
    why = _("serve un numero intero") if kind == "int" else _("serve un numero, con il punto per i decimali")
    why = _("{why}, tra {low} e {high}").format(why=why, low=f"{low:.15g}", high=f"{high:.15g}")
    test = cell(lambda s: s.str.fullmatch(shape) & numeric(s).between(low, high), why)
    return column(test, kind=kind, unique=unique, empty=empty)


def flag() -> pa.Column:
    """True or false, in these English words."""
    return column(cell(lambda s: s.isin(["true", "false"]), _allowed(["true", "false"])), kind="flag")


def position() -> dict[str, pa.Column]:
    """Latitude and longitude in Italy, EPSG:4326: swapped ones, or metres, fall outside the bounds."""
    return {"lat": number(35.2, 47.2, kind="float"), "lon": number(6.5, 18.6, kind="float")}


def rule(test: RowTest, why: str) -> pa.Check:
    """A test of each row of the whole table."""
    return pa.Check(test, error=why)


def ordered(low: str, high: str) -> pa.Check:
    """One column is not above another, where both have a number."""
    why = _("«{low}» è maggiore di «{high}»; correggere uno dei due").format(low=low, high=high)
    return rule(lambda f: ~(numeric(f[low]) > numeric(f[high])), why)


def agrees(key: str, value: str, expected: Mapping[str, str], why: str) -> pa.Check:
    """A column says of a key what another table says of it; a key that is not known is a fault of its own column."""
    return rule(lambda f: ~f[key].isin(expected) | (f[key].map(expected) == f[value]), why)


def numeric(cells: "pd.Series[str]") -> "pd.Series[float]":
    """Text as numbers, NaN where it is none."""
    return pd.to_numeric(cells, errors="coerce")
