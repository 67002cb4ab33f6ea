"""What an OpenStreetMap feature is to us, by its tags, and which features are asked for."""

import re
from functools import cache

from etl.sources.osm_rules import GIVEAWAY, PROTECTED, RULES, SCHOOL_NAMES, SCHOOLS, Tags, several

# What Overpass is asked for beside plain tags: features that the Italian name may explain. POSIX, without case.
NAMES = (
    "comunit|salute|consultori|ser\\.?d|sert|dipendenze|neuropsichiatr|guardia medica|continuit|hospice|ludoteca"
    "|genitori|antiviolenza|caritas|ascolto|patronato|caf|famigli|informa|quartiere|impiego|social|anagraf|anziani|docce|bagni"
)


def is_protected(tags: Tags) -> bool:
    """Whether a feature must not be found: homes of those who flee, of children; shelters that do not say for whom."""
    if any(rule.fits(tags) for rule in PROTECTED) or re.search(GIVEAWAY, tags.get("name", ""), re.IGNORECASE):
        return True
    return "shelter" in several(tags.get("social_facility", "")) and service_type(tags) is None


def service_type(tags: Tags) -> str | None:
    """The type of a feature, none where no row of the table fits."""
    return next((rule.service_type for rule in RULES if rule.fits(tags)), None) or _school(tags)


def _school(tags: Tags) -> str | None:
    """The type of a school of one level; one of several levels is none of them."""
    if tags.get("amenity") != "school":
        return None
    levels = set(several(tags.get("isced:level", "").replace("-", ";")))
    if not levels:
        name = tags.get("name", "")
        found = {kind for pattern, kind in SCHOOL_NAMES.items() if re.search(pattern, name, re.IGNORECASE)}
    else:
        found = {SCHOOLS.get(level, "") for level in levels}
    return found.pop() or None if len(found) == 1 else None


def is_asked(tags: Tags) -> bool:
    """Whether a feature is one that Overpass is asked for; an extract also holds every bench and every shop."""
    plain, explained = selection()
    if any(set(several(tags.get(key, ""))) & set(values) for key, values in plain.items()):
        return True
    named = re.search(NAMES, tags.get("name", ""), re.IGNORECASE) is not None
    return named and any(set(several(tags.get(key, ""))) & set(values) for key, values in explained.items())


@cache
def selection() -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Values by key that Overpass is asked for: those that suffice, and those that only a name explains."""
    plain: dict[str, set[str]] = {"amenity": {"school", "social_facility"}}
    named: dict[str, set[str]] = {}
    for rule in RULES:
        for key in ("amenity", "healthcare", "office"):
            if key in rule.wanted:
                (plain if rule.named is None else named).setdefault(key, set()).update(rule.wanted[key])
    # A public office is asked for by its name: the tag alone stands for every ministry.
    named["office"] |= plain.pop("office")
    explained = {key: sorted(values - plain.get(key, set())) for key, values in named.items()}
    return {key: sorted(values) for key, values in plain.items()}, explained
