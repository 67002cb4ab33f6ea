"""The text of a proposed mapping, with what the person who adds the source says of it. Pure."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

import yaml

from etl.errors import OmbraError, SourceError
from etl.i18n import _

# A proposal names the missing date so, in its comments and among its doubts.
_UNDATED = "«edition»"


@dataclass(frozen=True)
class Said:
    """What a person says of the source; None where the proposal stays."""

    id: str | None = None
    title: str | None = None
    publisher: str | None = None
    licence: str | None = None
    date: str | None = None


def edition_date(told: str) -> str:
    """A date as a mapping has it, from what a person writes.

    >>> edition_date("30/06/2026"), edition_date("6/2026"), edition_date("2026")
    ('2026-06-30', '2026-06', '2026')

    Raises
    ------
    OmbraError
        It is no date.
    """
    from etl.sources.tabular.editions import last_day

    written = told.strip()
    if "/" in written:
        written = "-".join(part.zfill(2) for part in reversed(written.split("/")))
    if re.fullmatch(r"\d{4}(-\d{2}(-\d{2})?)?", written) is None or last_day(written) is None:
        raise OmbraError(_("La data «{told}» non si legge: scrivere 2026, 2026-06 o 2026-06-30.").format(told=told))
    return written


def filled(text: str, said: Said) -> str:
    """The mapping with what was said in its place, comments and order kept."""
    for name in ("id", "title", "publisher", "licence"):
        value = getattr(said, name)
        if value is not None:
            line = f"{name}: {json.dumps(value, ensure_ascii=False)}"  # a JSON text is a YAML text
            text = re.sub(rf"^{name}:.*$", line.replace("\\", r"\\"), text, count=1, flags=re.MULTILINE)
    if said.date is None:
        return text
    kept = [line for line in text.splitlines() if not (line.startswith("#") and _UNDATED in line)]
    return "\n".join([*kept, "edition:", f"  date: {json.dumps(said.date)}", ""])


def settled(doubts: Sequence[str], said: Said) -> list[str]:
    """The doubts that are left."""
    return [doubt for doubt in doubts if said.date is None or _UNDATED not in doubt]


def faults(text: str, *, name: str) -> tuple[str, ...]:
    """Why the mapping cannot be used yet; empty where it can."""
    from etl.sources.tabular.mapping_file import check

    try:
        check(yaml.safe_load(text), name=name)
    except SourceError as error:
        return error.faults
    return ()


def told(text: str) -> dict[str, str]:
    """The keys of the mapping that are plain texts."""
    return {key: value for key, value in yaml.safe_load(text).items() if isinstance(value, str)}


def identifier(text: str) -> str:
    """The identifier of the source."""
    return str(yaml.safe_load(text)["id"])
