"""How many: places, beds."""

import re
from functools import lru_cache

from etl.clean.step import Read, lost

_MOST = 10_000  # places of one service; a larger figure is a telephone number or a code
_NUMBER = re.compile(
    r"^(?:n\s?[.°]?|nr\.?|max\.?|massimo|fino a|totale:?|posti:?)?\s*"
    r"(?P<number>-?\d{1,3}(?:\.\d{3})+|-?\d+)(?:[.,](?P<part>\d+))?\s*"
    r"(?:posti(?: letto| totali)?|letti|bambini|utenti|ospiti|persone|pl|p\.l\.|p\.)?\.?$",
    re.IGNORECASE,
)


@lru_cache(maxsize=10_000)
def read_capacity(text: str) -> Read:
    """A whole number from 0 to 10,000: ``24 posti`` → ``24``, ``32,0`` → ``32``."""
    found = _NUMBER.match(text.strip())
    if found is None or (found["part"] or "0").strip("0"):
        return lost("capienza_errata", text)
    number = int(found["number"].replace(".", ""))
    return Read(str(number)) if 0 <= number <= _MOST else lost("capienza_assurda", text)
