"""Tax codes and VAT numbers of bodies: eleven digits, the last a check."""

import re
from functools import lru_cache

from stdnum.it import iva

from etl.clean.step import Read, Remark, lost

_LABELS = re.compile(r"p(?:artita)?\.?\s?iva|p\.?\s?i\.?|c\.?\s?f\.?|codice\s+fiscale|[:\s.]|^it", re.IGNORECASE)
_FEWEST = 7  # digits; with fewer, zeros in front and a fitting check digit could be chance


@lru_cache(maxsize=50_000)
def read_tax_id(text: str) -> Read:
    """The first valid code of a field, with the zeros that a spreadsheet lost: ``3603780010`` → ``03603780010``.

    The check digit is that of the VAT number (Luhn) and digits 8 to 10 are an office, as for codes of bodies
    (D.M. 23 December 1976).
    """
    parts = [part for part in re.split(r"[/;,|]", re.sub(r"[.,]0$", "", text.strip())) if part.strip()]
    found = [code for part in parts if (code := _valid(_LABELS.sub("", part)))]
    if not found:
        return lost("codice_fiscale_errato", text)
    others = [code for code in found[1:] if code != found[0]]
    return Read(found[0], (Remark("codice_ulteriore", "scartato", " ".join(others)),) if others else ())


def _valid(digits: str) -> str | None:
    if not digits.isdecimal() or not _FEWEST <= len(digits) <= 11:
        return None
    code = digits.zfill(11)
    return code if iva.is_valid(code) else None
