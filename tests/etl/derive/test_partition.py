"""What is computed part by part equals the whole, and everything that the parts are given is needed for that."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from etl.derive import scale
from etl.derive.scale import cluster, facts, narrow, sparing, split
from etl.errors import FaultsError, OmbraError
from geo.travel.estimate import Estimate
from tests.bench.scale.beside import apart
from tests.bench.scale.worker import ENGINE, ordinary
from tests.etl.derive.provinces import provinces


@pytest.fixture(scope="module")
def made():
    return provinces()


@pytest.fixture(scope="module")
def expected(made):
    """The run as the directory makes it: no part, no halo, every pair within two hours."""
    found = ordinary(made[0])
    return found[sorted(found)]


def of(expected, *kinds):
    return expected[expected["service_type_code"].isin(kinds)].reset_index(drop=True)


def by_parts(made, folder, **options):
    found = scale.partitioned(*made, folder=folder, engine=ENGINE, **options)
    answers = found.answers()
    return found, answers[sorted(answers)]


def unlike(found, expected):
    """Columns that differ anywhere."""
    return {name for name in expected if (gap := apart(found[[name]], expected[[name]])).unlike or gap.most > 1e-9}


def test_the_instance_holds_what_can_go_wrong(expected):
    counts = expected.groupby("service_type_code")["status"].agg(["nunique"])["nunique"]
    assert set(expected["status"]) >= {"senza_dati", "incerta", "scoperta", "carente", "presente"}
    assert counts["nido"] > 2
    assert expected["bordo"].any()
    assert not expected["bordo"].all()
    assert expected.loc[expected["service_type_code"] == "remoto", "complete"].eq(False).all()


def test_the_whole_equals_the_ordinary_run_and_asks_for_fewer_minutes(made, expected, monkeypatch):
    asked = []

    def counting(engine, *places, cutoff):
        asked.append(len(found := real(engine, *places, cutoff=cutoff)))
        return found

    real = Estimate.table
    monkeypatch.setattr(Estimate, "table", counting)
    ordinary(made[0])
    every = sum(asked)
    asked.clear()
    found = scale.whole(made[0], ENGINE)
    assert unlike(found[sorted(found)], expected) == set()
    assert sum(asked) < every / 2


def test_parts_equal_the_whole(made, expected, tmp_path):
    told = []
    found, answers = by_parts(made, tmp_path, progress=told.append)
    # Sums run in one order; only a product of a few numbers by blocks of rows may round its last digit otherwise.
    assert apart(answers, expected).most < 1e-14
    assert unlike(answers, expected) == set()
    assert [part.name for part in found.parts] == ["a", "b", "c", "d"]
    assert all(part.halo > 0 for part in found.parts)
    assert any(part.halo < len(made[0].points) - part.points for part in found.parts)
    assert told[0].startswith("Preparo")
    assert told[-1].startswith("Parte 4 di 4: ")


def test_another_division_and_only_some_types(made, expected, tmp_path):
    inputs, home = made
    towns = pd.Series([f"{number % 5}" for number in range(len(home))], index=home.index)
    _found, answers = by_parts((inputs, towns), tmp_path, only=["nido", "ospedale"])
    assert unlike(answers, of(expected, "nido", "ospedale")) == set()


real_near, real_halo, real_facts = narrow.Reach.near, narrow.halo, facts._facts


class Uncovered(narrow.Covering):
    """As if no service covered an area."""

    def services(self, points):
        return np.zeros_like(super().services(points))


def half_as_far(reach, threshold):
    return 0.5 * real_near(reach, threshold)


def without_choice(own, *reaching):
    found = real_halo(own, *reaching)
    return replace(found, services=found.used)


def all_known(case, columns):
    return replace(real_facts(case, columns), known=True)


def unbounded(case, columns):
    return replace(real_facts(case, columns), boundary=None)


def settled(_rights, _services, found):
    return np.zeros(len(found.origins), dtype=bool)


# What a part would lack, of which type, and what would be told wrongly then.
CUTS = {
    "people who compete": (narrow.Reach, "near", half_as_far, "centro", {"access_confirmed", "enhanced", "balanced"}),
    "services among which they choose": (narrow, "halo", without_choice, "centro", {"balanced"}),
    "people served at home elsewhere": (narrow, "Covering", Uncovered, "domicilio", {"status", "services_all"}),
    "services beyond the threshold": (
        narrow.Reach,
        "farthest",
        property(lambda reach: reach.widest),
        "raro",
        {"nearest_confirmed", "nearest_all", "nearest"},
    ),
    "another question, farther": (sparing, "_unsettled", settled, "raro", {"nearest_confirmed", "nearest"}),
    "a size unknown elsewhere": (facts, "_facts", all_known, "sportello", {"enhanced", "balanced"}),
    "the boundary of the whole": (facts, "_facts", unbounded, "ospedale", {"bordo"}),
}


@pytest.mark.parametrize("lacking", [*CUTS])
def test_a_part_needs_all_that_it_is_given(made, expected, tmp_path, monkeypatch, lacking):
    where, name, instead, kind, columns = CUTS[lacking]
    monkeypatch.setattr(where, name, instead)
    _found, answers = by_parts(made, tmp_path, only=[kind])
    assert unlike(answers, of(expected, kind)) >= columns


def test_any_pool_may_do_the_work(made, expected, tmp_path):
    with ThreadPoolExecutor(2) as pool:
        _found, answers = by_parts(made, tmp_path, executor=pool, only=["nido", "domicilio"])
    assert unlike(answers, of(expected, "nido", "domicilio")) == set()


@pytest.mark.skipif(not cluster.available(), reason="the extra scale (Dask) is not installed")
def test_dask_does_the_same(made, expected, tmp_path):
    with scale.on_dask(workers=2, processes=False) as executor:
        _found, answers = by_parts(made, tmp_path, executor=executor, only=["nido", "domicilio"])
        assert executor.everywhere(lambda: 1) == [1, 1]
    assert unlike(answers, of(expected, "nido", "domicilio")) == set()


def test_a_missing_extra_is_told(monkeypatch):
    monkeypatch.setattr(cluster, "available", lambda: False)
    with pytest.raises(OmbraError, match="serve l'estensione «scale»"), scale.on_dask():
        pass


def test_a_municipality_without_a_part_is_told(made, tmp_path):
    inputs, home = made
    with pytest.raises(FaultsError, match="senza una parte, per esempio: b-03, c-07"):
        scale.partitioned(inputs, home.drop(["b-03", "c-07"]), folder=tmp_path)


def test_an_engine_that_tells_no_distance_is_told(made, tmp_path):
    class Train:
        name = "treno"

    with pytest.raises(OmbraError, match="«treno» indicarlo in «metres»"):
        scale.partitioned(*made, folder=tmp_path, engine=Train())


def test_a_part_reads_its_neighbours_only(made, tmp_path):
    inputs, home = made
    known_of_all = facts.territory(inputs, ENGINE, only=["sportello", "nido"])
    near = narrow.Reach(lambda minutes: 400.0 * minutes, (15.0,))
    store, parts = split.split(known_of_all, inputs.points["municipality"].map(home), tmp_path, near)
    first = next(part for part in parts if part.name == "a")
    # Of the third province the services among which people of the second choose, and none of the last.
    assert (first.points, first.services) == ((0, 1), (0, 1, 2))
    read = store.read(first)
    assert set(read.points["label"].map(inputs.points["municipality"]).str[0]) == {"a", "b"}
    assert read.points.index.is_monotonic_increasing
