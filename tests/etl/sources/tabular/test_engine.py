"""The engine behind every table: figures, areas, street numbers, names, editions, broken rows."""

import math

import geopandas as gpd
import pytest
import shapely

from etl.errors import SourceError
from etl.record import AddressRecord
from etl.sources.base import Received
from etl.sources.tabular.mapping import Column, EditionRule, Figure, Mapping
from etl.sources.tabular.source import TabularSource
from tests.etl.sources.reading import read_one

ALWAYS = {"id": "prova", "title": "Prova", "publisher": "Ente di prova", "licence": "CC0-1.0", "files": ("*",)}


def table(path, text, **told):
    path.write_text(text)
    return read_one(TabularSource(Mapping(**{**ALWAYS, "delimiter": ";", **told})), path)


def services(path, text, **told):
    fields = {"name": "nome", "municipality": "comune", "service_type": {"constant": "caf"}, **told.pop("fields", {})}
    return table(path, text, fields=fields, **told)


# --- figures ---------------------------------------------------------------------------------------

# Three municipalities of before 2019 are Val di Chy now: Alice Superiore, Lugnacco and Pecco.
MERGED = "codice;abitanti;reddito;zona\n001005;100;10;1\n001138;200;20;1\n1182;300;30;1\n1272;1.000.000;25,5;2\n"


def figures(path, text=MERGED, **told):
    counted = (
        Figure(column="abitanti", name="abitanti"),
        Figure(column="reddito", name="reddito", aggregate="mean", weight="abitanti"),
        Figure(column="zona", name="zona", aggregate="first"),
    )
    told = {"edition": EditionRule(date="2011"), **told}
    return table(
        path, text, kind="indicators", key=("codice",), fields={"istat_code": "codice"}, figures=counted, **told
    )


def values(found):
    return {(record.code, record.name): record.value for record in found.records}


def test_figures_of_merged_municipalities_become_one_and_totals_stay(tmp_path):
    found = figures(tmp_path / "a.csv")
    merged = "001317"
    assert values(found) == {
        (merged, "abitanti"): 600,
        (merged, "reddito"): pytest.approx((10 * 100 + 20 * 200 + 30 * 300) / 600),
        (merged, "zona"): 1,
        ("001272", "abitanti"): 1_000_000,
        ("001272", "reddito"): 25.5,
        ("001272", "zona"): 2,
    }
    assert {record.year for record in found.records} == {2011}
    assert found.accepted == 4
    assert math.fsum(record.value for record in found.records if record.name == "abitanti") == 1_000_600


def test_a_figure_that_is_no_number_is_told_and_a_gap_is_not(tmp_path):
    found = figures(tmp_path / "a.csv", "codice;abitanti;reddito;zona\n1272;tanti;n.d.;2\n1125;;;\n")
    assert found.kinds() == {"numero_illeggibile": 2, "riga_senza_cifre": 1}
    assert values(found) == {("001272", "zona"): 2}


def test_a_municipality_lacks_the_figure_that_one_of_its_parts_lacks(tmp_path):
    found = figures(tmp_path / "a.csv", MERGED.replace("001138;200;", "001138;;"))
    assert set(values(found)) == {("001317", "zona"), ("001272", "abitanti"), ("001272", "reddito"), ("001272", "zona")}
    assert found.kinds("dubbio")["comune_incompleto"] == 2


def test_a_figure_that_reads_both_ways_is_refused_until_the_mapping_says_which(tmp_path):
    text = "codice;abitanti;reddito;zona\n1272;1.234;;2\n"
    with pytest.raises(SourceError, match="nelle colonne «abitanti»"):
        figures(tmp_path / "a.csv", text)
    told = {sign: values(figures(tmp_path / "a.csv", text, decimal=sign)) for sign in (",", ".")}
    assert (told[","]["001272", "abitanti"], told["."]["001272", "abitanti"]) == (1234.0, 1.234)


def test_figures_without_a_year_are_rejected(tmp_path):
    found = figures(tmp_path / "a.csv", edition=EditionRule())
    assert not found.records
    assert found.kinds()["anno_mancante"] == 12


# --- areas and street numbers ----------------------------------------------------------------------


def test_areas_come_in_degrees_from_whatever_system_the_layer_is_in(tmp_path):
    square = gpd.GeoDataFrame(
        {"codice": ["A"], "nome": ["Prova"]}, geometry=[shapely.box(7.6, 45.0, 7.7, 45.1)], crs="EPSG:4326"
    )
    square.to_crs("EPSG:32632").to_file(tmp_path / "a.gpkg")
    mapping = {"kind": "areas", "format": "gpkg", "key": ("codice",), "fields": {"name": "nome", "wkt": "geometry"}}
    found = read_one(TabularSource(Mapping(**ALWAYS, **mapping)), tmp_path / "a.gpkg")
    [area] = found.records
    assert (area.key, area.level, area.name) == ("A", "layer", "Prova")
    assert area.geometry.bounds == pytest.approx((7.6, 45.0, 7.7, 45.1), abs=2e-3)


def test_street_numbers_need_all_their_parts(tmp_path):
    found = table(
        tmp_path / "a.csv",
        "id;comune;via;civico;lat;lon\n1;Torino;Via Inventata;12/A;45,07;7,68\n2;Torino;Via Inventata;;45,07;7,68\n",
        kind="addresses",
        key=("id",),
        fields={
            "municipality": "comune",
            "address": "via",
            "street_number": "civico",
            "latitude": "lat",
            "longitude": "lon",
        },
    )
    assert found.records == [AddressRecord("1", "001272", "Via Inventata", "12/A", 45.07, 7.68)]
    assert found.kinds() == {"civico_incompleto": 1}


# --- services --------------------------------------------------------------------------------------


def test_a_row_says_all_that_it_lacks(tmp_path):
    found = services(tmp_path / "a.csv", "id;nome;comune\n1;;\n2;;Nessundove\n3;C;Torino\n")
    assert found.accepted == 1
    assert found.kinds() == {"nome_mancante": 2, "comune_mancante": 1, "comune_sconosciuto": 1}


def test_a_type_that_does_not_exist_is_a_rejected_row(tmp_path):
    fields = {"service_type": {"column": "tipo"}}
    found = services(tmp_path / "a.csv", "nome;comune;tipo\nA;Torino;caf\nB;Torino;bar\nC;Torino;\n", fields=fields)
    assert [record.service_type for record in found.records] == ["caf"]
    assert found.kinds() == {"tipo_sconosciuto": 1, "tipo_mancante": 1}


def test_texts_that_fit_no_field_are_told_and_the_row_goes_on(tmp_path):
    fields = {"delivery": "modo", "supply_status": "stato"}
    found = services(tmp_path / "a.csv", "nome;comune;modo;stato\nA;Torino;volando;boh\n", fields=fields)
    assert (found.records[0].delivery, found.records[0].supply_status) == ("sede", "da_verificare")
    assert found.kinds() == {"valore_non_previsto": 2}


def test_rows_without_key_columns_are_named_by_what_they_hold(tmp_path):
    text = "nome;comune\nA;Torino\nB;Torino\nA;Torino\n"
    found = services(tmp_path / "a.csv", text)
    other = services(tmp_path / "b.csv", "nome;comune\nA;Torino\nA;Torino\nB;Torino\n")
    assert sorted(key for key, _raw in found.rows) == sorted(key for key, _raw in other.rows)
    assert len({key for key, _raw in found.rows}) == 3


def test_broken_rows_are_rejected_and_counted(tmp_path):
    found = services(tmp_path / "a.csv", "nome;comune\nA;Torino\nB;Torino;e;altro\nC\n")
    assert (len(found.rows), found.accepted) == (3, 1)
    assert found.kinds() == {"riga_illeggibile": 2}


def test_a_million_characters_hurt_nobody_but_their_row(tmp_path):
    found = services(tmp_path / "a.csv", f"nome;comune\n{'x' * 1_000_000};Torino\nB;Torino\n")
    assert [record.name for record in found.records] == ["B"]
    assert found.rejected == 1


def test_values_are_chosen_by_text_and_part_of_text(tmp_path):
    fields = {
        "description": Column(column="note", pattern=r"gestito da (.+)$"),
        "delivery": Column(column="modo", values={"A casa": "domicilio"}, otherwise="sede"),
    }
    found = services(
        tmp_path / "a.csv",
        "nome;comune;note;modo\nA;Torino;Sportello gestito da Prova;a  CASA\nB;Torino;altro;boh\n",
        fields=fields,
    )
    assert [(record.description, record.delivery) for record in found.records] == [
        ("Prova", "domicilio"),
        (None, "sede"),
    ]


# --- editions --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "name", "label"),
    [
        (EditionRule(), "a_2024.csv", ""),
        (EditionRule(date="2018"), "a.csv", "2018"),
        (EditionRule(pattern=r"_(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})"), "a_20240630.csv", "2024-06-30"),
        (EditionRule(pattern=r"_(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})", date="2020"), "a_20241399.csv", "2020"),
        (EditionRule(pattern=r"_(?P<year>\d{4})", starts="09-01"), "a_2023.csv", "2023-09-01"),
        (EditionRule(column="anno"), "a.csv", "2022"),
        (EditionRule(column="anno", pattern=r"(?P<year>\d{4})", starts="09-01"), "a.csv", "2022-09-01"),
    ],
)
def test_an_edition_is_told_by_name_column_or_date(tmp_path, rule, name, label):
    found = services(tmp_path / name, "nome;comune;anno\nA;Torino;2022\n", edition=rule)
    assert found.label == label


def test_a_file_of_two_times_is_refused(tmp_path):
    with pytest.raises(SourceError, match=r"2022, 2023"):
        services(
            tmp_path / "a.csv", "nome;comune;anno\nA;Torino;2022\nB;Torino;2023\n", edition=EditionRule(column="anno")
        )


def test_an_old_list_shows_nothing_of_today_and_a_new_one_does(tmp_path):
    status = [
        services(tmp_path / "a.csv", "nome;comune\nA;Torino\n", edition=EditionRule(date=when)).records[0].supply_status
        for when in ("2019-12-31", "2020", "2025-01-01")
    ]
    assert status == ["da_verificare", "attivo", "attivo"]


def test_the_file_that_lacks_a_column_is_not_read(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("nome\nA\n")
    source = TabularSource(Mapping(**ALWAYS, delimiter=";", fields={"name": "nome", "municipality": "comune"}))
    assert "«comune»" in source.faults(path)[0]
    with pytest.raises(SourceError, match="comune"):
        source.editions([Received(path, path.name, "")])[0].rows()
