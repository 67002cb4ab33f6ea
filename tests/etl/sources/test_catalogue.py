"""Which source a file belongs to, and the sources that officers add."""

import pytest

from etl.errors import SourceError
from etl.sources.base import Received
from etl.sources.catalogue import catalogue, claim, left_out
from tests.etl.sources.reading import SAMPLES, read_one

MAPPING = """
id: sportelli-di-prova
title: Sportelli
publisher: Ente di prova
licence: CC-BY-4.0
files: [sportelli*.csv]
delimiter: ";"
edition: {date: 2025-03}
key: [codice]
fields:
  name: nome
  service_type: {constant: caf}
  municipality: comune
  address: via
"""
ROWS = "codice;nome;comune;via\n1;Primo;Ivrea;Via Inventata 1\n2;Secondo;Roma;Via Lontana 2\n"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "sportelli.yaml").write_text(MAPPING)
    (tmp_path / "sportelli_2025.csv").write_text(ROWS)
    return tmp_path


def source_of(folder):
    [found] = [source for source in catalogue(mappings=folder) if source.declaration.id == "sportelli-di-prova"]
    return found


def test_a_mapping_file_is_a_source(folder):
    source = source_of(folder)
    file = folder / "sportelli_2025.csv"
    claimed = claim(catalogue(mappings=folder), [file]).claimed
    assert claimed[file].declaration == source.declaration
    found = read_one(source, file)
    assert (found.label, found.accepted, found.rejected) == ("2025-03", 1, 1)
    assert (found.record("1").service_type, found.record("1").municipality) == ("caf", "001125")
    assert source.declaration.service_types == ("caf",)


def test_a_file_whose_name_nobody_knows_is_not_opened(tmp_path):
    claims = claim(catalogue(), [tmp_path / "risposte.csv"])  # it does not even exist
    assert claims.unclaimed == {tmp_path / "risposte.csv": ()}
    assert not claims.claimed


def test_a_file_of_a_known_name_with_other_columns_belongs_to_nobody(tmp_path):
    file = tmp_path / "si_centri.csv"
    file.write_text("a;b\n1;2\n")
    [reason] = claim(catalogue(), [file]).unclaimed[file]
    assert "mancano le colonne «ID_INF_CEN»" in reason
    assert "il file ha «a», «b»" in reason
    assert "aperto-centri-bambini-genitori" in reason


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02" * 99, b"\xff\xfe\x00"], ids=["empty", "binary", "cut"])
def test_an_unreadable_file_of_a_known_name_is_told(tmp_path, content):
    file = tmp_path / "si_centri.csv"
    file.write_bytes(content)
    assert claim(catalogue(), [file]).unclaimed[file]


def test_a_file_that_two_sources_recognise_belongs_to_neither(folder):
    (folder / "altro.yaml").write_text(MAPPING.replace("sportelli-di-prova", "altra-fonte"))
    file = folder / "sportelli_2025.csv"
    claims = claim(catalogue(mappings=folder), [file])
    assert not claims.claimed
    assert "altra-fonte, sportelli-di-prova" in claims.unclaimed[file][0]


def test_two_sources_of_one_id_are_refused(folder):
    (folder / "altro.yml").write_text(MAPPING)
    with pytest.raises(SourceError, match="più fonti si chiamano «sportelli-di-prova»"):
        catalogue(mappings=folder)


def test_headings_are_the_same_in_capitals(folder):
    file = folder / "sportelli_2025.csv"
    file.write_text(ROWS.replace("codice;nome;comune;via", " CODICE;Nome ;COMUNE;VIA"))
    found = read_one(source_of(folder), file)
    assert found.record("1").name == "Primo"


def test_editions_come_by_time_whatever_the_order_of_the_files(folder):
    source = source_of(folder)
    files = []
    for name in ("sportelli_b.csv", "sportelli_a.csv"):
        (folder / name).write_text(ROWS)
        files.append(Received(folder / name, name, name))
    [edition] = source.editions(files)
    assert [file.name for file in edition.files] == ["sportelli_a.csv", "sportelli_b.csv"]
    assert len(list(edition.rows())) == 4  # one time, one edition: loading remarks on the repeated keys


FAULTS = {
    "not YAML": ("id: [", "riga 1", ""),
    "no mapping": ("- a\n- b\n", "servono chiavi e valori", ""),
    "nothing": ("", "servono chiavi e valori", ""),
    "a missing key": (MAPPING.replace("title: Sportelli\n", ""), "«title»: manca", ""),
    "a key too many": (MAPPING + "licenza: x\n", "«licenza»: chiave sconosciuta; le chiavi sono:", "licence"),
    "a key too many inside": (
        MAPPING.replace("{constant: caf}", "{constant: caf, valori: {}}"),
        "«fields.service_type.valori»: chiave sconosciuta",
        "values",
    ),
    "an unknown field": (MAPPING.replace("  name:", "  nome:"), "campi sconosciuti: nome", "opening_hours"),
    "an unknown kind": (MAPPING + "kind: persone\n", "«kind»: valore non ammesso", "'organizations'"),
    "a kind that no mapping reads": (MAPPING + "kind: travel\n", "«kind»", "services"),
    "an id with blanks": (MAPPING.replace("sportelli-di-prova", "Sportelli Di Prova"), "«id»: la forma", ""),
    "no files": (MAPPING.replace("[sportelli*.csv]", "[]"), "«files»: è vuoto", ""),
    "a header in row none": (MAPPING + "header_row: 0\n", "«header_row»: deve essere almeno 1", ""),
    "a number for a text": (MAPPING.replace("title: Sportelli", "title: 12"), "«title»: deve essere un testo", ""),
    "a pattern that is none": (MAPPING.replace("{date: 2025-03}", "{pattern: '('}"), "espressione regolare", ""),
    "a pattern without a year": (MAPPING.replace("{date: 2025-03}", "{pattern: 'a'}"), "(?P<year>…)", ""),
    "an unknown service type": (MAPPING.replace("caf", "caffè"), "il tipo «caffè» non è in service_types.csv", ""),
    "no name": (MAPPING.replace("  name: nome\n", ""), "manca «name»", ""),
    "no place": (MAPPING.replace("  municipality: comune\n", ""), "manca «municipality»", ""),
    "x without a system": (MAPPING + "  x: est\n  y: nord\n", "«crs»: manca", ""),
    "both column and constant": (
        MAPPING.replace("{constant: caf}", "{constant: caf, column: tipo}"),
        "serve «column» oppure «constant»",
        "",
    ),
}


@pytest.mark.parametrize("case", list(FAULTS))
def test_a_wrong_mapping_file_is_told_with_file_key_and_remedy(folder, case):
    text, why, also = FAULTS[case]
    (folder / "sportelli.yaml").write_text(text)
    told = "\n".join(left_out(mappings=folder))
    assert "sportelli.yaml" in told
    assert why in told, told
    assert also in told, told
    assert "Input should" not in told


def test_every_fault_of_every_file_is_told_at_once(folder):
    (folder / "sportelli.yaml").write_text(MAPPING.replace("title: Sportelli\n", "") + "licenza: x\n")
    (folder / "altro.yaml").write_text("id: [")
    assert len(left_out(mappings=folder)) == 3


def test_a_wrong_mapping_file_stops_no_other_and_is_told(folder, caplog):
    (folder / "rotto.yaml").write_text("id: [")
    assert source_of(folder).declaration.id == "sportelli-di-prova"
    assert any("rotto.yaml" in record.getMessage() for record in caplog.records)


def test_a_mapping_that_is_no_text_is_told(folder):
    (folder / "sportelli.yaml").write_bytes(b"\xff\xfe\x00id: x")
    assert "non è in UTF-8" in left_out(mappings=folder)[0]


def test_samples_are_where_they_are_looked_for():
    assert SAMPLES.is_dir()
