"""The rules at a terminal: all of them with what stands against evaluating them, and outcomes below the ranking."""

import csv
import io

import pytest

from app.cli import main
from app.commands import base


@pytest.fixture
def ombra(loaded, tmp_path, monkeypatch, capfd):
    """Commands that only read; what they write to the standard output, and to the other."""
    monkeypatch.setenv("OMBRA_DATABASE_URL", loaded.url.render_as_string(hide_password=False))
    monkeypatch.setenv("OMBRA_HOME", str(tmp_path))
    monkeypatch.setattr(base.screen, "width", 600)  # no cell is broken

    def run(*words, code=0):
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(list(words))
        told = capfd.readouterr()
        assert ended.value.code == code, told.err
        return " ".join(told.out.split()) if code == 0 else told.err

    return run


def test_every_rule_is_listed_with_its_act_and_why_it_is_not_evaluated(ombra, read, capfd):
    del ombra  # its database is the one that is asked
    capfd.readouterr()
    with pytest.raises(SystemExit):
        main(["standards", "--format", "csv"])
    rows = {row["id"]: row for row in csv.DictReader(io.StringIO(capfd.readouterr().out))}
    assert set(rows) == set(read.registry.standards)
    assert rows["CONS-10"]["evaluated"] == "true"
    assert rows["FARM-400"]["evaluated"] == "false"
    assert "dove vale la sua condizione" in rows["FARM-400"]["why_not"]
    for row in rows.values():
        assert row["act"]
        assert (row["evaluated"] == "true") == (not row["why_not"])
        # A working criterion is never law.
        assert row["id"].startswith("LAV-") == (row["verification"] == "criterio")
        assert not (row["id"].startswith("LAV-") and row["law"] == "true")


def test_the_table_tells_thresholds_verification_and_unit(ombra):
    told = ombra("standards", "--type", "consultorio_familiare")
    for piece in ("CONS-20", "CONS-10", "CONS-25", "LAV-consultorio_familiare", "letto in parte", "criterio di lavoro"):
        assert piece in told
    assert "valutata per distretto sanitario" in told
    assert "LAV-" not in ombra("standards")


def test_an_unknown_type_is_an_error_in_words(ombra):
    assert "«nulla»" in ombra("standards", "--type", "nulla", code=2)


def test_below_the_ranking_stand_the_rules_with_what_falls_to_each_zone(ombra):
    told = ombra("gaps", "--type", "ospedale_comunita", "--level", "zona_omogenea")
    for piece in (
        "Zone d'ombra: ospedale_comunita",
        "Regole sulla dotazione",
        "ODC: Ospedale di Comunità: strutture. DM 77/2022, all. 1. Il testo dell'atto è stato letto solo in parte.",
        "Minimo: al massimo 100.000 residenti per struttura.",
        "unità non caricata",
        "Le regole viste dalle aree",
        "ripartito per popolazione",
    ):
        assert piece in told, piece


def test_an_area_gets_the_rules_of_its_own_units_at_any_level_of_the_ranking(ombra):
    for words in ((), ("--level", "zona_omogenea"), ("--level", "settlement")):
        told = ombra("gaps", "--type", "casa_comunita", "--area", "05", *words)
        assert "CDC-HUB Pinerolese" in told
        assert "Città di Torino" not in told, words
    assert "CDC-HUB Pinerolese" in ombra("gaps", "--type", "casa_comunita", "--area", "001191", "--level", "settlement")


def test_a_zone_that_crosses_units_says_which_and_who_lives_in_none_that_is_loaded(ombra):
    told = ombra("gaps", "--type", "casa_comunita", "--level", "zona_omogenea", "--area", "03")
    assert "AMT Sud CDC-HUB Area Metropolitana Sud, Pinerolese Pinerolese 167.378" in told
    assert "CDC-HUB distretto sanitario unità non caricata" in told


def test_a_municipality_where_nobody_of_the_target_group_lives_has_nothing_to_explain(ombra):
    assert "Noasca 0" in ombra("gaps", "--type", "asilo_nido", "--area", "001165")
    assert "non abita nessuno" in ombra("gaps", "--type", "asilo_nido", "--area", "001165", "--format", "csv")


def test_rules_that_are_not_evaluated_are_told_with_their_reason(ombra):
    told = ombra("gaps", "--type", "farmacia", "--level", "metropolitan_city")
    assert "Non valutata: FARM-400" in told
    assert "Riguarda gli stessi servizi" not in told


def test_how_rules_on_the_same_services_bind_is_told(ombra):
    told = ombra("gaps", "--type", "consultorio_familiare", "--level", "asl", "--area", "ASL Città di Torino")
    assert "Riguarda gli stessi servizi di CONS-10, CONS-25: le carenze non si sommano." in told
    assert "Vale solo per: città, piccole città e sobborghi." in told


def test_census_sections_that_are_not_loaded_are_an_error_in_words(ombra):
    assert "sezioni di censimento" in ombra("gaps", "--type", "farmacia", "--level", "census_section", code=2)
