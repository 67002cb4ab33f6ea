"""The table sorts as its headings promise, and its links keep what was chosen."""

import itertools
from urllib.parse import parse_qs, urlsplit

import pytest

from app.pages import tables
from app.pages.tables import ASCENDING, DESCENDING, Order
from tests.app.pages import frames


def codes(order: Order) -> list[str]:
    return [row.code for row in tables.rows(frames.gaps(), order)]


def test_without_an_order_the_ranking_of_the_measures_stands() -> None:
    shuffled = frames.gaps().assign(rank=[3, 1, 4, 2])
    assert [row.code for row in tables.rows(shuffled, Order())] == ["002", "004", "001", "003"]


@pytest.mark.parametrize("direction", [ASCENDING, DESCENDING])
def test_what_is_unknown_comes_last_in_both_directions(direction: str) -> None:
    assert codes(Order("ombra", direction))[-1] == "003"


def test_figures_sort_as_figures() -> None:
    assert codes(Order("ombra", DESCENDING)) == ["001", "004", "002", "003"]
    assert codes(Order("persone", DESCENDING))[0] == "002"
    assert codes(Order("minuti", ASCENDING)) == ["002", "004", "001", "003"]


def test_names_sort_without_regard_to_capitals() -> None:
    gaps = frames.gaps().assign(name=["beta", "Alfa", "gamma", "Delta"])
    assert [row.name for row in tables.rows(gaps, Order("area", ASCENDING))] == ["Alfa", "beta", "Delta", "gamma"]


def test_statuses_sort_from_missing_to_reached() -> None:
    ranks = [row.status_rank for row in tables.rows(frames.gaps(), Order("stato", ASCENDING))]
    assert ranks == sorted(ranks)


def test_an_unknown_column_changes_nothing() -> None:
    assert codes(Order("nome_inventato", DESCENDING)) == codes(Order())


def test_equal_values_keep_the_ranking_in_both_directions() -> None:
    gaps = frames.gaps().assign(probable=0.0)
    for direction in (ASCENDING, DESCENDING):
        found = tables.rows(gaps, Order("probabili", direction))
        assert all(before.code < after.code for before, after in itertools.pairwise(found))


def test_headings_turn_the_order_and_keep_the_rest() -> None:
    query = [("tipo", "csm"), ("area", "001"), ("ordina", "area")]
    found = {heading.column.key: heading for heading in tables.headings("/mappa", query, Order("ombra", DESCENDING))}
    assert found["ombra"].aria_sort == "descending"
    assert found["area"].aria_sort == "none"
    turned = parse_qs(urlsplit(found["ombra"].address).query)
    assert turned == {"tipo": ["csm"], "area": ["001"], "ordina": ["ombra"], "verso": ["crescente"]}
    assert parse_qs(urlsplit(found["area"].address).query)["verso"] == ["crescente"]
    assert parse_qs(urlsplit(found["persone"].address).query)["verso"] == ["decrescente"]


def test_minutes_beyond_the_horizon_say_so() -> None:
    texts = {row.code: row.minutes_text for row in tables.rows(frames.gaps(), Order())}
    assert texts["001"] == "nessuno entro 120 min"
    assert texts["002"] == "12 min"
