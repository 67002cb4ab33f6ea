"""What a card says of one area and one type of service: plain objects that the template writes down."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.i18n import whole
from app.pages import reasons
from app.pages.palette import Look
from etl.derive.cases import TOLERANCE
from etl.i18n import _


def horizon(threshold: float, farthest: float | None) -> float:
    """Minutes up to which services were looked for: ``farthest`` of the run, otherwise the limit and 5 minutes."""
    return threshold + TOLERANCE if farthest is None else farthest


@dataclass(frozen=True)
class Slice:
    """Persons of one status."""

    look: Look
    persons: float
    share: float


@dataclass(frozen=True)
class Shadow:
    """Persons in shadow on one supply, at the limit and 5 minutes below and above it; None where unknown.

    ``partial`` says that at 5 minutes less there are people of whom nothing is known who are assessed at the limit.
    """

    persons: float | None
    stricter: float | None
    looser: float | None
    partial: bool = False

    @property
    def stricter_text(self) -> str:
        """Persons at 5 minutes less in words: a lower bound where it is one, never a zero that proves nothing."""
        if self.partial and (self.stricter or 0.0) < 0.5:
            return whole(None)
        return _("almeno {numero}").format(numero=whole(self.stricter)) if self.partial else whole(self.stricter)


@dataclass(frozen=True)
class Rule:
    """The rule that was used, said in words."""

    id: str
    title: str
    limit: str
    act: str
    law: bool
    verification: str


@dataclass(frozen=True)
class Near:
    """A service near the place: what it is called, how far it is, how sure that is."""

    id: str
    name: str
    organization: str | None
    place: str | None
    minutes: str
    certainty: str
    certainty_name: str
    precision: str
    vague: bool
    reach: str | None


@dataclass(frozen=True)
class Band:
    """People of an age band; ``share`` is of the largest band, for the length of a bar (0–1)."""

    label: str
    women: int
    men: int
    share: float

    @property
    def persons(self) -> int:
        """Women and men together."""
        return self.women + self.men


@dataclass(frozen=True)
class Outcome:
    """One rule and its outcome on the statutory units that the area touches, each a sentence, with its remarks."""

    id: str
    title: str
    act: str
    law: bool
    verification: str
    thresholds: str
    units: Sequence[str]
    remarks: Sequence[str]


@dataclass(frozen=True)
class Unevaluated:
    """A rule that the engine does not evaluate, and why."""

    title: str
    act: str
    verification: str
    why: str


@dataclass(frozen=True)
class Part:
    """A point or a smaller area within the area of the card."""

    code: str
    level: str
    name: str
    look: Look
    persons: float
    shadow: float | None
    nearest: str
    note: str


@dataclass(frozen=True)
class Figures:
    """The sums of an area for one type; minutes are means over the people with a confirmed service within range.

    ``listed`` are the persons who live where the list is complete; ``judged`` is whether capacity was held against a
    rule, so that people in shadow are not only far away.
    """

    look: Look
    persons: float
    assessed: float
    unknown: float
    listed: float
    judged: bool
    split: Sequence[Slice]
    confirmed: Shadow
    everything: Shadow
    probable: float
    minutes_mean: float | None


@dataclass(frozen=True)
class Card:
    """Everything that a card says of one area and one type of service."""

    level: str
    code: str
    name: str
    within: str | None
    type_name: str
    total: Figures
    threshold: float
    farthest: float | None
    rule: Rule
    near_from: str | None
    near: Sequence[Near]
    bands: Sequence[Band]
    year: int | None
    cautions: Sequence[str]
    outcomes: Sequence[Outcome]
    other_rules: Sequence[Unevaluated]
    parts: Sequence[Part]

    @property
    def level_name(self) -> str:
        """What the area is, in words."""
        return reasons.said(reasons.LEVELS, self.level)

    @property
    def horizon(self) -> float:
        """Minutes up to which services were looked for."""
        return horizon(self.threshold, self.farthest)

    @property
    def outcome_groups(self) -> list[tuple[str, Sequence[Outcome]]]:
        """Outcomes under their headings: what is law, then what is not; no heading without an outcome."""
        groups = [
            (_("Norme"), [one for one in self.outcomes if one.law]),
            (_("Raccomandazioni, non norme"), [one for one in self.outcomes if not one.law]),
        ]
        return [(heading, found) for heading, found in groups if found]

    @property
    def bands_people(self) -> int:
        """Residents of all bands; 0 for a point, whose people are known only by share."""
        return sum(band.persons for band in self.bands)

    @property
    def parts_title(self) -> str:
        """Heading of the list of parts, by what they are."""
        if self.level == "municipality":
            return _("Centri abitati e quartieri")
        if self.level == "metropolitan_city":
            return _("Zone omogenee, dalla più scoperta")
        return _("Comuni con più persone in ombra")
