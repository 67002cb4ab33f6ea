"""The words of opening hours in Italian, as tokens; anything else makes the text uncertain."""

import re
import unicodedata
from dataclasses import dataclass

DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su", "PH")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_TIME = r"(?P<hour>[01]?\d|2[0-4])(?:[.:,h](?P<minute>[0-5]\d)(?!\d)|(?!\d|[.:,]\d))"
# Order matters: the first pattern that fits is taken. Folded text: small letters, no accents, no apostrophes.
_PATTERNS = {
    # "venderdi" is a mistake that a publisher makes.
    "day": r"(?P<day>lunedi|lun|martedi|mar|mercoledi|merc|mer|giovedi|gio|ven(?:d?er)di|ven|sabat[oi]|sab|"
    r"domenic(?:a|he)|dom|festiv[io]|fest)\b\.?",
    "everyday": r"(?:tutti i giorni|ogni giorno|tutta la settimana|7 giorni su 7|7/7)",
    "always": r"(?:h ?24|24 ?h|24 ore(?: su 24)?|24/24)",
    "except": r"(?:esclus[oiae]|eccetto|tranne|salvo)(?: (?:i|le|la|il))?",
    "closed": r"chius[oiae]",
    "noise": r"(?:orario continuato|orario|apert[oiae]|continuato|ore|h|giorni|il|i|la|le|nei|ogni)\b",
    "half": r"(?:mattin[oae]|matt?\b\.?|pomerigg(?:io|i)|pom\b\.?|sera)",
    "from": r"(?:dalle|dalla|dal|da)\b",
    "to": r"(?:alle|alla|al|a|fino a(?:lle|l)?)\b",
    "and": r"(?:e|ed|anche)\b|&|\+",
    "month": r"(?P<month>gennaio|febbraio|marzo|aprile|maggio|giugno|luglio|agosto|settembre|ottobre|novembre|"
    r"dicembre)",
    "time": _TIME,
    "dash": r"[-–—/]",
    "comma": r",",
    "colon": r":",
    "stop": r"[;.\n]",
    "blank": r"\s+",
}
_TOKEN = re.compile("|".join(f"(?P<t_{name}>{pattern})" for name, pattern in _PATTERNS.items()))
_DAY_STARTS = {"lun": 0, "mar": 1, "mer": 2, "gio": 3, "ven": 4, "sab": 5, "dom": 6, "fes": 7}
_MONTH_STARTS = ("gen", "feb", "mar", "apr", "mag", "giu", "lug", "ago", "set", "ott", "nov", "dic")


@dataclass(frozen=True, slots=True)
class Token:
    """A word: ``kind`` is a key of the patterns; ``value`` the index of a day or month, or minutes since midnight."""

    kind: str
    value: int = 0


def tokens(text: str) -> list[Token] | None:
    """The words of a text, without blanks and words that add nothing; nothing where a word is not known."""
    folded = fold(text)
    found, at = [], 0
    while at < len(folded):
        match = _TOKEN.match(folded, at)
        if match is None:
            return None
        kind = (match.lastgroup or "t_")[2:]
        at = match.end()
        if kind not in {"blank", "noise"}:
            found.append(Token(kind, _value(kind, match)))
    return found


def fold(text: str) -> str:
    """Small letters without accents and apostrophes."""
    plain = unicodedata.normalize("NFD", text.casefold())
    return "".join(sign for sign in plain if not unicodedata.combining(sign) and sign not in "'’`´")


def _value(kind: str, match: re.Match[str]) -> int:
    if kind == "day":
        return _DAY_STARTS[match["day"][:3]]
    if kind == "month":
        return _MONTH_STARTS.index(match["month"][:3])
    if kind == "time":
        return int(match["hour"]) * 60 + int(match["minute"] or 0)
    if kind == "half":
        return 0 if match[0].startswith("mat") else 1
    return 0
