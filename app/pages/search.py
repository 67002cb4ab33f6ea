"""Finding services by the words that people use."""

import difflib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.i18n import whole
from app.pages import reading
from app.pages.features import Row, records
from etl.i18n import _, ngettext

# Confirmed services first: they are the ones to send somebody to.
_RANK = {"confermata": 0, "incerta": 1, "programmata": 2}


@dataclass(frozen=True)
class Place:
    """A municipality as somebody wrote it: its code, or names that may have been meant."""

    code: str | None = None
    unknown: bool = False
    suggestions: Sequence[str] = ()


def plain(text: str) -> str:
    """Lower-case letters without accents, single spaces: what two spellings of one word have in common.

    >>> plain("  Leinì ")
    'leini'
    """
    letters = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return " ".join(letters.casefold().replace("'", " ").split())


def municipality(written: str, codes: Mapping[str, str]) -> Place:
    """The municipality that was written; ``codes`` by name.

    >>> municipality("leini", {"Leinì": "001130"}).code
    '001130'
    >>> municipality("Torinno", {"Torino": "001272"}).suggestions
    ['Torino']
    """
    if not written:
        return Place()
    names = {plain(name): name for name in codes}
    wanted = plain(written)
    starting = [key for key in names if key.startswith(wanted)]
    if wanted in names or len(starting) == 1:
        return Place(codes[names[wanted if wanted in names else starting[0]]])
    close = [*starting[:3], *difflib.get_close_matches(wanted, names, n=3)]
    return Place(unknown=True, suggestions=[names[key] for key in dict.fromkeys(close)])


def types_for(words: str, types: Sequence[Row]) -> list[str]:
    """Codes of the service types whose name, synonyms or description hold every word.

    A word of four letters or more is also found at the beginning of a longer one ("nido", "nidi" excepted
    by grammar): ``lavor`` finds *lavoro* and *lavorativo*.
    """
    wanted = plain(words).split()
    if not wanted:
        return []
    return [row["code"] for row in types if all(_held(word, _words_of(row)) for word in wanted)]


def _words_of(row: Row) -> set[str]:
    text = " ".join([row["name_it"], row["description_it"], *row["synonyms_it"]])
    return set(plain(text.replace(",", " ").replace(".", " ").replace("(", " ").replace(")", " ")).split())


def _held(word: str, words: set[str]) -> bool:
    return word in words or (len(word) >= 4 and any(one.startswith(word) for one in words))


def services(session: Session, text: str, type_code: str | None, municipality_code: str | None) -> list[Row]:
    """Services by words, type and municipality; words match names, bodies and what people call a service."""
    rows = _in_place(session, [type_code] if type_code else [], text or None, municipality_code)
    named = types_for(text, reading.kinds(session)) if text and not type_code else []
    more = _in_place(session, named, None, municipality_code) if named else []
    found = {row["id"]: row for row in [*more, *rows]}
    return sorted(found.values(), key=lambda row: (_RANK[row["certainty"]], row["municipality"] or "", row["name"]))


def _in_place(session: Session, codes: list[str], text: str | None, municipality_code: str | None) -> list[Row]:
    """Services of a municipality; the protected ones of its whole zone, so that none is told to be in this place."""
    if municipality_code is None:
        return records(reading.services(session, type_codes=codes, text=text))
    here = records(reading.services(session, type_codes=codes, text=text, within=municipality_code))
    zone = reading.zone_of(session, municipality_code)
    around = records(reading.services(session, type_codes=codes, text=text, within=zone))
    open_to_all = [row for row in here if not row["location_protected"]]
    return open_to_all + [row for row in around if row["location_protected"]]


def outcome(count: int) -> str:
    """How many services were found; nothing found is not nothing there."""
    if count == 0:
        return _("Nessun servizio in elenco: non vuol dire che non ce ne sia uno")
    return ngettext("{numero} servizio in elenco", "{numero} servizi in elenco", count).format(numero=whole(count))
