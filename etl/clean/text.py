"""Repair the text itself: encoding, Unicode form, invisible characters, blanks."""

import html
import re
import unicodedata
from functools import lru_cache

import ftfy

from etl.clean.step import Read, Remark, lost

LONGEST = 10_000  # characters; no field of a service or a body needs more, and steps stay quick
# ASCII's control characters but tab and line ends.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
# The control characters above ASCII; soft hyphen; zero width; direction marks; byte order mark.
_UNSEEN = re.compile("[\x80-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
_BLANK = re.compile(r"[^\S\n]+")
_LINES = re.compile(r" ?\n[ \n]*")
_ENTITY = re.compile(r"&(?:[A-Za-z]{2,8}|#\d{1,6}|#x[0-9A-Fa-f]{1,5});")
_APOSTROPHE = re.compile("[`\u00b4\u2018\u2019\u02b9\u02bc\u2032]")
_ELISION = re.compile(r"\b([DdLl]|[Dd]ell|[Aa]ll|[Nn]ell|[Ss]ull|[Ss]ant|D?ELL|ALL|NELL|SANT)' +(?=[^\W\d_])")
_INITIAL = re.compile(r"(?<![^\W\d_])((?:SS|[A-Z])\.)(?=[^\W\d_]{3})(?!cia\b|cie\b|lli\b)", re.IGNORECASE)
_REPLACEMENT = "\ufffd"


def limit_length(text: str) -> str | Read:
    """Drop a text that is longer than any field can be; the issue row keeps its beginning."""
    return text if len(text) <= LONGEST else lost("testo_troppo_lungo", text[:200] + "…", detail=str(len(text)))


@lru_cache(maxsize=20_000)
def repair_mojibake(text: str) -> str | Read:
    """UTF-8 that was read as another encoding, put right (``LibertÃ`` → ``Libertà``); right text stays as it is."""
    if text.isascii():
        return text
    mended = ftfy.fix_encoding(text)
    if _REPLACEMENT not in mended:
        return mended
    return Read(mended, (Remark("carattere_perduto", "dubbio", mended),))


def unescape_entities(text: str) -> str:
    """Text of HTML entities: ``&amp;`` → ``&``."""
    return html.unescape(text) if "&" in text and _ENTITY.search(text) else text


def compose_unicode(text: str) -> str:
    """The composed form of each letter (Unicode NFC), so that equal texts are equal."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def drop_control(text: str) -> str:
    """Without ASCII's control characters, which would hide from the repair of the encoding what belongs together."""
    return _CONTROL.sub("", text)


def drop_unseen(text: str) -> str:
    """Without characters that are not seen: zero width, direction marks, and control characters above ASCII.

    After the repair of the encoding, because those of the latter kind may be halves of letters.
    """
    return _UNSEEN.sub("", text)


def plain_apostrophes(text: str) -> str:
    """One sign for the apostrophe, and no blank after an elision: ``D`Azeglio`` and ``D’ Azeglio`` → ``D'Azeglio``."""
    return _ELISION.sub(r"\1'", _APOSTROPHE.sub("'", text))


def space_initials(text: str) -> str:
    """A blank between an initial and the name: ``P.C.VIGNOT`` → ``P.C. VIGNOT``."""
    return _INITIAL.sub(r"\1 ", text)


def tidy_blanks(text: str) -> str:
    """One blank between words, none at the ends; line ends stay."""
    return _LINES.sub("\n", _BLANK.sub(" ", text.replace("\r", "\n"))).strip()


def one_line(text: str) -> str:
    """One blank between words and no line ends."""
    return " ".join(text.split())
