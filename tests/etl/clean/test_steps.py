"""Each step alone, by a table of cases that can be edited by hand (``cases/*.csv``)."""

from functools import partial

import pytest

from etl.clean import (
    accents,
    capacity,
    dates,
    email_address,
    hostile,
    hours,
    house_number,
    letter_case,
    missing,
    phone,
    postal_code,
    tax_id,
    text,
    toponyms,
    url,
)
from etl.clean.draft import Draft
from etl.clean.step import Context, Read
from tests.etl.clean.cases import FOLDER, cases

STEPS = {
    "accents": accents.restore_accents,
    "addresses_case": letter_case.case_address,
    "capacities": capacity.read_capacity,
    "dates": dates.read_date,
    "emails": email_address.read_emails,
    "formulas": hostile.drop_formula,
    "hours": hours.read_hours,
    "missing": missing.drop_missing,
    "missing_codes": missing.drop_missing_code,
    "mojibake": text.repair_mojibake,
    "names_case": letter_case.case_name,
    "phones": phone.read_phones,
    "postal_codes": postal_code.read_postal_code,
    "saints": toponyms.spell_out_saints,
    "tax_ids": tax_id.read_tax_id,
    "toponyms": toponyms.spell_out_kind,
    "urls": url.read_url,
}
ROWS = [pytest.param(name, row, id=f"{name}-{row['before']}"[:60]) for name in STEPS for row in cases(name)]


def _read(name: str, before: str) -> Read:
    answer = STEPS[name](before)
    return answer if isinstance(answer, Read) else Read(answer)


@pytest.mark.parametrize(("name", "row"), ROWS)
def test_case(name: str, row: dict[str, str]):
    read = _read(name, row["before"])
    assert (read.value or "") == row["after"]
    if "remarks" in row:
        assert sorted(remark.kind for remark in read.remarks) == row["remarks"].split()


@pytest.mark.parametrize(("name", "row"), [row for row in ROWS if row.values[1]["after"]])
def test_what_a_step_gives_it_leaves_alone(name: str, row: dict[str, str]):
    read = _read(name, row["after"])
    assert read.value == row["after"]
    assert not [remark for remark in read.remarks if remark.severity == "scartato"]


@pytest.mark.parametrize("row", cases("house_numbers"), ids=lambda row: row["address"])
def test_house_number(row: dict[str, str]):
    draft = {field: row[field] for field in ("address", "street_number") if row[field]}
    done = house_number.join_number(draft, Context()).draft
    expected = {"address": row["after"]} | ({"locality": row["locality"]} if row["locality"] else {})
    assert done == expected
    assert house_number.join_number(done, Context()).draft == done


def test_every_table_of_cases_is_used():
    assert {path.stem for path in FOLDER.glob("*.csv")} == {*STEPS, "house_numbers"}


@pytest.mark.parametrize(
    ("function", "before", "after"),
    [
        (text.plain_apostrophes, "Massimo D`Azeglio, via d’ Oria", "Massimo D'Azeglio, via d'Oria"),
        (text.unescape_entities, "http://x.it/?a=1&amp;b=2", "http://x.it/?a=1&b=2"),
        (text.unescape_entities, "Rossi & Figli; Bianchi", "Rossi & Figli; Bianchi"),
        (text.compose_unicode, "Libert\u0061\u0300", "Libert\u00e0"),
        (text.drop_control, "Via\x1f Roma\x00", "Via Roma"),
        (text.drop_unseen, "\ufeffVia\u200b Roma\x86", "Via Roma"),
        (text.one_line, "  Via\u00a0 Roma\n12 ", "Via Roma 12"),
        (text.tidy_blanks, " primo \r\n\r\n secondo  terzo ", "primo\nsecondo terzo"),
        (text.space_initials, "P.C.VIGNOT e S.n.c. dott.ssa", "P.C. VIGNOT e S.n.c. dott.ssa"),
    ],
)
def test_text(function: object, before: str, after: str):
    assert partial(function)(before) == after  # type: ignore[operator]


def test_a_text_of_a_million_characters_is_dropped_and_not_repeated_whole():
    read = text.limit_length("x" * 1_000_000)
    assert isinstance(read, Read)
    assert read.value is None
    assert len(read.remarks[0].value or "") < 300


@pytest.mark.parametrize(
    ("code", "municipality", "kinds"),
    [
        ("10123", "001272", []),
        ("10123", "001001", ["cap_di_altro_comune"]),
        ("10010", "001272", ["cap_di_altro_comune"]),
        ("11022", "001001", ["cap_fuori_provincia"]),
        ("10010", None, []),
    ],
)
def test_postal_code_and_municipality(code: str, municipality: str | None, kinds: list[str]):
    draft: Draft = {"postal_code": code} | ({"istat_code": municipality} if municipality else {})
    work = postal_code.check_postal_code(draft, Context())
    assert work.draft == draft
    assert [remark.kind for remark in work.remarks] == kinds


def test_certified_mail_goes_to_its_own_field_beside_an_ordinary_address():
    work = email_address.part_certified({"email": "uno@x.it ; uno@pec.x.it"}, Context())
    assert work.draft == {"email": "uno@x.it", "pec": "uno@pec.x.it"}
    alone = {"email": "uno@pec.x.it"}
    assert email_address.part_certified(alone, Context()).draft == alone


@pytest.mark.parametrize("given", ["2018", "2018.0", "2018/19", "201819", "2018-2019"])
def test_year(given: str):
    assert dates.read_year(given).value == "2018"
    assert dates.read_year("nel 18").value is None
