"""Need against access: nine colours that stay apart, a map and a table that say the same, what cannot be drawn."""

import itertools
import json
import re

import numpy as np
import pytest
from fastapi.testclient import TestClient

from app.pages import bivariate, need_rows
from tests.app.pages.test_palette import SIGHT, lab, linear

PAGE = "/bisogno?tipo=casa_comunita&bisogno=quota_75"


@pytest.mark.parametrize("sight", SIGHT)
def test_the_nine_colours_stay_apart_for_every_sight(sight: str) -> None:
    seen = [lab(SIGHT[sight] @ linear(look.fill)) for look in bivariate.LOOKS]
    # A difference of 10 in CIE76 is seen at a glance between areas that touch.
    assert min(np.linalg.norm(one - other) for one, other in itertools.combinations(seen, 2)) > 15


@pytest.mark.parametrize("sight", SIGHT)
def test_it_darkens_with_need_and_with_poor_access(sight: str) -> None:
    light = {(look.access, look.need): lab(SIGHT[sight] @ linear(look.fill))[0] for look in bivariate.LOOKS}
    for (access, need), value in light.items():
        assert all(value > light[darker] for darker in ((access + 1, need), (access, need + 1)) if darker in light)


def test_what_is_not_known_is_hatched_and_last() -> None:
    assert bivariate.look_of(None, 3) is bivariate.look_of(2, None) is bivariate.UNKNOWN
    assert bivariate.UNKNOWN.fill.startswith("url(")
    ranks = [look.rank for look in bivariate.LOOKS]
    assert sorted(ranks) == list(range(min(ranks), min(ranks) + 9))
    assert bivariate.UNKNOWN.rank > max(ranks)
    assert min(bivariate.LOOKS, key=lambda look: look.rank) == bivariate.look_of(3, 3)


def _drawn(text: str) -> dict[str, dict[str, str]]:
    parts = re.findall(r'\{[^{}]*"classe"[^{}]*\}', text)
    return {one["codice"]: one for one in map(json.loads, parts)}


def test_map_table_and_legend_say_the_same(client: TestClient) -> None:
    page = client.get(PAGE).text
    drawn = _drawn(client.get(PAGE.replace("/bisogno?", "/bisogno/documento?")).text)
    listed = dict(re.findall(r'data-codice="(\d+)">.*?<rect [^>]*fill="([^"]+)"', page, flags=re.DOTALL))
    assert len(listed) == 312
    assert listed == {code: one["classe"] for code, one in drawn.items()}
    counted = [int(n) for n in re.findall(r"<span>(\d+) comun[ie]</span>", page)]
    assert len(counted) == 9
    (unknown,) = re.findall(r"(\d+) comuni senza dati", page)
    assert sum(counted) + int(unknown) == 312
    assert int(unknown) == sum(one["classe"] == bivariate.UNKNOWN.fill for one in drawn.values())


def test_the_table_sorts_without_scripts(client: TestClient) -> None:
    page = client.get(f"{PAGE}&ordina=bisogno&verso=crescente").text
    rows = re.findall(r"<tr data-nome.*?</tr>", page, flags=re.DOTALL)
    values = [float(re.findall(r'<td class="numero" data-valore="([^"]*)"', row)[0]) for row in rows]
    assert len(values) == 312
    assert values == sorted(values)
    assert 'aria-sort="ascending"' in page


def test_it_is_reached_from_the_map_and_leads_back(client: TestClient) -> None:
    assert 'href="/bisogno?tipo=casa_comunita"' in client.get("/mappa?tipo=casa_comunita").text
    assert 'href="/mappa?tipo=casa_comunita"' in client.get(PAGE).text


@pytest.mark.parametrize("measure", ["minutes", "score", "shadow"])
def test_every_measure_has_its_page(client: TestClient, measure: str) -> None:
    answer = client.get(f"/bisogno?tipo=centro_impiego&misura={measure}")
    assert answer.status_code == 200
    assert "n.d." not in re.findall(r"<thead>.*?</thead>", answer.text, flags=re.DOTALL)[0]
    if measure == "shadow":
        assert "più di metà in ombra" in answer.text


def test_a_type_of_which_nothing_is_known_says_so(client: TestClient) -> None:
    page = client.get("/bisogno?tipo=farmacia")
    assert page.status_code == 200
    assert "non è completo" in page.text
    assert "iframe" not in page.text
    assert client.get("/bisogno/documento?tipo=farmacia").status_code == 400


@pytest.mark.parametrize("query", ["tipo=inventato", "bisogno=felicita"])
def test_what_does_not_exist_is_not_found(client: TestClient, query: str) -> None:
    assert client.get(f"/bisogno?{query}").status_code == 404


def test_a_place_without_a_figure_has_words_for_it() -> None:
    empty = {"access_third": None, "need_third": 2, "value": None, "need": 3.0, "persons": 5.0, "known": 0.0}
    row = need_rows.row(empty | {"code": "1", "name": "Qui", "parent_name": None}, "minutes")
    assert row.access_text == "n.d."
    assert row.left == 5.0
    assert "senza dati" in row.sentence
