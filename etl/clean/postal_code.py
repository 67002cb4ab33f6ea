"""Postal codes (CAP): five digits, those of the province of Torino begin with 100 or 101."""

import re
from functools import lru_cache

from etl.clean.draft import Draft
from etl.clean.step import Context, Read, Remark, Work, lost

_CITY = "001272"
_GENERIC = frozenset({"10100"})


@lru_cache(maxsize=10_000)
def read_postal_code(text: str) -> Read:
    """Five digits, zeros in front that a spreadsheet lost put back; the former code of a whole city says nothing."""
    digits = re.sub(r"^(?:I|IT)-|[.,]0$|\s", "", text.strip(), flags=re.IGNORECASE)
    if not re.match(r"^\d{3,5}$", digits):
        return lost("cap_errato", text)
    code = digits.zfill(5)
    return lost("cap_generico", text) if code in _GENERIC else Read(code)


def check_postal_code(draft: Draft, _context: Context) -> Work:
    """Doubt a code of another province, and one of the City (101xx) outside it or the reverse."""
    code, municipality = draft.get("postal_code"), draft.get("istat_code")
    if code is None:
        return Work(draft)
    if not code.startswith(("100", "101")):
        return Work(draft, (Remark("cap_fuori_provincia", "dubbio", code, field="postal_code"),))
    if municipality is not None and code.startswith("101") != (municipality == _CITY):
        return Work(draft, (Remark("cap_di_altro_comune", "dubbio", code, field="postal_code"),))
    return Work(draft)
