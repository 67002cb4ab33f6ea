"""Places that a road network cannot place: told with their distance, and never taken to be without services."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from etl.derive import status, unplaced
from etl.derive.cases import CaseMaker
from etl.travel.choice import Choice, Chosen
from geo.travel.estimate import Estimate
from geo.travel.graph import Graph, Lines
from geo.travel.matrix import Matrix
from geo.travel.network import Network
from tests.etl.derive.supply_of import PINEROLO, SUSA, TORINO, area, main_point, with_services

KIND = "centro_famiglie"  # by car, 30 minutes


def network(read) -> Network:
    """One road through Torino, 20 km to the south: Susa is far from it."""
    spot = main_point(read, TORINO)
    lines = Lines.of([[(spot.x, spot.y), (spot.x, spot.y - 20_000)]])
    road = Graph(
        nodes=2, start=np.array([0]), end=np.array([1]), line=np.array([0]), forward=np.array([20.0]),
        backward=np.array([20.0]), stops=np.array([True]),
    )  # fmt: skip
    return Network(lines=lines, graphs={"car": road, "foot": road})


def chosen(engine, note=None) -> Chosen:
    choice = Choice(engine.name, Path("strade.pbf"))
    return Chosen(engine, choice, choice, note)


def test_points_and_services_without_a_road_are_told_with_their_distance(read):
    inputs = with_services(read, KIND, [{}, {"town": SUSA}])
    steps = []
    found = unplaced.remarked(chosen(network(read), "Prima."), inputs, steps.append)
    car, foot, services = steps
    away = [float(km.replace(",", ".")) for km in re.findall(r"\((\d+(?:,\d)?) km\)", car)]
    assert len(away) == 5
    assert away == sorted(away, reverse=True)
    road = network(read).roads.lines.shapes[0]
    farthest = max(point.distance(road) for point in read.points.geometry)
    assert away[0] == pytest.approx(farthest / 1_000, abs=0.051)
    assert "senza una strada entro 1 km in auto: " in car
    assert "a piedi" in foot
    assert "Sedi di servizi senza una strada entro 1 km in auto: 1;" in services
    assert found.note == " ".join(["Prima.", *(step.removeprefix("ATTENZIONE. ") for step in steps)])


def test_where_everybody_is_placed_and_by_other_engines_nothing_is_told(read):
    here = replace(read, points=read.points.iloc[:0], services=read.services.iloc[:0])
    assert unplaced.remarked(chosen(network(read)), here, pytest.fail).note is None
    assert unplaced.remarked(chosen(Estimate()), read, pytest.fail).note is None


def test_places_that_a_table_does_not_know_are_told(read):
    """A table between two municipalities, by car: of those who go on foot the estimate tells."""
    towns = [area(read, "municipality", code) for code in (TORINO, PINEROLO)]
    pairs = pd.DataFrame({"origin": towns, "destination": towns[::-1], "minutes": 40.0})
    inputs = with_services(read, KIND, [{}, {"town": SUSA}])
    inside = read.points["municipality"].isin(towns).sum()
    for mode, count in (("car", len(read.points) - inside), ("transit", len(read.points) - inside)):
        steps = []
        unplaced.remarked(chosen(Matrix(pairs=pairs, by="municipality", mode=mode)), inputs, steps.append)
        points, services = steps
        assert f"non conosce: {count}, fra cui" in points
        assert "Sedi di servizi che la tabella dei tempi non conosce: 1." in services
    known = replace(inputs, points=read.points[read.points["municipality"].isin(towns)], services=inputs.services[:1])
    assert (
        unplaced.remarked(chosen(Matrix(pairs=pairs, by="municipality", mode="car")), known, pytest.fail).note is None
    )


def test_of_a_point_that_is_not_placed_nothing_is_known(read):
    """Its list is complete, and no service is within reach of it; it would be in shadow if it had a road."""
    inputs = with_services(read, KIND, [{"town": PINEROLO}])
    case = CaseMaker(inputs, network(read)).case(inputs.registry.kinds[KIND])
    assert case.complete.all()
    found = status.results(case)
    susa = found.loc[read.points["municipality"] == area(read, "municipality", SUSA)].iloc[0]
    assert (susa["status"], susa["reason"]) == ("senza_dati", "punto_non_collocato")
    assert (susa["assessed"], susa["unknown"]) == (0.0, susa["persons"])
    assert np.isnan(susa[["shadow_confirmed", "shadow_confirmed_plus", "shadow_all_minus"]].astype(float)).all()
    near = found.loc[
        np.array([point.distance(network(read).roads.lines.shapes[0]) < 900 for point in read.points.geometry])
    ]
    assert set(near["reason"]) == {"nessun_servizio_entro_soglia"}
