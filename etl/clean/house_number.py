"""Street and house number in one form: ``Via Roma12/a`` → ``Via Roma, 12/A``."""

import re
from functools import lru_cache

from etl.clean.draft import Draft
from etl.clean.step import Context, Remark, Work, merged

# Not within a word: the last letter of "VIA MANIN 20" is no label.
_LABEL = r"(?<![^\W\d_])(?:n\s?[.°º]\s?|nr\s?\.?\s?|n\s?\.?\s?ro\s|num\s?\.\s?|numero\s|civ(?:ico|\.)\s?|n\s)"
_BIS = r"(?:bis|ter|quater)"
_EXPONENT = (
    rf"(?:[\s/-]*(?P<bis>{_BIS})\b)?"
    r"(?P<exponent>\s*/\s*[a-z](?![a-z])|\s?[a-z](?![\w'.])|(?:\s*[/-]\s*\d{1,4}[a-z]?)+(?!\d))?"
)
_INSIDE = r"(?P<inside>(?:[\s,/-]*(?:int(?:erno)?|sc(?:ala)?|piano)\b\s*\.?\s*\w{1,4}(?:\s(?:bis|ter))?)*)"
_NUMBER = re.compile(
    rf"(?:^|[\s,.;–-]+|(?<=[^\W\d_'])|(?<=[')]))(?:{_LABEL})?(?P<number>\d{{1,4}}){_EXPONENT}{_INSIDE}[\s.,;]*$",
    re.IGNORECASE,
)
_WITHOUT = re.compile(r"[\s,.-]+(?:s\.?\s?n\.?\s?c\.?|s\.\s?n\.?|sn|senza numero(?: civico)?)$", re.IGNORECASE)
_ROAD = re.compile(r"(?:\b(?:s\.?s|s\.?p|s\.?r|km)\.?\s*(?:n\.?\s*)?|(?<![n\s])°\s*)$", re.IGNORECASE)
# "V.RIVETTE 47-Devesi", "V.BULLIO 5/REVIGLIASCO": a hamlet after the number.
_HAMLET = re.compile(
    r"^(?P<address>.*\d[a-z]?(?:\s?bis|\s?ter)?)\s?[-/]\s?(?P<hamlet>[^\W\d_]{4,}(?:[ '][^\W\d_]+)*)$", re.IGNORECASE
)
_TAX_CODES = re.compile(r"[\s,;-]+(?:p\.?\s?(?:i|iva)\.?|c\.?\s?f\.?)\s*:?\s*\d{11}\b", re.IGNORECASE)
_KIND = (
    r"(?:via|viale|vicolo|corso|piazza|piazzale|piazzetta|largo|strada|regione|lungo\s?dora|lungo\s?po|borgata|frazione|"
    r"c\.so|p\.z?za|v\.|v\.le)"
)
# Two places in one text: "c/o Presidio CTO - Via Zuretti 29", "Corso Svizzera, 185 - ingresso da Via Pessinetto, 12".
_BEFORE = re.compile(rf"^(?P<other>(?!{_KIND}\b).+?)\s+[-–]\s+(?P<address>{_KIND}[\s.].*)$", re.IGNORECASE)
_AFTER = re.compile(
    rf"^(?P<address>{_KIND}[\s.].*?)\s*[-–]\s+(?P<other>(?:[a-zà-ù]+ )*{_KIND}[\s.].*|[^\W\d_]\D*)$", re.IGNORECASE
)


@lru_cache(maxsize=20_000)
def split_places(text: str) -> tuple[str, str]:
    """The address, and what else the text says of the place (another entrance, the building), perhaps nothing."""
    text = _TAX_CODES.sub("", text)
    found = _BEFORE.match(text) or _AFTER.match(text)
    return (found["address"], found["other"]) if found else (text, "")


@lru_cache(maxsize=20_000)
def split_hamlet(address: str) -> tuple[str, str]:
    """The address, and the hamlet that stands behind its number, perhaps nothing."""
    found = _HAMLET.match(address)
    return (found["address"], found["hamlet"]) if found else (address, "")


@lru_cache(maxsize=20_000)
def split_number(address: str) -> tuple[str, str]:
    """Street and house number in the form of :func:`write_number`; the number is empty where there is none.

    >>> split_number("Via Roma12/a"), split_number("Piazza Martiri 3 Aprile 1944 N. 3"), split_number("Via 25 Aprile")
    (('Via Roma', '12/A'), ('Piazza Martiri 3 Aprile 1944', '3'), ('Via 25 Aprile', ''))
    """
    without = _WITHOUT.search(address)
    if without:
        return address[: without.start()].rstrip(" ,.-"), "snc"
    found = _NUMBER.search(address)
    if found is None or _ROAD.search(address[: found.start("number")]):
        return address, ""
    street = address[: found.start()].rstrip(_LOOSE)
    if not re.search(r"[^\W\d_]{2}", street):
        return address, ""
    return street, _written(found)


def write_number(text: str) -> str:
    """A house number on its own, in one form: ``12 BIS/a`` → ``12 bis/A``, ``22 F`` → ``22/F``, ``S.N.`` → ``snc``."""
    if _WITHOUT.search(f" {text}"):
        return "snc"
    found = _NUMBER.match(text)
    return _written(found) if found else text


def _written(found: re.Match[str]) -> str:
    bis = f" {found['bis'].lower()}" if found["bis"] else ""
    exponent = re.sub(r"\s", "", found["exponent"] or "").upper()
    if exponent and exponent[0] not in "/-":
        exponent = f"/{exponent}"
    inside = re.findall(
        r"(int|sc|piano)(?:erno|ala)?\b\s*\.?\s*(\w+(?:\s(?:bis|ter))?)", found["inside"], re.IGNORECASE
    )
    within = "".join(f" {_INSIDE_WORDS[word.lower()]} {number}" for word, number in inside)
    return f"{found['number'].lstrip('0') or '0'}{bis}{exponent}{within}"


_LOOSE = " ,.;-–"  # what may stand between street and number
_INSIDE_WORDS = {"int": "int.", "sc": "scala", "piano": "piano"}


def join_number(draft: Draft, _context: Context) -> Work:
    """One address ``Street, number (rest)`` from the address and the number; a hamlet goes to its field."""
    column, remarks = _column(draft)
    if "address" not in draft:
        return Work(merged(draft, {"street_number": ""}), remarks) if "street_number" in draft else Work(draft)
    address, other = split_places(draft["address"])
    address, hamlet = split_hamlet(address)
    street, number = split_number(address)
    if number and column and number != column:
        said = f"{draft['address']} | {draft['street_number']}"
        remarks = (*remarks, Remark("civici_discordi", "dubbio", said, field="address"))
    if hamlet and "locality" in draft:
        other = other or hamlet
    changed = {"address": _joined(street, number or column, other), "street_number": ""}
    return Work(merged(draft, changed | ({"locality": hamlet} if hamlet and "locality" not in draft else {})), remarks)


def _column(draft: Draft) -> tuple[str, tuple[Remark, ...]]:
    """The number of the column, in one form; nothing, with a remark, where there is a text without a number."""
    text = draft.get("street_number", "")
    number = write_number(text)
    if text and _NUMBER.match(text) is None and number != "snc":
        return "", (Remark("civico_errato", "scartato", text, field="street_number"),)
    return number, ()


def _joined(street: str, number: str, other: str) -> str:
    address = f"{street.rstrip(_LOOSE)}, {number}" if number else street
    return f"{address} ({_joined(*split_number(other), '')})" if other else address
