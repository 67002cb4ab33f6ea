"""Columns of a file nobody has described that are better not read at all."""

from collections.abc import Sequence

from etl.sources.tabular.guessing import headings

PERSON = "Nome o recapito di una persona: Ombra non raccoglie dati personali."
GEOCODER = "Colonna che sembra aggiunta da un geocodificatore."
OWN = ("orig", "original", "originale", "fonte")


def left_out(header: Sequence[str]) -> dict[str, str]:
    """Columns not to be read, each with its reason: names of persons, and what a geocoder has added."""
    persons = {name: PERSON for name in header if headings.has(name, headings.PERSON_WORDS)}
    machines = {name: GEOCODER for name in header if headings.has(name, headings.GEOCODER_WORDS)}
    if machines and _second_pair(header):
        own = [name for name in header if headings.has(name, OWN)]
        pairs = [
            name for name in header if headings.says(name, "latitude") > 0.5 or headings.says(name, "longitude") > 0.5
        ]
        machines |= {name: GEOCODER for name in pairs if own and name not in own}
    return {**machines, **persons}


def _second_pair(header: Sequence[str]) -> bool:
    """Whether a file has the point twice, in degrees."""
    return sum(headings.says(name, "latitude") >= 0.5 for name in header) > 1
