"""No face serves the address or the point of a protected location.

The test loads a refuge with a secret address through the same path as every source, then asks every route of the
application and every command that gives out data. A new route with a parameter unknown here makes the test fail, so
that it grows with the application.
"""

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text

from app.cli import main
from app.main import create_app
from app.settings import WebSettings
from etl.issues import IssueLog
from etl.record import Record, ServiceRecord
from etl.sources.base import Declaration
from tests.etl.tools import FixedSource

STREET = "Via Segretissima 77"
NAME = "Casa rifugio di prova"
PHONE = "011 5550199"
LATITUDE, LONGITUDE = 45.327182, 7.426314  # in the municipality of Monastero di Lanzo
MUNICIPALITY = "001155"
# The point, to a kilometre: latitude and longitude close together, in either order. Boundaries pass near it too, so
# one number alone tells nothing.
POINT = re.compile(r"7[.,]42\d*\D.{0,40}?45[.,]327|45[.,]327\d*\D.{0,40}?7[.,]42", re.DOTALL)

# Values for the parameters of routes and pages: every name that any route has must be here.
SAMPLES: dict[str, list[str]] = {
    "type": ["casa_rifugio"],
    "tipo": ["casa_rifugio"],
    "level": ["municipality", "zona_omogenea", "settlement"],
    "livello": ["municipality", "zona_omogenea"],
    "area": [MUNICIPALITY],
    "area_livello": ["municipality"],
    "comune": ["Monastero di Lanzo"],
    "supply": ["tutta"],
    "offerta": ["tutta"],
    "format": ["geojson", "csv"],
    "frammento": ["true"],
    "field": ["address", "name"],
    "source": ["prova-protetta"],
    "q": ["rifugio"],
    "cerca": ["rifugio"],
    "search": ["rifugio"],
    "full": ["true"],
    "full_service": ["true"],
    "zoom": ["9", "17"],
    "run": ["corrente"],
    "compare": ["corrente"],
    "measure": ["minutes", "score", "shadow"],
    "misura": ["minutes", "score", "shadow"],
    "lat": ["45.2"],
    "lon": ["7.3"],
    "need": ["violenza"],
    "engine": ["estimate"],
    "residence": [MUNICIPALITY],
}
# Parameters that choose no other content: left out.
NEUTRAL = {
    "by",
    "line",
    "indicator",
    "composite",
    "bisogno",
    "limit",
    "cursor",
    "since",
    "bbox",
    # Of /ogc: what filters may ask is asked in tests/app/ogc/test_hidden.py.
    *("f", "filter", "filter_lang", "filter_crs", "properties", "datetime", "offset", "sortby"),
    # Of /hsds: what its filters may ask is asked in tests/app/hsds.
    *("page", "per_page", "after", "minimal", "taxonomy_term_id", "taxonomy_id", "organization_id", "modified_after"),
    *("latitude", "longitude", "proximity", "postcode", "parent_id", "top_only"),
    "certainty",
    "law",
    "rule",
    "ordina",
    "verso",
    "pagina",
    "z",
    "x",
    "y",
    "loaded",
    "siting",
    "against",
    "year",
    "assumption",
    "age_min",
    "age_max",
    "place",
    "address",
    "municipality",
    "group",
    "age",
    "language",
    "accessible",
    "free",
    "open_at",
    "mode",
    "minutes",
    "radius",
    "misura",
}


class Refuge(FixedSource):
    """A source with one protected service."""

    declaration = Declaration(id="prova-protetta", title="Prova", publisher="Prova", licence="CC0-1.0")

    def rows(self) -> Iterable[tuple[str, dict[str, Any]]]:
        return [("rifugio", {"name": NAME, "address": STREET, "lat": LATITUDE, "lon": LONGITUDE})]

    def parse(self, key: str, raw: dict[str, Any], edition: str, log: IssueLog) -> list[Record]:
        log.doubtful(key, "prova", "Un valore dubbio", field="address", value=raw["address"])
        record = ServiceRecord(
            key=key,
            service_type="casa_rifugio",
            name=raw["name"],
            organization="Ente di prova",
            municipality=MUNICIPALITY,
            supply_status="attivo",
            precision="address",
            latitude=raw["lat"],
            longitude=raw["lon"],
            address=raw["address"],
            phones=(PHONE,),
            description=f"Sta in {raw['address']}",
            opening_hours=f"suonare in {raw['address']}",
            accessibility=f"rampa in {raw['address']}",
        )
        return [record]

    def coverage(self, records: Sequence[Record]) -> pd.DataFrame:
        columns = ["service_type", "territory_level", "territory_code", "complete", "listed", "official_total"]
        row = ["casa_rifugio", "metropolitan_city", "201", True, None, None]
        return pd.DataFrame([row], columns=columns).assign(official_year=None, note=None)


def test_the_secret_is_stored_apart(guarded: Engine) -> None:
    with guarded.connect() as connection:
        secret = connection.execute(text("select address_1, st_y(geom) from restricted.position")).one()
        public = connection.execute(text("select geom, coord_source from location where location_protected")).one()
        issues = connection.execute(text("select value, mended from issue where record_key = 'rifugio'")).all()
    assert tuple(secret) == (STREET, LATITUDE)
    assert tuple(public) == (None, None)
    assert issues
    assert all(tuple(issue) == (None, None) for issue in issues)


def test_no_route_serves_it(guarded: Engine) -> None:
    app = create_app(WebSettings(), engine=guarded)
    asked = 0
    with TestClient(app) as client, guarded.connect() as connection:
        service_id = str(connection.execute(text("select id from service where name = :n"), {"n": NAME}).scalar_one())
        runs = dict.fromkeys(("run_id", "former", "later"), "corrente")
        runs |= {
            "collection_id": "services",
            "item_id": service_id,
            "record_id": service_id,
            "tile_matrix_set_id": "WebMercatorQuad",
            "part": "0",
        }
        for url in addresses(app, {"service_id": service_id, "source_id": "prova-protetta", "name": "prova"} | runs):
            answer = client.get(url)
            assert answer.status_code < 500, url
            assert not _leaks(answer.text), url
            asked += 1
        listed = client.get("/api/v1/services?type=casa_rifugio").json()["features"]
    assert asked > 30
    [feature] = listed
    assert feature["geometry"] is None
    found = feature["properties"]
    assert (found["name"], found["phone"], found["zone"]) == (NAME, PHONE, "Ciriacese-Valli di Lanzo")
    assert (found["address"], found["municipality"], found["municipality_code"]) == (None, None, None)


COMMANDS = [
    ["gaps", "--type", "casa_rifugio", "--level", level, "--format", form]
    for level in ("zona_omogenea", "municipality", "settlement")
    for form in ("csv", "geojson", "table")
] + [["overlaps", "--type", "casa_rifugio", "--format", form] for form in ("csv", "geojson", "table")]
COMMANDS += [["etl", "report", "--source", "prova-protetta", "--format", form] for form in ("table", "html", "csv")]
COMMANDS += [["equity", "--type", "casa_rifugio", "--measure", measure] for measure in ("score", "shadow")]
COMMANDS += [
    ["near", "--at", "45.2,7.3", "--need", "violenza", "--format", form] for form in ("csv", "geojson", "table")
]
COMMANDS += [["etl", "history"], ["etl", "sources"], ["coverage", "list"], ["coverage", "show"]]
COMMANDS += [
    ["coverage", "compare", "corrente", "corrente", "--type", "casa_rifugio", "--level", "settlement", "--format", form]
    for form in ("csv", "geojson", "table")
]


def test_no_command_tells_it(
    guarded: Engine, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("OMBRA_DATABASE_URL", guarded.url.render_as_string(hide_password=False))
    catalogue = ["export", "dcat", str(tmp_path / "catalogo.ttl")]
    for words in [
        *COMMANDS,
        catalogue,
        ["status"],
        ["gaps", "--type", "casa_rifugio", "--out", str(tmp_path / "ombre.csv")],
    ]:
        with pytest.raises(SystemExit) as ended:
            main(words)
        assert ended.value.code in (0, 3), words
        told = capfd.readouterr()
        assert not _leaks(told.out + told.err), words
    for name in ("ombre.csv", "catalogo.ttl"):
        assert not _leaks((tmp_path / name).read_text(encoding="utf-8"))


def test_no_filter_tells_the_municipality(guarded: Engine) -> None:
    """One question for each municipality gives the same answer, that of the zone only; so do boxes."""
    with TestClient(create_app(WebSettings(), engine=guarded)) as client:

        def found(query: str) -> int:
            return int(client.get(f"/api/v1/services?type=casa_rifugio&{query}").json()["numberMatched"])

        municipalities = client.get("/api/v1/areas?level=municipality&area=07&format=csv").text.splitlines()[1:]
        codes = [line.split(",")[1] for line in municipalities]
        assert MUNICIPALITY in codes
        assert {found(f"area={code}") for code in codes} == {0}
        assert found("area=07") == 1
        assert found("area=08") == 0
        assert found("bbox=7.4,45.3,7.5,45.4") == 0


def _leaks(body: str) -> bool:
    return "Segretissima" in body or POINT.search(body) is not None


def test_the_search_for_leaks_finds_them() -> None:
    assert _leaks(f'{{"coordinates":[{LONGITUDE},{LATITUDE}]}}')
    assert _leaks(f"{LATITUDE};{LONGITUDE}")
    assert _leaks(f"<p>{STREET}</p>")


def test_minutes_give_no_bearing(guarded: Engine) -> None:
    """Three distances would give the place away: the results of a protected type hold none."""
    with guarded.connect() as connection:
        rows = connection.execute(
            text(
                "select distinct r.status, r.nearest_confirmed, r.nearest_confirmed_low, r.nearest_all, z.name"
                " from coverage_result r join coverage_run c on c.id = r.run_id and c.current"
                " join area_within w on w.area_id = r.area_id join area z on z.id = w.ancestor_id"
                " where r.service_type_code = 'casa_rifugio' and z.level = 'zona_omogenea'"
            )
        ).all()
        told = connection.execute(
            text("select count(*) from coverage_result where service_type_code = 'casa_rifugio' and nearest != '[]'")
        ).scalar_one()
    served = {row.name for row in rows if row.status == "presente"}
    assert served == {"Ciriacese-Valli di Lanzo"}
    assert {minutes for row in rows for minutes in row[1:4]} <= {None, 0.0}
    if told:
        with guarded.connect() as connection:
            minutes = connection.execute(
                text(
                    "select distinct n->>'minutes' from coverage_result, jsonb_array_elements(nearest) n"
                    " where service_type_code = 'casa_rifugio'"
                )
            ).scalars()
            assert set(minutes) == {None}


def addresses(app: FastAPI, path_values: dict[str, str]) -> Iterator[str]:
    """Every GET address of the application, with every combination of the sample parameters."""
    for path, parameters in _routes(app):
        unknown = parameters - SAMPLES.keys() - NEUTRAL
        assert not unknown, f"{path} has parameters without a sample: {sorted(unknown)}"
        filled = path.format(**path_values, z=9, x=266, y=184)
        chosen = sorted(parameters & SAMPLES.keys())
        for values in itertools.product(*(SAMPLES[name] for name in chosen)):
            query = "&".join(f"{name}={value}" for name, value in zip(chosen, values, strict=True))
            yield f"{filled}?{query}" if query else filled
        yield filled


def _routes(app: FastAPI) -> Iterator[tuple[str, set[str]]]:
    """Path and query parameters of every GET route, documented or not."""
    for route in _flat(app.router.routes):
        if "GET" not in (getattr(route, "methods", None) or ()):
            continue
        dependant = getattr(route, "dependant", None)
        names = set() if dependant is None else set(_query_names(dependant))
        yield getattr(route, "path_format", route.path), names


def _flat(routes: Iterable[Any]) -> Iterator[Any]:
    for route in routes:
        inner = getattr(route, "original_router", None)
        if inner is not None:
            yield from _flat(inner.routes)
        else:
            yield route


def _query_names(dependant: Any) -> Iterator[str]:
    for field in dependant.query_params:
        # A route may ask for a model: its fields are the parameters.
        yield from getattr(field.field_info.annotation, "model_fields", [field.alias])
    for inner in dependant.dependencies:
        yield from _query_names(inner)
