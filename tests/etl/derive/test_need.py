"""Need by area on the built-in data, against SQL of its own; tables beside ages; composites as a choice."""

import pandas as pd
import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from etl.derive import need
from etl.derive.need import Choice
from etl.errors import FaultsError, NotFound
from geo.need import AGE_RATIOS, composite

# Bands written out here once more, and not taken from the code.
BANDS = {
    "indice_vecchiaia": ("age >= 65", "age <= 14"),
    "dipendenza_strutturale": ("age >= 65 or age <= 14", "age between 15 and 64"),
    "dipendenza_anziani": ("age >= 65", "age between 15 and 64"),
    "dipendenza_giovani": ("age <= 14", "age between 15 and 64"),
    "sostegno_genitori": ("age >= 85", "age between 50 and 64"),
    "quota_0_2": ("age <= 2", "true"),
    "quota_0_14": ("age <= 14", "true"),
    "quota_65": ("age >= 65", "true"),
    "quota_75": ("age >= 75", "true"),
    "quota_80": ("age >= 80", "true"),
    "quota_90": ("age >= 90", "true"),
}


def _by_sql(session: Session, code: str, level: str) -> dict[str, float | None]:
    above, below = BANDS[code]
    statement = f"""
        select a.id, 100.0 * sum(p.persons) filter (where {above})
            / nullif(sum(p.persons) filter (where {below}), 0) as value
        from area a join area_within w on w.ancestor_id = a.id join population p on p.area_id = w.area_id
        where a.level = :level and p.year = (select max(year) from population) group by a.id"""
    return {str(row.id): float(row.value) for row in session.execute(text(statement), {"level": level})}


@pytest.mark.parametrize("code", list(AGE_RATIOS))
def test_indicators_of_age_are_those_of_sql(loaded_session: Session, code: str) -> None:
    found = need.read(loaded_session.connection(), Choice({code: 1.0}), "zona_omogenea").table
    assert found["value"].to_dict() == pytest.approx(_by_sql(loaded_session, code, "zona_omogenea"))


@pytest.mark.parametrize("level", need.AGE_LEVELS)
def test_every_level_of_municipalities_has_them(loaded_session: Session, level: str) -> None:
    found = need.read(loaded_session.connection(), Choice(), level).table
    expected = _by_sql(loaded_session, need.DEFAULT, level)
    assert found["value"].dropna().to_dict() == pytest.approx(expected)
    assert (found["numerator"] / found["denominator"] * 100).dropna().to_numpy() == pytest.approx(
        found["value"].dropna().to_numpy()
    )


def test_the_whole_is_the_quotient_of_the_sums_and_not_a_mean(loaded_session: Session) -> None:
    connection = loaded_session.connection()
    towns, whole = (need.read(connection, Choice(), level).table for level in ("municipality", "metropolitan_city"))
    assert whole["value"].iloc[0] == pytest.approx(100 * towns["numerator"].sum() / towns["denominator"].sum())


def test_a_composite_is_that_of_its_indicators(loaded_session: Session) -> None:
    connection = loaded_session.connection()
    choice = Choice({"quota_75": 2.0, "quota_0_2": -1.0}, "z")
    assert choice.label == "z(2 quota_75 - quota_0_2)"
    found = need.read(connection, choice, "municipality")
    singles = {
        code: need.read(connection, Choice({code: 1.0}), "municipality").table["value"] for code in choice.weights
    }
    expected = composite(pd.DataFrame(singles), scaling="z", weights=choice.weights)
    assert found.table["value"].to_dict() == pytest.approx(expected.to_dict())
    assert [part.code for part in found.parts] == ["quota_75", "quota_0_2"]


def test_several_indicators_without_a_word_on_how_are_refused(loaded_session: Session) -> None:
    with pytest.raises(FaultsError, match="z o ranks"):
        need.read(loaded_session.connection(), Choice({"quota_75": 1.0, "quota_0_2": 1.0}), "municipality")


def test_a_composite_of_one_area_cannot_be_made(loaded_session: Session) -> None:
    with pytest.raises(FaultsError, match="non si può fare"):
        need.read(loaded_session.connection(), Choice({"quota_75": 1.0, "quota_0_2": 1.0}, "z"), "metropolitan_city")


def test_every_unknown_indicator_is_named(loaded_session: Session) -> None:
    with pytest.raises(NotFound) as caught:
        need.read(loaded_session.connection(), Choice({"felicita": 1.0, "noia": 1.0}, "z"), "municipality")
    assert "felicita" in str(caught.value)
    assert "noia" in str(caught.value)


def test_what_a_table_tells_stands_beside_and_only_where_it_is_told(loaded_session: Session) -> None:
    loaded_session.execute(
        text(
            "insert into source (id, title, publisher, licence)"
            " values ('tabella-a', 'A', 'A', '-'), ('tabella-b', 'B', 'B', '-')"
        )
    )
    insert = text(
        "insert into indicator (area_id, year, name, source_id, value)"
        " select id, :year, 'reddito', :source, :value from area where level = 'municipality' and code = :code"
    )
    for year, source, value, code in [
        (2021, "tabella-b", 1.0, "001272"),
        (2022, "tabella-a", 2.0, "001272"),
        (2022, "tabella-b", 3.0, "001272"),
        (2022, "tabella-a", 9.0, "001006"),
    ]:
        loaded_session.execute(insert, {"year": year, "source": source, "value": value, "code": code})
    connection = loaded_session.connection()
    known = need.indicators(connection)["reddito"]
    assert (known.kind, known.year, known.source, known.levels) == ("tabella", 2022, "tabella-b", ("municipality",))
    # Of one source and one year only: no mixture.
    assert need.read(connection, Choice({"reddito": 1.0}), "municipality").table["value"].dropna().tolist() == [3.0]
    with pytest.raises(NotFound, match="municipality"):
        need.read(connection, Choice({"reddito": 1.0}), "zona_omogenea")


def test_without_a_register_there_are_no_reports_and_not_none_of_them(loaded_session: Session) -> None:
    found = need.reports(loaded_session.connection())
    assert found.counts is None
    assert found.note == "nessuna segnalazione ancora"
