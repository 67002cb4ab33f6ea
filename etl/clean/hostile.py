"""Take out what must not be there: formulas of spreadsheets and codes of private persons."""

import re
from collections.abc import Sequence

from etl.clean.draft import Draft
from etl.clean.step import Context, Read, Remark, Work, lost, merged

_CELL = r"\$?[A-Z]{1,3}\$?\d{1,7}"
_FORMULA = re.compile(
    rf"^(?:=|[+\-@]\s*[A-Za-z][A-Za-z.]*\(|[+\-@]\s*{_CELL}\s*(?:[-+*/^&:,)]|$)|[+\-@].*\|.*!)", re.DOTALL
)
_DIGIT = r"[\dLMNPQRSTUV]"  # letters stand for digits where two persons would have the same code (omocodia)
_MONTH = "[ABCDEHLMPRST]"
_CODE = (*["[A-Z]"] * 6, _DIGIT, _DIGIT, _MONTH, _DIGIT, _DIGIT, "[A-Z]", _DIGIT, _DIGIT, _DIGIT, "[A-Z]")
# Parted by blanks, year and day must be digits: without any, words of plain text would do.
_PARTED = (*["[A-Z]"] * 6, r"\d", r"\d", _MONTH, r"\d", r"\d", *_CODE[11:])
_BLANKS = r"\s{0,2}"
# An underscore beside it, which counts as a letter elsewhere, ends it too: names of files and keys are joined by it.
_ALONE = r"(?<![A-Z\d])(?:{})(?![A-Z\d])"
PERSON = re.compile(_ALONE.format(f"{''.join(_CODE)}|{_BLANKS.join(_PARTED)}"), re.IGNORECASE)
"""A tax code of a person: sixteen characters, perhaps with blanks between them."""


def _begun(parts: Sequence[str]) -> str:
    """An expression for a code of which at least the first part is there."""
    first, *others = parts
    return f"{first}(?:{_BLANKS}{_begun(others)})?" if others else first


# Six letters are a word; with the year after them they are a person.
PERSON_BEGUN = re.compile(rf"(?<![A-Z\d]){_BLANKS.join(_PARTED[:6])}{_BLANKS}{_begun(_PARTED[6:])}\s*$", re.IGNORECASE)
"""The beginning of such a code at the end of a text."""


def drop_formula(text: str) -> str | Read:
    """Nothing for a cell that a spreadsheet would run (CSV injection); a phone or number with a sign is no formula."""
    return lost("formula", text[:200]) if text[0] in "=+-@" and _FORMULA.match(text) else text


def drop_personal_codes(draft: Draft, _context: Context) -> Work:
    """Without the tax codes of persons: those of bodies have eleven digits. What is taken out is not repeated."""
    changed: Draft = {}
    remarks = []
    for field, text in draft.items():
        if len(text) >= 16 and PERSON.search(text):
            changed[field] = PERSON.sub("", text).strip()
            remarks.append(Remark("codice_di_persona", "scartato", None, field=field))
    return Work(merged(draft, changed), tuple(remarks)) if changed else Work(draft)
