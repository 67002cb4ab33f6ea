"""The report as a table for spreadsheets, and the order in which sources come."""

import csv
import io
import re

from sqlalchemy import Engine, text

from app.reports import reading, sheet


def cells(engine: Engine) -> dict[str, dict[str, str]]:
    with engine.connect() as connection:
        told = sheet.csv(reading.sources(connection))
    return {row["Codice"]: row for row in csv.DictReader(io.StringIO(told))}


def test_headings_are_italian_and_score_and_parts_are_on_one_scale(loaded: Engine) -> None:
    row = cells(loaded)["servizi-ombra"]
    assert int(row["Righe lette"]) == int(row["Accettate"]) + int(row["Scartate"]) == 244
    assert row["Nuovi"] == "244"
    told = {name: value for name, value in row.items() if name.endswith("su 100")}
    assert len(told) == 6
    parts = [int(value) for name, value in told.items() if name != "Qualità su 100" and value]
    assert abs(int(told["Qualità su 100"]) - sum(parts) / len(parts)) <= 1
    kinds = sum(int(value) for name, value in row.items() if name.startswith("Segnalazioni: "))
    assert kinds == int(row["Segnalazioni"])


def test_times_are_told_to_the_minute(loaded: Engine) -> None:
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d", cells(loaded)["servizi-ombra"]["Caricata"])


def test_what_never_loaded_has_empty_cells(loaded: Engine) -> None:
    row = next(row for row in cells(loaded).values() if not row["Caricata"])
    assert {row[name] for name in ("Righe lette", "Nuovi", "Segnalazioni: da controllare", "Qualità su 100")} == {""}


def test_sources_come_by_title_whatever_the_case(loaded_scratch: Engine) -> None:
    with loaded_scratch.begin() as connection:
        own = "select id from source where id <> 'collegamento' order by id limit 3"
        ids = connection.execute(text(own)).scalars().all()
        for name, title in zip(ids, ["zebra", "Alfa", "alce"], strict=True):
            connection.execute(text("update source set title = :title where id = :id"), {"id": name, "title": title})
        told = [one.id for one in reading.sources(connection) if one.id in ids]
    assert told == [ids[2], ids[1], ids[0]]
