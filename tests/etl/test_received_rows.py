"""What of a row as received reaches the public tables: no code of a person, no key or name without end."""

import hashlib
import random
import string

import pytest

from etl.clean.run import clean
from etl.identity import content_hash
from etl.issues import IssueLog
from etl.received_rows import kept_key, masked_text
from etl.sources.base import Received
from etl.sources.tabular.source import TabularSource
from tests.etl.files import go, mapping, rows, write
from tests.etl.tools import fingerprint, frame, scalar

PERSON = "RSSMRA80A01L219M"


def endless(characters: int = 12_000) -> str:
    """Text that no compression makes small."""
    return "".join(random.Random(7).choices(string.ascii_letters + string.digits, k=characters))


def test_codes_of_persons_stay_in_the_file_as_received_only(loaded_scratch, tmp_path):
    person = {"codice": PERSON, "nome": f"Ditta Rossi {PERSON.lower()}", "indirizzo": f"c/o {PERSON}"}
    nameless = {"codice": "", "nome": PERSON}
    write(tmp_path, "farmacie-2024.csv", rows(n000=person, n001=nameless, n002={"telefono": PERSON}))
    with (tmp_path / "farmacie-2024.csv").open("a", encoding="utf-8") as stream:
        stream.write(f"a;b;c;d;e;f;g;h;i;{PERSON};k;l\n")
    outcome = go(loaded_scratch, tmp_path)
    assert not outcome.failed
    assert outcome.files[0].accepted >= 10
    for table in fingerprint(loaded_scratch):
        leak = f"select count(*) from {table} t where t::text ilike '%{PERSON}%'"
        assert scalar(loaded_scratch, leak) == 0, table
    kept = frame(loaded_scratch, "select key from source_record where key like 'persona-%'")
    assert len(kept) == 1
    assert content_hash(PERSON)[:16] not in kept["key"][0]
    assert scalar(loaded_scratch, "select count(*) from source_record where raw::text like '%[codice di persona]%'") > 2
    before = fingerprint(loaded_scratch)
    assert not go(loaded_scratch, tmp_path).changed
    assert fingerprint(loaded_scratch) == before


@pytest.mark.parametrize(
    "parted",
    ["RSSMRA 80A01 L219M", "RSS MRA 80A01 L219M", "rss mra  80 a01 l219m", " ".join(PERSON), "RSSMRA 80A01 L21VM"],
)
def test_a_code_with_blanks_is_masked_too(parted):
    assert masked_text(f"Ditta {parted}, via Roma 3") == "Ditta [codice di persona], via Roma 3"
    log = IssueLog()
    assert "80" not in str(clean("1", {"name": f"Ditta {parted}"}, log)) + str(log.entries)


@pytest.mark.parametrize(
    "text", ["Via San Mauro 12 B 3", "SCUOLA PRIMARIA ALESSANDRO MANZONI", "Casa 12 A 34 B 567 C 8"]
)
def test_words_and_numbers_are_no_code(text):
    assert masked_text(text) == text


@pytest.mark.parametrize("most", [200, 500])
@pytest.mark.parametrize("cut", range(8, 16))
@pytest.mark.parametrize("end", ["", "…"])
def test_what_a_cut_leaves_of_a_code_is_masked_too(most, cut, end):
    text = "x" * (most - cut - 1) + " " + PERSON[:cut]
    assert len(text) == most
    assert masked_text(text + end) == text[:-cut] + "[codice di persona]" + end
    assert masked_text("y" + text) == "y" + text  # not cut: a word that ends so


def test_of_an_unreadable_row_no_beginning_of_a_code_is_shown(loaded_scratch, tmp_path):
    write(tmp_path, "farmacie-2024.csv", rows())
    line = ";".join(["c"] * 14) + ";"
    with (tmp_path / "farmacie-2024.csv").open("a", encoding="utf-8") as stream:
        stream.write(line + "z" * (500 - len(line) - 13) + f" {PERSON};altro;altro\n")
    go(loaded_scratch, tmp_path)
    assert scalar(loaded_scratch, "select count(*) from issue where kind = 'riga_illeggibile'") == 1
    for table in fingerprint(loaded_scratch):
        assert scalar(loaded_scratch, f"select count(*) from {table} t where t::text like '%{PERSON[:10]}%'") == 0, (
            table
        )


def test_names_of_codes_of_persons_are_made_with_the_secret_of_the_installation():
    ours, theirs = (kept_key(f"a/{PERSON}", secret) for secret in (b"ours", b"theirs"))
    assert ours == kept_key("a/rssmra 80a01 l219m", b"ours")
    assert ours.startswith("a/persona-")
    assert ours != theirs
    unkeyed = content_hash(PERSON)[:16], hashlib.sha256(PERSON.encode()).hexdigest()[:16]
    assert not [one for one in unkeyed if one in ours]
    long = f"{PERSON}/{'x' * 300}"
    assert kept_key(long, b"ours") != kept_key(long, b"theirs")
    assert kept_key("x" * 300, b"ours") == kept_key("x" * 300, b"theirs")


def test_the_hash_that_names_a_row_without_a_key_tells_no_code(tmp_path):
    """Of a row known by its hash all but the code is public: trying codes would find it."""
    source = TabularSource(mapping("senza-chiave", "*.csv", key=(), edition={}))
    found = []
    for name, code in (("uno.csv", PERSON), ("due.csv", "VRDLGU75C41F205X")):
        file = write(tmp_path, name, rows(n000={"piva": code}))
        found.append({key for key, _raw in source.rows(Received(file, name, ""))})
    assert found[0] == found[1]


def test_a_code_joined_to_other_words_is_masked_too():
    for text in (f"ente_{PERSON}", f"{PERSON}_2", f"IT-{PERSON}/a"):
        assert PERSON not in masked_text(text) + kept_key(text, b"")
    assert masked_text("ABRSSMRA80A01L219M7") == "ABRSSMRA80A01L219M7"


def test_codes_of_bodies_stay(loaded_scratch, tmp_path):
    write(tmp_path, "enti-2024.csv", rows(n000={"piva": "00514490010"}))
    go(loaded_scratch, tmp_path)
    assert scalar(loaded_scratch, "select count(*) from source_record where raw->>'piva' = '00514490010'") == 1


def test_texts_without_end_reject_their_row_and_not_the_run(loaded_scratch, tmp_path):
    write(
        tmp_path, "farmacie-2024.csv", rows(n000={"codice": endless()}, n001={"indirizzo": f"Via {endless(9_000)} 3"})
    )
    write(tmp_path, "enti-2024.csv", rows(n000={"nome": endless(9_000)}, n001={"codice": endless()}))
    outcome = go(loaded_scratch, tmp_path)
    assert [file.state for file in outcome.files] == ["caricato", "caricato"]
    assert [file.rejected for file in outcome.files] == [2, 1]
    told = frame(loaded_scratch, "select source_id, kind from issue where kind = 'chiave_troppo_lunga' order by 1")
    assert told["source_id"].tolist() == ["enti-prova", "farmacie-prova"]
    assert scalar(loaded_scratch, "select max(length(key)) from source_record") <= 200
