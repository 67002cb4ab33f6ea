"""Capital letters: ``VIA CARLO ALBERTO`` → ``Via Carlo Alberto``; thorough for addresses, careful with names."""

import re
from functools import lru_cache

from etl.clean.draft import Draft
from etl.clean.step import Context, Work, merged
from etl.clean.words import ACRONYMS, ELIDED, NUMBER_WORDS, PARTICLES, SHORT_WORDS, STREET_KINDS, SUFFIXES

_PREPOSITIONS = PARTICLES - frozenset(["il", "la", "le", "lo", "gli", "i", "a", "e", "ed"])
_ROMAN = re.compile(r"^(?=[IVX])X{0,3}(?:IX|IV|V?I{0,3})$", re.IGNORECASE)
_LEGAL_FORM = {"s.p.a.": "S.p.A.", "s.r.l.": "S.r.l.", "s.n.c.": "S.n.c.", "s.a.s.": "S.a.s.", "s.c.s.": "S.c.s."}
_LEGAL_FORM |= {form[:-1]: written[:-1] for form, written in _LEGAL_FORM.items()}
# Surnames and names that begin with what is elsewhere a particle.
_SURNAMES = re.compile(
    r"\b(di (?=nanni\b|vittorio\s*(?:,|$))|dalla (?=chiesa\b)|del (?=prete\b|piero\b)|da (?=verr?azzano\b))",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"[^\s,;:()\"«»–-]+|[\s,;:()\"«»–-]+")
_LETTERS = re.compile(r"[^\W\d_]")


@lru_cache(maxsize=20_000)
def case_address(text: str) -> str:
    """An address as it is written on a map: words in capitals become capitalised, Roman numerals whole capitals.

    Capitals that are right stay (``CLN``, ``II``); words in lower case stay unless they begin the address or the name
    of the street, or the whole address is in lower case.
    """
    tokens = _TOKEN.findall(text)
    lower = text == text.lower()
    before = ""
    for at, token in enumerate(tokens):
        if not _LETTERS.search(token):
            continue
        if not _is_number(token):
            leads = not before or (before in STREET_KINDS and token.casefold() not in _PREPOSITIONS)
            tokens[at] = _address_word(token, before, leads=leads, lower=lower)
        before = token.casefold()
    return _SURNAMES.sub(lambda found: found[0].capitalize(), "".join(tokens))


def _is_number(token: str) -> bool:
    return token.casefold().partition("/")[0] in NUMBER_WORDS or any(letter.isdigit() for letter in token)


def _address_word(token: str, before: str, *, leads: bool, lower: bool) -> str:
    if _ROMAN.match(token) and (len(token) > 1 or token == token.upper()):
        return token.upper()
    if token.rstrip(".") in ACRONYMS or token.casefold().startswith("c/o"):
        return token
    if token == token.upper() or (token == token.lower() and (leads or lower)):
        return _capitalised(token, leads=leads)
    # Registers that capitalise every word: Piazza Della Libertà, Caduti Per La Patria.
    article = token.casefold() in PARTICLES and before in _PREPOSITIONS
    if before and token == token.capitalize() and (article or token.casefold() in _PREPOSITIONS):
        return token.lower()
    return token


@lru_cache(maxsize=20_000)
def case_name(text: str) -> str:
    """A name in capitals, capitalised: ``COMUNALE 23`` → ``Comunale 23``.

    Names that have small letters, but in particles, stay as they are, and so do words that may be acronyms: known
    ones, words of two or three letters, words without vowels, and a whole name of four letters or fewer.
    """
    letters = _LETTERS.findall(text)
    tokens = _TOKEN.findall(text)
    words = [at for at, token in enumerate(tokens) if _LETTERS.search(token)]
    small = [tokens[at] for at in words if tokens[at] != tokens[at].upper()]
    if len(letters) < 5 or len(small) == len(words) or any(word not in PARTICLES for word in small):
        return text
    for place, at in enumerate(words):
        tokens[at] = _name_word(tokens[at], leads=place == 0)
    return "".join(tokens)


def case_organization(text: str) -> str:
    """A body's name in capitals, capitalised; a single word stays, for it is as a rule an acronym (``CSSAC``)."""
    return text if len(text.split()) == 1 else case_name(text)


def case_names(draft: Draft, _context: Context) -> Work:
    """The names of a draft, each by what it names; the name of a row that tells a body's numbers is a body's."""
    body = "service_type" not in draft and any(field in draft for field in ("tax_id", "identifiers", "legal_status"))
    bodies = {"organization", *(("name", "alternate_name") if body else ())}
    names = [field for field in ("name", "alternate_name", "organization") if draft.get(field)]
    cased = {field: (case_organization if field in bodies else case_name)(draft[field]) for field in names}
    return Work(merged(draft, cased))


def _name_word(token: str, *, leads: bool) -> str:
    folded = token.casefold()
    if folded in _LEGAL_FORM:
        return _LEGAL_FORM[folded]
    if token.rstrip(".") in ACRONYMS or _ROMAN.match(token) or any(letter.isdigit() for letter in token):
        return token
    if folded in PARTICLES or "." in token or "'" in token:
        return _capitalised(token, leads=leads)
    short = len(token) < 4 and folded not in SHORT_WORDS and token.isascii()
    return token if short or not re.search("[AEIOUÀÈÉÌÒÙ]", token) else _capitalised(token, leads=leads)


def _capitalised(token: str, *, leads: bool) -> str:
    """Capital first letter, after elisions and initials too; particles in small letters unless they lead."""
    if token.casefold() in PARTICLES:
        return token.capitalize() if leads else token.lower()
    before, apostrophe, after = token.partition("'")
    if apostrophe and after:
        elided = before.casefold() in ELIDED
        first = before.lower() if elided and not leads else _capitalised(before, leads=True)
        return f"{first}'{_capitalised(after, leads=True)}"
    parts = token.split(".")
    return ".".join(
        part.lower() if place and part.casefold() in SUFFIXES else part[:1].upper() + part[1:].lower()
        for place, part in enumerate(parts)
    )
