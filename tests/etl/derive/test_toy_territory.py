"""A whole run on the invented territory of ``toy/README.md``, against figures worked out there with pencil and paper.

Expected values are literals, or sums and products of the literals of that page; nothing of the engine makes them. The
weights of E2SFCA are 1 up to T/3, 0.68 up to 2T/3, 0.22 up to T. T is 15 minutes: zones end at 5, 10, 15; at T - 5 they
end at 3⅓, 6⅔, 10 and at T + 5 at 6⅔, 13⅓, 20.
"""

import math

import pandas as pd
import pytest
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.queries import gaps
from app.standards import reading
from etl.derive import inputs, run
from etl.derive.evaluable import why_not
from etl.progress import silent
from etl.store.frames import read_frame
from etl.travel.choice import Choice
from geo.aggregate import aggregate
from geo.compliance import apportion
from geo.statuses import REASONS, SHADOWS, STATUSES
from tests.etl.derive.toy import supply, territory, vocabulary
from tests.etl.tools import frame

NULL = math.nan


def fill(connection: Connection) -> None:
    territory.write(connection)
    vocabulary.write(connection)
    supply.write(connection)


@pytest.fixture(scope="module")
def toy(databases, migrated, tmp_path_factory):
    """A database with the toy territory, and the run on the minutes that were written by hand."""
    table = supply.write_minutes(tmp_path_factory.mktemp("toy") / "minuti.csv")
    with databases.clone(migrated, "toy") as engine:
        with engine.begin() as connection:
            fill(connection)
        with run.exclusive(engine) as connection:
            run.refresh_within(connection, progress=silent, today=supply.TODAY, travel=Choice("matrix", table))
        yield engine


@pytest.fixture(scope="module")
def estimated(toy):
    """The results of another run of the same data, on minutes estimated from straight distance; not shown."""
    with run.exclusive(toy) as connection:
        asked = run.Wishes(show=False)
        done = run.refresh_within(
            connection, progress=silent, today=supply.TODAY, travel=Choice("estimate"), wishes=asked
        )
    return answers(toy, done.run_id)


@pytest.fixture(scope="module")
def found(toy):
    [run_id] = frame(toy, "select id from coverage_run where current")["id"]
    return answers(toy, run_id)


def answers(engine, run_id) -> pd.DataFrame:
    """What a run says, by type and code of the point."""
    told = frame(
        engine,
        "select r.*, a.code, m.name town from coverage_result r join area a on a.id = r.area_id"
        " join demand_point d on d.area_id = r.area_id join area m on m.id = d.municipality_id where run_id = :run",
        run=run_id,
    )
    return told.set_index(["service_type_code", "code"]).sort_index()


def same(values, expected) -> bool:
    """Equal within rounding, null only where null is expected."""
    return list(values) == pytest.approx(list(expected), rel=1e-9, abs=1e-9, nan_ok=True)


# ---- people ------------------------------------------------------------


def test_people_live_at_quarters_settlements_and_sections(found):
    everybody = {
        "a1": 6000, "a2": 2000, "b1": 2000, "g1": 3000, "g2": 1000, "d1": 1000,
        "e1": 1750, "e2": 1250, "z1": 1000, "h1": 500, "t1": 400, "t2": 100,
    }  # fmt: skip
    children = {
        "a1": 300, "a2": 100, "b1": 100, "g1": 150, "g2": 50, "d1": 50,
        "e1": 150, "e2": 0, "z1": 50, "h1": 25, "t1": 16, "t2": 4,
    }  # fmt: skip
    old = {
        "a1": 1200, "a2": 400, "b1": 400, "g1": 600, "g2": 200, "d1": 200,
        "e1": 100, "e2": 500, "z1": 200, "h1": 100, "t1": 80, "t2": 20,
    }  # fmt: skip
    for kind, expected in {"sportello": everybody, "nido": children, "domiciliare": old}.items():
        people = found.loc[kind, "persons"]
        assert people.astype(float).to_dict() == pytest.approx(expected), kind


# ---- access status ------------------------------------------------------------

# By type and point: status, reason, flags (f fragile, b bordo), shadow on confirmed supply at T, T - 5, T + 5, and on
# all supply where it differs. One number stands for three that are equal.
PRESENT, INCOMPLETE = "presenza_senza_regola", "presenza_elenco_incompleto"
NOWHERE, UNTOLD, JUDGED = "nessun_servizio_entro_soglia", "elenco_incompleto", "capacita_sufficiente"
SHORT = "capacita_sotto_minimo"

STATUS = {
    "sportello": {
        "a1": ("presente", PRESENT, "", 0),
        "a2": ("presente", PRESENT, "f", (0, 2000, 0)),
        "b1": ("presente", PRESENT, "", 0),
        "g1": ("senza_dati", UNTOLD, "", NULL),
        "g2": ("presente", INCOMPLETE, "", (0, NULL, 0)),
        "d1": ("scoperta", NOWHERE, "b", 1000),
        "e1": ("incerta", "solo_offerta_incerta", "", 1750, 0),
        "e2": ("scoperta", NOWHERE, "", (1250, 1250, 0)),
        "z1": ("presente", PRESENT, "f", (0, 1000, 0), 0),
        "h1": ("incerta", "intervallo_oltre_soglia", "f", (0, 500, 0)),
        "t1": ("incerta", "intervallo_oltre_soglia", "", (400, 400, 0)),
        "t2": ("scoperta", NOWHERE, "b", 100),
    },
    "nido": {
        # 300 (1 - 0.125/0.2); at T - 5 300 (1 - 0.68 · 46/226 / 0.2).
        "a1": ("carente", SHORT, "f", (112.5, 300 - 300 * 0.68 * 46 / 226 / 0.2, 112.5)),
        # 100 (1 - 0.085/0.2); at T - 5 100 (1 - 0.22 · 46/226 / 0.2).
        "a2": ("carente", SHORT, "f", (57.5, 100 - 100 * 0.22 * 46 / 226 / 0.2, 57.5)),
        "b1": ("presente", "capacita_ignota", "f", 0),
        "g1": ("ridondante", "offerta_abbondante", "", 0),
        # 50 (1 - 0.17/0.2); at T - 5 50 (1 - 0.22 · 46/161 / 0.2).
        "g2": ("carente", SHORT, "f", (7.5, 50 - 50 * 0.22 * 46 / 161 / 0.2, 7.5)),
        "d1": ("carente", SHORT, "fb", 10),
        "e1": ("adeguata", JUDGED, "f", 0),
        "e2": ("carente", SHORT, "f", 0),
        "z1": ("incerta", "capacita_dipende_da_offerta_incerta", "f", 25, 0),
        "h1": ("presente", "domanda_in_territorio_incompleto", "f", 0),
        "t1": ("presente", INCOMPLETE, "", 0),
        "t2": ("senza_dati", UNTOLD, "b", NULL),
    },
    "consorzio": {
        "a1": ("presente", PRESENT, "f", 0),
        "a2": ("presente", PRESENT, "f", 0),
        "b1": ("scoperta", NOWHERE, "", 2000),
        "g1": ("presente", INCOMPLETE, "", 0),
        "g2": ("senza_dati", UNTOLD, "", NULL),
        "d1": ("scoperta", NOWHERE, "", 1000),
        "e1": ("presente", PRESENT, "f", (0, 1750, 0)),
        "e2": ("scoperta", NOWHERE, "", 1250),
        "z1": ("presente", PRESENT, "f", 0),
        "h1": ("presente", PRESENT, "f", (0, 500, 0)),
        "t1": ("scoperta", NOWHERE, "", 400),
        "t2": ("scoperta", NOWHERE, "", 100),
    },
    "domiciliare": {
        "a1": ("carente", SHORT, "f", 600),
        "a2": ("carente", SHORT, "f", 200),
        "b1": ("adeguata", JUDGED, "f", 0),
        "g1": ("adeguata", JUDGED, "f", 0),
        "g2": ("adeguata", JUDGED, "f", 0),
        "d1": ("adeguata", JUDGED, "fb", 0),
        "e1": ("adeguata", JUDGED, "f", 0),
        "e2": ("adeguata", JUDGED, "f", 0),
        "z1": ("adeguata", JUDGED, "f", 0),
        "h1": ("adeguata", JUDGED, "", 0),
        "t1": ("adeguata", JUDGED, "f", 0),
        "t2": ("adeguata", JUDGED, "fb", 0),
    },
    # All of one body: fragile, and never ridondante, though b1 has 0.0059 >= 1.5 · 0.002 from three services.
    "spazio": {
        **dict.fromkeys(("a2", "b1", "z1", "g2", "e1", "e2", "h1", "t1"), ("adeguata", JUDGED, "f", 0)),
        "a1": ("scoperta", NOWHERE, "", 6000),
        "g1": ("scoperta", NOWHERE, "", 3000),
        "d1": ("scoperta", NOWHERE, "b", 1000),
        "t2": ("scoperta", NOWHERE, "b", 100),
    },
    "ignoto": {"a1": ("presente", INCOMPLETE, "", 0)}
    | {code: ("senza_dati", UNTOLD, "b" * (code in ("d1", "t2")), NULL) for code in territory.POINTS if code != "a1"},
}


def three(told) -> tuple[float, float, float]:
    return told if isinstance(told, tuple) else (told, told, told)


@pytest.mark.parametrize(("kind", "code"), [(kind, code) for kind, told in STATUS.items() for code in told])
def test_status_reason_flags_and_persons_in_shadow(found, kind, code):
    status, reason, marks, *shadows = STATUS[kind][code]
    row = found.loc[kind, code]
    assert (row["status"], row["reason"]) == (status, reason)
    flags = "".join(letter for letter, name in (("f", "fragile"), ("b", "bordo")) if row[name])
    assert flags == marks
    assert not row["stimata"]
    confirmed, every = three(shadows[0]), three(shadows[-1])
    # Columns in the order of the plan: at T, T - 5, T + 5, on confirmed and then on all supply.
    assert same(row[list(SHADOWS)].astype(float), [*confirmed, *every])
    nobody_known = status == "senza_dati"
    assert row["unknown"] == (row["persons"] if nobody_known else 0)
    assert row["assessed"] == (0 if nobody_known else row["persons"])


def test_every_status_and_reason_is_shown():
    told = {answer[:2] for by_point in STATUS.values() for answer in by_point.values()}
    assert {status for status, _reason in told} == set(STATUSES)
    # Nobody at all lives around a service in none of these towns.
    assert {reason for _status, reason in told} == set(REASONS) - {"nessuna_domanda", "punto_non_collocato"}


def test_minutes_and_counts_on_both_supplies(found):
    def told(code, *columns):
        return [None if pd.isna(value) else float(value) for value in found.loc[("sportello", code), list(columns)]]

    both = ("nearest_confirmed", "nearest_all", "services_confirmed", "services_all", "providers_confirmed")
    assert told("a1", *both) == [3, 3, 2, 2, 2]
    assert told("e1", *both) == [25, 6, 0, 1, 0]
    assert told("z1", *both) == [15, 8, 1, 2, 1]  # 15 minutes are within 15
    assert told("d1", *both) == [40, 40, 0, 0, 0]  # what opens next year is 5 minutes away
    assert told("t2", *both) == [None, None, 0, 0, 0]  # what has closed was 3 minutes away
    interval = ("nearest_confirmed_low", "nearest_confirmed", "nearest_confirmed_high")
    assert told("h1", *interval) == pytest.approx([11.4, 14, 16.6])
    assert told("t1", *interval) == pytest.approx([14.4, 17, 19.6])
    # Those who come to people, or cover an area, have no minutes.
    assert pd.isna(found.loc[("domiciliare", "a1"), "nearest_confirmed"])
    assert found.loc[("domiciliare", "b1"), "nearest_confirmed"] == 4


def test_access_by_hand(found):
    def access(kind, code, supply_="confirmed"):
        return found.loc[(kind, code), f"access_{supply_}"]

    # s1: 6000 + 0.22 · 2000 + 0.22 · 2000; s2: 0.22 · 6000 + 2000 + 0.22 · 1000 + 0.22 · 1000; one desk each.
    assert access("sportello", "a1") == pytest.approx(1 / 6880 + 0.22 / 3760)
    assert access("sportello", "b1") == pytest.approx(0.22 / 6880 + 1 / 3760)
    # n01: 46 / (300 + 0.68 · 100) = 0.125.
    assert access("nido", "a1") == pytest.approx(0.125)
    assert access("nido", "a2") == pytest.approx(0.085)
    assert access("nido", "g1") == pytest.approx(0.25 + 0.2 + 0.2)
    assert access("nido", "g2") == pytest.approx(0.17)
    assert access("nido", "e1") == pytest.approx(0.4)
    assert access("nido", "e2") == pytest.approx(0.088)
    assert access("nido", "d1") == pytest.approx(0.16)
    assert [access("nido", "z1"), access("nido", "z1", "all")] == pytest.approx([0.1, 0.3])
    # x1 8 / (0.68 · 2000 + 2000), x2 8 / (that + 2 · 0.68 · 1000), x3 6 / (2000 + 2 · 0.68 · 1000).
    assert access("spazio", "a2") == pytest.approx(0.68 * (8 / 3360 + 8 / 4720))
    assert access("spazio", "b1") == pytest.approx(8 / 3360 + 8 / 4720 + 6 / 3360)
    assert access("spazio", "z1") == pytest.approx(0.68 * (8 / 4720 + 6 / 3360))
    assert [access("spazio", "e1"), access("spazio", "e1", "all")] == pytest.approx([4 / 3000, 8 / 3000])
    # Capacity over the old people of the area: 40 / 1600, 72 / 1200, 90 / 900, and 20 / 400 at the desk.
    expected = {"a1": 0.025, "a2": 0.025, "g1": 0.06, "t2": 0.06, "e1": 0.1, "z1": 0.1, "h1": 0.16, "b1": 0.05}
    assert {code: access("domiciliare", code) for code in expected} == pytest.approx(expected)


# ---- estimated minutes ------------------------------------------------------------


def test_an_interval_of_distance_and_the_flag_of_estimates(estimated):
    row = estimated.loc["stimato"]
    assert row["stimata"].all()
    outcome = row["status"].to_dict()
    assert outcome == dict.fromkeys(territory.POINTS, "scoperta") | {
        "b1": "presente", "h1": "incerta", "t1": "incerta",
    }  # fmt: skip
    # 2 km: 2 · 2.94. 5 km, of [0, 10]: 8.82 + 2 · 1.45, of [0, 8.82 + 7 · 1.45]. 10 km, of [5, 15].
    told = {
        "b1": (5.88, 5.88, 5.88),
        "h1": (0, 11.72, 18.97),
        "t1": (11.72, 18.97, 26.22),
    }
    for code, (low, minutes, high) in told.items():
        names = ["nearest_confirmed_low", "nearest_confirmed", "nearest_confirmed_high"]
        assert row.loc[code, names].astype(float).tolist() == pytest.approx([low, minutes, high], abs=1e-4), code
    shadows = {
        "h1": [0, 500, 0],
        "t1": [400, 400, 0],
        "a1": [6000, 6000, 0],  # 10.198 km: 19.26 minutes
        "a2": [2000, 2000, 2000],  # 10.817 km: 20.15 minutes
        "z1": [1000, 1000, 1000],
    }
    for code, expected in shadows.items():
        assert row.loc[code, list(SHADOWS[:3])].astype(float).tolist() == expected, code
    assert set(row.index[row["bordo"]]) == {"d1", "t2"}


def test_in_a_city_people_walk(estimated):
    row = estimated.loc["piedi"]
    # 0.9 km on foot, 16.25 minutes a km; 1 km by car. From a1 the desk is 3.26 km away: 9.2 minutes by car.
    assert row.loc["a2", "nearest_confirmed"] == pytest.approx(14.625, abs=1e-4)
    assert row.loc["b1", "nearest_confirmed"] == pytest.approx(2.94, abs=1e-4)
    assert (row.loc["a1", "status"], row.loc["a1", "bordo"]) == ("scoperta", False)
    assert row.loc["a1", "nearest_confirmed"] == pytest.approx(16.25 * math.hypot(1, 3.1), abs=1e-4)


# ---- sums ------------------------------------------------------------

# Persons, assessed, unknown; shadow on confirmed supply at T, T - 5, T + 5 and on all; persons by status; majority.
NAMES = ("persons", "assessed", "unknown", *SHADOWS)
SUMS = {
    ("municipality", "Alfa"): ((8000, 8000, 0, 0, 2000, 0, 0, 2000, 0), {"presente": 8000}, "presente"),
    ("municipality", "Gamma"): (
        *((4000, 1000, 3000, 0, NULL, 0, 0, NULL, 0), {"senza_dati": 3000, "presente": 1000}),
        "senza_dati",
    ),
    ("municipality", "Epsilon"): (
        *((3000, 3000, 0, 3000, 3000, 1750, 1250, 1250, 0), {"incerta": 1750, "scoperta": 1250}),
        "incerta",
    ),
    ("municipality", "Theta"): (
        *((500, 500, 0, 500, 500, 100, 500, 500, 100), {"incerta": 400, "scoperta": 100}),
        "incerta",
    ),
    ("zona_omogenea", "Z1"): (
        (14000, 14000, 0, 3000, 6000, 1750, 1250, 3250, 0),
        {"presente": 11000, "incerta": 1750, "scoperta": 1250},
        "presente",
    ),
    ("zona_omogenea", "Z2"): (
        (6000, 3000, 3000, 1500, 2000, 1100, 1500, 2000, 1100),
        {"senza_dati": 3000, "presente": 1000, "scoperta": 1100, "incerta": 900},
        "senza_dati",
    ),
    ("metropolitan_city", "999"): (
        (20000, 17000, 3000, 4500, 8000, 2850, 2750, 5250, 1100),
        {"presente": 12000, "senza_dati": 3000, "scoperta": 2350, "incerta": 2650},
        "presente",
    ),
}


@pytest.mark.parametrize(("level", "name"), SUMS)
def test_sums_with_their_split_and_majority(toy, level, name):
    figures, split, majority = SUMS[level, name]
    with toy.connect() as connection:
        told = read_frame(connection, gaps.gaps(type_code="sportello", level=level)).set_index("name")
    row = told.loc[name]
    assert same(row[list(NAMES)].astype(float), figures)
    assert {code: row[f"persons_{code}"] for code in STATUSES if row[f"persons_{code}"]} == split
    assert row["majority"] == majority
    if level == "metropolitan_city":
        assert row["probable"] == 1100  # d1 and t2, near the boundary
        assert row["unknown_minus"] == 4000  # g1, and g2 which is not known to be reached in 10 minutes


def test_the_library_adds_up_the_same(found):
    told = found.loc["sportello"]
    zones = told["town"].map({name: town.zone for name, town in territory.TOWNS.items()})
    sums = aggregate(told.astype(dict.fromkeys(SHADOWS, float)), zones)
    for zone in ("Z1", "Z2"):
        figures, _split, majority = SUMS["zona_omogenea", zone]
        assert same(sums.loc[zone, list(NAMES)].astype(float), figures)
        assert sums.loc[zone, "majority"] == majority
    assert sums.loc["Z2", "probable"] == 1100


def test_sums_of_children_by_zone(toy):
    with toy.connect() as connection:
        zones = read_frame(connection, gaps.gaps(type_code="nido", level="zona_omogenea")).set_index("name")
    names = ["persons", "assessed", "unknown", "shadow_confirmed", "shadow_all"]
    # Z1: 112.5 + 57.5 + 25; Z2: 7.5 + 10. The 50 children of Zeta are short on confirmed supply only.
    assert zones.loc["Z1", names].astype(float).tolist() == pytest.approx([700, 700, 0, 195, 170])
    assert zones.loc["Z2", names].astype(float).tolist() == pytest.approx([295, 291, 4, 17.5, 17.5])


# ---- rules ------------------------------------------------------------

BELOW, MET, BEST = "sotto_minimo", "minimo", "obiettivo"
OPEN, NOT_LOADED = "non_determinabile", "unita_non_caricata"

# By rule and unit, on confirmed supply and, where it differs, on all: outcome or (outcome, cause), value, shortfall to
# the minimum, shortfall to the objective. Municipalities by name.
LACKING = (NOT_LOADED, NULL, NULL, NULL)
# Where nobody is known to work nobody is overloaded, and nobody is looked after.
NOBODY = ((OPEN, "assenza"), NULL, NULL, NULL)
RULES: dict[str, dict[str, tuple]] = {
    "SPO-6000": {
        "D1": (((OPEN, "elenco"), 7500, NULL, NULL),),
        "D2": ((MET, 4500, 0, 1), (BEST, 1500, 0, 0)),
        "non-caricata": (LACKING,),
    },
    "SPO-ECC": {
        "D1": (((OPEN, "elenco"), 7500, NULL, NULL),),
        "D2": (((OPEN, "eccesso"), 4500, NULL, NULL), ((OPEN, "eccesso"), 1500, NULL, NULL)),
        "non-caricata": (LACKING,),
    },
    "SPO-ATS": {"non-caricata": (LACKING,)},
    "SPO-RUR": {
        "D1": ((BELOW, 3000, 1, NULL),),
        "D2": ((BELOW, 4500, 2, NULL), (MET, 1500, 0, NULL)),
        "non-caricata": (LACKING,),
    },
    "SPO-MON": {"D1": ((BELOW, NULL, 1, NULL),), "non-caricata": (LACKING,)},
    "SPO-URB": {"D1": (((OPEN, "elenco"), 12000, NULL, NULL),)},
    "SPO-INT": {
        "D1": ((BELOW, NULL, 1, NULL),),
        "D2": ((BELOW, NULL, 1, NULL), (MET, 1000, 0, NULL)),
        "non-caricata": (LACKING,),
    },
    "SPO-PRES": {
        "Alfa": ((MET, 1, 0, 1),),
        "Beta": ((MET, 1, 0, 1),),
        "Gamma": (((OPEN, "elenco"), 0, NULL, NULL),),
        "Delta": ((BELOW, 0, 1, 2),),
        "Epsilon": ((BELOW, 0, 1, 2), (MET, 1, 0, 1)),
        "Zeta": ((BELOW, 0, 1, 2), (MET, 1, 0, 1)),
        "Eta": ((MET, 1, 0, 1),),
        "Theta": ((BELOW, 0, 1, 2),),
    },
    "SPO-60": {
        # 8000 of 15000 within 10 minutes, and 4000 of whom it is not known: 13500 cannot be reached, 9000 may be.
        "D1": (((OPEN, "elenco"), 160 / 3, NULL, 1500),),
        "D2": ((BELOW, 0, 2700, 4050), (MET, 550 / 9, 0, 1300)),
        "non-caricata": (LACKING,),
    },
    "SPO-15": {
        "Alfa": ((MET, 14, 0, 2000),),
        "Beta": ((BEST, 4, 0, 0),),
        "Gamma": (((OPEN, "elenco"), 18, NULL, NULL),),
        "Delta": ((BELOW, 40, 1000, 1000),),
        "Epsilon": ((BELOW, 25, 3000, 3000), (BELOW, 18, 1250, 1250)),
        "Zeta": ((MET, 15, 0, 1000), (BEST, 8, 0, 0)),
        "Eta": (((OPEN, "posizione"), 14, NULL, 500),),
        "Theta": ((BELOW, NULL, 500, 500),),
    },
    "SPO-3KM": {
        # 8500 within 3 km, and 4000 of whom it is not known: of 15000 at least 2500 are missing.
        "999": ((BELOW, 42.5, 2500, NULL), ((OPEN, "elenco"), 56.25, NULL, NULL)),
    },
    "SPO-3000": {
        "Alfa": ((BELOW, 1000 * math.hypot(1, 5), 2000, 2000),),
        "Beta": ((BEST, 1000, 0, 0),),
        "Gamma": (((OPEN, "elenco"), 13100, NULL, NULL),),
        "Delta": ((BELOW, 1000 * math.hypot(16, 15.1), 1000, 1000),),
        "Epsilon": ((BELOW, 17000, 3000, 3000), (BELOW, 5500, 1250, 1250)),
        "Zeta": ((BELOW, 15000, 1000, 1000), (BEST, 1000, 0, 0)),
        "Eta": (((OPEN, "posizione"), 2900, NULL, 500),),
        "Theta": ((BELOW, 1000 * math.hypot(19, 2.9), 500, 500),),
    },
    "CONS-PRES": {
        **dict.fromkeys(("Alfa", "Gamma", "Epsilon", "Zeta"), ((MET, 1, 0, NULL),)),
        **dict.fromkeys(("Beta", "Delta", "Eta", "Theta"), ((BELOW, 0, 1, NULL),)),
    },
    "CONS-12KM": {
        # k1 is 10.05 km from b1 and does not serve Beta: k2 is 15 km away. e2 has k2 at 10.44 km.
        "Alfa": ((MET, 1000 * math.hypot(1, 5), 0, NULL),),
        "Beta": ((BELOW, 15000, 2000, NULL),),
        "Gamma": ((MET, 5000, 0, NULL),),
        "Delta": ((BELOW, 1000 * math.hypot(16, 3), 1000, NULL),),
        "Epsilon": ((MET, 1000 * math.hypot(10, 3), 0, NULL),),
        "Zeta": ((MET, 1000, 0, NULL),),
        "Eta": ((BELOW, 15000, 500, NULL),),
        "Theta": ((BELOW, 1000 * math.hypot(19, 15), 500, NULL),),
    },
    "NIDO-20": {
        "Alfa": ((BELOW, 11.5, 34, 114),),
        "Beta": (((OPEN, "capacita"), NULL, NULL, NULL),),
        "Gamma": ((BEST, 53, 0, 0),),
        "Delta": ((BELOW, 16, 2, 12),),
        "Epsilon": ((BEST, 40, 0, 0),),
        "Zeta": ((BELOW, 10, 5, 15), (MET, 30, 0, 5)),
        "Eta": ((MET, 20, 0, 5),),
        "Theta": (((OPEN, "elenco"), 0, NULL, NULL),),
    },
    "DOM-5": {
        # h2 has 0.06 places for each of the 1200 old people of Z2: 1000 live in D1, 100 in D2, 100 in no district.
        "D1": ((BELOW, 4, 30, 120),),
        "D2": ((BEST, 32 / 3, 0, 0),),
        "non-caricata": (LACKING,),
    },
    "DOM-ORE": {
        "Alfa": ((BELOW, 0.75, 50, NULL),),
        "Beta": (((OPEN, "capacita"), NULL, NULL, NULL),),
        # h2 and h3 come to these, and of h2 the hours are not told.
        **dict.fromkeys(("Gamma", "Delta", "Theta"), (((OPEN, "capacita"), NULL, NULL, NULL),)),
        **dict.fromkeys(("Epsilon", "Zeta"), ((MET, 1, 0, NULL),)),
        "Eta": (((OPEN, "capacita"), 1, NULL, NULL),),
    },
    "CENTRO-3000": {
        "D1": ((BELOW, 7500, 3, NULL),),
        "D2": ((BELOW, NULL, 2, NULL),),
        "non-caricata": (LACKING,),
    },
    "SPAZIO-1": {"999": ((MET, 1.5, 0, 10), (MET, 1.7, 0, 6))},
    "INC-200": {
        "Alfa": ((BELOW, 150, 50, NULL),),
        **{name: ((MET, NULL, 0, NULL),) for name in territory.TOWNS if name != "Alfa"},
    },
    "AMB-1500": {
        "Alfa": ((BELOW, 1600, 200, 800),),
        "Beta": ((BEST, 900, 0, 0),),
        "Gamma": (((OPEN, "capacita"), NULL, NULL, NULL),),
        "Delta": ((MET, 1300, 0, 100),),
        "Epsilon": (NOBODY, (BELOW, 1600, 100, 400)),
        **dict.fromkeys(("Zeta", "Eta", "Theta"), (NOBODY,)),
    },
}


@pytest.fixture(scope="module")
def outcomes(toy) -> pd.DataFrame:
    told = frame(
        toy, "select c.* from compliance_result c join coverage_run r on r.id = c.run_id where r.current order by 2, 3"
    )
    names = {town.code: name for name, town in territory.TOWNS.items()}
    causes = {
        name: told[name].astype(object).where(told[name].notna(), None) for name in ("cause_confirmed", "cause_all")
    }
    return told.assign(unit=told["unit_code"].replace(names), **causes).set_index(["rule_id", "unit"]).sort_index()


def test_rules_are_evaluated_or_told_why_not(toy, outcomes):
    assert set(outcomes.index.get_level_values("rule_id")) == set(RULES)
    with toy.connect() as connection:
        registry = inputs.read(connection, today=supply.TODAY).registry
    silent_rules = {code: why_not(registry.standards[code], registry) for code in vocabulary.RULES}
    assert {code: why for code, why in silent_rules.items() if why} == {
        "SPO-MQ": "area", "SPO-CLASSE": "class", "SPO-CONF": "conformity", "SPO-NL": "non_letta",
    }  # fmt: skip
    assert why_not(registry.standards["LAV-nido"], registry) == "accesso"


@pytest.mark.parametrize("rule", RULES)
def test_outcome_value_and_shortfalls_of_every_unit(outcomes, rule):
    told = outcomes.loc[rule]
    assert set(told.index) == set(RULES[rule])
    for unit, both in RULES[rule].items():
        for name, expected in (("confirmed", both[0]), ("all", both[-1])):
            outcome, cause = expected[0] if isinstance(expected[0], tuple) else (expected[0], None)
            row = told.loc[unit]
            assert (row[f"outcome_{name}"], row[f"cause_{name}"]) == (outcome, cause), (unit, name)
            figures = [row[f"{column}_{name}"] for column in ("value", "shortfall", "shortfall_objective")]
            numbers = [math.nan if value is None else float(value) for value in figures]
            # Coordinates come back from degrees within a millimetre.
            assert numbers == pytest.approx(list(expected[1:]), rel=1e-6, abs=1e-9, nan_ok=True), (unit, name)


def test_base_and_part_of_a_unit(outcomes):
    bases = outcomes["base"].to_dict()
    assert (bases["SPO-6000", "D1"], bases["SPO-6000", "D2"], bases["SPO-6000", "non-caricata"]) == (15000, 4500, 500)
    assert bases["SPO-ATS", "non-caricata"] == 20000
    assert (bases["NIDO-20", "Alfa"], bases["DOM-5", "D1"]) == (400, 3000)
    parts = {unit: outcomes.loc[("SPO-RUR", unit), "details"]["part"] for unit in ("D1", "D2")}
    assert parts["D1"] == {"municipalities": ["900002", "900004"], "of": 4, "of_persons": 15000}
    assert parts["D2"] == {"municipalities": ["900005", "900006", "900007"], "of": 3, "of_persons": 4500}
    assert (bases["SPO-RUR", "D1"], bases["SPO-RUR", "D2"]) == (3000, 4500)
    assert (bases["SPO-MON", "D1"], bases["SPO-URB", "D1"], bases["SPO-INT", "D2"]) == (1000, 12000, 1000)
    # Of Eta it is not told whether it is an inner area.
    assert outcomes.loc[("SPO-INT", "D2"), "details"]["missing"] == ["inner_class"]
    # h2 counts for a part in each district; h1 and h3 are of one alone.
    assert [outcomes.loc[("DOM-5", unit), "details"] for unit in ("D1", "D2")] == [{"partly": 1}, {"partly": 1}]
    assert outcomes.loc[("CENTRO-3000", "D1"), "details"] == {}
    pairs = {"certain": 1, "possible": 1}
    assert outcomes.loc[("INC-200", "Alfa"), "details"]["pairs"] == {"confirmed": pairs, "all": pairs}


def test_shortfalls_are_apportioned_to_zones_by_people(toy, outcomes):
    # D1 lacks 3: 10000 of its 15000 people live in Z1. D2 lacks 2: 4000 of its 4500 do.
    expected = {"Z1": 2 + 16 / 9, "Z2": 1 + 2 / 9}
    parts = pd.DataFrame(
        [("D1", "Z1", 10000), ("D1", "Z2", 5000), ("D2", "Z1", 4000), ("D2", "Z2", 500)],
        columns=["unit", "part", "base"],
    )
    lacking = outcomes.loc["CENTRO-3000", "shortfall_confirmed"].loc[["D1", "D2"]].astype(float)
    assert apportion(lacking, parts).to_dict() == pytest.approx(expected)
    with Session(toy) as session:
        told = reading.outcomes(session, rule_id="CENTRO-3000")
        shares = {one.code: one for one in reading.on_areas(session, told, "zona_omogenea", rule_id="CENTRO-3000")}
    assert {code: one.shortfall_confirmed for code, one in shares.items()} == pytest.approx(expected)
    assert {one.how for one in shares.values()} == {"ripartito"}
    assert shares["Z2"].crossed == ("D1", "D2")
    assert (shares["Z1"].unloaded, shares["Z2"].unloaded) == (0, 500)


# ---- overlaps ------------------------------------------------------------


@pytest.fixture(scope="module")
def groups(toy) -> dict[tuple[str, ...], dict]:
    """Groups by their members."""
    told = frame(toy, "select o.* from overlap_result o join coverage_run r on r.id = o.run_id where r.current")
    names = {supply.service_id(key): key for key in supply.OFFERS}
    return {tuple(sorted(names[str(one)] for one in row["service_ids"])): row for row in told.to_dict("records")}


def test_which_services_overlap(groups):
    assert {members: row["kind"] for members, row in groups.items()} == {
        ("x1", "x2"): "sovrapposti",  # a chain x1 - x2 - x3 is no group of three
        ("u1", "u2", "u3"): "sovrapposti",
        ("m1", "m2"): "complementari",
        ("o1", "o2"): "complementari",
        ("f1", "f2", "f3"): "da_coordinare",  # f4 is 8 minutes from f1; f5 and f6 are two only
    }


@pytest.mark.parametrize(
    ("members", "persons", "jaccard", "planned", "uncertain", "hours_unknown", "told"),
    [
        ("x1 x2", 6000, 2 / 3, False, False, False, {"joint_capacity": 16, "needed_capacity": 12, "unit": "posti"}),
        ("u1 u2 u3", 3000, 1, True, True, True, {"joint_capacity": 12, "needed_capacity": 6, "unit": "posti"}),
        ("m1 m2", 500, 1, False, False, True, {"users_differ": True, "hours_differ": False}),
        ("o1 o2", 400, 1, False, False, False, {"users_differ": False, "hours_differ": True}),
        ("f1 f2 f3", 6000, 1, False, False, True, {"minutes": 7, "joint_capacity": None, "needed_capacity": None}),
    ],
)
def test_figures_of_a_group(groups, members, persons, jaccard, planned, uncertain, hours_unknown, told):
    row = groups[tuple(members.split())]
    assert (row["persons"], row["jaccard"]) == pytest.approx((persons, jaccard))
    assert (row["planned"], row["uncertain"], row["hours_unknown"]) == (planned, uncertain, hours_unknown)
    assert row["exact"]
    assert {name: row["details"][name] for name in told} == told


def test_how_many_people_each_service_reaches_and_holds_alone(toy):
    told = frame(
        toy,
        "select s.name, persons, marginal, marginal_all from service_reach e join service s on s.id = e.service_id"
        " join coverage_run r on r.id = e.run_id where r.current and s.service_type_code = 'sportello'",
    ).set_index("name")
    assert {name: tuple(row) for name, row in told.astype(float).T.items()} == {
        "s1": (10000, 2000, 2000),
        "s2": (10000, 2000, 1000),
        "s3": (1000, 0, 0),
        "s4": (1750, 0, 1750),
        "s6": (500, 500, 500),
    }


# ---- scores of access ------------------------------------------------------------

# w1: 100 places, w2: 60. a1 (6000 people) takes 4 and 9 minutes, a2 (2000) 9 and 4, b1 (2000) only w2 in 14.
SCORES = {
    # 100 / 8000 and 60 / 10000.
    "two_step": (0.0125 + 0.006, 0.0125 + 0.006, 0.006),
    # 100 / (6000 + 0.68 · 2000) and 60 / (0.68 · 6000 + 2000 + 0.22 · 2000).
    "enhanced": (100 / 7360 + 0.68 * 60 / 6520, 0.68 * 100 / 7360 + 60 / 6520, 0.22 * 60 / 6520),
    # People choose 1 : 0.68; 100 / (6000/1.68 + 0.4624 · 2000/1.68), 60 / (0.4624 · 6000/1.68 + 2000/1.68 + 440).
    "three_step": (
        100 / 1.68 / (6924.8 / 1.68) + 0.4624 * 60 / 1.68 / (4774.4 / 1.68 + 440),
        0.4624 * 100 / 1.68 / (6924.8 / 1.68) + 60 / 1.68 / (4774.4 / 1.68 + 440),
        0.22 * 60 / (4774.4 / 1.68 + 440),
    ),
    # Weights squared: 1, 0.4624, 0.0484.
    "modified": (100 / 7360 + 0.4624 * 60 / 6520, 0.4624 * 100 / 7360 + 60 / 6520, 0.0484 * 60 / 6520),
    # Persons at w1: 7360 / 1.68; at w2: 6080 / 1.68 + 2000.
    "balanced": (
        100 / 7360 + 0.68 / 1.68 * 60 / (6080 / 1.68 + 2000),
        0.68 * 100 / 7360 + 60 / 1.68 / (6080 / 1.68 + 2000),
        60 / (6080 / 1.68 + 2000),
    ),
}
PEOPLE = (6000, 2000, 2000)


@pytest.fixture(scope="module")
def scores(toy) -> pd.DataFrame:
    return frame(
        toy,
        "select a.code, s.* from access_score s join area a on a.id = s.area_id join coverage_run r on r.id = s.run_id"
        " where r.current and s.service_type_code = 'centro'",
    ).set_index("code")


@pytest.mark.parametrize("measure", SCORES)
def test_scores_by_hand(scores, measure):
    told = scores[measure].astype(float)
    assert told[["a1", "a2", "b1"]].tolist() == pytest.approx(SCORES[measure], rel=1e-12)
    assert (told.drop(["a1", "a2", "b1"]) == 0).all()
    given = sum(people * score for people, score in zip(PEOPLE, told[["a1", "a2", "b1"]], strict=True))
    if measure == "modified":
        assert given < 160
    else:
        assert given == pytest.approx(160)  # all the places, and no more
