"""Which rules a run has evaluated: the one that is shown, or the one that is asked for."""

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.queries.vocabulary import standards

RULE, CRITERION = "CONS-20", "LAV-consultorio_familiare"
CURRENT = "(select id from coverage_run where current)"


def evaluated(session: Session, **asked: object) -> dict[str, bool]:
    return {row.id: row.evaluated for row in session.execute(standards(**asked))}


def test_another_run_may_have_evaluated_other_rules(loaded_session: Session) -> None:
    shown = loaded_session.scalar(text(f"select id from coverage_run where id = {CURRENT}"))
    before = evaluated(loaded_session)
    assert before[RULE]
    assert before[CRITERION]
    assert not all(before.values())
    results = "select distinct rule_id from {} where run_id = :run"
    told = {
        rule
        for table in ("compliance_result", "coverage_result")
        for rule in loaded_session.scalars(text(results.format(table)), {"run": shown})
    }
    assert {rule for rule, used in before.items() if used} == told
    copied = "id, code_version, created_at, engine, input_hash, parameters, population_year, digests, inputs"
    other = loaded_session.scalar(
        text(
            f"insert into coverage_run ({copied}, current) select gen_random_uuid(), code_version, created_at, engine,"
            f" 'other', parameters, population_year, digests, inputs, false from coverage_run where id = {CURRENT}"
            " returning id"
        )
    )
    one = "insert into rule_result (run_id, rule_id, input_hash, outcomes) values (:run, :rule, '', :outcomes)"
    loaded_session.execute(text(one), {"run": other, "rule": RULE, "outcomes": 0})
    loaded_session.execute(
        text(
            "insert into type_result select :run, service_type_code, rule_id, '' from type_result where rule_id = :rule"
        ),
        {"run": other, "rule": CRITERION},
    )
    found = evaluated(loaded_session, run=other)
    assert {rule for rule, used in found.items() if used} == {CRITERION}
    assert evaluated(loaded_session) == before
