"""The search against all services, timed by the engine of the measures, and against a run's own results."""

import random
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
from shapely import Point
from sqlalchemy import Engine, text

from app.nearby import search as module
from app.nearby.asked import Asked, Origin
from app.nearby.known import Known
from app.nearby.search import Found
from etl.derive import inputs as run_inputs
from etl.derive.inputs import Inputs
from etl.derive.supply import PLANNED
from geo.travel.estimate import Estimate
from tests.app.nearby.conftest import TODAY, Search, known_of, searched

RANDOM = random.Random(7)
TYPES = ("consultorio_familiare", "dormitorio", "mensa_solidale", "csm", "sportello_sociale", "casa_quartiere")
# Points anywhere around the territory, some of them beyond it.
POINTS = [(RANDOM.uniform(6.6, 8.3), RANDOM.uniform(44.6, 45.7)) for _ in range(12)]


@pytest.fixture(scope="session")
def everything(loaded: Engine) -> Inputs:
    """What a run of the measures reads."""
    with loaded.connect() as connection:
        return run_inputs.read(connection, today=TODAY)


def timed(everything: Inputs, origin: Origin, code: str, mode: str) -> dict[str, float]:
    """Minutes from a point to every service of a type that people go to, by the engine's own table."""
    services = everything.services
    chosen = services[(services["type"] == code) & ~services["area_wide"] & (services["certainty"] != PLANNED)]
    town = origin.municipality
    lying = everything.points.drop_duplicates("municipality").set_index("municipality")
    frame: dict[str, list[Any]] = {
        "municipality": [None],
        "mode": [mode],
        "altitude_m": [None],
        "altimetric_zone": [None],
    }
    if town is not None:
        frame["municipality"] = [str(town.id)]
        frame |= {name: [lying.loc[str(town.id), name]] for name in ("altitude_m", "altimetric_zone")}
    home = gpd.GeoDataFrame(frame, geometry=[Point(origin.x, origin.y)], crs=32632)
    home["altitude_m"] = home["altitude_m"].astype("float64")
    table = Estimate().table(home, chosen, cutoff=10_000).to_frame()
    return dict(zip(chosen.loc[table["service"], "service"], table["minutes"], strict=True))


def told(found: Found) -> dict[str, float]:
    ranked = found.ranked
    return {str(ranked.candidates.id(one)): float(ranked.ways.minutes[one]) for one in ranked.order.tolist()}


@pytest.mark.parametrize("mode", [None, "car", "foot", "bike"])
def test_everything_in_reach_is_found_with_the_minutes_of_the_engine(
    near: Search, known: Known, everything: Inputs, mode: Any
) -> None:
    compared = 0
    for longitude, latitude in POINTS:
        origin, limit = Origin.at(longitude, latitude, known.territory), RANDOM.choice([45.0, 120.0, 900.0])
        code = RANDOM.choice(TYPES)
        usual = Asked(origin=origin, mode=mode).mode_of(code, known.territory)
        expected = {
            service: minutes for service, minutes in timed(everything, origin, code, usual).items() if minutes <= limit
        }
        found = near(longitude, latitude, types=(code,), mode=mode, minutes=limit, limit=100)
        assert told(found) == pytest.approx(expected)
        assert found.matched == len(expected)
        compared += len(expected)
    assert compared > 20


def test_the_nearest_are_those_of_a_run(loaded: Engine, near: Search) -> None:
    """From the demand points the minutes are those that a run has kept, to its decimals."""
    statement = text(
        "select distinct on (r.service_type_code, a.level) r.service_type_code as code, r.nearest,"
        " st_x(coalesce(a.label_point, a.geom)) as longitude, st_y(coalesce(a.label_point, a.geom)) as latitude"
        " from coverage_result r join coverage_run c on c.id = r.run_id and c.current join area a on a.id = r.area_id"
        " where r.nearest != '[]' and r.service_type_code = any(:codes)"
        " order by r.service_type_code, a.level, a.code"
    )
    with loaded.connect() as connection:
        kept = connection.execute(statement, {"codes": list(TYPES)}).mappings().all()
    assert len(kept) > 8
    for row in kept:
        found = told(near(row["longitude"], row["latitude"], types=(row["code"],), limit=100))
        for one in row["nearest"]:
            if one["certainty"] != PLANNED:
                assert found[one["service"]] == pytest.approx(one["minutes"], abs=0.051), row["code"]


@pytest.fixture(scope="module")
def crowded(databases: Any, filled: str) -> Any:
    """Eight thousand services: the built-in ones again and again, somewhere else."""
    with databases.clone(filled, "crowded") as engine:
        with engine.begin() as connection:
            columns = connection.execute(
                text(
                    "select string_agg(quote_ident(column_name), ', ') from information_schema.columns"
                    " where table_name = 'service_listing' and column_name not in ('id', 'way')"
                    " and is_generated = 'NEVER'"
                )
            ).scalar_one()
            connection.execute(
                text(
                    f"insert into service_listing (id, way, {columns})"
                    " select md5(id::text || n)::uuid,"
                    " point(way[0] + 9000 * sin(n * 7.1), way[1] + 9000 * cos(n * 3.3)),"
                    f" {columns} from service_listing, generate_series(1, 40) n where way is not null"
                )
            )
            connection.execute(text("analyze service_listing"))
        yield engine


@pytest.mark.parametrize(
    "asked",
    [
        {"types": ("dormitorio",)},
        {"types": ("mensa_solidale", "csm", "dormitorio"), "needed": "dormire"},
        {},
        {"mode": "foot"},
        {"types": ("sportello_sociale",), "metres": 9_000.0},
        {"types": ("casa_comunita",), "free": True},
        {"words": "consultorio"},
    ],
    ids=["type", "need", "all", "on_foot", "radius", "unknown", "words"],
)
def test_what_was_not_looked_at_is_no_better(crowded: Any, asked: dict[str, Any], monkeypatch: Any) -> None:
    known = known_of(crowded)
    for longitude, latitude in POINTS[:6]:
        search = Asked(origin=Origin.at(longitude, latitude, known.territory), limit=7, **asked)
        few = searched(crowded, search, known)
        with monkeypatch.context() as patched:
            patched.setattr(module, "ENOUGH", 10_000)
            every = searched(crowded, search, known)
        assert every.matched is not None
        if few.proven:
            assert list(told(few).items())[:7] == list(told(every).items())[:7]
        else:
            assert len(few.ranked.candidates) >= module.MOST_ROWS / module.WIDER
    assert len(few.ranked.candidates) <= len(every.ranked.candidates)


def test_most_searches_look_at_a_small_part(crowded: Any) -> None:
    known = known_of(crowded)
    origin = Origin.at(7.68, 45.07, known.territory)
    found = searched(crowded, Asked(origin=origin, types=("dormitorio",), limit=5), known)
    assert found.proven
    assert len(found.ranked.candidates) < 300
    assert found.matched is None


def test_a_filter_keeps_what_is_not_known_behind(near: Search) -> None:
    free = near(7.68, 45.07, types=("mensa_solidale",), free=True, limit=100)
    plain = near(7.68, 45.07, types=("mensa_solidale",), limit=100)
    assert told(free) == told(plain)
    assert not free.ranked.certain.any()
    by_name = {one.name: one for one in free.ranked.filters()}
    assert by_name["gratuito"].unknown == len(told(free))


def test_ages_and_groups_are_those_of_the_types(near: Search, loaded: Engine) -> None:
    types = pd.read_sql("select code, users, age_min, age_max from service_type", loaded).set_index("code")
    for group, age in (("FAM", 4), ("POV", 40), ("ELD", 80)):
        found = near(7.68, 45.07, group=group, age=age, limit=100, minutes=20.0)
        kinds = {found.ranked.candidates.value("kind", one) for one in found.ranked.order.tolist()}
        assert kinds
        for code in kinds:
            row = types.loc[code]
            assert {group, "MUL"} & set(row["users"])
            assert not row["age_min"] > age
            assert not row["age_max"] < age


OPEN_TO_TORINO = """
    select s.id::text from service s
    where not exists (select from service_area a where a.service_id = s.id and a.area_id is not null)
        or exists (
            select from service_area a join area_within w on w.ancestor_id = a.area_id
            join area t on t.id = w.area_id and t.level = 'municipality' and t.code = '001272'
            where a.service_id = s.id
        )
"""


def test_who_serves_other_residents_stays_out(near: Search, known: Known, loaded: Engine) -> None:
    """The areas of services by SQL: a service with an area is kept where one of the person's areas is among them."""
    with loaded.connect() as connection:
        allowed = connection.execute(text(OPEN_TO_TORINO)).scalars()
        permitted = set(allowed)
    home = known.territory.by_code["001272"]
    bound = told(near(7.68, 45.07, residence=home, limit=100, types=("csm", "snodo_torino_solidale", "pua", "npi")))
    free = told(near(7.68, 45.07, limit=100, types=("csm", "snodo_torino_solidale", "pua", "npi")))
    assert set(bound) == set(free) & permitted
    assert set(bound) < set(free)
