"""What is read of the publishers' own files, where they are at hand; each share has a floor."""

import csv
from collections.abc import Iterator

import pytest

from etl.clean.accents import restore_accents
from etl.clean.draft import Draft
from etl.clean.run import clean
from etl.issues import IssueLog
from etl.reference.municipalities import municipalities
from tests.etl.tools import SHARED

needs_files = pytest.mark.skipif(not SHARED.exists(), reason="the folder of real files is missing")

TORINO = {"encoding": "iso-8859-1", "delimiter": ";"}
FILES: dict[str, dict[str, str]] = {
    **{
        f"aperto-torino/{name}.csv": TORINO
        for name in (
            "farmacie",
            "biblioteche",
            "si_nidi_comunali",
            "si_nidi_convenzionati",
            "si_nidi_aziendali",
            "si_primavera",
            "si_centri",
            "si_babyparking",
            "si_ludoteche",
            "uffici_anagrafici",
        )
    },
    "iccu-biblioteche/territorio.csv": {"encoding": "utf-8", "delimiter": ";"},
    "mim-scuole-paritarie/SCUANAGRAFEPAR20232420230901.csv": {"encoding": "utf-8", "delimiter": ","},
    "ministero-salute-farmacie/Torino_farmacie.csv": {"encoding": "utf-8", "delimiter": ";"},
    "ipa-comuni/comuniIPA.tsv": {"encoding": "utf-8", "delimiter": "\t"},
}
COLUMNS = {
    "address": {"INDIRIZZO", "indirizzo", "INDIRIZZOSCUOLA", "Indirizzo"},
    "phone": {"TELEFONO", "TEL_SEGRET", "telefono"},
    "email": {"EMAIL", "email", "INDIRIZZOEMAILSCUOLA", "mail1"},
    "url": {"URL", "url", "SITOWEBSCUOLA", "sito_istituzionale"},
    "tax_id": {"PARTITAIVA", "cf"},
    "opening_hours": {"ORARIO", "ORARIO_INV"},
    "municipality": {"CITTA", "comune", "DESCRIZIONECOMUNE", "Comune"},
    "cadastral_code": {"CODICECOMUNESCUOLA"},
    "istat_code": {"codice istat comune", "CODICECOMUNEISTAT"},
    "postal_code": {"CAP", "cap", "CAPSCUOLA", "Cap"},
    "name": {"DENOMINAZ", "denominazione", "DENOMINAZIONESCUOLA", "DESCRIZIONEFARMACIA", "des_amm"},
    "x": {"COORD_X"},
    "y": {"COORD_Y"},
    "wkt": {"WKT_GEOM"},
}
MISSING = {"", "-", "null", "Non Disponibile"}


def drafts(file: str) -> Iterator[tuple[str, Draft]]:
    told = FILES[file]
    with (SHARED / file).open(encoding=told["encoding"], newline="") as opened:
        for number, row in enumerate(csv.DictReader(opened, delimiter=told["delimiter"])):
            draft = {field: row[column] for field, columns in COLUMNS.items() for column in row if column in columns}
            yield str(number), {field: text for field, text in draft.items() if text and text.strip() not in MISSING}


def share(file: str, given: str, wanted: str, log: IssueLog | None = None) -> tuple[int, int, list[str]]:
    """Rows with something in ``given``, those that end with ``wanted``, and what was in the others."""
    rows, read, others = 0, 0, []
    for key, draft in drafts(file):
        if given not in draft:
            continue
        rows += 1
        done = clean(key, draft, log or IssueLog(), crs="EPSG:3003")
        if wanted in done and (wanted != "address" or ", " in done["address"]):
            read += 1
        else:
            others.append(draft[given])
    return rows, read, others


@needs_files
@pytest.mark.parametrize(
    ("file", "given", "wanted", "floor"),
    [
        ("aperto-torino/farmacie.csv", "phone", "phone", 1.0),
        ("aperto-torino/biblioteche.csv", "phone", "phone", 1.0),
        ("aperto-torino/si_nidi_comunali.csv", "phone", "phone", 1.0),
        ("aperto-torino/si_nidi_convenzionati.csv", "phone", "phone", 1.0),
        ("aperto-torino/si_nidi_aziendali.csv", "phone", "phone", 1.0),
        ("aperto-torino/si_primavera.csv", "phone", "phone", 1.0),
        ("aperto-torino/si_centri.csv", "phone", "phone", 1.0),
        ("aperto-torino/si_babyparking.csv", "phone", "phone", 1.0),
        ("aperto-torino/si_ludoteche.csv", "phone", "phone", 1.0),
        ("aperto-torino/uffici_anagrafici.csv", "phone", "phone", 1.0),
        ("iccu-biblioteche/territorio.csv", "phone", "phone", 0.995),
        ("aperto-torino/biblioteche.csv", "opening_hours", "osm_hours", 0.95),
        ("aperto-torino/uffici_anagrafici.csv", "opening_hours", "osm_hours", 1.0),
        ("aperto-torino/si_centri.csv", "opening_hours", "osm_hours", 0.75),
        # Nearly all tell the hours without the days: only those that name them are certain.
        ("aperto-torino/farmacie.csv", "opening_hours", "osm_hours", 0.06),
        ("aperto-torino/farmacie.csv", "address", "address", 1.0),
        ("aperto-torino/si_nidi_convenzionati.csv", "address", "address", 1.0),
        ("aperto-torino/uffici_anagrafici.csv", "address", "address", 1.0),
        ("iccu-biblioteche/territorio.csv", "address", "address", 0.94),
        ("mim-scuole-paritarie/SCUANAGRAFEPAR20232420230901.csv", "address", "address", 0.99),
        ("ministero-salute-farmacie/Torino_farmacie.csv", "address", "address", 0.99),
        ("ipa-comuni/comuniIPA.tsv", "address", "address", 0.99),
        ("iccu-biblioteche/territorio.csv", "email", "email", 1.0),
        ("mim-scuole-paritarie/SCUANAGRAFEPAR20232420230901.csv", "email", "email", 1.0),
        ("ipa-comuni/comuniIPA.tsv", "email", "email", 1.0),
        ("iccu-biblioteche/territorio.csv", "url", "url", 0.99),
        ("mim-scuole-paritarie/SCUANAGRAFEPAR20232420230901.csv", "url", "url", 0.97),
        ("ministero-salute-farmacie/Torino_farmacie.csv", "tax_id", "tax_id", 1.0),
        ("ipa-comuni/comuniIPA.tsv", "tax_id", "tax_id", 1.0),
        ("iccu-biblioteche/territorio.csv", "municipality", "istat_code", 1.0),
        ("mim-scuole-paritarie/SCUANAGRAFEPAR20232420230901.csv", "cadastral_code", "istat_code", 1.0),
        ("ministero-salute-farmacie/Torino_farmacie.csv", "istat_code", "istat_code", 1.0),
        ("ipa-comuni/comuniIPA.tsv", "municipality", "istat_code", 1.0),
        ("aperto-torino/farmacie.csv", "wkt", "latitude", 1.0),
    ],
)
def test_share(file: str, given: str, wanted: str, floor: float):
    rows, read, others = share(file, given, wanted)
    print(f"{file}: {read} of {rows} {given} → {wanted}; not read: {sorted(set(others))[:8]}")
    assert rows > 0
    assert read / rows >= floor


@needs_files
@pytest.mark.parametrize("file", FILES)
def test_cleaning_a_real_file_twice_is_cleaning_it_once(file: str):
    for key, draft in drafts(file):
        once = clean(key, draft, IssueLog(), crs="EPSG:3003")
        log = IssueLog()
        assert clean(key, once, log) == once
        assert [entry for entry in log.entries if entry.severity != "dubbio"] == []


@needs_files
def test_town_halls_of_ipa_are_the_municipalities_of_today():
    codes = [clean(key, draft, IssueLog()).get("istat_code") for key, draft in drafts("ipa-comuni/comuniIPA.tsv")]
    assert sorted(filter(None, codes)) == sorted(municipalities().names)


def test_every_accent_of_a_municipality_comes_back_from_an_apostrophe():
    accents = {"à": "a'", "è": "e'", "é": "e'", "ì": "i'", "ò": "o'", "ù": "u'"}
    capitals = {letter.upper(): plain.upper() for letter, plain in accents.items()}
    names = [name for name in municipalities().names.values() if name.endswith(tuple(accents))]
    assert len(names) > 5
    for name in names:
        assert restore_accents(name.translate(str.maketrans(accents))) == name
        assert restore_accents(name.upper().translate(str.maketrans(capitals))) == name.upper()


def test_no_name_of_a_municipality_is_changed_by_its_spelling():
    for name in municipalities().names.values():
        assert restore_accents(name) == name
