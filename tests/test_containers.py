"""The container files say what they should; no container engine runs here."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
COMPOSE = ROOT / "docker-compose.yml"


def compose(*words, **variables):
    if not shutil.which("docker-compose"):
        pytest.skip("docker-compose non è installato")
    environment = {**os.environ, **variables}
    return subprocess.run(
        ["docker-compose", "-f", COMPOSE, *words], env=environment, capture_output=True, text=True, check=False
    )


def test_compose_accepts_the_file():
    done = compose("config", OMBRA_DB_PASSWORD="prova", OMBRA_PORT="9000")
    assert done.returncode == 0, done.stderr
    assert "OMBRA_DATABASE_URL: postgresql://ombra:prova@db:5432/ombra" in done.stdout
    assert "127.0.0.1:9000:8000" in done.stdout
    assert "condition: service_healthy" in done.stdout
    assert "5432:5432" not in done.stdout  # the database is not opened to the machine


def test_compose_wants_a_password_and_says_how_to_make_one():
    done = compose("config", OMBRA_DB_PASSWORD="")
    assert done.returncode != 0
    assert "indicare una password nuova" in done.stderr


def test_the_image_copies_what_exists_and_runs_as_nobody_special():
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    copied = [
        word for line in lines if line.startswith("COPY ") and "--from" not in line for word in line.split()[1:-1]
    ]
    assert [path for path in copied if not (ROOT / path).exists()] == []
    user = next(number for number, line in enumerate(lines) if line.startswith("USER ombra"))
    assert user < next(number for number, line in enumerate(lines) if line.startswith("CMD"))
    assert any(line.startswith("HEALTHCHECK") for line in lines)


def test_the_image_does_not_take_along_what_is_ignored():
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert {".venv", ".ombra", ".git", "node_modules"} <= set(ignored)


def test_the_lock_of_the_pages_names_no_host():
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    assert [name for name, package in packages.items() if "resolved" in package] == []
    assert all("integrity" in package for name, package in packages.items() if name)


def test_the_lock_of_the_libraries_is_exact_and_names_no_host():
    lines = [line for line in (ROOT / "requirements.lock").read_text().splitlines() if not line.startswith("#")]
    assert [line for line in lines if "==" not in line or "://" in line or line.startswith("-")] == []
