"""Clusters of municipalities in words."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from app.i18n import decimal, marked
from etl.i18n import _

CLUSTERS: Final[Mapping[str, Mapping[str, str]]] = {
    "minutes": {
        "high_high": marked("lontani fra lontani"),
        "low_low": marked("vicini fra vicini"),
        "high_low": marked("lontani fra vicini"),
        "low_high": marked("vicini fra lontani"),
    },
    "score": {
        "high_high": marked("molto accesso fra molto accesso"),
        "low_low": marked("poco accesso fra poco accesso"),
        "high_low": marked("molto accesso fra poco accesso"),
        "low_high": marked("poco accesso fra molto accesso"),
    },
    "shadow": {
        "high_high": marked("in ombra fra comuni in ombra"),
        "low_low": marked("serviti fra comuni serviti"),
        "high_low": marked("in ombra fra comuni serviti"),
        "low_high": marked("serviti fra comuni in ombra"),
    },
}
"""A municipality and its neighbours, in the words of each measure."""
CODES: Final[Mapping[str, str]] = {
    "high_high": marked("alto-alto"),
    "low_low": marked("basso-basso"),
    "high_low": marked("alto-basso"),
    "low_high": marked("basso-alto"),
}


def sentence(moran: Mapping[str, Any]) -> str:
    """What Moran's I of a measure says, and who has no part in it."""
    if moran["global_i"] is None:
        return _("Moran: tutti i comuni hanno lo stesso valore.")
    alike = moran["p"] <= moran["alpha"]
    if not alike:
        sense = _("non si distingue dal caso")
    elif moran["global_i"] > moran["expected"]:
        sense = _("comuni confinanti si somigliano")
    else:
        sense = _("comuni confinanti sono diversi fra loro")
    said = _("Moran {i} (atteso a caso {atteso}; {p}): {senso}.")
    text = said.format(
        i=decimal(moran["global_i"], 3), atteso=decimal(moran["expected"], 3), p=chance(moran["p"]), senso=sense
    )
    if moran["islands"]:
        text += " " + _("Senza vicini con un valore, perciò in nessun gruppo: {n}.").format(n=len(moran["islands"]))
    if moran["missing"]:
        text += " " + _("Comuni senza un valore: {n}.").format(n=len(moran["missing"]))
    return text


def cluster(measure: str, code: str) -> str:
    """A cluster in words: alto-alto, lontani fra lontani."""
    return f"{_(CODES[code])}, {_(CLUSTERS[measure][code])}"


def listed(names: Sequence[str], *, most: int = 12) -> str:
    """The first names of many.

    >>> listed(["a", "b", "c"], most=2)
    'a, b e altri 1'
    """
    shown = ", ".join(names[:most])
    more = len(names) - most
    return shown if more <= 0 else _("{nomi} e altri {n}").format(nomi=shown, n=more)


def chance(p: float) -> str:
    """A p-value as people write it.

    >>> chance(0.0002), chance(0.0312)
    ('p < 0,001', 'p = 0,031')
    """
    return "p < 0,001" if p < 0.001 else f"p = {decimal(p, 3)}"
