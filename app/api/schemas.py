"""What the properties of each feature are, for the documentation and for the tests that hold answers against it."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field


class _Properties(BaseModel):
    """No property may appear that is not declared."""

    model_config = ConfigDict(extra="forbid")


class AreaProperties(_Properties):
    """An area."""

    id: UUID
    code: str = Field(description="Codice ISTAT del comune, numero della zona, nome del distretto…")
    level: str
    name: str
    parent_level: str | None
    parent_code: str | None
    parent_name: str | None
    area_km2: float | None
    persons: int | None = Field(description="Residenti al 1° gennaio dell'ultimo anno caricato")
    cadastral_code: str | None
    altimetric_zone: str | None
    altitude_m: int | None
    degurba: str | None = Field(description="Grado di urbanizzazione (ISTAT, Eurostat)")
    source_id: str


class ServiceProperties(_Properties):
    """A service; of a protected location only zone and contacts."""

    id: UUID
    name: str
    type: str
    type_name: str
    macro_area: str
    organization_id: UUID | None
    organization: str | None
    address: str | None
    municipality_code: str | None
    municipality: str | None
    zone_code: str | None
    zone: str | None
    phone: str | None = Field(
        description="Numeri in E.164 (+390114439190;ext=12) separati da «; »; nel CSV come si leggono in Italia"
    )
    email: str | None
    url: str | None
    hours: str | None
    delivery: str
    status: str = Field(description="Parola di HSDS: active, inactive, defunct, temporarily closed")
    supply_status: str = Field(description="attivo, da_verificare, atteso, programmato, chiuso")
    certainty: str = Field(description="confermata, incerta, programmata")
    expected_on: date | None
    precision: str = Field(description="address, street o municipality (il punto allora non è pubblicato)")
    location_protected: bool
    evidence: str | None
    evidence_year: int | None
    note: str | None
    last_modified: datetime


class ToldValue(_Properties):
    """A value that a source, or a person of the editorial staff, tells of a field."""

    value: Any = Field(description="Il valore come dato; null dove è stato tolto a mano")
    text: str = Field(description="Il valore in parole")
    survives: bool = Field(description="Se è quello pubblicato")
    rule: str = Field(
        description="a_mano, unica, concordi, fiducia, data, precisione, rilievo, specifico, prova, prudenza, "
        "non_elencata, ordine"
    )
    why: str = Field(description="La regola in parole: perché vale o perché no")
    source_id: str | None = Field(description="null dove il valore è messo a mano")
    source: str
    told_on: date | None = Field(
        description="Giorno di cui parla la fonte, il 1° gennaio dove ne dice solo l'anno; null dove non lo dice"
    )
    evidence: str | None
    evidence_year: int | None
    by_hand: bool


class FieldOrigins(_Properties):
    """Where a published field of a service comes from, and what else is told of it."""

    field: str
    name: str = Field(description="Il campo in parole")
    value: Any = Field(description="Il valore pubblicato; null dove non ce n'è")
    text: str
    origins: list[ToldValue] = Field(description="Prima chi vale, poi i valori che hanno perso")


class ServiceMetadata(_Properties):
    """HSDS ``metadata``: a change of a field, or where its present value comes from."""

    id: UUID
    resource_id: UUID
    resource_type: str
    last_action_date: date
    last_action_type: str = Field(description="create, update, delete")
    field_name: str
    previous_value: str = Field(description="Il valore di prima, o quello che ha perso")
    replacement_value: str
    updated_by: str = Field(description="Titolo della fonte, «redazione» per un valore messo a mano, o ombra")
    event: str | None = Field(description="nuovo, rinominato, spostato…; origine: da dove viene il valore di oggi")
    source_id: str | None


class _Shadow(_Properties):
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


class ChangeProperties(_Properties):
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


class ComplianceProperties(_Properties):
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


class OverlapProperties(_Properties):
    """Services that share their catchments, each with every other."""

    id: UUID
    type: str
    type_name: str
    kind: str = Field(description="sovrapposti o da_coordinare")
    service_ids: list[UUID]
    names: list[str]
    services: int
    persons: float
    jaccard: float
    planned: bool
    uncertain: bool
    hours_unknown: bool
    exact: bool
    rank: int


class ServiceType(_Properties):
    """A type of service."""

    code: str
    term: str
    position: int
    macro_area: str
    name_it: str
    name_en: str
    synonyms_it: list[str]
    synonyms_en: list[str]
    description_it: str
    users: list[str]
    age_min: int | None
    age_max: int | None
    sex: str | None
    capacity_unit: str
    delivery: str
    residence_bound: bool
    protected: bool
    proximity: str
    travel_mode: str
    social: bool
    crosswalk: dict[str, list[str]]
    services: int


class Standard(_Properties):
    """A rule; ``law`` is false for a working criterion, which is never an act."""

    id: str
    position: int
    service_types: list[str]
    title_it: str
    indicator_it: str
    kind: str
    comparator: str
    minimum: float | None
    objective: float | None
    unit: str
    per: float
    capacity_unit: str | None
    supply_bound: str | None
    reach: float | None = Field(description="Minuti o metri entro cui la regola conta le persone")
    figure_unit: str | None = Field(description="Ciò che una regola di carico o intensità rapporta alla capacità")
    base_kind: str
    base_age_min: int | None
    base_age_max: int | None
    base_sex: str | None
    base_note: str | None
    geography: str
    area_condition: str
    act: str
    article: str | None
    verification: str
    read_at: str | None
    law: bool
    note: str | None
    evaluated: bool


class Source(_Properties):
    """A source with what its last load brought; null where nothing of it is loaded, or a part does not apply."""

    id: str
    title: str
    publisher: str
    licence: str
    kind: str | None = Field(
        description="services, organizations, addresses, indicators, population, areas, travel; null: tabella di Ombra"
    )
    address: str | None
    territory: str | None
    note: str | None
    reference_date: str | None
    refresh_days: int | None = Field(description="Ogni quanti giorni l'ente la rinnova")
    service_types: list[str]
    edition: str | None
    loaded_at: datetime | None
    read: int | None = Field(description="Righe lette: accettate più scartate")
    accepted: int | None
    rejected: int | None
    things: int = Field(description="Servizi o enti oggi pubblici")
    new: int | None = Field(description="Servizi o enti nuovi nell'ultimo caricamento, e così i seguenti")
    renamed: int | None
    moved: int | None
    repositioned: int | None
    changed: int | None
    closed: int | None
    reopened: int | None
    issues: int | None
    issues_rejected: int | None
    issues_changed: int | None
    issues_doubtful: int | None
    age_days: int | None
    overdue: bool | None
    score: float | None = Field(description="Da 0 a 100: media delle parti che si applicano, ognuna da 0 a 1")
    completeness: float | None
    freshness: float | None
    agreement: float | None
    precision: float | None
    contactability: float | None


class IssueExample(_Properties):
    """One remark; the values of protected places are null."""

    message: str
    value: str | None
    mended: str | None


class IssueKind(_Properties):
    """Remarks of one kind on one field."""

    kind: str
    name: str
    severity: str = Field(description="scartato, modificato, dubbio")
    field: str | None
    count: int
    examples: list[IssueExample]


class PastRun(_Properties):
    """A load of a source."""

    run_id: UUID
    started_at: datetime
    edition: str | None
    state: str
    counts: dict[str, int]
    files: list[str]
    undone: bool


class SourceDetail(Source):
    """A source with its kinds of remark and its loads, the newest first."""

    kinds: list[IssueKind]
    runs: list[PastRun]


class CompletenessEstimate(_Properties):
    """Two lists of one type of service in an area: what they have in common, and what both leave out."""

    type: str
    type_name: str
    area_level: str
    area_code: str
    area_name: str
    left_source: str
    left_title: str | None
    right_source: str
    right_title: str | None
    left_count: int = Field(description="Servizi diversi nel primo elenco")
    right_count: int
    both: int = Field(description="Servizi di entrambi gli elenchi, come risultano collegati")
    applies: bool = Field(description="Se le condizioni della stima sono rispettate; altrimenti le cifre sono nulle")
    estimate: float | None = Field(description="Servizi in tutto, secondo la stima")
    low: float | None = Field(description="Estremi dell'intervallo al 95 %; quello superiore non è un limite")
    high: float | None
    missing_low: float | None = Field(description="Servizi che mancano almeno da entrambi gli elenchi")
    why: str = Field(description="Condizioni verificate, o quelle che mancano")


class Run(_Properties):
    """A run of the measures."""

    id: UUID
    created_at: datetime
    name: str | None = Field(description="Un calcolo con un nome si conserva sempre")
    current: bool = Field(description="Quello che pagine ed elenchi mostrano")
    engine: str = Field(description="estimate, network o matrix")
    code_version: str
    data_version: int | None
    population_year: int | None
    note: str | None
    results: bool = Field(description="false: dei calcoli vecchi restano solo parametri e indicatori")


class RunDetail(Run):
    """A run with all that it depends on; the same ``input_hash`` gives the same results."""

    input_hash: str
    digests: dict[str, str] = Field(
        description="SHA-256 di ogni parte: due calcoli differiscono dove questi differiscono"
    )
    parameters: dict[str, Any]
