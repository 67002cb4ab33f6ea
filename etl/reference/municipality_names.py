"""Names and codes of municipalities as publishers write them, brought to one form so that they can be compared."""

import re
import unicodedata

_TITLE = re.compile(r"^(comune|citta|municipio) (di|del|della)? ?")
# "(TO)", "- TO", ", TO" after the name.
_PROVINCE = re.compile(r"[\s,(\[-]+to[\s)\]]*$")
# Whole words that publishers shorten, and words that only join others: "Cascinette d'Ivrea", "Cascinette di Ivrea".
_LONG = {"c.se": "canavese", "t.se": "torinese", "p.te": "piemonte", "can.se": "canavese", "tor.se": "torinese"}
_SAINTS = frozenset({"s", "san", "sant", "santo", "santa", "ss", "santi"})
_JOINING = frozenset({"d", "di", "del", "della", "dei", "degli", "delle", "de", "in"})
_REGIONS = range(1, 21)


def normal_name(text: str) -> str:
    """A name without case, accents, apostrophes, hyphens and joining words; saints under one name.

    >>> normal_name("Comune di AGLIE'"), normal_name("Sant'Ambrogio di Torino"), normal_name("S.AMBROGIO TORINO (TO)")
    ('aglie', 's ambrogio torino', 's ambrogio torino')
    """
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    for short, whole in _LONG.items():
        plain = re.sub(rf"(?<!\w){re.escape(short)}(?!\w)", whole, plain)
    plain = _TITLE.sub("", _PROVINCE.sub("", plain.strip()))
    words = re.findall(r"[^\W_]+", plain)
    kept = ["s" if word in _SAINTS else word for word in words if word not in _JOINING]
    return " ".join(kept)


def name_forms(text: str) -> list[str]:
    """Normal forms of a name: the whole, and each half of a bilingual one (``Oulx/Ours``, ``Oulx - Ours``)."""
    halves = re.split(r"\s*/\s*|\s+[-–]\s+", text)
    return list(dict.fromkeys(form for form in map(normal_name, [text, *halves]) if form))


def istat_code(text: str) -> str | None:
    """The six digits of an ISTAT code of a municipality; none where the text is no such code.

    Leading zeros may be lost, spreadsheets may have added ``.0``, the region may stand before the province
    (``1001272``), the code of the metropolitan city may stand for that of the province (``201272``).

    >>> istat_code("1272"), istat_code("1001272"), istat_code("201272"), istat_code("1272.0"), istat_code("L219")
    ('001272', '001272', '001272', '001272', None)
    """
    match = re.fullmatch(r"(\d{1,8})(?:[.,]0+)?", text.strip())
    if match is None:
        return None
    digits = match.group(1)
    if len(digits) > 6:
        if int(digits[:-6]) not in _REGIONS:
            return None
        digits = digits[-6:]
    code = digits.zfill(6)
    return f"001{code[3:]}" if code.startswith("201") else code


def cadastral_code(text: str) -> str | None:
    """The letter and three digits of a cadastral code, also as IPA writes it (``c_l219``); none where it is none.

    >>> cadastral_code("l219"), cadastral_code("c_a074"), cadastral_code("001272")
    ('L219', 'A074', None)
    """
    match = re.fullmatch(r"(?:c_)?([a-z]\d{3})", text.strip().casefold())
    return match.group(1).upper() if match else None
