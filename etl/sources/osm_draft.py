"""The tags of an OpenStreetMap feature as a draft: which tag is which field.

Keys: https://wiki.openstreetmap.org/wiki/Key:addr, Key:contact, Key:opening_hours, Key:wheelchair, Lifecycle_prefix.
"""

import re
from collections.abc import Sequence

from etl.clean.draft import SEPARATOR, Draft
from etl.i18n import _
from etl.sources.base import Raw
from etl.sources.osm_rules import Tags, several

# Prefixes of a key whose thing is no longer, or not yet, what the key says.
GONE = ("disused", "abandoned", "was", "demolished", "removed", "razed", "closed")
COMING = ("construction", "proposed", "planned")
LIVING = ("amenity", "healthcare", "social_facility", "office")
PREFIXED = tuple(f"{prefix}:{key}" for prefix in (*GONE, *COMING) for key in LIVING)
_CHECKED = ("check_date", "survey:date", "check_date:opening_hours", "check_date:amenity")
_DATE = re.compile(r"(\d{4})(-\d{2}(-\d{2})?)?")


def of_its_time(tags: Tags) -> tuple[Tags, str]:
    """The tags as if the thing were there, and how it stands: ``attivo``, ``chiuso`` or ``programmato``."""
    for status, prefixes in (("chiuso", GONE), ("programmato", COMING)):
        for prefix in prefixes:
            bare = {
                key.removeprefix(f"{prefix}:"): value for key, value in tags.items() if key.startswith(f"{prefix}:")
            }
            if bare.keys() & set(LIVING) and not tags.keys() & set(LIVING):
                return {**tags, **bare}, status
    return tags, "attivo"


def drafted(raw: Raw, tags: Tags, edition: str) -> Draft:
    """What a feature says, under the names of the fields; its type and its municipality are added elsewhere.

    Parameters
    ----------
    tags
        As :func:`of_its_time` gives them.
    edition
        ISO date of the file: what opens later is still awaited, what ended before is closed.
    """
    told = {
        "name": tags.get("name:it") or tags.get("name") or tags.get("official_name"),
        "alternate_name": _first(tags, "alt_name", "short_name", "official_name", "old_name"),
        "description": _first(tags, "description:it", "description"),
        "organization": _first(tags, "operator", "brand"),
        "organization_tax_id": _first(tags, "operator:ref:vatin", "ref:vatin"),
        "address": _first(tags, "addr:street", "addr:place"),
        "street_number": tags.get("addr:housenumber"),
        "postal_code": tags.get("addr:postcode"),
        "locality": _first(tags, "addr:hamlet", "addr:suburb"),
        "phone": _all(tags, ("phone", "contact:phone", "contact:mobile", "mobile")),
        "email": _all(tags, ("email", "contact:email")),
        "url": _first(tags, "website", "contact:website", "url"),
        "opening_hours": _first(tags, "opening_hours"),
        "accessibility": _accessibility(tags),
        "latitude": _number(raw.get("lat")),
        "longitude": _number(raw.get("lon")),
        "evidence": f"https://www.openstreetmap.org/{raw['type']}/{raw['id']}",
        "evidence_year": _seen(raw, tags),
    }
    return {name: text for name, text in {**told, **_times(tags, edition)}.items() if text}


def _times(tags: Tags, edition: str) -> Draft:
    """Beginning and end; what is still to open on the day of the file is awaited, not open."""
    opens = _date(tags, "opening_date", "start_date")
    ends = _date(tags, "end_date")
    told = {"valid_to": ends} if ends else {}
    if opens and edition and opens > edition:
        return {**told, "supply_status": "atteso", "expected_on": opens}
    if ends and edition and ends <= edition:
        return {**told, "supply_status": "chiuso"}
    return told


def _date(tags: Tags, *keys: str) -> str:
    """A whole day (ISO); OpenStreetMap's looser dates (``1990s``, ``~1900``, ``2021``) are no day."""
    found = re.fullmatch(r"\d{4}-\d{2}-\d{2}", _first(tags, *keys))
    return found.group() if found else ""


def _seen(raw: Raw, tags: Tags) -> str:
    """The year in which somebody looked, else that of the feature's last change; empty where neither is told."""
    for text in (*(tags.get(key, "") for key in _CHECKED), str(raw.get("timestamp", ""))):
        if found := _DATE.match(text):
            return found.group(1)
    return ""


def _first(tags: Tags, *keys: str) -> str:
    return next((tags[key] for key in keys if tags.get(key)), "")


def _all(tags: Tags, keys: Sequence[str]) -> str:
    values = (value for key in keys for value in several(tags.get(key, "")))
    return SEPARATOR.join(dict.fromkeys(values))


def _number(value: object) -> str:
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def _accessibility(tags: Tags) -> str:
    access = {
        "yes": _("Accessibile in sedia a rotelle."),
        "designated": _("Accessibile in sedia a rotelle."),
        "limited": _("Accessibile solo in parte in sedia a rotelle."),
        "no": _("Non accessibile in sedia a rotelle."),
    }.get(tags.get("wheelchair", ""), "")
    return " ".join(
        part for part in (access, _first(tags, "wheelchair:description:it", "wheelchair:description")) if part
    )
