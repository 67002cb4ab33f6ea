"""up, down and status as a person runs them, on a database that is already loaded."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from app.running import running
from etl.store.embedded import Cluster
from tests.databases import make_home, remove_home


class Person:
    """Somebody at a terminal, with a state folder and an environment of their own."""

    def __init__(self, home, **variables):
        self.home = home
        self.environment = {**os.environ, "OMBRA_HOME": str(home), "COLUMNS": "300", **variables}

    def start(self, *words):
        command = [sys.executable, "-P", "-m", "app.cli", *words]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        return subprocess.Popen(command, env=self.environment, text=True, cwd="/", start_new_session=True, **pipes)

    def run(self, *words):
        process = self.start(*words)
        output, _ = process.communicate(timeout=180)
        return process.returncode, output


@pytest.fixture
def port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def person(tmp_path, loaded):
    person = Person(tmp_path, OMBRA_DATABASE_URL=loaded.url.render_as_string(hide_password=False))
    yield person
    person.run("down")


def healthy(port):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5) as answer:
        return answer.status == 200


def until(condition, seconds=30):
    limit = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < limit
        time.sleep(0.05)


def test_up_detached_status_and_down(person, port):
    code, output = person.run("up", "--detach", "--port", str(port))
    assert code == 0, output
    assert f"http://127.0.0.1:{port}" in output
    for figure in ("312", "11", "2.198.237"):
        assert figure in output
    assert healthy(port)
    code, output = person.run("status")
    assert code == 0
    assert f"acceso su http://127.0.0.1:{port}" in output
    assert "2.198.237" in output
    assert person.run("down") == (0, "Servizio web fermato.\nIl database indicato da OMBRA_DATABASE_URL resta com'è.\n")
    code, output = person.run("status")
    assert code == 3
    assert "spento" in output


def test_a_second_up_finds_the_first(person, port):
    person.run("up", "--detach", "--port", str(port))
    first = running(person.home)
    code, output = person.run("up", "--detach", "--port", str(port))
    assert (code, running(person.home)) == (0, first)
    assert f"Ombra era già accesa: http://127.0.0.1:{port}" in output
    code, output = person.run("up", "--detach", "--port", str(port - 1))
    assert code == 2
    assert f"Ombra è già accesa su http://127.0.0.1:{port}" in output


def test_two_ups_at_once_leave_one_server(person, port):
    both = [person.start("up", "--detach", "--port", str(port)) for _ in range(2)]
    outputs = [process.communicate(timeout=120)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0], outputs
    assert healthy(port)


def test_a_taken_port_is_told_before_any_work(person):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        code, output = person.run("up", "--detach", "--port", str(port))
    assert code == 2
    assert output.startswith(f"Errore: Non posso ascoltare su 127.0.0.1, porta {port}: la porta è già occupata")
    assert "Comuni" not in output


def test_a_killed_server_is_seen_as_gone_and_started_again(person, port):
    person.run("up", "--detach", "--port", str(port))
    os.kill(running(person.home).pid, signal.SIGKILL)
    until(lambda: running(person.home) is None)
    assert person.run("status")[0] == 3
    assert person.run("up", "--detach", "--port", str(port))[0] == 0
    assert healthy(port)


def test_a_recycled_process_number_is_not_taken_for_the_server(person, port):
    person.run("up", "--detach", "--port", str(port))
    record = person.home / "server.json"
    text_before = record.read_text()
    person.run("down")
    stranger = subprocess.Popen(["sleep", "60"])
    pid = text_before.split(",")[0]
    record.write_text(text_before.replace(pid, f'{{"pid": {stranger.pid}'))
    assert running(person.home) is None
    assert "non era acceso" in person.run("down")[1]
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


def test_in_the_foreground_it_ends_with_ctrl_c(person, port):
    process = person.start("up", "--port", str(port))
    until(lambda: running(person.home) is not None)
    until(lambda: healthy_or_not(port))
    os.kill(process.pid, signal.SIGINT)
    output, _ = process.communicate(timeout=30)
    assert process.returncode in (0, 130)
    assert "per fermarla: Ctrl-C" in output
    assert "Traceback" not in output
    assert running(person.home) is None


def healthy_or_not(port):
    try:
        return healthy(port)
    except OSError:
        return False


def test_a_database_that_does_not_answer_is_a_sentence(tmp_path, port):
    stranded = Person(tmp_path, OMBRA_DATABASE_URL=f"postgresql://anna:segreta@127.0.0.1:{port}/x")
    code, output = stranded.run("up", "--detach", "--port", str(port))
    assert code == 2
    assert "non risponde" in output
    assert "segreta" not in output
    assert "Traceback" not in output


def test_a_server_that_cannot_start_shows_the_end_of_its_log(person, port):
    person.environment["OMBRA_STATEMENT_SECONDS"] = "mai"  # only the web application reads this
    code, output = person.run("up", "--detach", "--port", str(port))
    assert code == 2
    assert "Il servizio web non parte" in output
    assert "server.log" in output


@pytest.fixture
def newcomer():
    home = make_home()
    person = Person(home)
    person.environment.pop("OMBRA_DATABASE_URL", None)
    yield person
    person.run("down")
    remove_home(home)


def test_a_database_killed_while_up_loads_is_complete_after_the_next_up(newcomer, port, loaded):
    process = newcomer.start("up", "--detach", "--port", str(port))
    cluster = Cluster(newcomer.home)
    until(lambda: is_loading(cluster), seconds=90)
    os.kill(cluster.status().pid, signal.SIGKILL)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 2, output
    assert "Traceback" not in output
    code, output = newcomer.run("up", "--detach", "--port", str(port))
    assert code == 0, output
    assert counts(create_engine(cluster.url)) == counts(loaded)


def is_loading(cluster):
    """Whether a load is writing people at this moment."""
    engine = create_engine(cluster.url)
    try:
        with engine.connect() as connection:
            locks = "SELECT count(*) FROM pg_locks JOIN pg_class ON relation = pg_class.oid"
            return connection.scalar(text(f"{locks} WHERE mode = 'RowExclusiveLock' AND relname = 'population'")) > 0
    except OperationalError:  # the cluster is still on its way
        return False
    finally:
        engine.dispose()


def counts(engine):
    with engine.connect() as connection:
        tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
        names = connection.scalars(text(tables)).all()
        found = {name: connection.scalar(text(f'SELECT count(*) FROM public."{name}"')) for name in names}
    engine.dispose()
    return found
