"""E-mail addresses out of a field as people fill it."""

import re
from functools import lru_cache

from email_validator import EmailNotValidError, validate_email

from etl.clean.draft import SEPARATOR, Draft
from etl.clean.step import Context, Read, Remark, Work, lost, merged

_BREAKS = re.compile(r"[\s;,|<>()\"]+|\be\b|\bo\b")
_CERTIFIED = re.compile(
    r"@(?:.*\.)?(?:pec|cert|legalmail|postecert|pcert|pecmail|ecert|pec-\w+|\w+pec)\.|@(?:pec|cert|legalmail)"
)


@lru_cache(maxsize=50_000)
def read_emails(text: str) -> Read:
    """The valid addresses of a field, joined by ``SEPARATOR``, domains in small letters.

    Whole addresses in capitals are written small: no mail service tells them apart.
    """
    whole = _valid(re.sub(r"\s+", "", text).strip(";,.<>"))
    if whole and text.count("@") == 1 and len(text.split()) <= 2 and "<" not in text:
        return Read(whole)
    found: dict[str, None] = {}
    faults = []
    for part in filter(None, _BREAKS.split(text)):
        address = _valid(re.sub(r"^(?:mailto|e-?mail|pec):", "", part, flags=re.IGNORECASE).strip(".:"))
        if address:
            found[address] = None
        elif "@" in part:
            faults.append(Remark("posta_errata", "scartato", part))
    if not found:
        return lost("posta_errata", text)
    return Read(SEPARATOR.join(found), tuple(faults))


def _valid(text: str) -> str | None:
    try:
        address = validate_email(text, check_deliverability=False).normalized
    except EmailNotValidError:
        return None
    return address.lower() if text == text.upper() else address


def part_certified(draft: Draft, _context: Context) -> Work:
    """Certified mail (PEC) in its own field where it stands beside an ordinary address."""
    addresses = draft.get("email", "").split(SEPARATOR)
    certified = [address for address in addresses if _CERTIFIED.search(address.lower())]
    if len(addresses) < 2 or not certified or len(certified) == len(addresses) or "pec" in draft:
        return Work(draft)
    ordinary = [address for address in addresses if address not in certified]
    return Work(merged(draft, {"email": SEPARATOR.join(ordinary), "pec": SEPARATOR.join(certified)}))


def move_from_url(draft: Draft, _context: Context) -> Work:
    """An e-mail address that was written where the site belongs goes to its own field."""
    address = _valid(draft.get("url", "")) if "@" in draft.get("url", "") else None
    if address is None:
        return Work(draft)
    return Work(merged(draft, {"url": "", "email": draft.get("email", address)}))
