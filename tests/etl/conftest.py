"""A copy of the data folder that a test may spoil."""

import shutil
from pathlib import Path

import pytest

from etl.reference import tables


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(tables.DATA, tmp_path / "data")
    return tmp_path / "data"
