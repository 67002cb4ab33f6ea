"""Two claims side by side: how likely they are one, why, and what was decided."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from etl.link.claim import Question

Verdict: TypeAlias = Literal["stesso", "incerto", "diverso"]
DecidedBy: TypeAlias = Literal["modello", "regola", "giudizio"]
# What two services have in common that are not one; the closest that holds.
Relation: TypeAlias = Literal[
    "stesso_servizio", "stesso_ente_e_sede", "stessa_sede", "stesso_ente", "catena", "nessuna"
]


def ends(one: uuid.UUID, other: uuid.UUID) -> tuple[uuid.UUID, uuid.UUID]:
    """Two members in order of their identifiers, as pairs and judgements name them."""
    return (one, other) if one < other else (other, one)


@dataclass(frozen=True)
class Reason:
    """One piece of evidence: what was compared (``indirizzo``), how it came out in words, its weight in bits.

    The weight is the logarithm to base 2 of the Bayes factor (Fellegi & Sunter 1969): positive speaks for one thing.
    """

    evidence: str
    told: str
    weight: float


@dataclass(frozen=True)
class Pair:
    """Two members, ``left`` before ``right`` in order of their identifiers, and what is thought of them.

    ``probability`` lies in [0, 1]; ``weight`` is the sum of evidence in bits, the prior included. ``rule`` names the
    rule that decided (``codice_fiscale``, ``numero_diverso``, …) where one did.
    """

    question: Question
    left: uuid.UUID
    right: uuid.UUID
    probability: float
    weight: float
    reasons: tuple[Reason, ...]
    verdict: Verdict
    decided_by: DecidedBy = "modello"
    rule: str | None = None


@dataclass(frozen=True)
class Judgement:
    """What a person has decided of two members; in force until it is undone. ``incerto`` keeps them apart."""

    id: uuid.UUID
    question: Question
    left: uuid.UUID
    right: uuid.UUID
    verdict: Verdict
    author: str
    made_at: datetime
    note: str | None = None
    undone_at: datetime | None = None
    undone_by: str | None = None
