"""Which type of service the rows are, as the mapping tells it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from etl.i18n import _
from etl.reference import tables
from etl.sources.tabular.guessing.fields import Match
from etl.sources.tabular.guessing.looks import filled
from etl.sources.tabular.guessing.types import likely, stem

JOINING = frozenset({"a", "al", "con", "d", "del", "dell", "della", "di", "e", "il", "in", "l", "la", "per"})
UNKNOWN = "da_indicare"
MOST_VALUES = 25
MOST_TEXTS = 500
SURE = 80.0  # likeness


@dataclass(frozen=True)
class Listed:
    """The field ``service_type`` of the mapping, whether the name of the file tells it, and doubts."""

    field: dict[str, object]
    sure: bool
    doubts: tuple[str, ...]


def listed(
    name: str, columns: Mapping[str, Sequence[str]], matches: Mapping[str, Match], *, told: str | None
) -> Listed:
    """What the file lists: as a person says, by a column that tells several types, or one type for all rows."""
    if told is not None:
        return Listed({"constant": told}, sure=True, doubts=())
    taken = {match.column for field, match in matches.items() if field != "description"}
    several = _by_column({name: values for name, values in columns.items() if name not in taken})
    if several is not None:
        return several
    texts = [text for field in ("name", "description") if field in matches for text in columns[matches[field].column]]
    one = _one(likely(name, texts[:: len(texts) // MOST_TEXTS + 1]))
    hints = [
        _("la colonna «{name}» sembra dire il tipo di servizio: controllare").format(name=hint)
        for hint, values in columns.items()
        if hint not in taken and _hints(values)
    ]
    return replace(one, doubts=(*one.doubts, *hints))


def _one(found: Sequence[tuple[str, str, float]]) -> Listed:
    """One type for all rows; a weak guess is not taken, because rows of a wrong type would be loaded in silence."""
    names = ", ".join(f"{code} ({title})" for code, title, _score in found)
    if not found or found[0][2] < SURE:
        why = _("il tipo di servizio non si capisce: scriverlo in «service_type» (codici in service_types.csv)")
        return Listed({"constant": UNKNOWN}, sure=False, doubts=(f"{why}; {_('forse')} {names}" if names else why,))
    code, title, _score = found[0]
    why = _("tipo di servizio «{code}» ({title}) indovinato: confermarlo").format(code=code, title=title)
    others = names.partition("), ")[2]
    return Listed({"constant": code}, sure=True, doubts=(f"{why}; {_('oppure')} {others}" if others else why,))


def _by_column(columns: Mapping[str, Sequence[str]]) -> Listed | None:
    """A column of few texts, of which several are like the names of different types."""
    for name, values in columns.items():
        texts = sorted(set(filled(values)))
        if not 2 <= len(texts) <= MOST_VALUES:
            continue
        meant = {text: code for text in texts if (code := _type(text)) is not None}
        if len(set(meant.values())) >= 2:
            return _told_by(name, texts, meant)
    return None


def _hints(values: Sequence[str]) -> bool:
    """Whether one of the few texts of a column is like the name of a type, and others are not."""
    texts = set(filled(values))
    return 2 <= len(texts) <= MOST_VALUES and len(texts) < len(filled(values)) and any(map(_type, texts))


def _told_by(name: str, texts: Sequence[str], meant: Mapping[str, str]) -> Listed:
    doubts = [_("il tipo di servizio viene dalla colonna «{name}»: controllare «values»").format(name=name)]
    left = [text for text in texts if text not in meant]
    if left:
        doubts.append(_("le righe con questi testi saranno rifiutate: {texts}").format(texts="; ".join(left)))
    return Listed({"column": name, "values": dict(meant)}, sure=True, doubts=tuple(doubts))


def _type(text: str) -> str | None:
    """The type all whose words stand in a text; of several the one with most words."""
    said = set(stem(text).split())
    found = [(len(words), code) for code, words in _words() if words <= said]
    return max(found)[1] if found else None


@cache
def _words() -> tuple[tuple[str, frozenset[str]], ...]:
    types = tables.service_types()
    pairs = zip(types["code"].tolist(), types["name_it"].tolist(), strict=True)
    return tuple((code, frozenset(word for word in stem(name).split() if word not in JOINING)) for code, name in pairs)
