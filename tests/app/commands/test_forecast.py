"""The forecast at a terminal: tables, files, the check, a run on the people to come, wrong words."""

import csv
import io
import json

import geopandas as gpd
import pytest
from sqlalchemy import Engine, text

from app.cli import main
from app.commands.forecast.checking import decimal
from app.commands.kpi import figure
from etl.derive.forecast import LABEL, read


def command(engine: Engine, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]):
    monkeypatch.setenv("OMBRA_DATABASE_URL", engine.url.render_as_string(hide_password=False))
    monkeypatch.setattr("app.commands.base.screen.width", 200)

    def run(*words: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main(["forecast", *words])
        told = capfd.readouterr()
        return ended.value.code, told.out, told.err

    return run


@pytest.fixture
def ombra(loaded: Engine, monkeypatch, capfd):
    return command(loaded, monkeypatch, capfd)


@pytest.fixture
def ombra_writing(loaded_scratch: Engine, monkeypatch, capfd):
    return command(loaded_scratch, monkeypatch, capfd)


def table(told: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(told)))


def line(told: str, start: str) -> list[str]:
    return next(each for each in told.splitlines() if each.strip().startswith(start)).split()


def test_the_table_has_zones_their_total_and_the_spread_of_scenarios(ombra) -> None:
    code, told, messages = ombra("--type", "asilo_nido")
    assert code == 0, messages
    assert f"Previsione ({LABEL}): residenti di 0-2 anni (asilo_nido)" in told
    assert "non è un intervallo di confidenza" in " ".join(told.split())
    rows = table(ombra("--type", "asilo_nido", "--format", "csv")[1])
    assert {row["label"] for row in rows} == {LABEL}
    sums = {}
    for row in rows:
        key = row["assumption"], row["year"]
        sums[key] = sums.get(key, 0.0) + float(row["persons"])
    total = line(told, "Totale")
    assert total[1] == "42.139"
    assert total[2] == figure(sums["tendenza", "2028"], "")
    spread = [value for (_code, year), value in sums.items() if year == "2033"]
    assert total[-3:] == [figure(min(spread), ""), "–", figure(max(spread), "")]
    for code in {code for code, _year in sums}:
        assert f"• {code} (2028: {figure(sums[code, '2028'], '')}, 2033: {figure(sums[code, '2033'], '')}): " in told


def test_ages_and_one_scenario(ombra) -> None:
    code, told, _messages = ombra("--by", "age", "--area", "05", "--assumption", "corretta", "--year", "2030")
    assert code == 0
    assert "scenari:" not in told
    assert line(told, "90+")[0] == "90+"
    assert line(told, "0-2")[1] == "2.380"
    assert "2028" not in told


def test_files_hold_the_shapes_of_areas(ombra, tmp_path) -> None:
    file = tmp_path / "previsione.gpkg"
    words = ("--by", "municipality", "--year", "2033", "--assumption", "tendenza", "--age-min", "75")
    assert ombra(*words, "--format", "gpkg", "--out", str(file))[0] == 0
    found = gpd.read_file(file)
    assert len(found) == 312
    assert set(found["label"]) == {LABEL}
    geojson = json.loads(
        ombra("--format", "geojson", "--assumption", "tendenza", "--year", "2033", "--age-min", "75")[1]
    )
    assert sum(each["properties"]["persons"] for each in geojson["features"]) == found["persons"].sum()
    by_age = tmp_path / "eta.gpkg"
    assert ombra("--by", "age", "--format", "gpkg", "--out", str(by_age))[0] == 0
    assert len(gpd.read_file(by_age)) == 12 * 2 * 5


def test_the_check_shows_errors_by_zone_and_band(ombra, loaded: Engine) -> None:
    code, told, messages = ombra("--check")
    assert code == 0, messages
    rows = [row for row in table(ombra("--check", "--format", "csv")[1]) if row["left_out"] == "zona"]
    assert len(rows) == 11 * 9
    error = {(row["zone_name"], row["band"]): float(row["error_told"]) for row in rows}
    words = line(told, "Eporediese")
    assert words[1] == decimal(error["Eporediese", "0 anni"], sign=True)
    assert words[8] == decimal(error["Eporediese", "90+ anni"], sign=True)
    assert words[9] == decimal(error["Eporediese", "tutti"], sign=True)
    # The mean error of the zones, band by band, and that of who says that nothing changes.
    band = [row for row in rows if row["band"] == "1-14 anni"]
    mean = sum(abs(float(row["error_plain"])) for row in band) / 11
    still = sum(abs(float(row["error_unchanged"])) for row in band) / 11
    assert line(told.split("Le stesse")[1], "1-14")[2:4] == [decimal(mean), decimal(still)]
    assert mean < still
    assert {row["label"] for row in rows} == {LABEL}
    with loaded.begin() as connection:
        basis = read(connection)
    assert sum(float(row["observed"]) for row in rows if row["band"] == "tutti") == basis.transition.later.sum()


def test_a_run_on_the_people_to_come_is_kept_shown_and_compared(ombra_writing, loaded_scratch: Engine) -> None:
    assert "farlo con" in ombra_writing("--shadow")[2]
    code, told, messages = ombra_writing("--run", "2033", "--name", "Fra dieci anni", "--type", "centro_impiego")
    assert code == 0, messages
    assert "2028: manca il calcolo, ./ombra forecast --run 2028 --assumption tendenza" in told
    with loaded_scratch.begin() as connection:
        run = connection.execute(text("select id, current, population_year, parameters->'variant' as variant"
                                      " from coverage_run where name = 'Fra dieci anni'")).one()  # fmt: skip
        assert (run.current, run.population_year, run.variant["label"]) == (False, 2033, LABEL)
        people = read(connection).people([2033])[2033]
        towns = connection.execute(text(
            "select d.municipality_id::text, sum(r.persons) from coverage_result r join demand_point d using (area_id)"
            " where r.run_id = :run and r.service_type_code = 'asilo_nido' group by 1"), {"run": run.id})  # fmt: skip
        assert dict(towns.all()) == pytest.approx(people.of(age_max=2).to_dict())
        districts = connection.execute(text(
            "select r.base, array_agg(w.area_id::text) from compliance_result r join area_within w"
            " on w.ancestor_id = r.area_id join area a on a.id = w.area_id and a.level = 'municipality'"
            " where r.run_id = :run and r.rule_id = 'ODC' group by r.unit_code, r.base"
        ), {"run": run.id}).all()  # fmt: skip
    assert len(districts) == 6
    for base, inside in districts:
        assert base == pytest.approx(people.of()[inside].sum())
    rows = table(ombra_writing("--shadow", "--format", "csv")[1])
    assert {(row["year"], row["label"]) for row in rows} == {("2023", LABEL), ("2033", LABEL)}
    own = {
        (row["name"], row["year"]): float(row["shadow_confirmed"]) for row in rows if row["type"] == "centro_impiego"
    }
    words = line(told, "Eporediese")
    assert words[3:5] == [figure(own["Eporediese", year], "") for year in ("2023", "2033")]
    told = ombra_writing("--run", "2033")[1]
    assert "già fatto" in told
    assert "Centro per l'impiego" in told
    assert "Quanto manca al minimo delle regole" in told


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--year", "2050", "--age-min", "95"), "2050 non si può prevedere. Oltre i 90 anni"),
        (("--run", "2050"), "2050"),
        (("--check", "--shadow"), "una alla volta"),
        (("--name", "x"), "--run"),
        (("--type", "bar"), "bar"),
        (("--type", "asilo_nido", "--age-min", "3"), "--type dice già le età"),
        (("--area", "bar"), "bar"),
        (("--area", "001272", "--by", "zona"), "Nessuna riga"),
        (("--check", "--format", "geojson"), "table o csv"),
        (("--shadow", "--format", "gpkg"), "table o csv"),
        (("--assumption", "bar"), "tendenza"),
        (("--format", "gpkg"), "--out"),
    ],
)
def test_wrong_words_are_told(ombra, words, told) -> None:
    code, _told, messages = ombra(*words)
    assert code == 2
    assert told in messages
