"""A run killed at any moment: the old version or the new one, never a mix."""

import os
import random
import subprocess
import sys
import time

import pytest

from etl.identity import ROOT
from tests.etl.files import CHANGES, directory, go, rows, write

KILLED = """
import sys
from pathlib import Path
from sqlalchemy import create_engine
from tests.etl.files import go

engine, folder = create_engine(sys.argv[1]), Path(sys.argv[2])
print("pronto", flush=True)
sys.stdin.readline()
go(engine, folder)
"""
TIMES = 20


@pytest.fixture
def folder(tmp_path):
    write(tmp_path, "farmacie-2024.csv", rows())
    write(tmp_path, "farmacie-2025.csv", CHANGES)
    write(tmp_path, "civici-2024.csv", rows())
    return tmp_path


def start(engine, folder) -> subprocess.Popen[str]:
    """A process of its own, about to load the folder."""
    address = engine.url.render_as_string(hide_password=False)
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, address, str(folder)],
        cwd=ROOT, env=dict(os.environ), text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout.readline() == "pronto\n"
    return process


def run_for(process: subprocess.Popen[str], seconds: float) -> float:
    """Let it run so long at most, kill it, and tell for how long it ran."""
    begin = time.monotonic()
    process.stdin.write("via\n")
    process.stdin.flush()
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
    process.communicate()
    return time.monotonic() - begin


@pytest.mark.slow
def test_a_run_killed_at_any_moment_leaves_the_old_version_or_the_new(databases, first_edition, folder):
    with databases.clone(first_edition, "killed") as engine:
        old = directory(engine)
        duration = run_for(start(engine, folder), 300)
        new = directory(engine)
    assert old != new
    moments = random.Random(541)
    found = []
    for _n in range(TIMES):
        with databases.clone(first_edition, "killed") as engine:
            run_for(start(engine, folder), moments.uniform(0, duration * 1.1))
            told = directory(engine)
            assert told in (old, new), {table for table in told if told[table] != old[table]}
            found.append(told == new)
            # The server notices the lost client: the lock is free, and the next run brings all to its end.
            if len(found) % 5 == 0:
                go(engine, folder)
                assert directory(engine) == new
    assert not all(found)
