"""Proposals on the built-in data: the figures are those of the run, and of what comes true when the sites open."""

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import text

from etl.derive import hidden
from etl.derive.cases import CaseMaker
from etl.derive.scenario import compute
from etl.derive.siting import Asked, propose
from etl.derive.siting.candidates import of_the_atlas
from etl.derive.siting.propose import Sources, answer
from etl.derive.siting.scenario import save
from etl.errors import FaultsError, OmbraError
from etl.travel.choice import Choice
from geo.siting import Limits
from geo.travel.estimate import Estimate
from tests.etl.derive.supply_of import TORINO, area, with_services
from tests.etl.derive.test_book import TODAY

SHADOW = (
    "select sum(shadow_confirmed), sum(shadow_all) from coverage_result where service_type_code = :type"
    " and run_id = coalesce(cast(:run as uuid), (select id from coverage_run where current))"
)
PLACES = (
    "select p.*, a.code as town, r.gained, r.persons, r.remaining, r.exact, r.objective, r.bound, r.unknown, r.run_id"
    " from siting_place p join siting_result r on r.id = p.siting_id join area a on a.id = p.municipality_id"
    " where siting_id = :id order by rank"
)


def asked(engine, **question):
    """The places that answer a question, and its number."""
    sources = question.pop("sources", Sources())
    with engine.begin() as connection:
        found = propose(connection, Asked(**question), sources=sources)
        return found, connection.execute(text(PLACES), {"id": found}).mappings().all()


def shadow(engine, type_code: str, run=None) -> tuple[float, float]:
    with engine.connect() as connection:
        return tuple(connection.execute(text(SHADOW), {"type": type_code, "run": run}).one())


@pytest.mark.parametrize(
    ("question", "supply"),
    [
        ({"type_code": "casa_comunita", "k": 3}, 0),
        ({"type_code": "casa_comunita", "k": 2, "supply": "tutta"}, 1),
        ({"type_code": "centro_impiego", "k": 2, "classes": ("minori",)}, 0),
    ],
    ids=["three-confirmed", "two-with-uncertain", "next-job-centres"],
)
def test_persons_gained_leave_the_shadow_when_the_sites_open(atlas, question, supply):
    """A whole run on the scenario that adds the sites finds as many fewer persons in shadow, on either supply."""
    found, places = asked(atlas, **question)
    kind = question["type_code"]
    before = shadow(atlas, kind)
    assert len(places) == question["k"]
    assert places[0]["persons"] == pytest.approx(before[supply])
    assert places[0]["exact"]
    name = f"sedi {found}"[:40]
    with atlas.begin() as connection:
        save(connection, found, name)
    _base, made = compute.compute(atlas, [name], today=TODAY)
    after = shadow(atlas, kind, made[0].run_id)
    assert sum(row["gained_confirmed"] for row in places) == pytest.approx(before[0] - after[0], abs=1e-6)
    assert sum(row["gained_all"] for row in places) == pytest.approx(before[1] - after[1], abs=1e-6)
    assert places[0]["gained"] == pytest.approx(before[supply] - after[supply], abs=1e-6)
    assert places[0]["remaining"] == pytest.approx(after[supply], abs=1e-6)


def test_no_single_candidate_gains_more_and_those_named_gain_nearly_as_much(atlas, inputs):
    """Every candidate tried alone, as a service of its own, with plain arithmetic on its minutes."""
    _found, [place] = asked(atlas, type_code="centro_impiego", k=1)
    kind = inputs.registry.kinds["centro_impiego"]
    case = CaseMaker(inputs, Estimate()).case(kind)
    with atlas.connect() as connection:
        homes = inputs.points.drop_duplicates("municipality").set_index("municipality").index
        places = of_the_atlas(connection, inputs, homes).places
    origins = inputs.points.assign(mode="car")
    table = Estimate().table(origins, places, cutoff=kind.threshold)
    sure = case.services["certainty"].to_numpy() == "confermata"
    near = case.travel.select_services(sure).nearest_minutes() <= kind.threshold
    wanting = case.persons.where(~near, 0.0).to_numpy()
    by_place = np.bincount(
        table.service[table.minutes <= kind.threshold],
        weights=wanting[table.origin[table.minutes <= kind.threshold]],
        minlength=len(places),
    )
    assert place["gained_confirmed"] == pytest.approx(by_place.max())
    assert by_place[places.index.get_loc(place["key"])] == pytest.approx(by_place.max())
    best = pd.Series(by_place, index=places.index).groupby(places["municipality"].map(inputs.units["name"])).max()
    nearly = best[best >= 0.97 * by_place.max()].index
    assert place["alternatives"]
    assert set(place["alternatives"]) <= set(nearly)
    assert len(place["alternatives"]) == min(len(nearly) - 1, 4)


def test_the_same_question_has_the_same_number_and_is_shown_last(atlas):
    first, places = asked(atlas, type_code="casa_comunita", k=1)
    other, _places = asked(atlas, type_code="casa_comunita", k=2)
    again, same = asked(atlas, type_code="casa_comunita", k=1)
    assert (again, same) == (first, places)
    assert other != first
    with atlas.connect() as connection:
        latest = "select id from siting_result where service_type_code = 'casa_comunita' order by asked_at desc limit 1"
        assert connection.execute(text(latest)).scalar_one() == first
    engine, _places = asked(atlas, type_code="casa_comunita", k=1, sources=Sources(travel=Choice("estimate")))
    assert engine == first


def test_models_and_demands_answer_what_they_are_asked(atlas):
    _found, fewest = asked(atlas, type_code="casa_comunita", model="lscp")
    assert fewest[0]["remaining"] == pytest.approx(0, abs=1e-6)
    assert fewest[0]["objective"] == len(fewest)
    _found, three = asked(atlas, type_code="casa_comunita", k=len(fewest) - 1)
    assert three[0]["gained"] < fewest[0]["gained"]
    _found, roomy = asked(atlas, type_code="casa_comunita", k=1, capacity=1000.0)
    assert roomy[0]["gained"] == pytest.approx(1000.0)
    _found, open_ = asked(atlas, type_code="casa_comunita", k=1, demand="no-service")
    assert open_[0]["unknown"] == 0
    assert open_[0]["persons"] == pytest.approx(three[0]["persons"] + three[0]["unknown"])
    _found, middle = asked(atlas, type_code="casa_comunita", k=2, model="p-median", demand="everyone")
    assert middle[0]["persons"] == pytest.approx(2_198_237, abs=1)
    _found, farthest = asked(atlas, type_code="casa_comunita", k=2, model="p-center")
    assert farthest[0]["objective"] < 60


def test_an_area_limits_people_and_candidates(atlas):
    _found, places = asked(atlas, type_code="centro_impiego", k=2, area="08")
    with atlas.connect() as connection:
        inside = set(
            connection.execute(
                text(
                    "select a.code from area a join area_within w on w.area_id = a.id join area z on z.id ="
                    " w.ancestor_id where z.level = 'zona_omogenea' and z.code = '08' and a.level = 'municipality'"
                )
            ).scalars()
        )
    assert {row["town"] for row in places} <= inside
    assert places[0]["persons"] < shadow(atlas, "centro_impiego")[0]


def test_every_fault_of_a_question_is_told_at_once(atlas):
    with pytest.raises(FaultsError) as caught, atlas.begin() as connection:
        propose(
            connection,
            Asked(
                type_code="bar",
                k=0,
                model="caso",
                supply="poca",
                demand="tanta",
                capacity=-1.0,
                area="zz",
                classes=("x",),
            ),
        )
    assert len(caught.value.faults) == 8
    for kind, word in (("casa_rifugio", "protetti"), ("assistenza_domiciliare", "dalle persone")):
        with pytest.raises(FaultsError, match=word), atlas.begin() as connection:
            propose(connection, Asked(type_code=kind))
    with pytest.raises(FaultsError, match="p-center"), atlas.begin() as connection:
        propose(connection, Asked(type_code="casa_comunita", model="p-center", capacity=5.0))
    with pytest.raises(OmbraError, match="Nessun luogo"), atlas.begin() as connection:
        propose(connection, Asked(type_code="casa_comunita", area="09", classes=("citta",)))


def test_a_building_that_becomes_protected_takes_the_proposal_away(loaded_scratch):
    with loaded_scratch.begin() as connection:
        found = propose(
            connection, Asked(type_code="casa_comunita", k=1, classes=("citta",), demand="everyone", model="p-median")
        )
        [place] = connection.execute(text(PLACES), {"id": found}).mappings().all()
        assert place["kind"] == "edificio_pubblico"
        where = {"id": place["location_id"]}
        connection.execute(text("delete from address where location_id = :id"), where)
        connection.execute(text("update location set geom = null, location_protected = true where id = :id"), where)
        assert hidden.forget(connection) >= 1
        assert connection.execute(text("select count(*) from siting_result")).scalar_one() == 0


def test_a_greedy_answer_carries_its_bound(atlas):
    with atlas.begin() as connection:
        exact = propose(connection, Asked(type_code="casa_comunita", k=4))
        rows = connection.execute(text(PLACES), {"id": exact}).mappings().all()
    assert rows[0]["bound"] == rows[0]["objective"]
    with atlas.connect() as connection, connection.begin() as transaction:
        connection.execute(text("delete from siting_result"))
        quick = propose(connection, Asked(type_code="casa_comunita", k=4), limits=Limits(pairs=0))
        [first, *_others] = connection.execute(text(PLACES), {"id": quick}).mappings().all()
        assert first["objective"] <= rows[0]["objective"] <= first["bound"] + 1e-6
        transaction.rollback()


def test_a_run_whose_inputs_are_gone_cannot_be_asked(loaded_scratch):
    with loaded_scratch.begin() as connection:
        connection.execute(text("update coverage_run set inputs = inputs - 'tables'"))
    with pytest.raises(OmbraError, match="coverage run"), loaded_scratch.begin() as connection:
        propose(connection, Asked(type_code="casa_comunita"))


def test_a_question_may_be_put_to_the_run_of_a_scenario(atlas):
    found, places = asked(atlas, type_code="centro_impiego", k=1)
    with atlas.begin() as connection:
        save(connection, found, "una sede")
    _base, made = compute.compute(atlas, ["una sede"], today=TODAY)
    later, next_ = asked(atlas, type_code="centro_impiego", k=1, sources=Sources(run=str(made[0].run_id)))
    assert later != found
    assert next_[0]["run_id"] == made[0].run_id
    assert next_[0]["persons"] == pytest.approx(places[0]["remaining"])
    _found, both = asked(atlas, type_code="centro_impiego", k=2)
    assert places[0]["gained"] + next_[0]["gained"] <= both[0]["gained"] + 1e-6


def test_where_residence_decides_and_the_list_is_not_complete_a_site_serves_its_own_municipality(atlas, inputs):
    """The desk of another municipality proves nothing there, and neither would a new one."""
    changed = with_services(inputs, "centro_impiego", [{}], complete=False)
    with atlas.connect() as connection:
        homes = inputs.points.drop_duplicates("municipality").set_index("municipality").index
        places = of_the_atlas(connection, inputs, homes)
    question = Asked(type_code="centro_impiego", k=1, demand="no-service")
    found = answer(changed, Estimate(), question, places, Limits())
    persons = inputs.placed_persons(inputs.registry.kinds["centro_impiego"].band)
    by_town = persons.groupby(inputs.points["municipality"]).sum().drop(area(inputs, "municipality", TORINO))
    assert found.places["municipality"].tolist() == [by_town.idxmax()]
    assert found.found.gained == pytest.approx(by_town.max())
