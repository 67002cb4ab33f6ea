"""How every status looks, in one place: name, meaning, colour and hatching.

Blue says reached, orange says missing, hatching says not known: the pair blue and orange stays apart in
all common forms of colour blindness (Okabe & Ito, Color Universal Design, 2008), and hatching and
lightness carry the same difference without any colour.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from app.i18n import marked


@dataclass(frozen=True)
class Look:
    """One class of the map: its code, Italian name and meaning, ground colour, drawing above it."""

    code: str
    name: str
    meaning: str
    ground: str
    drawing: str = ""
    size: int = 8

    @property
    def fill(self) -> str:
        """SVG paint: the plain colour, or the pattern where there is a drawing."""
        return f"url(#trama-{self.code})" if self.drawing else self.ground


def _stripes(colour: str, width: float) -> str:
    return f'<path d="M-2 2 2-2M0 8 8 0M6 10 10 6" stroke="{colour}" stroke-width="{width}"/>'


def _cross(colour: str) -> str:
    return f'<path d="M0 0 8 8M0 8 8 0" stroke="{colour}" stroke-width="1"/>'


# From missing to reached, then what is not known: the order of legends, bars and columns.
STATUSES: tuple[Look, ...] = (
    Look(
        "scoperta",
        marked("Scoperta"),
        marked("nessun servizio entro il tempo previsto, e l'elenco dei servizi è completo"),
        "#b23c0e",
    ),
    Look(
        "carente",
        marked("Carente"),
        marked("un servizio si raggiunge, ma la sua capacità è sotto il minimo della regola"),
        "#f0a04b",
        '<circle cx="4" cy="4" r="1.6" fill="#7a2a06"/>',
    ),
    Look(
        "incerta",
        marked("Incerta"),
        marked(
            "la risposta cambia se si contano i servizi da verificare, oppure il tempo stimato è a cavallo del limite"
        ),
        "#fff1d6",
        _stripes("#b36b00", 2.2),
    ),
    Look(
        "senza_dati",
        marked("Senza dati"),
        marked("non risulta alcun servizio, ma l'elenco è incompleto: l'assenza non prova nulla"),
        "#eef0f2",
        _cross("#8b96a1"),
    ),
    Look(
        "presente",
        marked("Presente"),
        marked("un servizio si raggiunge; se basti per tutti non si può dire"),
        "#b5d7f0",
    ),
    Look(
        "adeguata",
        marked("Adeguata"),
        marked("un servizio si raggiunge e la capacità rispetta la regola"),
        "#3c86c6",
    ),
    Look(
        "ridondante",
        marked("Ridondante"),
        marked("più servizi di enti diversi, con capacità ben oltre l'obiettivo della regola"),
        "#0c3b6e",
        '<path d="M0 4H8" stroke="#cfe3f5" stroke-width="1.4"/>',
    ),
)
STATUS = {look.code: look for look in STATUSES}
# An area where nobody of the target group lives has no majority.
NOBODY = Look(
    "nessuno",
    marked("Nessuna persona interessata"),
    marked("qui non risulta nessuna persona a cui il servizio è rivolto"),
    "#ffffff",
)


def look_of(status: object) -> Look:
    """The look of a majority status; :data:`NOBODY` where there is none."""
    return STATUS.get(str(status), NOBODY)


@dataclass(frozen=True)
class Step:
    """A class of persons in shadow: from ``lower`` (excluded) up to ``upper`` (included, None = no end)."""

    lower: float
    upper: float | None
    colour: str


_RAMP = ("#fbd695", "#f2a65a", "#cc6420", "#8c2d04")
NONE_COLOUR = "#f7f9fa"

# Municipalities and larger areas need their own steps: a zone adds up tens of municipalities.
_BREAKS: dict[str, tuple[float, ...]] = {"municipality": (500, 2_000, 10_000)}
_LARGE_BREAKS = (5_000, 20_000, 50_000)


def shadow_steps(level: str) -> tuple[Step, ...]:
    """The steps of the map of persons in shadow at a level of areas, from few to many."""
    bounds = (0.0, *_BREAKS.get(level, _LARGE_BREAKS), None)
    return tuple(
        Step(float(lower or 0), upper, colour)
        for lower, upper, colour in zip(bounds[:-1], bounds[1:], _RAMP, strict=True)
    )


def shadow_fill(persons: float | None, steps: Sequence[Step]) -> str:
    """SVG paint for a number of persons in shadow; None means that nobody could be assessed."""
    if persons is None:
        return STATUS["senza_dati"].fill
    # Half a person is rounding of shares, not somebody in shadow.
    if persons < 0.5:
        return NONE_COLOUR
    return next(step.colour for step in steps if step.upper is None or persons <= step.upper)


def pattern_definitions() -> Markup:
    """``<defs>`` content with one SVG pattern per hatched status, for pages and for the map document."""
    patterns = [
        f'<pattern id="trama-{look.code}" width="{look.size}" height="{look.size}" patternUnits="userSpaceOnUse">'
        f'<rect width="{look.size}" height="{look.size}" fill="{look.ground}"/>{look.drawing}</pattern>'
        for look in STATUSES
        if look.drawing
    ]
    return Markup("".join(patterns))  # noqa: S704 - made of the constants above
