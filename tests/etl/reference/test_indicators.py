"""A table of indicators that an officer brings: every fault at once, raw rows kept, years side by side."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from etl.derive import need
from etl.derive.need import Choice
from etl.errors import SourceError
from etl.reference.indicators import Loaded, load
from tests.etl.tools import scalar

DAY = date(2024, 5, 6)
HEAD = "area;anno;nome;valore;unita;fonte"


@pytest.fixture
def bring(loaded_scratch: Engine, tmp_path: Path) -> Callable[..., Loaded]:
    def write(*lines: str, head: str = HEAD, **options: str) -> Loaded:
        path = tmp_path / "redditi.csv"
        path.write_text("\n".join([head, *lines]), encoding="utf-8")
        return load(loaded_scratch, path, today=DAY, **options)

    return write


def rows(engine: Engine, statement: str) -> list[tuple[object, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(statement))]


def figures(engine: Engine) -> list[tuple[object, ...]]:
    return rows(
        engine,
        "select a.code, i.year, i.name, i.value from indicator i join area a on a.id = i.area_id"
        " where i.source_id like 'tabella-%' order by 1, 2, 3",
    )


def test_figures_come_in_with_unit_raw_rows_and_file(bring, loaded_scratch: Engine) -> None:
    done = bring("001272;2022;reddito_medio;24.123,5;euro;MEF", "1156;2022;reddito_medio;23.001,5;euro;MEF")
    assert (done.figures, done.changed, done.sources, done.indicators) == (2, 2, ("tabella-mef",), ("reddito_medio",))
    assert figures(loaded_scratch) == [
        ("001156", 2022, "reddito_medio", 23001.5),
        ("001272", 2022, "reddito_medio", 24123.5),
    ]
    raw = scalar(
        loaded_scratch, "select raw from source_record where source_id = 'tabella-mef' and key like '%/001156/%'"
    )
    assert raw == dict(zip(HEAD.split(";"), ["1156", "2022", "reddito_medio", "23.001,5", "euro", "MEF"], strict=True))
    files = scalar(loaded_scratch, "select files from source_run where source_id = 'tabella-mef'")
    assert [file["name"] for file in files] == ["redditi.csv"]
    with loaded_scratch.connect() as connection:
        known = need.indicators(connection)["reddito_medio"]
        assert (known.unit, known.year, known.source) == ("euro", 2022, "tabella-mef")
        told = need.read(connection, Choice({"reddito_medio": 1.0}), "municipality").table["value"]
    assert sorted(told.dropna()) == [23001.5, 24123.5]


def test_the_same_table_twice_changes_nothing(bring, loaded_scratch: Engine) -> None:
    line = "001272;2022;reddito_medio;24123,5;euro;MEF"
    bring(line)
    before = rows(loaded_scratch, "select id, source_id from source_run order by id")
    version = scalar(loaded_scratch, "select max(id) from data_version")
    assert bring(line).changed == 0
    assert rows(loaded_scratch, "select id, source_id from source_run order by id") == before
    assert scalar(loaded_scratch, "select max(id) from data_version") == version


def test_a_year_is_replaced_and_the_others_stay(bring, loaded_scratch: Engine) -> None:
    bring("001272;2021;reddito_medio;20000,5;euro;MEF", "001272;2022;reddito_medio;21000,5;euro;MEF")
    bring("001156;2022;reddito_medio;22000,5;euro;MEF", "001272;2022;affitto_medio;500,5;euro;MEF")
    assert figures(loaded_scratch) == [
        ("001156", 2022, "reddito_medio", 22000.5),
        ("001272", 2021, "reddito_medio", 20000.5),
        ("001272", 2022, "affitto_medio", 500.5),
    ]
    standing = rows(
        loaded_scratch,
        "select key, closed_on from source_record where source_id = 'tabella-mef' order by key",
    )
    assert standing == [
        ("municipality/001156/reddito_medio/2022", None),
        ("municipality/001272/affitto_medio/2022", None),
        ("municipality/001272/reddito_medio/2021", None),
        ("municipality/001272/reddito_medio/2022", DAY),
    ]


def test_sources_and_levels_side_by_side(bring, loaded_scratch: Engine) -> None:
    done = bring(
        "05;2022;sfratti;10;numero;Tribunale;zona_omogenea",
        "001272;2022;sfratti;3;numero;Comune di Torino;",
        head=f"{HEAD};livello",
    )
    assert done.sources == ("tabella-comune-di-torino", "tabella-tribunale")
    assert figures(loaded_scratch) == [("001272", 2022, "sfratti", 3.0), ("05", 2022, "sfratti", 10.0)]


def test_every_fault_is_told_at_once_and_nothing_enters(bring, loaded_scratch: Engine) -> None:
    with pytest.raises(SourceError) as caught:
        bring(
            "999999;22;Reddito medio;abc;;;",
            "001272;2022;quota_75;1;%;MEF;",
            "001272;2022;reddito;1,5;euro;MEF;",
            "001272;2022;reddito;1,6;lire;MEF;",
            "001272;2022;classe_snai;1;classe;MEF;",
            "05;2022;reddito;1;euro;MEF;quartiere",
            "001272;2022",
            head=f"{HEAD};livello",
        )
    told = "\n".join(caught.value.faults)
    for row, words in [
        (2, "«unita» è vuota"),
        (2, "«fonte» è vuota"),
        (2, "«Reddito medio» non va"),
        (2, "«999999» non è il codice"),
        (2, "«22» non è un anno"),
        (2, "«abc» non è un numero"),
        (3, "«quota_75» è già"),
        (5, "già alla riga 4"),
        (5, "«lire»"),
        (6, "«classe_snai» è già"),
        (7, "«quartiere» non c'è"),
        (8, "2 celle invece di 7"),
    ]:
        assert any(line.startswith(f"riga {row}:") and words in line for line in told.splitlines()), (row, words, told)
    assert figures(loaded_scratch) == []
    assert scalar(loaded_scratch, "select count(*) from source where id like 'tabella-%'") == 0


def test_columns_are_named_where_they_lack_or_are_too_many(bring) -> None:
    with pytest.raises(SourceError) as caught:
        bring("1;2", head="area;altro")
    told = " ".join(caught.value.faults)
    assert all(f"«{name}»" in told for name in ("anno", "nome", "valore", "unita", "fonte", "altro"))


def test_figures_that_read_both_ways_ask_for_a_word(bring, loaded_scratch: Engine) -> None:
    line = "001272;2022;reddito;1.234;euro;MEF"
    with pytest.raises(SourceError, match="--decimal"):
        bring(line)
    bring(line, decimal=",")
    assert figures(loaded_scratch)[0][-1] == 1234.0
    bring(line, decimal=".")
    assert figures(loaded_scratch)[0][-1] == 1.234


def test_other_figures_of_the_table_tell_the_sign(bring, loaded_scratch: Engine) -> None:
    bring("001272;2022;reddito;1.234;euro;MEF", "001156;2022;reddito;0.5;euro;MEF")
    assert [row[-1] for row in figures(loaded_scratch)] == [0.5, 1.234]


def test_hundreds_of_faults_are_counted(bring) -> None:
    with pytest.raises(SourceError, match="altri 150 errori"):
        bring(*(f"001272;{year};reddito;x;euro;MEF" for year in range(1900, 2100)))


def test_an_empty_table_says_so(bring) -> None:
    with pytest.raises(SourceError):
        bring()


def test_what_a_composite_asks_may_come_from_a_table(bring, loaded_scratch: Engine) -> None:
    codes = scalar(loaded_scratch, "select array_agg(code order by code) from area where level = 'municipality'")
    bring(*(f"{code};2022;reddito;{1000 + n};euro;MEF" for n, code in enumerate(codes)))
    with loaded_scratch.connect() as connection:
        found = need.read(connection, Choice({"quota_75": 1.0, "reddito": -1.0}, "ranks"), "municipality")
    assert found.table["value"].notna().sum() == len(codes)
    assert found.choice.label == "ranks(quota_75 - reddito)"
