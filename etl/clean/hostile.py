"""Take out what must not be there: formulas of spreadsheets and codes of private persons."""

import re

from etl.clean.draft import Draft
from etl.clean.step import Context, Read, Remark, Work, lost, merged

_CELL = r"\$?[A-Z]{1,3}\$?\d{1,7}"
_FORMULA = re.compile(
    rf"^(?:=|[+\-@]\s*[A-Za-z][A-Za-z.]*\(|[+\-@]\s*{_CELL}\s*(?:[-+*/^&:,)]|$)|[+\-@].*\|.*!)", re.DOTALL
)
# Sixteen characters; letters stand for digits where two persons would have the same code (omocodia). An underscore
# beside it, which counts as a letter elsewhere, ends it too: names of files and keys are joined by it.
PERSON = re.compile(
    r"(?<![A-Z\d])[A-Z]{6}[\dLMNPQRSTUV]{2}[ABCDEHLMPRST][\dLMNPQRSTUV]{2}[A-Z][\dLMNPQRSTUV]{3}[A-Z](?![A-Z\d])",
    re.IGNORECASE,
)


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
