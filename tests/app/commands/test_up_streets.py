"""up with OMBRA_STREETS_FILE: streets come with the first start, and a wrong file is a sentence."""

from pathlib import Path

import pytest

from tests.app.commands.test_processes import Person, healthy, port  # noqa: F401  a fixture
from tests.etl.tools import scalar

SAMPLE = Path(__file__).parents[2] / "etl" / "sources" / "strade_di_prova.osm.pbf"


@pytest.fixture
def person(tmp_path, loaded_scratch):
    person = Person(tmp_path, OMBRA_DATABASE_URL=loaded_scratch.url.render_as_string(hide_password=False))
    yield person
    person.run("down")


def test_streets_are_loaded_once(person, port, loaded_scratch):  # noqa: F811
    person.environment["OMBRA_STREETS_FILE"] = str(SAMPLE)
    code, output = person.run("up", "--detach", "--port", str(port))
    assert code == 0, output
    assert "Carico le strade da «strade_di_prova.osm.pbf»" in output
    assert healthy(port)
    assert scalar(loaded_scratch, "select count(*) from street") == 6
    code, output = person.run("up", "--detach", "--port", str(port))
    assert code == 0
    assert "Carico le strade" not in output
    del person.environment["OMBRA_STREETS_FILE"]
    assert person.run("up", "--detach", "--port", str(port))[0] == 0
    assert scalar(loaded_scratch, "select count(*) from street") == 6


def test_a_wrong_file_is_told_and_nothing_is_served(person, port, tmp_path):  # noqa: F811
    person.environment["OMBRA_STREETS_FILE"] = str(tmp_path / "manca.osm.pbf")
    code, output = person.run("up", "--detach", "--port", str(port))
    assert code == 2
    assert "Il file non esiste: correggere OMBRA_STREETS_FILE" in output
    assert "Traceback" not in output
