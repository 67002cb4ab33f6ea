"""The two results, the overlaps, and what changed between two runs."""

from typing import Any
from uuid import UUID

from pydantic import Field

from app.api.schemas.base import Properties


class _Shadow(Properties):
    """Persons in shadow, at the threshold and 5 minutes below and above; null where unknown."""

    shadow_confirmed: float | None
    shadow_confirmed_minus: float | None
    shadow_confirmed_plus: float | None
    shadow_all: float | None
    shadow_all_minus: float | None
    shadow_all_plus: float | None


class GapProperties(_Shadow):
    """Persons assessed, in shadow and unknown of an area, summed exactly over its points."""

    id: UUID
    code: str
    name: str
    level: str
    parent_code: str | None
    parent_name: str | None
    rule_id: str
    threshold: float = Field(description="Minuti")
    points: int
    persons: float
    assessed: float
    unknown: float
    unknown_minus: float = Field(description="Persone di cui nulla si sa a T - 5 (offerta confermata)")
    probable: float = Field(description="Parte dell'ombra a meno di T dal confine esterno: solo probabile")
    persons_senza_dati: float
    persons_incerta: float
    persons_scoperta: float
    persons_carente: float
    persons_ridondante: float
    persons_adeguata: float
    persons_presente: float
    majority: str | None
    minutes_confirmed: float | None = Field(description="Media sulle persone, dove un servizio è nel raggio calcolato")
    minutes_low: float | None = Field(
        description="Con minutes_high: media degli estremi fra cui il tempo vero cade quattro volte su cinque; conta "
        "anche dove può trovarsi il servizio. Solo per la stima in auto; null dove qualcuno va a piedi"
    )
    minutes_high: float | None
    minutes_confirmed_max: float | None
    minutes_all: float | None
    estimated: bool
    complete: bool
    rank: int
    reason: str | None
    act: str
    law: bool
    verification: str


class CoverageProperties(GapProperties):
    """As the shadow areas, with median minutes, scores of access, engine and run."""

    minutes_median: float | None = Field(
        description="Minuti che bastano a metà delle persone, dove un servizio è nel raggio calcolato"
    )
    score_e2sfca: float | None = Field(description="E2SFCA, unità di capienza per persona, media sulle persone")
    score_balanced: float | None = Field(description="FCA bilanciata (conserva domanda e offerta), media sulle persone")
    engine: str
    run: UUID


class ChangeProperties(Properties):
    """Persons in shadow of an area in two runs (confirmed supply), and what the change is due to.

    The parts and ``together`` add up to ``change``; a part that is not told apart is null.
    """

    code: str
    name: str
    level: str
    parent_code: str | None
    parent_name: str | None
    persons_former: float
    persons_later: float
    assessed_former: float
    assessed_later: float
    unknown_former: float
    unknown_later: float
    shadow_former: float
    shadow_later: float
    change: float
    services: float | None = Field(description="Per i servizi: nuovi, chiusi, cambiati")
    data: float | None = Field(description="Per luoghi, aree ed elenchi dichiarati completi")
    population: float | None = Field(description="Per i residenti")
    standards: float | None = Field(description="Per soglie, regole e gruppi di età")
    travel: float | None = Field(description="Per il motore di viaggio")
    method: float | None = Field(description="Per il codice di calcolo")
    together: float = Field(description="Per le parti in together_parts, insieme")
    differing: list[str] = Field(description="Le parti in cui i due calcoli differiscono")
    together_parts: list[str] = Field(description="Quelle che non si possono, o non si sono ancora, separate")
    rank: int


class PointProperties(_Shadow):
    """Access status at one demand point."""

    code: str
    name: str
    level: str
    parent_code: str | None
    parent_name: str | None
    demand_precision: str
    service_type_code: str
    rule_id: str
    threshold: float
    persons: float
    assessed: float
    unknown: float
    status: str
    reason: str
    fragile: bool
    bordo: bool
    stimata: bool
    complete: bool
    nearest_confirmed: float | None
    nearest_confirmed_low: float | None
    nearest_confirmed_high: float | None
    nearest_all: float | None
    services_confirmed: int
    services_all: int
    providers_confirmed: int
    access_confirmed: float | None
    access_all: float | None
    nearest: list[dict[str, Any]]


class ComplianceProperties(Properties):
    """Outcome of a rule on a statutory unit."""

    rule_id: str
    unit_code: str
    unit_name: str
    base: float | None
    complete: bool
    capacity_confirmed: float | None
    capacity_all: float | None
    value_confirmed: float | None
    value_all: float | None
    outcome_confirmed: str
    outcome_all: str
    shortfall_confirmed: float | None = Field(description="Quanto manca al minimo, nell'unità della regola")
    shortfall_all: float | None
    shortfall_objective_confirmed: float | None = Field(description="Quanto manca all'obiettivo")
    shortfall_objective_all: float | None
    cause_confirmed: str | None = Field(
        description="Perché non si può determinare: elenco, capacita, posizione, eccesso; null altrimenti"
    )
    cause_all: str | None
    details: dict[str, Any] = Field(
        description="part: comuni dell'unità di cui la regola parla; missing: dati che mancano per dirlo; "
        "pairs: coppie di servizi troppo vicine, certe e possibili"
    )
    service_types: list[str]
    title_it: str
    indicator_it: str
    comparator: str
    minimum: float | None
    objective: float | None
    unit: str
    geography: str
    act: str
    article: str | None
    law: bool
    verification: str
    supply_bound: str | None
    level: str | None
    rank: int


class OverlapProperties(Properties):
    """Services that share their catchments, each with every other."""

    id: UUID
    type: str
    type_name: str
    kind: str = Field(
        description="sovrapposti: la capienza comune supera l'obiettivo; da_coordinare: vicini, ma nessuna regola dice "
        "quanta ne serva; complementari: stesso bacino, utenti od orari diversi"
    )
    service_ids: list[UUID]
    names: list[str]
    services: int
    persons: float
    jaccard: float
    planned: bool
    uncertain: bool
    hours_unknown: bool
    exact: bool
    threshold: float | None = Field(
        description="Minuti entro cui si contano le persone; metà fra un servizio e l'altro"
    )
    minutes: float | None = Field(description="I minuti più lunghi fra due del gruppo")
    joint_capacity: float | None = Field(description="Capienza di tutti insieme, in `unit`; null se non è nota")
    needed_capacity: float | None = Field(
        description="Capienza che l'obiettivo della regola chiede per le loro persone"
    )
    unit: str | None
    users_differ: bool | None = Field(description="Si rivolgono a persone diverse")
    hours_differ: bool | None = Field(description="Non sono mai aperti insieme")
    requirements: int | None = Field(description="Quanti hanno requisiti propri, da confrontare")
    rank: int
