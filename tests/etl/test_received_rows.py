"""What of a row as received reaches the public tables: no code of a person, no key or name without end."""

import random
import string

from etl.received_rows import kept_key, masked_text
from tests.etl.files import go, rows, write
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
    assert scalar(loaded_scratch, "select count(*) from source_record where raw::text like '%[codice di persona]%'") > 2
    before = fingerprint(loaded_scratch)
    assert not go(loaded_scratch, tmp_path).changed
    assert fingerprint(loaded_scratch) == before


def test_a_code_joined_to_other_words_is_masked_too():
    for text in (f"ente_{PERSON}", f"{PERSON}_2", f"IT-{PERSON}/a"):
        assert PERSON not in masked_text(text) + kept_key(text)
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
