"""The reference tables as they are shipped, and what reading says of broken ones. No database."""

import csv
import shutil
from pathlib import Path

import pandas as pd
import pytest

from etl.errors import ReferenceDataError
from etl.reference import tables

DESIGN = tables.DATA.parent.parent / "shared" / "design"
FACTS = tables.DATA.parent.parent / "shared" / "facts"

# Terms of the working taxonomy (section 9 of its sources): term -> codes of the rules named beside it.
TERMS = """
acc.segretariato:SEG-40000 acc.sportello acc.telefonia acc.ascolto acc.pua:PUA-1 acc.ssp:AS-5000,AS-4000,AS-6500 acc.uvm
acc.affido acc.adozione acc.tutela acc.patronato
inc.educativa:PIPPI-1 inc.scuola inc.genitorialita inc.mediazfam inc.mediazcult inc.italiano inc.lavoro inc.casa
inc.trasporto inc.prossimita inc.gruppi inc.dipend inc.antiviolenza:CAV-50K,CAV-10K inc.digitale inc.giovani
dom.sad:SAD-1H dom.adi:ADI-10 dom.pasti dom.tele dom.dimissioni:DIM-1 dom.sollievo dom.vitaind
diu.nido:NIDO-33,NIDO-45 diu.integrativi:NIDO-33 diu.anziani diu.disabili diu.minori diu.aggregazione
res.minori res.madri res.disabili res.anziani res.mentale:PSIRES res.dipend res.rifugio:RIF-10K res.sai:SAI-25
res.dormitorio res.abitare
eme.pis:PIS-1 eme.centroservizi:CSP-1 eme.mensa eme.beni eme.igiene eme.strada eme.residenza:RES-1
eco.reddito eco.affitto eco.utenze eco.rette eco.cura eco.prestito
san.cdc:CDC-HUB,CDC-SPOKE san.consultorio:CONS-20,CONS-10 san.odc:ODC san.cot:COT san.serd san.csm:DSM-OP san.npi
san.hospice:HOSP-56 san.mmg:MMG-1300,PLS-600 san.farmacia:FARM-3300
"""
SECTION_9 = {word.partition(":")[0]: word.partition(":")[2].split(",") for word in TERMS.split()}

# Crosswalk of section 9, term -> code; A2.16 and A1.09 are left out there as unproven.
INPS_WORDS = """
inc.educativa=A2.02 inc.scuola=A2.11 inc.lavoro=A2.09 inc.trasporto=A1.16 dom.sad=A2.07 dom.adi=A2.08 dom.sollievo=A1.11
dom.vitaind=A1.11 diu.nido=A3.03 diu.integrativi=A2.10 diu.anziani=A3.01 diu.disabili=A3.01 diu.minori=A3.01
res.minori=A3.02 res.madri=A3.02 res.disabili=A3.02 res.anziani=A3.02 res.mentale=A3.02 res.dipend=A3.02
res.rifugio=A3.02 res.sai=A3.02 res.dormitorio=A3.02 eme.mensa=A2.01 eme.beni=A1.06 eco.reddito=A1.04 eco.affitto=A1.05
eco.utenze=A2.05|A2.06 eco.rette=A1.07|A1.12|A1.13|A1.14 eco.cura=A1.11 eco.prestito=A1.17
"""
ISTAT_WORDS = """
acc.ssp=PSW inc.prossimita=PROXIM dom.sad=HOMECARE dom.adi=HOMEHEALTH dom.pasti=OTHERHOME dom.tele=REMASS
dom.sollievo=HEALTHV eco.cura=HEALTHV diu.anziani=DAYC diu.disabili=DAYC diu.minori=DAYC
"""
INPS = dict(word.split("=") for word in INPS_WORDS.split())
ISTAT = dict(word.split("=") for word in ISTAT_WORDS.split())

# The official lists that were read.
INPS_LIST = {
    *(f"A1.{n:02}" for n in range(1, 21)),
    *(f"A2.{n:02}" for n in range(1, 13)),
    *("A3.01", "A3.02", "A3.03", "Z9.99"),
}
ISTAT_LIST = {"PSW", "HOMECARE", "HOMEHEALTH", "HEALTHV", "OTHERHOME", "REMASS", "PROXIM", "DAYC", "ALL"}
SIUSS_OF = {"FAM": "1", "DIS": "2", "ELD": "2", "ADD": "3", "IMM": "3", "POV": "3", "MUL": ""}
ISTAT_AREAS = {"FAM", "DIS", "ELD", "ADD", "IMMNOM", "POV", "MULBEN"}

# The types that the built-in services use.
SLUG_WORDS = """
ambulatorio_senza_dimora casa_comunita casa_quartiere casa_salute centro_antiviolenza centro_ascolto_caritas
centro_bambini_genitori centro_diurno_adulti centro_diurno_minori centro_famiglie centro_impiego
centro_salute_immigrati consultorio_familiare consultorio_pediatrico csm dormitorio emporio_solidale
ente_gestore_sede informagiovani mensa_solidale npi ospedale_comunita pua serd servizio_adulti_difficolta
servizio_emergenza_abitativa servizio_stranieri snodo_torino_solidale sportello_antiviolenza sportello_lavoro
sportello_pubblica_tutela sportello_sociale stazione_posta
"""
SLUGS = set(SLUG_WORDS.split())
ADDED = {
    "vittime": "servizio_vittime_reato",
    "giustizia riparativa": "centro_giustizia_riparativa",
    "agricoltura sociale": "fattoria_sociale",
    "gioco d'azzardo": "servizio_gioco_azzardo",
    "sovraindebitamento": "sportello_sovraindebitamento",
    "truffe informatiche": "sportello_truffe_informatiche",
}
PROTECTED = {"casa_rifugio", "comunita_madre_bambino", "comunita_minori", "accoglienza_msna"}

# The rules gathered for this project, with how firmly each was read.
RULES = {
    "letto": """AS-5000 AS-4000 AS-6500 NIDO-33 NIDO-2889 NIDO-15R NIDO-45 NIDO-33D CONS-20 CONS-10 HOSP-56 ADI-10
    MMG-1300 MMG-1500 PLS-600 PLS-2 PLS-800 FARM-3300 FARM-200 FARM-400 FARM-1500 ALLT-18 CAV-10K DM1444-18 DM1444-45
    DM1444-20 DM1444-90 DM1444-25 SNAI-14-20 SNAI-14-40 SNAI-14-75 WCAG21AA""",
    "parziale": """PUA-1 PIS-1 RES-1 CSP-1 PIPPI-1 DIM-1 CDC-HUB CDC-SPOKE DISTR IFEC UCA COT ODC ODC-BEDS CONS-25
    PL-37 CAV-50K SNAI-20-277 SNAI-20-409 SNAI-20-669""",
    "non_letto": """PSI-30000 EDU-20000 SEG-40000 SAD-1H NIDO-75C INF-96 CDC-AS HOSP-BEDS UCPDOM NEA CA-5000 DEA1
    DEA2 PSB MSA EMR-8 EMR-20 SPDC PSIRES DSM-OP RIF-10K SAI-25 DM1444-12 SCU-300 SCU-500 SCU-1000 POSTE-3
    POSTE-5 POSTE-6""",
}
OBJECTIVES = {"AS-5000": 4000, "AS-6500": 5000, "NIDO-33": 45, "NIDO-2889": 33, "MMG-1300": 1000}
MINUTES = {"prossimita": 15, "intermedio": 30, "specialistico": 45}


def split(cell: object) -> list[str]:
    return [] if pd.isna(cell) else str(cell).split("|")


def values(column: "pd.Series[str]") -> set[str]:
    return {item for cell in column for item in split(cell)}


@pytest.fixture(scope="module")
def types() -> pd.DataFrame:
    return tables.service_types().set_index("code")


@pytest.fixture(scope="module")
def standards() -> pd.DataFrame:
    return tables.standards().set_index("id")


def test_all_tables_are_in_order():
    tables.check()


def test_every_table_has_the_rows_of_its_facts():
    counts = {load.__name__: len(load()) for load in tables.TABLES}
    assert counts["builtin_services"] == 244
    assert counts["zone_omogenee"] == counts["municipality_classes"] == 312
    assert counts["quarters"] == 23
    assert counts["districts"] == 110
    assert counts["completeness"] == 11
    assert counts["user_areas"] == 7
    assert counts["macro_areas"] == 9


# --- service types -------------------------------------------------------------------------------


def test_section_9_is_whole():
    assert len(SECTION_9) == 72


def test_every_term_has_a_type_and_every_type_a_known_term(types):
    known = set(tables.terms()["code"])
    assert set(SECTION_9) <= known
    assert set(types["term"]) == known
    added = tables.terms().query("origin == 'aggiunta'")["code"]
    assert set(added) == known - set(SECTION_9)


def test_every_type_of_the_services_and_of_the_plan_exists(types):
    assert len(SLUGS) == 33
    assert set(tables.builtin_services()["service_type"]) == SLUGS
    assert set(types.index) >= SLUGS
    assert set(types.index) >= set(ADDED.values())


@pytest.mark.parametrize(("column", "expected"), [("inps", INPS), ("istat", ISTAT)])
def test_types_carry_the_crosswalk_of_their_term(types, column, expected):
    for code, row in types.iterrows():
        assert split(row[column]) == split(expected.get(row["term"], float("nan"))), (code, row["term"])


def test_every_code_of_the_crosswalk_is_in_an_official_list(types):
    assert values(types["inps"]) <= INPS_LIST
    assert values(types["istat"]) <= ISTAT_LIST
    assert values(types["fnps"]) <= set("12345")
    assert values(types["siuss"]) <= set("123")
    assert types["cisis_2013"].isna().all()
    users = tables.user_areas().set_index("code")
    assert set(users["istat"]) == ISTAT_AREAS
    assert users["siuss"].fillna("").to_dict() == SIUSS_OF


def test_siuss_follows_from_the_users(types):
    for code, row in types.iterrows():
        assert set(split(row["siuss"])) == {SIUSS_OF[user] for user in split(row["users"])} - {""}, code


def test_fnps_level_is_one_of_the_macro_area(types):
    allowed = tables.macro_areas().set_index("code")["fnps"].map(split)
    for code, row in types.iterrows():
        # The matrix itself names the neighbourhood services at level 2, outside the two levels of area B.
        expected = ["2"] if row["term"] == "inc.prossimita" else allowed[row["macro_area"]]
        assert set(split(row["fnps"])) <= set(expected), code
        assert bool(split(row["fnps"])) == row["social"], code


def test_social_services_are_the_macro_areas_from_a_to_g(types):
    assert (types["social"] == types["macro_area"].isin(list("ABCDEFG"))).all()


def test_exactly_the_places_that_must_stay_secret_are_protected(types):
    assert set(types.index[types["protected"]]) == PROTECTED


def test_target_bands(types):
    band = types[["age_min", "age_max", "sex"]].astype(object).where(types[["age_min", "age_max", "sex"]].notna(), None)
    assert tuple(band.loc["centro_impiego"]) == (15, 64, None)
    assert tuple(band.loc["centro_antiviolenza"]) == (14, None, "F")
    assert tuple(band.loc["consultorio_familiare"]) == (None, None, None)
    assert tuple(band.loc["asilo_nido"]) == (0, 2, None)
    assert types.loc["centro_impiego", "proximity"] == "intermedio"


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("badante", "assistenza_domiciliare"),
        ("dormire", "dormitorio"),
        ("mangiare", "mensa_solidale"),
        ("lavoro", "centro_impiego"),
        ("SerT", "serd"),
        ("1522", "centro_antiviolenza"),
    ],
)
def test_words_that_people_type_are_synonyms(types, word, code):
    assert word in split(types.loc[code, "synonyms_it"])


def test_proximity_services_are_walked_to_in_town(types):
    on_foot = types["travel_mode"] == "foot_in_town"
    proximity = types["proximity"] == "prossimita"
    # A Casa del quartiere is one for each circoscrizione: walked to, but from further away.
    assert list(on_foot.index[on_foot != proximity]) == ["casa_quartiere"]


def test_residence_is_explained(types):
    assert types["residence_note"].notna().all()
    assert not types.loc[types["residence_note"] == "Accesso libero.", "residence_bound"].any()


# --- standards -----------------------------------------------------------------------------------


def test_the_81_rules_keep_their_verification(standards):
    expected = {rule: firmness for firmness, rules in RULES.items() for rule in rules.split()}
    assert len(expected) == 81
    kept = standards.query("verification != 'criterio'")
    assert kept["verification"].to_dict() == expected


def test_every_rule_speaks_of_known_types_and_every_term_keeps_its_rules(types, standards):
    assert values(standards["service_type"]) <= set(types.index)
    for term, rules in SECTION_9.items():
        for rule in filter(None, rules):
            assert set(types.loc[split(standards.loc[rule, "service_type"]), "term"]) & {term}, (term, rule)


def test_each_type_has_one_working_criterion_of_its_proximity(types, standards):
    own = standards.query("verification == 'criterio'")
    assert list(own.index) == [f"LAV-{code}" for code in types.index]
    assert (own["service_type"] == list(types.index)).all()
    assert (own["minimum"] == types["proximity"].map(MINUTES).to_numpy()).all()
    assert set(own["act"]) == {"criterio di lavoro"}
    assert set(own["kind"]) == {"time"}
    assert set(own["unit"]) == {"minuti"}


def test_only_acts_that_were_read_may_be_shown_as_law(standards):
    law = standards[standards["law"]]
    assert set(law["verification"]) == {"letto", "parziale"}
    assert not {"NIDO-45", "CAV-50K", "CAV-10K", "SNAI-14-20"} & set(law.index)
    assert not law.index.str.startswith("LAV-").any()


def test_thresholds_are_paired_where_the_sources_pair_them(standards):
    assert standards["objective"].dropna().to_dict() == OBJECTIVES


@pytest.mark.parametrize(
    ("rule", "per"), [("CONS-20", 1), ("ODC-BEDS", 1000), ("HOSP-BEDS", 100_000), ("PSIRES", 10_000), ("NIDO-33", 100)]
)
def test_the_denominator_of_the_unit_is_a_number(standards, rule, per):
    assert standards.loc[rule, "per"] == per


def test_a_rate_written_in_the_unit_agrees_with_its_denominator(standards):
    rates = standards["unit"].str.extract(r"ogni ([\d.]+)", expand=False).dropna()
    assert len(rates) >= 10
    assert (rates.str.replace(".", "").astype(float) == standards.loc[rates.index, "per"]).all()


def test_a_rate_on_something_else_than_residents_says_so(standards):
    assert standards.loc["HOSP-56", "base_kind"] == "altro"
    coverage = standards.query("kind == 'coverage' and base_kind != 'residenti'")
    assert set(coverage.index) == {"HOSP-56", "NIDO-75C"}


def test_rules_equal_the_table_they_were_gathered_in(standards):
    path = DESIGN / "standards-sources.csv"
    if not path.exists():
        pytest.skip("le fonti degli standard stanno accanto al progetto e qui mancano")
    with path.open(encoding="utf-8", newline="") as stream:
        source = {row["id"]: row for row in csv.DictReader(stream)}
    assert len(source) == 81
    kept = standards.astype(object).where(standards.notna(), "")
    for rule, row in source.items():
        assert kept.loc[rule, ["kind", "comparator", "read_at"]].tolist() == [
            row["kind"],
            row["comparator"],
            row["read_at"],
        ]
        assert kept.loc[rule, "source_note"] == row["note"]
        assert kept.loc[rule, "minimum"] == float(row["threshold"])


# --- territory and built-in services ---------------------------------------------------------------


def test_the_municipality_named_none_keeps_its_name():
    for table in (tables.zone_omogenee(), tables.municipality_classes()):
        assert table.set_index("istat_code").loc["001168", "municipality"] == "None"


def test_eleven_zones_hold_every_municipality_once():
    zones = tables.zone_omogenee()
    assert sorted(zones["zone_number"].unique()) == list(range(1, 12))
    assert zones["zone_name"].nunique() == 11
    assert zones["confidence"].value_counts().to_dict() == {"high": 302, "medium": 10}
    assert set(zones["istat_code"]) == set(tables.municipality_classes()["istat_code"])


def test_quarters_add_up_to_the_census():
    assert tables.quarters()["population_2011"].sum() == 870_420


def test_services_keep_evidence_status_and_precision():
    services = tables.builtin_services()
    assert services["evidence"].notna().all()
    assert services["status"].value_counts().to_dict() == {
        "attivo": 118, "da_verificare": 74, "atteso_2026": 44, "programmato": 8,
    }  # fmt: skip
    assert services["precision"].value_counts().to_dict() == {"municipality": 109, "street": 77, "address": 58}
    assert (services["istat_code"].str.len() == 6).all()


def test_completeness_is_declared_per_territory():
    table = tables.completeness().set_index(["service_type", "territory_code"])
    row = table.loc[("casa_comunita", "201")]
    assert (row["except_level"], row["except_code"], row["complete"]) == ("asl", "ASL TO3", True)
    assert not table.loc[("casa_comunita", "ASL TO3"), "complete"]
    assert table.loc[("consultorio_familiare", "001272"), "territory_level"] == "municipality"
    assert set(table.index[table["complete"]].get_level_values(0)) == {
        "casa_comunita", "ospedale_comunita", "centro_impiego", "casa_quartiere", "consultorio_familiare",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("shipped", "fact"),
    [
        ("builtin/services.csv", "servizi_reali.csv"),
        ("reference/zone_omogenee.csv", "zone_omogenee.csv"),
        ("reference/distretti_asl.csv", "distretti_asl.csv"),
        ("reference/quartieri_torino.csv", "quartieri_torino.csv"),
    ],
)
def test_facts_are_unaltered(shipped, fact):
    path = FACTS / fact
    if not path.exists():
        pytest.skip("i fatti raccolti stanno accanto al progetto e qui mancano")
    assert (tables.DATA / shipped).read_bytes() == path.read_bytes()


def test_sources_name_every_reference_table():
    named = values(tables.sources()["file"])
    on_disk = {f"reference/{path.name}" for path in (tables.DATA / "reference").glob("*.csv")}
    assert named == on_disk - {"reference/sources.csv"}
    assert set(tables.sources()["licence"]) == {"CC-BY-4.0"}


# --- broken tables -------------------------------------------------------------------------------


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(tables.DATA, tmp_path / "data")
    return tmp_path / "data"


def edit(folder: Path, file: str, change) -> None:
    frame = pd.read_csv(folder / file, dtype=str, keep_default_na=False)
    change(frame).to_csv(folder / file, index=False)


def faults(load, folder: Path) -> str:
    with pytest.raises(ReferenceDataError) as caught:
        load(folder=folder)
    return "\n".join(caught.value.faults)


def test_a_broken_table_of_types_gives_all_its_faults_at_once(copy):
    def spoil(frame):
        frame.loc[1, "code"] = frame.loc[0, "code"]
        frame.loc[2, "term"] = "acc.nulla"
        frame.loc[3, "users"] = "POV|XXX"
        frame.loc[4, ["age_min", "age_max"]] = ["dieci", "300"]
        frame.loc[5, ["age_min", "age_max"]] = ["40", "30"]
        frame.loc[6, "protected"] = "forse"
        frame.loc[7, "name_it"] = " "
        frame.loc[8, "social"] = "false"
        return frame

    edit(copy, "reference/service_types.csv", spoil)
    text = faults(tables.service_types, copy)
    for row, column in [
        (3, "code"),
        (4, "term"),
        (5, "users"),
        (6, "age_min"),
        (6, "age_max"),
        (8, "protected"),
        (9, "name_it"),
    ]:
        assert f"reference/service_types.csv, riga {row}, colonna «{column}»" in text
    assert "riga 7: «age_min» è maggiore di «age_max»" in text
    assert "riga 10: «social»" in text
    assert len(text.splitlines()) == 9


def test_missing_and_surplus_columns_are_named_beside_the_other_faults(copy):
    def spoil(frame):
        frame.loc[0, "delivery"] = "piccione"
        return frame.drop(columns=["sex", "note"]).rename(columns={"inps": "imps"})

    edit(copy, "reference/service_types.csv", spoil)
    text = faults(tables.service_types, copy)
    for column in ("sex", "note", "inps"):
        assert f"manca la colonna «{column}»" in text
    assert "la colonna «imps» non è prevista" in text
    assert "colonna «delivery»: «piccione»: valori ammessi: sede, domicilio, itinerante, remoto" in text


def test_a_broken_table_of_rules_gives_all_its_faults_at_once(copy):
    def spoil(frame):
        at = frame.set_index("id").index.get_loc
        frame.loc[at("CONS-20"), "service_type"] = "consultorio_familiare|ignoto"
        frame.loc[at("CONS-10"), "minimum"] = "10.000,5"
        frame.loc[at("AS-5000"), "objective"] = "6000"
        frame.loc[at("SCU-300"), "law"] = "true"
        frame.loc[at("CDC-HUB"), "area_condition"] = "lunare"
        frame.loc[at("LAV-serd"), "act"] = "Legge 1/2000"
        return frame[frame["id"] != "LAV-csm"]

    edit(copy, "reference/standards.csv", spoil)
    text = faults(tables.standards, copy)
    assert "«consultorio_familiare|ignoto»: tipo di servizio assente da service_types.csv" in text
    assert "«10.000,5»: serve un numero, con il punto per i decimali" in text
    assert "l'obiettivo è meno esigente del minimo" in text
    assert "una regola non letta non si mostra come legge" in text
    assert "«lunare»" in text
    assert "LAV-…, verifica «criterio»" in text
    assert "manca la regola LAV-csm" in text
    assert len(text.splitlines()) == 7


def test_services_with_unknown_type_swapped_point_or_short_code_are_told(copy):
    def spoil(frame):
        frame.loc[0, "service_type"] = "ignoto"
        frame.loc[1, ["lat", "lon"]] = ["7.68", "45.06"]
        frame.loc[2, "istat_code"] = "1272"
        frame.loc[3, "evidence"] = ""
        frame.loc[4, "status"] = "aperto"
        return frame

    edit(copy, "builtin/services.csv", spoil)
    text = faults(tables.builtin_services, copy)
    for row, column in [(2, "service_type"), (3, "lat"), (3, "lon"), (4, "istat_code"), (5, "evidence"), (6, "status")]:
        assert f"riga {row}, colonna «{column}»" in text
    assert len(text.splitlines()) == 6


@pytest.mark.parametrize("code", sorted(PROTECTED))
@pytest.mark.parametrize("change", [{"address": "Via Esempio 1"}, {"precision": "street"}])
def test_a_protected_place_with_an_address_or_a_fine_point_is_refused(copy, code, change):
    bare = {"service_type": code, "address": "", "precision": "municipality"}
    edit(copy, "builtin/services.csv", lambda frame: frame.iloc[:1].assign(**bare))
    assert len(tables.builtin_services(folder=copy)) == 1
    edit(copy, "builtin/services.csv", lambda frame: frame.assign(**change))
    assert "luogo protetto" in faults(tables.builtin_services, copy)


def test_half_an_exception_an_unknown_territory_and_a_repeated_one_are_told(copy):
    def spoil(frame):
        frame.loc[0, "except_code"] = ""
        frame.loc[2, "territory_code"] = "ASL TO9"
        return pd.concat([frame, frame.iloc[[3]]])

    edit(copy, "builtin/completeness.csv", spoil)
    text = faults(tables.completeness, copy)
    assert "riga 2: eccezione a metà" in text
    assert "riga 4, colonna «territory_code»: «ASL TO9»" in text
    assert "riga 13: tipo e territorio già dichiarati" in text


def test_a_municipality_twice_or_a_zone_with_two_names_is_told(copy):
    def spoil(frame):
        frame.loc[1, "istat_code"] = frame.loc[0, "istat_code"]
        frame.loc[0, "zone_name"] = "Altra"
        return frame

    edit(copy, "reference/zone_omogenee.csv", spoil)
    text = faults(tables.zone_omogenee, copy)
    assert "riga 3, colonna «istat_code»" in text
    assert "una zona ha due nomi" in text


def test_faults_of_several_tables_come_together(copy):
    edit(copy, "reference/quartieri_torino.csv", lambda frame: frame.assign(lat="ieri"))
    edit(copy, "reference/sources.csv", lambda frame: frame.assign(reference_date="domani"))
    (copy / "reference" / "user_areas.csv").unlink()
    text = faults(tables.check, copy)
    assert text.count("quartieri_torino.csv, riga") == 23
    assert text.count("sources.csv, riga") == len(tables.sources())
    assert text.count("user_areas.csv: il file manca") == 1


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"number;name;lat;lon;population_2011\n1;Centro;45;7;1\n", "punto e virgola"),
        (b"number,name,lat,lon,population_2011\n1,Citt\xe0,45,7,1\n", "non è in UTF-8"),
        (b"number,name,lat,lon,population_2011\n1,Centro,45,7\n", "riga 2: 4 celle invece di 5"),
        (b"number,number,lat,lon,population_2011\n", "un nome di colonna è ripetuto"),
        (b"", "manca la colonna «number»"),
    ],
)
def test_files_that_a_spreadsheet_spoiled_are_explained(copy, content, expected):
    (copy / "reference" / "quartieri_torino.csv").write_bytes(content)
    assert expected in faults(tables.quarters, copy)


def test_a_byte_order_mark_is_harmless(copy):
    path = copy / "reference" / "quartieri_torino.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert len(tables.quarters(folder=copy)) == 23
