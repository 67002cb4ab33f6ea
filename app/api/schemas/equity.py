"""Need by area, and the equity of access."""

from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from app.api.schemas.base import Properties

Third = Literal[1, 2, 3]
Cluster = Literal["high_high", "low_high", "low_low", "high_low"]


class NeedIndicator(Properties):
    """An indicator of need that can be asked for, or why there is none."""

    code: str
    kind: Literal["eta", "tabella", "composito", "segnalazioni"]
    title: str
    formula: str
    unit: str | None
    year: int | None
    source: str | None = Field(description="Fonte della tabella; nullo per i residenti ISTAT")
    levels: list[str] = Field(description="Livelli delle aree per cui è noto")
    note: str | None


class NeedProperties(Properties):
    """An indicator of need of an area; null where it says nothing, which is not zero."""

    code: str
    name: str
    level: str
    parent_code: str | None
    parent_name: str | None
    rank: int
    indicator: str = Field(description="Codice, oppure il composito come è stato chiesto: una scelta, mai una norma")
    value: float | None
    unit: str | None
    numerator: float | None = Field(description="Persone")
    denominator: float | None = Field(description="Persone")
    third: Third | None = Field(description="Terzo delle aree: 3 i valori più alti")
    year: int
    source: str | None


class EquityAreaProperties(Properties):
    """Access and need of a municipality, and the municipalities that it stands with."""

    code: str
    name: str
    level: str
    parent_code: str | None
    parent_name: str | None
    rank: int = Field(description="Prima dove l'accesso è peggiore")
    persons: float = Field(description="Persone a cui il servizio si rivolge")
    known: float = Field(description="Quelle di cui si conosce il valore: la media è su queste")
    capped: float = Field(description="Quelle senza alcun servizio entro l'orizzonte, che contano come l'orizzonte")
    value: float | None = Field(description="Minuti, punteggio per 100.000 persone o quota in ombra")
    need: float | None
    access_third: Third | None = Field(
        description="Terzo dei comuni: 3 dove l'accesso è peggiore; per l'ombra: nessuno, fino a metà, più di metà"
    )
    need_third: Third | None = Field(description="Terzo dei comuni: 3 dove il bisogno è maggiore")
    neighbours: int | None = Field(description="Comuni confinanti con un valore")
    lag: float | None = Field(description="Media dei confinanti")
    local_i: float | None = Field(description="Moran locale")
    p: float | None
    q: float | None = Field(description="p corretto per il numero dei comuni (Benjamini e Hochberg)")
    quadrant: Cluster | None = Field(description="Il comune e i suoi confinanti rispetto alla media")
    cluster: Cluster | None = Field(description="Il quadrante, dove non è dovuto al caso")


class EquityGroup(Properties):
    """A group of people: its mean, and what it adds to inequality and to access poverty."""

    code: str = Field(description="Vuoto: persone la cui area non è caricata")
    name: str
    persons: float
    mean: float | None
    population_share: float
    value_share: float | None
    theil: float | None = Field(description="Dentro il gruppo")
    theil_within: float | None = Field(description="Quanto aggiunge alla parte dentro: le parti danno il totale")
    theil_between: float | None = Field(description="Quanto aggiunge alla parte fra: sotto zero se sta sotto la media")
    poor: float | None
    p0: float | None
    p1: float | None
    p2: float | None
    part_p0: float | None = Field(description="Parte del totale che viene dal gruppo")
    part_p1: float | None
    part_p2: float | None


class EquityMoran(Properties):
    """Moran's I of the municipalities."""

    global_i: float | None
    expected: float
    p: float | None
    permutations: int
    seed: int
    alpha: float
    islands: list[str] = Field(description="Comuni senza confinanti con un valore: in nessun gruppo")
    missing: list[str] = Field(description="Comuni senza un valore")
    clusters: dict[Cluster, int]


class Equity(Properties):
    """The equity of access to a type of service in a run, over people."""

    type: str
    run: UUID
    measure: Literal["minutes", "score", "shadow"]
    unit: str
    rule_id: str
    threshold: float = Field(description="Minuti")
    horizon: float = Field(description="Minuti fino a cui il calcolo ha cercato")
    persons: float
    left_senza_dati: float = Field(description="Fuori da ogni cifra: l'elenco dei servizi è incompleto")
    left_senza_misura: float = Field(description="Fuori da ogni cifra: la misura non dice nulla del servizio")
    capped: float = Field(description="Senza servizi entro l'orizzonte: contano come l'orizzonte, che è un minimo")
    unlisted: float = Field(description="Contate, ma dove l'elenco è incompleto")
    mean: float
    median: float
    gini: float | None
    theil: float | None
    theil_between: float | None
    theil_within: float | None
    concentration: float | None = Field(description="Sopra zero: valori maggiori dove il bisogno è maggiore")
    concentration_corrected: float | None = Field(description="Indice di Erreygers, per le quote")
    without_need: float
    line: float = Field(description="Soglia della povertà di accesso, nell'unità della misura")
    line_kind: Literal["regola", "relativa", "indicata", "ombra"]
    p0: float | None = Field(description="Foster, Greer e Thorbecke: quota di persone povere di accesso")
    p1: float | None
    p2: float | None
    at_least: bool = Field(description="p1 e p2 sono un minimo")
    poor: float | None = Field(description="Persone")
    p0_low: float | None = Field(description="Se nessuno di chi è fuori dal conto fosse povero")
    p0_high: float | None = Field(description="Se lo fossero tutti")
    by: Literal["zona", "distretto"]
    need: dict[str, Any] = Field(description="Il bisogno scelto e gli indicatori di cui è fatto")
    moran: EquityMoran | None
    moran_note: str | None
    sentences: dict[str, str] = Field(description="Che cosa dice ogni cifra")
    groups: list[EquityGroup]
