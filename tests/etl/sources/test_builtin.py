"""The built-in services on their way into the database, and copies of their tables that somebody has spoiled."""

import pytest

from etl.errors import ReferenceDataError, SourceError
from etl.issues import IssueLog
from etl.pipeline import load_everything
from etl.reference import tables
from etl.sources.builtin import BuiltinServices
from tests.etl.tools import edit, fingerprint, frame, scalar

ISSUES = {
    "apertura_non_vista": 44,
    "dubbio_segnalato": 16,
    "ente_mancante": 1,
    "ente_multiplo": 10,
    "totale_non_coincide": 2,
    "indirizzo_mancante": 51,
    "maiuscole": 1,
    "nota": 55,
    "numero_civico": 163,
    "orari_incerti": 15,
    "posizione_solo_comune": 109,
    "prova_senza_anno": 17,
    "prova_vecchia": 49,
    "telefono": 24,
    "url_senza_protocollo": 11,
}
CORRECTED = ("maiuscole", "numero_civico", "telefono", "url_senza_protocollo")  # the others are to be checked
SERVICES = "builtin/services.csv"


def test_every_row_is_accepted_and_published(loaded):
    counts = scalar(loaded, "select counts from source_run where source_id = 'servizi-ombra'")
    told = sum(ISSUES.values())
    mended = sum(ISSUES[kind] for kind in CORRECTED)
    assert counts == {
        "read": 244, "accepted": 244, "rejected": 0, "new": 244, "changed": 0, "closed": 0,
        "issues": told, "doubts": told - mended,
    }  # fmt: skip
    assert scalar(loaded, "select count(*) from source_record where accepted and closed_on is null") == 244
    statuses = frame(loaded, "select supply_status, count(*) n from service group by 1").set_index("supply_status")["n"]
    assert statuses.to_dict() == {"attivo": 118, "da_verificare": 74, "atteso": 44, "programmato": 8}
    assert scalar(loaded, "select count(*) from service s join service_at_location a on a.service_id = s.id") == 244


def test_what_is_doubtful_is_a_remark(loaded):
    found = frame(loaded, "select kind, count(*) n from issue group by kind").set_index("kind")["n"].to_dict()
    assert found == ISSUES


def test_each_doubt_named_in_the_notes_is_a_remark_of_its_record(loaded):
    doubts = tables.doubts()
    told = frame(
        loaded,
        "select r.raw->>'name' as name, i.message from issue i join source_record r on r.key = i.record_key"
        " where i.kind = 'dubbio_segnalato'",
    )
    assert sorted(zip(told["name"], told["message"], strict=True)) == sorted(
        zip(doubts["name"], doubts["doubt"], strict=True)
    )


def test_every_published_value_tells_its_origin(loaded):
    without = scalar(
        loaded,
        "select count(*) from service s where not exists"
        " (select from field_origin o where o.entity_id = s.id and o.field = 'name'"
        " and o.evidence is not distinct from s.evidence)",
    )
    assert without == 0


def test_planned_and_awaited_services_are_not_active(loaded):
    found = frame(loaded, "select distinct supply_status, status from service").set_index("supply_status")["status"]
    assert found.to_dict() == {
        "attivo": "active", "da_verificare": "active", "atteso": "inactive", "programmato": "inactive",
    }  # fmt: skip


def test_contacts_address_and_hours_are_in_the_form_that_all_sources_have(loaded):
    phones = frame(loaded, "select number from phone")["number"]
    assert len(phones) == 24
    assert phones.str.fullmatch(r"\+39\d{8,11}").all()
    streets = frame(loaded, "select address_1 from address where address_1 is not null")["address_1"]
    assert "Via Bologna, 153" in set(streets)
    assert not streets.str.contains(r"[a-z] \d+$").any()


def test_hours_that_are_certain_have_openings_and_the_others_stay_text():
    source, log = BuiltinServices(), IssueLog()
    [edition] = source.editions([])
    records = [record for key, raw in edition.rows() for record in source.parse(key, raw, edition.label, log)]
    told = {record.opening_hours: record for record in records if record.opening_hours}
    assert told["lun e mer 9-12"].osm_hours == "Mo,We 09:00-12:00"
    assert len(told["lun e mer 9-12"].openings) == 1
    assert told["sera"].osm_hours is None
    assert told["sera"].openings == ()


def test_the_hash_follows_the_content_and_not_the_order(folder):
    shipped = BuiltinServices().content_hash()
    edit(folder, SERVICES, lambda table: table.iloc[::-1])
    edit(folder, "builtin/completeness.csv", lambda table: table.iloc[::-1])
    edit(folder, "builtin/doubts.csv", lambda table: table.sample(frac=1, random_state=1))
    assert BuiltinServices(folder=folder).content_hash() == shipped
    edit(folder, "builtin/doubts.csv", lambda table: table.iloc[1:])
    assert BuiltinServices(folder=folder).content_hash() != shipped


def test_declared_areas_are_those_of_the_row_that_names_the_service_or_else_of_its_body(loaded):
    areas = frame(
        loaded,
        "select s.name, o.name body, s.service_type_code kind, a.level, a.code from service_area x"
        " join service s on s.id = x.service_id join organization o on o.id = s.organization_id"
        " join area a on a.id = x.area_id",
    )
    fiano = areas[areas["name"] == "C.I.S. - sede territoriale di Fiano"]
    assert set(fiano["code"]) == {"001046", "001104", "001220", "001286", "001289"}
    assert "C.I.S. - sede distaccata di Borgaro" not in set(areas["name"])  # its body says nothing of it
    pinerolese = areas[areas["body"] == "C.I.S.S. del Pinerolese"]
    assert set(zip(pinerolese["level"], pinerolese["code"], strict=True)) == {("distretto", "ASL TO3 / Pinerolese")}
    # Only types that residence decides on: the hospital wards of the same body are open.
    types = tables.service_types().set_index("code")
    assert types.loc[areas["kind"].unique(), "residence_bound"].all()
    assert len(areas) == 26


BROKEN_AREAS = {
    "a body that has no service": ({"organization": "Ente di nessuno"}, "nessun servizio di builtin/services.csv"),
    "an area that is not of the level": (
        {"area_code": "001191", "area_level": "asl"},
        "nessuna area di questo livello",
    ),
    "a type that residence does not decide on": ({"service_types": "dormitorio"}, "non legato alla residenza"),
}


@pytest.mark.parametrize("case", list(BROKEN_AREAS))
def test_a_row_on_areas_that_means_nothing_is_told(folder, case):
    values, why = BROKEN_AREAS[case]
    edit(folder, "builtin/service_areas.csv", set_first(**values))
    with pytest.raises(ReferenceDataError) as caught:
        tables.service_areas(folder=folder)
    assert [why in fault and "riga 2" in fault for fault in caught.value.faults] == [True]


def test_another_area_is_another_content_and_a_row_less_goes(loaded_scratch, folder):
    edit(folder, "builtin/service_areas.csv", lambda table: table[table["organization"] != "C.I.S. Ciriè"])
    assert BuiltinServices(folder=folder).content_hash() != BuiltinServices().content_hash()
    before = scalar(loaded_scratch, "select count(*) from service_area")
    load_everything(loaded_scratch, folder=folder)
    assert scalar(loaded_scratch, "select count(*) from service_area") == before - 7


# --- spoiled copies --------------------------------------------------------------------------------


def rewritten(folder, change) -> None:
    path = folder / SERVICES
    path.write_bytes(change(path.read_bytes()))


def set_first(**values):
    return lambda table: table.assign(**{name: [value, *table[name].iloc[1:]] for name, value in values.items()})


HOSTILE = {
    "a missing coordinate": (
        lambda folder: edit(folder, SERVICES, set_first(lat="")),
        ReferenceDataError,
        "riga 2, colonna «lat»",
    ),
    "latitude and longitude swapped": (
        lambda folder: edit(folder, SERVICES, set_first(lat="7.68", lon="45.07")),
        ReferenceDataError,
        "colonna «lat»: «7.68»",
    ),
    "a row with a cell too many": (
        lambda folder: rewritten(folder, lambda raw: raw + b"a,b,c\n"),
        ReferenceDataError,
        "3 celle invece di 17",
    ),
    "another encoding": (
        lambda folder: rewritten(folder, lambda raw: raw.decode().encode("latin-1", "replace")),
        ReferenceDataError,
        "non è in UTF-8",
    ),
    "a file cut in the middle of a row": (
        lambda folder: rewritten(folder, lambda raw: raw[: raw.rindex(b",", 0, 30_000)]),
        ReferenceDataError,
        "celle invece di 17",
    ),
    "a file cut inside quotes": (
        lambda folder: rewritten(folder, lambda raw: raw[: raw.rindex(b',"') + 6]),
        ReferenceDataError,
        "non si legge come CSV",
    ),
    "a file cut after a row": (
        lambda folder: edit(folder, SERVICES, lambda table: table.iloc[:40]),
        ReferenceDataError,
        "builtin/doubts.csv",
    ),
    "an empty file": (
        lambda folder: rewritten(folder, lambda _raw: b""),
        ReferenceDataError,
        "manca la colonna «service_type»",
    ),
    "bytes that are no text": (
        lambda folder: rewritten(folder, lambda _raw: bytes(range(128)) * 50),
        ReferenceDataError,
        SERVICES,
    ),
    "semicolons": (
        lambda folder: rewritten(folder, lambda raw: raw.replace(b",", b";")),
        ReferenceDataError,
        "separate da punto e virgola",
    ),
    "no file": (lambda folder: (folder / SERVICES).unlink(), ReferenceDataError, "il file manca"),
}


@pytest.mark.parametrize("case", list(HOSTILE))
def test_an_unusable_file_is_refused_and_nothing_changes(loaded_scratch, folder, case):
    spoil, error, why = HOSTILE[case]
    spoil(folder)
    before = fingerprint(loaded_scratch)
    with pytest.raises(error) as caught:
        load_everything(loaded_scratch, folder=folder)
    assert any(why in fault for fault in caught.value.faults), caught.value.faults
    assert fingerprint(loaded_scratch) == before


def test_a_row_twice_is_told_and_counts_once(loaded_scratch, folder):
    edit(folder, SERVICES, lambda table: table.iloc[[*range(len(table)), 5]])
    load_everything(loaded_scratch, folder=folder)
    counts = frame(loaded_scratch, "select counts from source_run order by started_at")["counts"].iloc[-1]
    assert (counts["read"], counts["accepted"], counts["rejected"]) == (245, 244, 1)
    assert scalar(loaded_scratch, "select count(*) from issue where kind = 'riga_ripetuta'") == 1
    assert scalar(loaded_scratch, "select count(*) from service where closed_on is null") == 244


def test_a_file_that_has_lost_most_services_is_refused(loaded_scratch, folder):
    """Cut exactly after a row, what other tables say of the lost rows taken out too: nothing else tells it."""
    edit(folder, SERVICES, lambda table: table.iloc[:100])
    kept = tables.builtin_services(folder=folder)["name"]
    edit(folder, "builtin/doubts.csv", lambda table: table[table["name"].isin(kept)])
    edit(folder, "builtin/service_areas.csv", lambda table: table.iloc[:0])
    before = fingerprint(loaded_scratch)
    with pytest.raises(SourceError, match="sembra troncata") as caught:
        load_everything(loaded_scratch, folder=folder)
    assert "Elencava 244 righe e ne perderebbe 144" in caught.value.faults[0]
    assert fingerprint(loaded_scratch) == before


def test_an_unknown_municipality_rejects_its_row_only(loaded_scratch, folder):
    edit(folder, SERVICES, set_first(istat_code="058091"))
    load_everything(loaded_scratch, folder=folder)
    issue = frame(loaded_scratch, "select severity, field, value from issue where kind = 'comune_sconosciuto'")
    assert issue.to_numpy().tolist() == [["scartato", "istat_code", "058091"]]
    assert scalar(loaded_scratch, "select count(*) from service where closed_on is null") == 243
    assert scalar(loaded_scratch, "select count(*) from source_record where not accepted and closed_on is null") == 1


def test_a_point_in_another_municipality_is_withdrawn(loaded_scratch, folder):
    edit(folder, SERVICES, set_first(lat="44.8856", lon="7.3306"))  # Pinerolo
    load_everything(loaded_scratch, folder=folder)
    issue = frame(loaded_scratch, "select severity, value from issue where kind = 'fuori_comune'")
    assert issue.to_numpy().tolist() == [["scartato", "44.8856 7.3306"]]
    place = frame(
        loaded_scratch,
        "select l.geom is null no_point, l.precision, m.code from service s"
        " join service_at_location a on a.service_id = s.id join location l on l.id = a.location_id"
        " join area m on m.id = l.municipality_id where s.name = :name and s.closed_on is null",
        name=tables.builtin_services(folder=folder)["name"][0],
    )
    assert place.to_numpy().tolist() == [[True, "municipality", "001272"]]
