"""The inputs and the cases of the run that the loaded database shows."""

from datetime import date

import pytest

from etl.derive import cases, inputs


@pytest.fixture(scope="session")
def read(loaded) -> inputs.Inputs:
    with loaded.begin() as connection:
        return inputs.read(connection, today=date.today())  # noqa: DTZ011  as the loaded database was computed


@pytest.fixture(scope="session")
def every(read) -> dict[str, cases.TypeCase]:
    return {case.kind.code: case for case in cases.cases(read)}
