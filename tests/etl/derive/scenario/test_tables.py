"""Inputs that a scenario has changed against the same written down from the beginning: equal to the last digit."""

from dataclasses import dataclass, field, replace

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from etl.derive import compliance, overlaps, scores, status
from etl.derive.cases import CaseMaker
from etl.derive.digests import digests
from etl.derive.inputs import Inputs
from etl.derive.scenario import tables
from etl.derive.scenario.places import Spot
from etl.derive.scenario.tables import Addition
from geo.travel.estimate import Estimate
from tests.etl.derive.supply_of import area, main_point, with_services

# One type whose rule counts sites, one whose rule counts places, one of which nothing but minutes is known.
KINDS = {"consultorio_familiare": "sede", "asilo_nido": "posti", "centro_impiego": "sede"}
TOWNS = ("001272", "001270", "001191", "001125", "001059", "001184")
CERTAINTIES = ("confermata", "incerta", "programmata")


@dataclass(frozen=True)
class One:
    """A service as a test writes it down."""

    town: str
    certainty: str
    body: str
    capacity: float | None
    somewhere: bool = False  # known by its municipality alone
    id: str = ""
    service: str = ""


@dataclass
class Story:
    """Services before, what is done to them, and services after."""

    before: list[One]
    after: list[One]
    steps: list[tables.Step] = field(default_factory=list)


SERVICES = st.builds(
    One,
    town=st.sampled_from(TOWNS),
    certainty=st.sampled_from(CERTAINTIES),
    body=st.sampled_from(("asl", "comune", "coop")),
    capacity=st.none() | st.integers(1, 60).map(float),
    somewhere=st.booleans(),
)


def inputs_of(read: Inputs, kind: str, listed: list[One]) -> Inputs:
    """The inputs with these services alone, as the database would give them: in the order of their identifiers."""
    unit = KINDS[kind]
    rows = [
        {
            "id": one.id,
            "service": one.service,
            "town": one.town,
            "certainty": one.certainty,
            "provider": one.body,
            "capacity": one.capacity or 1.0,
            "capacity_known": one.capacity is not None,
            "located": not one.somewhere,
            "position_radius_m": 900.0 if one.somewhere else 0.0,
            "hours": float("nan"),
        }
        for one in sorted(listed, key=lambda one: one.id)
    ]
    spoken = {rule.capacity_unit for rule in read.registry.standards.values()}
    told = [(one.id, unit, one.capacity) for one in listed if one.capacity is not None and unit in spoken]
    capacities = pd.DataFrame(told, columns=["service", "unit", "maximum"]).astype({"maximum": float})
    made = replace(with_services(read, kind, rows), capacities=capacities)
    types = {"protected": bool, "area_wide": bool, "requirements": bool, "capacity_known": bool, "located": bool}
    return replace(made, services=made.services.astype(types))


def spot(read: Inputs, one: One) -> Spot:
    town = area(read, "municipality", one.town)
    return Spot(town, None if one.somewhere else main_point(read, one.town), 900.0 if one.somewhere else 0.0)


def story(data, read: Inputs, kind: str) -> Story:
    drawn = data.draw(st.lists(SERVICES, min_size=2, max_size=6))
    before = [replace(one, id=f"{number:02d}", service=f"{number:02d}") for number, one in enumerate(drawn)]
    found = Story(before, [])
    for one in before:
        act = data.draw(st.sampled_from(("stays", "close", "open", "move", "resize")))
        found.after += done(act, one, found, data, read, kind)
    for number in range(data.draw(st.integers(0, 2))):
        found.after.append(added(replace(data.draw(SERVICES), service=f"new{number}"), found, read, kind))
    return found


def done(act: str, one: One, told: Story, data, read: Inputs, kind: str) -> list[One]:
    if act == "close":
        told.steps.append(tables.close(one.service))
        return []
    if act == "open":
        told.steps.append(tables.open_(one.service))
        return [replace(one, certainty="confermata")]
    if act == "move":
        there = replace(one, town=data.draw(st.sampled_from(TOWNS)), somewhere=data.draw(st.booleans()))
        told.steps.append(tables.move(one.service, spot(read, there)))
        return [there]
    if act == "resize":
        capacity = float(data.draw(st.integers(1, 60)))
        told.steps.append(tables.resize(one.service, capacity, KINDS[kind]))
        return [replace(one, capacity=capacity)]
    return [one]


def added(one: One, told: Story, read: Inputs, kind: str) -> One:
    addition = Addition(
        service=one.service,
        type=kind,
        certainty=one.certainty,
        provider=one.body,
        delivery="sede",
        protected=False,
        capacity=one.capacity,
        unit=KINDS[kind],
        spot=spot(read, one),
        areas=(),
    )
    told.steps.append(tables.add(addition))
    return replace(one, id=addition.presence)


def results(inputs: Inputs, kind: str) -> dict[str, pd.DataFrame]:
    case = CaseMaker(inputs, Estimate()).case(inputs.registry.kinds[kind])
    own = [rule.id for rule in inputs.registry.standards.values() if rule.service_types == (kind,)]
    return {
        "status": status.results(case),
        "scores": scores.results(case),
        "reach": pd.DataFrame(overlaps.reach(case)),
        "compliance": pd.DataFrame(compliance.results(inputs, only=own)),
    }


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=8, deadline=None)
@given(data=st.data())
def test_a_scenario_is_what_would_be_computed_if_it_were_so(read, kind, data):
    told = story(data, read, kind)
    given_, wanted = inputs_of(read, kind, told.before), inputs_of(read, kind, told.after)
    if not told.after:
        return
    found = tables.changed(given_, told.steps)
    expected = results(wanted, kind)
    for name, frame in results(found, kind).items():
        assert_frame_equal(frame, expected[name], check_exact=True)
    assert digests(found, "x").types[kind] == digests(wanted, "x").types[kind]


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=8, deadline=None)
@given(data=st.data())
def test_a_closure_leaves_without_a_service_those_who_had_no_other(read, kind, data):
    told = story(data, read, kind)
    before = tables.changed(inputs_of(read, kind, told.before), told.steps)
    services = sorted(set(before.services["service"]))
    if len(services) < 2:
        return
    gone = data.draw(st.sampled_from(services))
    former, later = (results(one, kind) for one in (before, tables.close(gone)(before)))
    reach = former["reach"].set_index("service_id") if len(former["reach"]) else pd.DataFrame()
    for column, supply in (("marginal", "confirmed"), ("marginal_all", "all")):
        without = [
            found["status"].loc[found["status"][f"services_{supply}"] == 0, "persons"].sum()
            for found in (former, later)
        ]
        alone = reach[column].get(gone, 0.0) if len(reach) else 0.0
        assert without[1] - without[0] == pytest.approx(alone, abs=1e-6)


def test_types_that_nothing_touches_keep_their_hash(read):
    service = read.services.loc[read.services["type"] == "centro_impiego", "service"].iloc[0]
    other = read.services.loc[read.services["type"] == "dormitorio", "service"].iloc[0]
    town = Spot(area(read, "municipality", "001184"), None, 900.0)
    steps = [tables.close(service), tables.move(other, town), tables.resize(other, 40.0, "posti")]
    before, after = (digests(one, "x").types for one in (read, tables.changed(read, steps)))
    assert {code for code in before if before[code] != after[code]} == {"centro_impiego", "dormitorio"}
    assert read.services["service"].isin([service]).any()  # what it was given stays as it was
