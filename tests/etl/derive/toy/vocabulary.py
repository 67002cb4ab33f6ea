"""The service types and rules of the toy territory, and where each list is complete. See README.md."""

from sqlalchemy import Connection

from etl.identity import uid
from etl.store import models as m
from etl.store.frames import merge
from tests.etl.derive.toy.territory import CITY, SOURCE, area_id, town_id

# Code: unit of capacity, and what differs from a type for everybody, by car, that anybody may use.
TYPES: dict[str, dict] = {
    "sportello": {},
    "nido": {"capacity_unit": "posti", "age_min": 0, "age_max": 2},
    "consorzio": {"residence_bound": True},
    "domiciliare": {"capacity_unit": "posti", "age_min": 65, "delivery": "domicilio"},
    "ignoto": {"delivery": "itinerante"},
    "centro": {"capacity_unit": "posti"},
    "spazio": {"capacity_unit": "posti"},
    "incontro": {},
    "ambulatorio": {"capacity_unit": "medici"},
    "stimato": {},
    "piedi": {"travel_mode": "foot_in_town"},
}
MINUTES = 15.0  # the working criterion of every type

INCOMPLETE = {"sportello": "Gamma", "nido": "Theta", "consorzio": "Gamma"}
"""Where the smaller declaration says that the list is not complete; the city's says that it is, for every type."""

# Identifier: type, kind, comparator, minimum, objective, geography, and what differs from a rule that was read, counts
# places and speaks of all residents everywhere.
RULES: dict[str, tuple[str, str, str, float, float | None, str, dict]] = {
    "SPO-6000": ("sportello", "coverage", "<=", 6000, 4000, "distretto", {"verification": "parziale"}),
    "SPO-ECC": (
        *("sportello", "coverage", "<=", 6000, None, "distretto"),
        {"verification": "parziale", "supply_bound": "eccesso"},
    ),
    "SPO-ATS": ("sportello", "coverage", "<=", 6000, None, "ats", {"verification": "parziale"}),
    "SPO-RUR": ("sportello", "coverage", "<=", 2000, None, "distretto", {"area_condition": "rurale"}),
    "SPO-MON": ("sportello", "coverage", "<=", 2000, None, "distretto", {"area_condition": "montana"}),
    "SPO-URB": ("sportello", "coverage", "<=", 2000, None, "distretto", {"area_condition": "urbana"}),
    "SPO-INT": ("sportello", "coverage", "<=", 2000, None, "distretto", {"area_condition": "interna"}),
    "SPO-PRES": ("sportello", "presence", ">=", 1, 2, "comune", {"base_kind": "nessuna"}),
    "SPO-60": ("sportello", "time", ">=", 60, 90, "distretto", {"per": 100, "reach": 10}),
    "SPO-15": ("sportello", "time", "<=", 15, 10, "comune", {}),
    "SPO-3KM": ("sportello", "distance", ">=", 75, None, "provincia", {"per": 100, "reach": 3000}),
    "SPO-3000": ("sportello", "distance", "<=", 3000, 2000, "comune", {}),
    "SPO-MQ": ("sportello", "area", ">=", 18, None, "comune", {}),
    "SPO-CLASSE": ("sportello", "class", "<=", 25, None, "comune", {}),
    "SPO-CONF": ("sportello", "conformity", ">=", 1, None, "comune", {}),
    "SPO-NL": ("sportello", "presence", ">=", 1, None, "comune", {"verification": "non_letto", "law": False}),
    "CONS-PRES": ("consorzio", "presence", ">=", 1, None, "comune", {"base_kind": "nessuna"}),
    "CONS-12KM": ("consorzio", "distance", "<=", 12000, None, "comune", {}),
    "NIDO-20": (
        *("nido", "coverage", ">=", 20, 40, "comune"),
        {"per": 100, "capacity_unit": "posti", "base_age_min": 0, "base_age_max": 2},
    ),
    "DOM-5": (
        *("domiciliare", "coverage", ">=", 5, 8, "distretto"),
        {"per": 100, "capacity_unit": "posti", "base_age_min": 65},
    ),
    "DOM-ORE": (
        *("domiciliare", "intensity", ">=", 1, None, "comune"),
        {"capacity_unit": "ore", "figure_unit": "utenti", "base_kind": "altro"},
    ),
    "CENTRO-3000": ("centro", "coverage", "<=", 3000, None, "distretto", {"verification": "parziale"}),
    "SPAZIO-1": ("spazio", "coverage", ">=", 1, 2, "provincia", {"per": 1000, "capacity_unit": "posti"}),
    "INC-200": ("incontro", "spacing", ">=", 200, None, "comune", {"base_kind": "nessuna"}),
    "AMB-1500": (
        *("ambulatorio", "load", "<=", 1500, 1200, "comune"),
        {"capacity_unit": "medici", "figure_unit": "assistiti", "base_kind": "altro"},
    ),
}

_TYPE = {
    "capacity_unit": "sede",
    "age_min": None,
    "age_max": None,
    "sex": None,
    "delivery": "sede",
    "residence_bound": False,
    "travel_mode": "car",
}
_RULE = {
    "per": 1,
    "capacity_unit": "sede",
    "supply_bound": None,
    "reach": None,
    "figure_unit": None,
    "base_kind": "residenti",
    "base_age_min": None,
    "base_age_max": None,
    "base_sex": None,
    "area_condition": "tutte",
    "verification": "letto",
    "law": True,
}


def write(connection: Connection) -> None:
    """Write types, rules and declarations."""
    taxonomy, term = uid("taxonomy", "toy"), uid("term", "toy")
    merge(connection, m.Taxonomy, [{"id": taxonomy, "name": "toy", "description": "", "version": "1"}])
    terms = [{"id": term, "taxonomy_id": taxonomy, "code": "toy", "name": "toy", "description": ""}]
    merge(connection, m.TaxonomyTerm, terms)
    merge(connection, m.ServiceType, [_type(place, code, term) for place, code in enumerate(TYPES)])
    working = [_working(place, code) for place, code in enumerate(TYPES)]
    merge(connection, m.Standard, [*working, *(_rule(place, code) for place, code in enumerate(RULES, 100))])
    merge(connection, m.SourceCoverage, _declarations())


def _type(place: int, code: str, term: object) -> dict:
    told: dict = {"code": code, "position": place, "term_id": term, "macro_area": "prova", "name_it": code}
    told |= {"name_en": code, "synonyms_it": [], "synonyms_en": [], "description_it": "", "users": []}
    told |= {"protected": False, "proximity": "media", "social": True, "crosswalk": {}}
    return told | _TYPE | TYPES[code]


def _working(place: int, code: str) -> dict:
    told = {"id": f"LAV-{code}", "position": place, "service_types": [code], "kind": "time", "comparator": "<="}
    told |= {"minimum": MINUTES, "objective": None, "geography": "punto", "act": "criterio di lavoro"}
    return _worded(told) | _RULE | {"capacity_unit": None, "verification": "criterio", "law": False}


def _rule(place: int, code: str) -> dict:
    kind, *values, own = RULES[code]
    told = dict(zip(("kind", "comparator", "minimum", "objective", "geography"), values, strict=True))
    told |= {"id": code, "position": place, "service_types": [kind], "act": "L. 1/2000"}
    return _worded(told) | _RULE | own


def _worded(told: dict) -> dict:
    return told | {"title_it": told["id"], "indicator_it": "", "unit": "", "article": None}


def _declarations() -> list[dict]:
    told = [(code, area_id(*CITY), True) for code in TYPES]
    told += [(code, town_id(town), False) for code, town in INCOMPLETE.items()]
    names = ("service_type_code", "area_id", "complete")
    return [dict(zip(names, row, strict=True)) | {"id": uid("toy", *row[:2]), "source_id": SOURCE} for row in told]
