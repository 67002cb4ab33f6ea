"""What Ombra proposes for a file that nobody has prepared."""

from dataclasses import replace

import openpyxl
import pytest
import yaml

from etl.errors import SourceError
from etl.reference import boundaries
from etl.sources.catalogue import catalogue
from etl.sources.tabular.guessing import headings, systems
from etl.sources.tabular.mapping_file import load_mapping
from etl.sources.tabular.propose import propose
from etl.sources.tabular.source import TabularSource
from tests.etl.sources.reading import SAMPLES, read_one
from tests.etl.tools import SHARED

real = pytest.mark.skipif(not SHARED.is_dir(), reason="manca la cartella dei file veri (shared/data)")

# By file: kind, key, type of service, reference system, and fields by column.
REAL = {
    "aperto-torino/farmacie.csv": (
        "services",
        ("ID_FARMACI",),
        "farmacia",
        "EPSG:3003",
        {"name": "DENOMINAZ", "address": "INDIRIZZO", "postal_code": "CAP", "phone": "TELEFONO", "x": "COORD_X"},
    ),
    "aperto-torino/si_nidi_comunali.csv": (
        "services",
        ("ID_NIDO_CO",),
        "asilo_nido",
        "EPSG:3003",
        {"name": "DENOMINAZ", "capacity": "CAP_MAX", "phone": "TEL_SEGRET", "email": "EMAIL", "note": "NOTE"},
    ),
    "aperto-torino/uffici_anagrafici.csv": (
        "services",
        ("ID_ANAGRAF",),
        "ufficio_anagrafe",
        "EPSG:3003",
        {"opening_hours": "ORARIO", "wkt": "WKT_GEOM"},
    ),
    "iccu-biblioteche/territorio.csv": (
        "services",
        ("codice-isil",),
        "biblioteca",
        None,
        {"name": "denominazione", "istat_code": "codice istat comune", "latitude": "latitudine"},
    ),
    "ipa-comuni/comuniIPA.tsv": (
        "organizations",
        ("cf",),
        None,
        None,
        {"name": "des_amm", "tax_id": "cf", "municipality": "Comune"},
    ),
    "ministero-salute-farmacie/Torino_farmacie.csv": (
        "services",
        ("CODICEIDENTIFICATIVOFARMACIA",),
        "farmacia",
        None,
        {"name": "DESCRIZIONEFARMACIA", "organization_tax_id": "PARTITAIVA", "latitude": "orig_lat"},
    ),
    "istat-municipi-2011/ElencoUnitaAmministrative2011.csv": (
        "indicators",
        ("PRO_COM_T",),
        None,
        None,
        {"istat_code": "PRO_COM_T"},
    ),
    "aperto-torino/geo/ex_quartieri_WGS84.geojson": ("areas", ("ID_QUART",), None, None, {"name": "DENOM"}),
}


@real
@pytest.mark.parametrize("name", list(REAL))
def test_real_files_are_understood_as_if_nobody_had_prepared_them(name):
    kind, key, service_type, crs, fields = REAL[name]
    found = propose(SHARED / name)
    assert found.faults == ()
    told = found.mapping
    assert (told.kind, told.key, told.crs) == (kind, key, crs)
    if service_type is not None:
        assert told.fields["service_type"].constant == service_type
        assert any(service_type in doubt for doubt in found.doubts)  # a guess is never silent
    assert {field: told.fields[field].column for field in fields} == fields
    assert all(row.records for row in found.first)


@real
def test_grades_of_schools_become_types():
    found = propose(SHARED / "mim-scuole-paritarie" / "SCUANAGRAFEPAR20232420230901.csv")
    assert found.mapping.fields["cadastral_code"].column == "CODICECOMUNESCUOLA"
    assert found.mapping.fields["service_type"].values["SCUOLA INFANZIA NON STATALE"] == "scuola_infanzia"
    assert any("saranno rifiutate" in doubt for doubt in found.doubts)


@real
def test_the_geocoders_point_is_left_out():
    found = propose(SHARED / "ministero-salute-farmacie" / "Torino_farmacie.csv")
    assert set(found.mapping.ignored) == {"indirizzo_query", "arcGIS_response", "Long", "Lat"}


def test_names_of_persons_are_left_out():
    found = propose(SAMPLES / "comuniIPA.tsv")
    assert {"nome_resp", "cogn_resp", "titolo_resp"} <= set(found.mapping.ignored)
    assert "SEGRETO" not in repr(found.first)


def test_a_proposal_kept_as_it_is_is_a_source(tmp_path):
    found = propose(SAMPLES / "si_babyparking.csv")
    (tmp_path / found.name).write_text(found.text)
    with pytest.raises(SourceError, match="«da indicare» non è chi pubblica"):
        load_mapping(tmp_path / found.name)
    (tmp_path / found.name).write_text(found.text.replace("da indicare", "Ente di prova"))
    found = replace(found, mapping=found.mapping.model_copy(update={"publisher": "Ente di prova"}))
    assert load_mapping(tmp_path / found.name) == found.mapping
    assert "si-babyparking" in {source.declaration.id for source in catalogue(mappings=tmp_path)}
    assert yaml.safe_load(found.text)["crs"] == "EPSG:3003"
    assert "# Dubbio:" in found.text


def test_a_sheet_with_titles_above_its_headings(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Elenco dei centri estivi"])
    sheet.append([])
    sheet.append(["Codice", "Denominazione", "Comune", "Indirizzo", "Telefono", "Posti"])
    for number in range(1, 4):
        sheet.append([number, f"Centro {number}", "Ivrea", f"Via Inventata {number}", "0125 550100", 20])
    book.save(tmp_path / "centri_estivi.xlsx")
    found = propose(tmp_path / "centri_estivi.xlsx")
    assert found.opened.header_row == 3
    assert found.mapping.header_row == 3
    assert found.mapping.fields["service_type"].constant == "centro_estivo"
    assert [row.records[0].municipality for row in found.first] == ["001125"] * 3
    assert found.first[0].records[0].capacities[0].maximum == 20


def test_where_the_municipality_is_not_told_the_points_tell_it(tmp_path):
    rows = "".join(f"{number};Punto {number};{45.066 + number / 1000};7.68\n" for number in range(5))
    (tmp_path / "consultori.csv").write_text("id;nome;lat;lon\n" + rows)
    found = propose(tmp_path / "consultori.csv")
    assert found.mapping.fields["municipality"].constant == "Torino"
    assert any("tutti i punti sono a Torino" in doubt for doubt in found.doubts)
    assert found.mapping.fields["service_type"].constant == "consultorio_familiare"


def test_what_cannot_be_used_yet_says_why(tmp_path):
    (tmp_path / "cose.csv").write_text("colore;peso\nrosso;1\nverde;2\n")
    found = propose(tmp_path / "cose.csv")
    assert found.mapping is None
    assert any("«name»" in fault for fault in found.faults)
    assert found.first == ()
    assert yaml.safe_load(found.text)["id"] == "cose"


@pytest.mark.parametrize("name", ["leggimi.md", "vuoto.csv", "rotto.xlsx"])
def test_a_file_that_is_no_table_is_refused_with_a_reason(tmp_path, name):
    (tmp_path / name).write_bytes(b"" if name != "rotto.xlsx" else b"PK\x03\x04rotto")
    with pytest.raises(SourceError) as caught:
        propose(tmp_path / name)
    assert caught.value.faults


def test_a_weak_guess_of_the_type_is_left_to_a_person():
    found = propose(SAMPLES / "si_centri.csv")
    assert found.mapping is None
    assert any("da_indicare" in fault for fault in found.faults)
    assert any("forse" in doubt for doubt in found.doubts)


def test_the_type_that_a_person_tells_is_taken(tmp_path):
    found = propose(SAMPLES / "si_centri.csv", service_type="centro_bambini_genitori")
    assert found.mapping.fields["service_type"].constant == "centro_bambini_genitori"
    assert not any("indovinato" in doubt for doubt in found.doubts)


@pytest.mark.parametrize(
    ("x", "y", "system"),
    [
        ("7.68", "45.07", "EPSG:4326"),
        ("1396116,142", "4991593,743", "EPSG:3003"),
        ("396134", "4991574", "EPSG:32632"),
        ("854934", "5633900", "EPSG:3857"),
    ],
)
def test_the_system_of_a_point_is_the_one_that_puts_it_here(x, y, system):
    assert systems.fitting(systems.points([x], [y]))[0] == system


def test_points_elsewhere_fit_no_system():
    assert systems.fitting(systems.points(["12.5"], ["41.9"])) == []


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("DENOMINAZ", "name"),
        ("INDIRIZZOSCUOLA", "address"),
        ("Codice Istat del Comune", "istat_code"),
        ("e-mail", "email"),
        ("TEL_SEGRET", "phone"),
        ("CAPSCUOLA", "postal_code"),
        ("Num. posti", "capacity"),
        ("sitoWeb", "url"),
    ],
)
def test_headings_say_their_field(heading, field):
    said = {name: headings.says(heading, name) for name in headings.WORDS}
    assert said[field] > 0.4
    assert max(said, key=said.__getitem__) == field


# --- figures ---------------------------------------------------------------------------------------


def income(path, *, taxpayers, amount):
    """A table of taxpayers and income with one row for each municipality, written by two functions of its place."""
    codes = sorted(boundaries.municipalities().index)
    rows = [f"{code};{taxpayers(at)};{amount(at)}\n" for at, code in enumerate(codes)]
    path.write_text("Codice Istat Comune;Numero contribuenti;Reddito imponibile\n" + "".join(rows))
    return len(rows)


def test_points_for_thousands_are_known_by_the_commas_of_another_column(tmp_path):
    file = tmp_path / "redditi_2024.csv"
    count = income(file, taxpayers=lambda at: f"{at % 9 + 1}.{at:03d}", amount=lambda at: f"{at + 20000},32")
    found = propose(file)
    assert (found.mapping.decimal, found.open) == (",", ())
    records = read_one(TabularSource(found.mapping), file).records
    people = [record.value for record in records if record.name == "numero_contribuenti"]
    assert sum(people) == sum((at % 9 + 1) * 1000 + at for at in range(count))


@pytest.mark.parametrize(
    ("amount", "sign"),
    [("1.234.567,89", ","), ("1,234,567.89", "."), ("1.234.567", ","), ("12.5", "."), ("12,5", ","), ("300", None)],
)
def test_the_decimal_sign_is_the_one_that_some_figure_shows(tmp_path, amount, sign):
    file = tmp_path / "redditi_2024.csv"
    income(
        file, taxpayers=lambda at: f"2.{at:03d}" if sign != "." else str(at), amount=lambda at: f"{at % 9 + 1}{amount}"
    )
    assert propose(file).mapping.decimal == sign


def test_where_nothing_tells_the_decimal_sign_a_person_must(tmp_path):
    file = tmp_path / "redditi_2024.csv"
    income(file, taxpayers=lambda at: f"2.{at:03d}" if at > 9 else "980", amount=str)
    found = propose(file)
    assert found.mapping.decimal is None
    [told] = found.open
    assert "«Numero contribuenti»" in told
    assert "Reddito" not in told
    assert "decimal" in told
    assert told in " ".join(found.text.split("# Dubbio: "))
    with pytest.raises(SourceError, match="«Numero contribuenti»"):  # 980 would enter, 2.010 would not
        read_one(TabularSource(found.mapping), file)
    said = found.mapping.model_copy(update={"decimal": ","})
    assert max(r.value for r in read_one(TabularSource(said), file).records) > 2000


# --- bodies, keys, columns -------------------------------------------------------------------------

TAX_CODES = ("00514490010", "01907990012", "97532640154")


@pytest.mark.parametrize("heading", ["Associazione", "Ente", "Organizzazione", "Denominazione ente", "Cooperativa"])
def test_a_list_of_bodies_is_known_by_tax_code_and_its_column_of_bodies(tmp_path, heading):
    file = tmp_path / "albo.csv"
    rows = (f"{at};Corpo {at};{code};Ivrea\n" for at, code in enumerate(TAX_CODES, start=1))
    file.write_text(f"N.;{heading};Codice fiscale;Comune\n" + "".join(rows))
    found = propose(file)
    assert (found.mapping.kind, found.mapping.key) == ("organizations", ("Codice fiscale",))
    assert found.mapping.fields["name"].column == heading
    assert [row.records[0].name for row in found.first] == ["Corpo 1", "Corpo 2", "Corpo 3"]


@pytest.mark.parametrize("counter", ["N.", "Prog.", "Ordine"])
def test_what_counts_the_rows_is_no_key_and_is_said_to_be_unused(tmp_path, counter):
    file = tmp_path / "farmacie.csv"
    file.write_text(f"{counter};Denominazione;Comune\n1;Prima;Ivrea\n2;Seconda;Ivrea\n3;Terza;Ivrea\n")
    found = propose(file)
    assert found.mapping.key == ()
    assert any(doubt == f"colonne non usate: {counter}" for doubt in found.doubts)


def test_hours_in_words_are_hours_where_the_heading_says_so(tmp_path):
    file = tmp_path / "consultori.csv"
    file.write_text("Codice;Nome;Comune;ORARIO\nA1;Primo;Ivrea;su appuntamento\nA2;Secondo;Ivrea;telefonare\n")
    assert propose(file).mapping.fields["opening_hours"].column == "ORARIO"


def test_a_draft_shows_its_first_rows_without_a_type(tmp_path):
    found = propose(SAMPLES / "si_centri.csv")
    assert found.mapping is None
    assert {record.service_type for row in found.first for record in row.records} == {"da_indicare"}


def test_points_elsewhere_are_counted_once_swapped_ones_are_mended(tmp_path):
    here = ["45.07;7.68", "45.08;7.67", "45.06;7.69", "7.68;45.07"]
    rows = "".join(f"A{at};Punto {at};Torino;{pair}\n" for at, pair in enumerate([*here, "41.90;12.50", "40.85;14.26"]))
    (tmp_path / "consultori.csv").write_text("codice;nome;comune;lat;lon\n" + rows)
    doubts = propose(tmp_path / "consultori.csv").doubts
    assert "2 punti su 6 cadono fuori dal territorio" in doubts
    assert not any("in nessun sistema" in doubt for doubt in doubts)


@pytest.mark.parametrize(("other", "several"), [("Biblioteca", True), ("Varie", False)])
def test_a_column_of_types_is_taken_where_it_tells_two_and_a_doubt_where_it_tells_one(tmp_path, other, several):
    kinds = ["Farmacia", other, "Sede", "Altro", "Punto", "Farmacia", other]
    rows = "".join(f"A{at};Posto {at};Ivrea;{kind}\n" for at, kind in enumerate(kinds))
    (tmp_path / "luoghi.csv").write_text("codice;nome;comune;Genere\n" + rows)
    found = propose(tmp_path / "luoghi.csv")
    told = yaml.safe_load(found.text)["fields"]["service_type"]
    assert (told.get("values") == {"Farmacia": "farmacia", "Biblioteca": "biblioteca"}) == several
    assert any("«Genere»" in doubt for doubt in found.doubts)
