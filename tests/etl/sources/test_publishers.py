"""The tables of publishers: samples in their layout with invented rows, and the real files where they are."""

import random
from datetime import date

import pytest

from etl.issues import IssueLog
from etl.record import Identifier, OrganizationRecord, ServiceRecord
from etl.sources.aperto_civici import ANAGRAFI
from etl.sources.base import Received
from etl.sources.catalogue import catalogue, claim
from etl.sources.tabular.source import TabularSource
from tests.etl.sources.reading import SAMPLES, read, read_one
from tests.etl.tools import SHARED

SOURCES = {source.declaration.id: source for source in catalogue()}

# By sample: source, edition, rows read and accepted, kinds of rejection of rows.
ACCOUNTS = {
    "Prova_farmacie.csv": ("ministero-farmacie", "2018", 3, 3),
    "FRM_FARMA_5_20260621.csv": ("ministero-farmacie", "2026-06-21", 8, 4),
    "SCUANAGRAFESTAT20242520240901.csv": ("mim-scuole-statali", "2024-09-01", 7, 4),
    "SCUANAGRAFEPAR20242520240901.csv": ("mim-scuole-paritarie", "2024-09-01", 4, 3),
    "territorio.csv": ("iccu-biblioteche", "", 3, 2),
    "farmacie.csv": ("aperto-farmacie", "2011", 2, 2),
    "si_nidi_comunali.csv": ("aperto-nidi-comunali", "2011", 3, 3),
    "si_nidi_convenzionati.csv": ("aperto-nidi-convenzionati", "2011", 2, 2),
    "si_nidi_aziendali.csv": ("aperto-nidi-aziendali", "2011", 1, 1),
    "si_primavera.csv": ("aperto-sezioni-primavera", "2011", 1, 1),
    "si_centri.csv": ("aperto-centri-bambini-genitori", "2011", 3, 3),
    "si_babyparking.csv": ("aperto-baby-parking", "2011", 1, 1),
    "si_ludoteche.csv": ("aperto-ludoteche", "2011", 3, 2),
    "uffici_anagrafici.csv": ("aperto-uffici-anagrafici", "", 2, 2),
    "biblioteche.csv": ("aperto-biblioteche", "", 1, 1),
    "comuniIPA.tsv": ("ipa-enti", "", 2, 1),
    "ipa-enti.csv": ("ipa-enti", "", 2, 1),
    "ipa-uffici.csv": ("ipa-uffici", "", 2, 2),
    "20260916_iscritti_v1.1.xlsx": ("runts", "2026-09-16", 4, 3),
}


def sample(name):
    return read_one(SOURCES[ACCOUNTS[name][0]], SAMPLES / name)


def test_every_sample_is_recognised_by_one_source():
    files = sorted(file for file in SAMPLES.iterdir() if file.is_file())
    assert {file.name for file in files} == set(ACCOUNTS)
    claims = claim(catalogue(), files)
    assert {file.name: source.declaration.id for file, source in claims.claimed.items()} == {
        name: told[0] for name, told in ACCOUNTS.items()
    }
    assert not claims.unclaimed


@pytest.mark.parametrize("name", list(ACCOUNTS))
def test_every_row_is_accepted_or_rejected_with_a_reason(name):
    _id, edition, rows, accepted = ACCOUNTS[name]
    found = sample(name)
    assert (found.label, len(found.rows), found.accepted) == (edition, rows, accepted)
    assert len({key for key, _raw in found.rows}) == rows


@pytest.mark.parametrize("name", list(ACCOUNTS))
def test_ignored_columns_and_names_of_persons_are_never_read(name):
    found = sample(name)
    everything = repr([found.rows, found.records, found.issues])
    assert "SEGRETO" not in everything
    assert "99.99" not in everything
    assert "nome.cognome@" not in everything


@pytest.mark.parametrize("name", [name for name in ACCOUNTS if name.endswith(("csv", "tsv"))])
def test_nothing_depends_on_the_order_of_the_rows(name, tmp_path):
    head, *lines = (SAMPLES / name).read_bytes().rstrip(b"\r\n").splitlines(keepends=True)
    lines[-1] = lines[-1].rstrip(b"\r\n") + b"\n"
    random.Random(7).shuffle(lines)
    (tmp_path / name).write_bytes(head + b"".join(lines))
    whole, shuffled = sample(name), read_one(SOURCES[ACCOUNTS[name][0]], tmp_path / name)
    assert sorted(shuffled.records, key=repr) == sorted(whole.records, key=repr)
    assert sorted(shuffled.issues, key=repr) == sorted(whole.issues, key=repr)
    assert sorted(shuffled.rows, key=repr) == sorted(whole.rows, key=repr)


@pytest.mark.parametrize("source", SOURCES.values(), ids=list(SOURCES))
def test_every_source_says_who_publishes_it_and_on_what_terms(source):
    told = source.declaration
    assert told.title
    assert told.publisher
    assert told.licence
    assert told.address is None or told.address.startswith("http")
    assert all(source.knows(download.name) for download in told.downloads)
    assert all(reason for reason in (told.ignored or {}).values())


# --- Ministry of Health ----------------------------------------------------------------------------


def test_a_pharmacy_of_2018_lost_its_zeros_and_has_them_again():
    found = sample("Prova_farmacie.csv")
    first = found.record("901")
    assert first == ServiceRecord(
        key="901",
        service_type="farmacia",
        name="Farmacia della Prova",
        organization="Farmacia della Prova",
        organization_tax_id="03512340013",
        municipality="001272",
        supply_status="da_verificare",  # a list of 2018 shows nothing of today
        precision="address",
        latitude=45.0652,
        longitude=7.6867,
        coord_source="Ministero della Salute",
        address="Via della Prova, 10",
        postal_code="10123",
        valid_from=date(2005, 1, 1),
        evidence="https://www.dati.salute.gov.it/it/dataset/farmacie/",
        evidence_year=2018,
    )
    assert found.record("902").address == "Corso dell'Esempio, 3 bis"
    assert found.record("902").latitude is None
    assert found.record("903").supply_status == "chiuso"


def test_one_name_stands_for_the_firm_of_two_pharmacies():
    found = sample("Prova_farmacie.csv")
    assert found.record("902").name != found.record("903").name
    assert found.record("902").organization == found.record("903").organization == "Comunale 98 - Prova"


def test_the_layout_of_2026_closes_renews_and_rejects():
    found = sample("FRM_FARMA_5_20260621.csv")
    assert found.record("901").supply_status == "attivo"
    closed = found.record("902")
    assert (closed.supply_status, closed.valid_to) == ("chiuso", date(2026, 4, 15))
    assert found.record("904").locality == "San Bernardo"
    assert found.record("904").latitude is None
    # The present owner's row stands for the pharmacy; the earlier one is told, under a key of its own.
    assert found.record("905").name == "Cambio di Titolare S.r.l."
    assert found.kinds()["periodo_precedente"] == 1
    assert found.kinds()["fuori_territorio"] == 1
    assert found.kinds()["tipologia_non_trattata"] == 1
    assert found.kinds()["chiave_mancante"] == 1


def test_both_layouts_are_editions_of_one_source():
    files = [SAMPLES / "FRM_FARMA_5_20260621.csv", SAMPLES / "Prova_farmacie.csv"]
    old, new = read(SOURCES["ministero-farmacie"], *files)
    assert (old.label, new.label) == ("2018", "2026-06-21")
    assert {record.key for record in old.records} & {record.key for record in new.records} == {"901", "902"}


def test_a_list_is_complete_no_further_than_its_rows_and_its_date():
    source = SOURCES["ministero-farmacie"]
    old = source.coverage(sample("Prova_farmacie.csv").records)
    assert old[["territory_level", "territory_code", "complete"]].values.tolist() == [
        ["metropolitan_city", "201", False]
    ]
    assert "2018" in old["note"][0]
    extract = source.coverage(sample("FRM_FARMA_5_20260621.csv").records)
    assert extract[["territory_level", "territory_code", "complete"]].values.tolist() == [
        ["metropolitan_city", "201", False]
    ]
    assert "nomina 3 comuni" in extract["note"][0]
    assert extract["listed"][0] == 3  # the closed one is not listed


# --- Ministry of Education -------------------------------------------------------------------------


def test_state_schools_have_their_grade_their_institute_and_no_others():
    found = sample("SCUANAGRAFESTAT20242520240901.csv")
    assert {record.key: record.service_type for record in found.records} == {
        "TOAA99901B": "scuola_infanzia",
        "TOEE99901G": "scuola_primaria",
        "TOMM99901D": "scuola_secondaria_primo_grado",
        "TOCT99701E": "cpia",
    }
    assert found.record("TOEE99901G").organization == "I.C. Prova"
    assert found.record("TOEE99901G").address == "Corso Inventato, 14/A"
    assert found.record("TOMM99901D").municipality == "001192"
    assert found.kinds()["grado_non_trattato"] == 2  # the institute's own row and the liceo
    assert found.kinds()["fuori_territorio"] == 1


def test_a_name_that_says_nothing_is_told_with_the_address_and_stays_in_raw():
    found = sample("SCUANAGRAFEPAR20242520240901.csv")
    assert found.record("TO1A999009").name == "Scuola Materna, Via Inventata 2"
    assert dict(found.rows)["TO1A999009"]["DENOMINAZIONESCUOLA"] == "SCUOLA MATERNA"
    [issue] = [entry for entry in found.issues if entry.kind == "nome_generico"]
    assert (issue.value, issue.mended) == ("Scuola Materna", "Scuola Materna, Via Inventata 2")
    assert found.record("TO1E99900B").address == "Corso Inventato, 20"


# --- ICCU and aperTO -------------------------------------------------------------------------------


def test_libraries_are_told_apart_by_their_municipality():
    found = sample("territorio.csv")
    assert found.record("IT-TO9901").name == "Biblioteca civica, Alpette"
    assert found.record("IT-TO9902").name == 'Biblioteca comunale "Caduti per la prova"'
    assert found.record("IT-TO9902").phones == ("+390115550100",)
    assert (found.record("IT-TO9901").latitude, found.record("IT-TO9901").supply_status) == (
        45.4097418,
        "da_verificare",
    )
    assert SOURCES["iccu-biblioteche"].coverage(found.records).empty


def test_two_nurseries_at_one_address_stay_two():
    found = sample("si_nidi_comunali.csv")
    assert [found.record(key).name for key in ("901", "902", "903")] == [
        "Asilo Nido Comunale, Piazza Inventata 14, piano terra",
        "Asilo Nido Comunale, Piazza Inventata 14, primo piano",
        "La Prova",
    ]
    assert [found.record(key).capacities[0].maximum for key in ("901", "902", "903")] == [77, 75, 28]
    assert {record.organization_tax_id for record in found.records} == {"00514490010"}
    assert found.record("901").latitude == pytest.approx(45.07, abs=1e-5)
    assert found.record("901").longitude == pytest.approx(7.68, abs=1e-5)


@pytest.mark.parametrize(
    ("name", "places"),
    [
        ("si_nidi_convenzionati.csv", [50, 24]),
        ("si_nidi_aziendali.csv", [24]),
        ("si_primavera.csv", [20]),
        ("si_babyparking.csv", [24]),
    ],
)
def test_places_come_from_whatever_column_holds_them(name, places):
    assert [record.capacities[0].maximum for record in sample(name).records] == places
    assert {record.capacities[0].unit for record in sample(name).records} == {"posti"}


def test_centres_name_the_body_in_their_note():
    found = sample("si_centri.csv")
    bodies = [found.record(key).organization for key in ("901", "902", "903")]
    assert bodies == ["Cooperativa Prova", "Associazione Esempio", None]
    assert found.record("901").osm_hours == "Mo-Sa 09:00-13:00"
    assert len(found.record("901").openings) == 1


def test_a_toy_library_of_a_kind_nobody_foresaw_is_told():
    found = sample("si_ludoteche.csv")
    assert [record.service_type for record in found.records] == ["ludoteca", "centro_bambini_genitori"]
    [issue] = [entry for entry in found.issues if entry.kind == "valore_non_previsto"]
    assert (issue.record_key, issue.field, issue.value) == ("903", "service_type", "Ufficio")


def test_registry_desks_have_a_name_that_people_understand():
    found = sample("uffici_anagrafici.csv")
    assert found.record("901").name == "Anagrafe, circoscrizione 1, Via della Prova 23"
    assert found.record("902").name.startswith("Anagrafe, circoscrizione 10, Via Inventata 8")
    assert len(found.record("901").phones) == 3
    assert not SOURCES["aperto-uffici-anagrafici"].coverage(found.records)["complete"].any()  # undated
    dated = TabularSource(ANAGRAFI.model_copy(update={"edition": ANAGRAFI.edition.model_copy(update={"date": "2025"})}))
    told = dated.coverage(read_one(dated, SAMPLES / "uffici_anagrafici.csv").records)
    assert told[["territory_code", "complete", "listed"]].values.tolist() == [["001272", True, 2]]


# --- bodies ----------------------------------------------------------------------------------------


def test_a_body_has_its_number_its_tax_code_and_its_seat():
    old, new = sample("comuniIPA.tsv").record("p_prova"), sample("ipa-enti.csv").record("p_prova")
    for body in (old, new):
        assert isinstance(body, OrganizationRecord)
        assert body.identifiers == (Identifier("ipa", "p_prova"),)
        assert (body.tax_id, body.municipality, body.address) == ("83500000019", "001001", "Via Inventata, 22")
        assert body.email == "protocollo@pec.esempio.to.it"
        assert body.url == "http://www.esempio.to.it"
    assert old.name == "Unione dell'esempio di Agliè"


def test_an_office_is_not_the_body_that_it_belongs_to():
    office = sample("ipa-uffici.csv").record("ZZZZ99")
    assert (office.name, office.tax_id) == ("Servizi sociali, Unione dell'esempio", None)
    assert office.phones == ("+390125550100",)


def test_bodies_of_the_third_sector_need_no_address():
    found = sample("20260916_iscritti_v1.1.xlsx")
    assert {record.key: record.municipality for record in found.records} == {
        "990001": "001272",
        "990002": "001125",
        "990004": None,
    }
    first = found.record("990001")
    assert (first.name, first.tax_id) == ("Associazione di Prova APS", "97000000014")
    assert first.identifiers == (Identifier("runts", "990001"),)
    assert first.address is None
    assert first.latitude is None
    assert found.kinds()["fuori_territorio"] == 1


# --- real files ------------------------------------------------------------------------------------

# By file: rows read and accepted.
REAL = {
    "aperto-torino/biblioteche.csv": (20, 20),
    "aperto-torino/farmacie.csv": (243, 243),
    "aperto-torino/si_babyparking.csv": (15, 15),
    "aperto-torino/si_centri.csv": (12, 12),
    "aperto-torino/si_ludoteche.csv": (30, 30),
    "aperto-torino/si_nidi_aziendali.csv": (8, 8),
    "aperto-torino/si_nidi_comunali.csv": (54, 54),
    "aperto-torino/si_nidi_convenzionati.csv": (66, 66),
    "aperto-torino/si_primavera.csv": (4, 4),
    "aperto-torino/uffici_anagrafici.csv": (15, 15),
    "iccu-biblioteche/territorio.csv": (432, 432),
    "ipa-comuni/comuniIPA.tsv": (312, 312),
    "mim-scuole-paritarie/SCUANAGRAFEPAR20222320220901.csv": (384, 345),
    "mim-scuole-paritarie/SCUANAGRAFEPAR20232420230901.csv": (384, 345),
    "ministero-salute-farmacie/Torino_farmacie.csv": (279, 279),
}

real = pytest.mark.skipif(not SHARED.is_dir(), reason="manca la cartella dei file veri (shared/data)")


def real_source(name):
    file = SHARED / name
    return claim(catalogue(), [file]).claimed[file]


@real
@pytest.mark.parametrize("name", list(REAL))
def test_accounts_of_the_real_files(name):
    found = read_one(real_source(name), SHARED / name)
    print(f"{name}: lette {len(found.rows)}, accettate {found.accepted}, respinte {found.rejected}")
    assert found.accepted + found.rejected == len(found.rows)
    assert (len(found.rows), found.accepted) == REAL[name]


@real
def test_answer_keys_belong_to_no_source_and_are_not_opened():
    files = sorted((SHARED / "answer-keys").iterdir())
    claims = claim(catalogue(), files)
    assert not claims.claimed
    assert all(reasons == () for reasons in claims.unclaimed.values())


@real
def test_the_geocoders_columns_are_never_read():
    name = "ministero-salute-farmacie/Torino_farmacie.csv"
    found = read_one(real_source(name), SHARED / name)
    header = set(found.rows[0][1])
    assert not header & {"Long", "Lat", "arcGIS_response", "indirizzo_query"}
    assert {"orig_lat", "orig_long", "INDIRIZZO"} <= header


@real
def test_a_renamed_school_keeps_its_key_and_32_are_renamed():
    name = "mim-scuole-paritarie/SCUANAGRAFEPAR{}.csv"
    files = [SHARED / name.format(year) for year in ("20222320220901", "20232420230901")]
    before, after = read(real_source(name.format("20222320220901")), *files)
    names = [{record.key: record.name for record in edition.records} for edition in (before, after)]
    kept = names[0].keys() & names[1].keys()
    raws = [dict(edition.rows) for edition in (before, after)]
    renamed = {key for key in raws[0].keys() & raws[1].keys() if _name(raws[0][key]) != _name(raws[1][key])}
    assert len(renamed) == 32
    assert {key for key in kept if names[0][key] != names[1][key]} == renamed & kept
    print(f"rinominate fra i tipi trattati: {len(renamed & kept)}")


def _name(raw):
    return raw["DENOMINAZIONESCUOLA"]


@real
def test_names_of_the_real_nurseries_are_all_different():
    names = []
    for name in ("si_nidi_comunali.csv",):
        found = read_one(real_source(f"aperto-torino/{name}"), SHARED / "aperto-torino" / name)
        names += [record.name for record in found.records]
    assert len(set(names)) == len(names) == 54


@real
def test_all_town_halls_of_ipa_have_tax_code_and_municipality():
    name = "ipa-comuni/comuniIPA.tsv"
    found = read_one(real_source(name), SHARED / name)
    assert len({record.municipality for record in found.records}) == 312
    assert all(record.tax_id for record in found.records)


def test_parsing_the_same_row_twice_gives_the_same(tmp_path):
    source = SOURCES["aperto-farmacie"]
    [edition] = source.editions([Received(SAMPLES / "farmacie.csv", "farmacie.csv", "")])
    first, second = (
        [source.parse(key, raw, edition.label, IssueLog()) for key, raw in edition.rows()] for _again in range(2)
    )
    assert first == second
