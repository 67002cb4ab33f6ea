"""What may be asked of ``./ombra access``, and the columns that answer."""

from enum import StrEnum


class Measure(StrEnum):
    """The score that areas are ranked by; the value is its name for people."""

    e2sfca = "e2sfca"
    bilanciata = "bilanciata"
    due_passi = "2sfca"
    tre_passi = "3sfca"
    m2sfca = "m2sfca"
    raam = "raam"


class Decay(StrEnum):
    """How willingness to travel falls with time, up to the threshold of the type."""

    zone = "zone"
    gradino = "gradino"
    gaussiana = "gaussiana"
    esponenziale = "esponenziale"


FIELDS = {
    Measure.e2sfca: "enhanced",
    Measure.bilanciata: "balanced",
    Measure.due_passi: "two_step",
    Measure.tre_passi: "three_step",
    Measure.m2sfca: "modified",
    Measure.raam: "raam_minutes",
}
COST = FIELDS[Measure.raam]  # already in minutes
PER = 1_000  # persons, in files
ROUND = (PER, 10_000, 100_000)  # persons, on the screen
SCORES = tuple(f"{name}_per_{PER}" for name in FIELDS.values() if name != COST)
