"""Telephone numbers as people read them and as telephones dial them; stored they are in E.164."""

import re
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers

from etl.i18n import _

_STORED = re.compile(r"\+\d{4,15}(;ext=\d{1,7})?")
# Numbers are joined by a semicolon, which also leads an extension (RFC 3966).
_BETWEEN = re.compile(r";(?!ext=)|[,/]| o ")
_ITALY = 39


@dataclass(frozen=True)
class Phone:
    """A number as it is shown, and in the form that a telephone dials (RFC 3966 without ``tel:``)."""

    text: str
    link: str


def phones(published: str | None) -> list[Phone]:
    """The numbers of a text, in their order; what is not in E.164 is shown as it was published.

    >>> phones("+390114439190;ext=12; +39800123456")[0]
    Phone(text='011 443 9190 int. 12', link='+390114439190;ext=12')
    >>> [number.link for number in phones("011 0876180; 800 123456 (verde)")]
    ['0110876180', '800123456']
    """
    parts = [part.strip() for part in _BETWEEN.split(published or "") if part.strip()]
    found = [(part, part if _STORED.fullmatch(part) else _digits(part)) for part in parts]
    return [Phone(readable(part), link) for part, link in found if link]


def _digits(part: str) -> str:
    return re.sub(r"[^0-9+]", "", part.split("(", maxsplit=1)[0])


@lru_cache(maxsize=50_000)
def readable(number: str) -> str:
    """A number in E.164 as it is written in Italy, foreign ones with their prefix; any other text as it is.

    >>> readable("+390114439190"), readable("+33142685300"), readable("centralino")
    ('011 443 9190', '+33 1 42 68 53 00', 'centralino')
    """
    if not _STORED.fullmatch(number):
        return number
    bare, _sign, extension = number.partition(";ext=")
    try:
        parsed = phonenumbers.parse(bare, None)
    except phonenumbers.NumberParseException:
        return number
    form = phonenumbers.PhoneNumberFormat
    kind = form.NATIONAL if parsed.country_code == _ITALY else form.INTERNATIONAL
    text = phonenumbers.format_number(parsed, kind)
    return _("{numero} int. {interno}").format(numero=text, interno=extension) if extension else text


def listed(published: str | None) -> str | None:
    """All the numbers of a text as people read them, for tables.

    >>> listed("+390114439190; +39800123456")
    '011 443 9190; 800 123 456'
    """
    return "; ".join(number.text for number in phones(published)) or published
