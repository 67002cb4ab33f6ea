"""The table of measurements of linkage."""

from datetime import date

import pytest

from etl.errors import ReferenceDataError
from etl.link import accuracy
from etl.link.accuracy import Accuracy
from etl.link.parameters import parameters

ONE = Accuracy(
    question="service",
    service_type="farmacia",
    right=237,
    wrong=1,
    missed=6,
    model="abcdef012345",
    measured_on=date(2026, 11, 22),
    labels="farmacie.csv",
)


def test_what_is_written_is_read(tmp_path):
    table = tmp_path / "accuracy.csv"
    accuracy.write([ONE], table)
    assert accuracy.read(table) == {("service", "farmacia"): ONE}
    assert table.read_text(encoding="utf-8").splitlines()[1] == (
        "service,farmacia,237,1,6,0.9958,0.9766,0.9993,0.9753,0.9472,0.9886,abcdef012345,2026-11-22,farmacie.csv"
    )


def test_shares_are_counts():
    assert (ONE.precision, ONE.recall) == ((237, 238), (237, 243))


def test_a_type_of_its_own_counts_before_all_types():
    every = Accuracy(**(vars(ONE) | {"service_type": accuracy.ANY}))
    measured = {("service", "farmacia"): ONE, ("service", accuracy.ANY): every}
    assert accuracy.of(measured, "service", "farmacia") is ONE
    assert accuracy.of(measured, "service", "biblioteca") is every
    assert accuracy.of({("service", "farmacia"): ONE}, "service", "biblioteca") is None
    assert accuracy.of(measured, "location", "farmacia") is None


def test_without_a_table_nothing_was_measured(tmp_path):
    assert accuracy.read(tmp_path / "accuracy.csv") == {}


def test_all_faults_come_at_once(tmp_path):
    table = tmp_path / "accuracy.csv"
    accuracy.write([ONE], table)
    header, row = table.read_text(encoding="utf-8").splitlines()
    bad = [row.replace("237,1,6", "molte,1,6"), row.replace("0.9958", "0.9999"), row.replace("2026-11-22", "ieri")]
    bad.append(row.replace("237,1,6", "0,1,6"))
    table.write_text("\n".join([header, *bad]) + "\n", encoding="utf-8")
    with pytest.raises(ReferenceDataError) as raised:
        accuracy.read(table)
    told = raised.value.faults
    assert [fault.split(":")[0] for fault in told] == [f"accuracy.csv, riga {number}" for number in (2, 3, 4, 5)]
    for fault, words in zip(told, ("right", "0.9958", "AAAA-MM-GG", "nessuna unione"), strict=True):
        assert words in fault


def test_a_table_of_another_form_is_refused(tmp_path):
    table = tmp_path / "accuracy.csv"
    table.write_text("question,precision\nservice,1\n", encoding="utf-8")
    with pytest.raises(ReferenceDataError, match="prima riga"):
        accuracy.read(table)


def test_the_table_of_the_project_was_measured_on_the_parameters_in_force():
    """Measure again after every change of the model: ``python -m tests.bench.linkage.record``."""
    found = accuracy.read()
    assert found
    for (question, _kind), one in found.items():
        assert question in ("service", "location", "organization")
        assert one.model == parameters().digest[: accuracy.MODEL]
