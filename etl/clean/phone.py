"""Telephone numbers out of a field as people fill it, in E.164: ``011 702911-12`` → ``+39011702911 ; +39011702912``."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers

from etl.clean.draft import SEPARATOR
from etl.clean.step import Read, Remark, lost

_FAX = re.compile(r"(?<!/)(?<!e )\bfax\b[^a-z]*", re.IGNORECASE)
_EXTENSION = re.compile(r"\b(?:int(?:erno)?|ext)\b\.?\s*(\d{1,5})", re.IGNORECASE)
_WORDS = re.compile(r"\([^()\d]*\)|[^\W\d_]+[.:]?")
_DECIMALS = re.compile(r"^(\d+)[.,]0$")
_GROUP = re.compile(r"(?P<between>[^\d+]*)(?P<digits>\+?\d+)")
_FOREIGN = re.compile(r"^(?:\+|00)(?!39)\d[\d\s./()-]+$")
_PREFIX = re.compile(r"^(?:0\d{1,3}|3\d\d|800|803|840|848|199|89\d)$")
_TOO_MANY = 24  # groups of digits; more is no list of telephone numbers
_WORST = 10**6


@dataclass(frozen=True, slots=True)
class _Group:
    """Digits without a break, and what stands before them: nothing, ``dash``, ``blank`` or ``strong``."""

    digits: str
    between: str


@lru_cache(maxsize=50_000)
def read_phones(text: str) -> Read:
    """Every number of a field, joined by ``SEPARATOR``; what cannot be read is left out with a remark.

    A group that ends another number (``011 702911-12``, ``0114438350-51-60-61``) gives a number with its last digits
    replaced. The zero of fixed lines is part of an Italian number and stays; a zero that a spreadsheet lost
    (``113174848``) is put back. Extensions are kept as ``;ext=12``.
    """
    remarks = []
    spoken, fax = _without_fax(_DECIMALS.sub(r"\1", text.strip().replace(";ext=", " ext ")))
    if fax:
        remarks.append(Remark("fax", "scartato", fax))
    if _FOREIGN.match(spoken):
        found = _foreign(spoken)
        return Read(found) if found else lost("telefono_illeggibile", text)
    numbers: dict[str, None] = {}
    for part in re.split(r"[;|\n]", spoken):
        read = _read_part(part)
        numbers |= dict.fromkeys(read)
        if not read and re.search(r"\d", part):
            remarks.append(Remark("telefono_illeggibile", "scartato", part.strip()))
    if not numbers and not remarks:
        return lost("telefono_illeggibile", text)
    return Read(SEPARATOR.join(numbers) or None, tuple(remarks))


def _without_fax(text: str) -> tuple[str, str]:
    """The text without the numbers said to be of a fax only."""
    found = _FAX.search(text)
    if found is None or not text[: found.start()].strip(" -,;/"):
        return (text, "") if found is None else ("", text)
    rest = re.search(r"(?:tel|cell|mob)", text[found.end() :], re.IGNORECASE)
    end = found.end() + rest.start() if rest else len(text)
    return f"{text[: found.start()]}; {text[end:]}", text[found.start() : end].strip()


def _foreign(text: str) -> str | None:
    try:
        number = phonenumbers.parse(re.sub(r"^00", "+", text), None)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _read_part(part: str) -> list[str]:
    extension = _EXTENSION.search(part)
    if extension:
        part = part[: extension.start()] + part[extension.end() :]
    groups = list(_groups(part))
    if not groups or len(groups) > _TOO_MANY:
        return []
    cost, numbers = _best(tuple(groups), "")
    if cost >= _WORST:
        return []
    found = [f"+39{number}" for number in numbers]
    return [f"{found[0]};ext={extension[1]}"] if extension and len(found) == 1 else found


def _groups(part: str) -> Iterator[_Group]:
    """Groups of digits; words between them separate two numbers."""
    for found in _GROUP.finditer(_WORDS.sub(" , ", part).replace("(", "").replace(")", " ")):
        between = found["between"]
        strong = "," in between or "+" in found["digits"]
        dash = "spaced" if re.search(r"\s[-/]|[-/]\s", between) else "dash"
        kind = "strong" if strong else dash if re.search("[-/]", between) else "blank" if between else ""
        yield _Group(found["digits"].removeprefix("+"), kind)


@lru_cache(maxsize=50_000)
def _best(groups: tuple[_Group, ...], last: str) -> tuple[int, tuple[str, ...]]:
    """The cheapest way to tell the groups apart into numbers, ``last`` being the number before them.

    What is usual is free; a dash inside a number, a number with few digits and an ending of another number cost.
    """
    if not groups:
        return 0, ()
    options = [_ending(groups, last)] if last else []
    for count in range(1, min(len(groups), 6) + 1):
        number = _national("".join(group.digits for group in groups[:count]))
        if number is not None:
            cost, rest = _best(groups[count:], number)
            options.append((cost + _effort(groups[:count], number), (number, *rest)))
    return min(options, default=(_WORST, ()))


def _ending(groups: tuple[_Group, ...], last: str) -> tuple[int, tuple[str, ...]]:
    """The first group taken as the last digits of another number like ``last``."""
    digits = groups[0].digits
    if groups[0].between == "blank" or len(digits) > min(5, len(last) - 4):
        return _WORST, ()
    number = last[: -len(digits)] + digits
    cost, rest = _best(groups[1:], number)
    return cost + 1, (number, *rest)


def _effort(groups: tuple[_Group, ...], number: str) -> int:
    cost = 2 if number[0] == "0" and len(number) < 8 else 0
    so_far = ""
    for group in groups:
        if so_far and not _PREFIX.match(re.sub(r"^(?:00)?39(?=[03])", "", so_far)):
            cost += {"blank": 0, "dash": 2, "spaced": 3, "strong": 5}[group.between]
        elif so_far and group.between == "strong":
            cost += 5
        so_far += group.digits
    return cost


@lru_cache(maxsize=50_000)
def _national(digits: str) -> str | None:
    """National number, the zero of fixed lines included; nothing where there is no such number in Italy."""
    international = re.sub(r"^0039", "39", digits)
    national = international[2:] if re.match(r"39(?:0\d{6,}|3\d{8,}|800\d{6})$", international) else digits
    if re.match(r"1[12]\d{6,8}$", national):
        national = f"0{national}"
    if not 7 <= len(national) <= 11 or (national[0] not in "038" and not national.startswith("199")):
        return None
    number = phonenumbers.parse(f"+39{national}", None)
    return national if phonenumbers.is_valid_number(number) else None
