"""What docs/api.md says: its examples run as they are written, its figures are those of the program."""

import re
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from sqlalchemy import Engine

from app.main import create_app
from app.middleware import limits, rate
from app.middleware.compression import SMALLEST
from app.server import listen
from app.settings import WebSettings

PAGE = Path(__file__).parents[3] / "docs" / "api.md"
TEXT = PAGE.read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL)
# What each example is there to show.
SHOWN = [
    "centro_impiego",
    "link:",
    "304",
    '"errors"',
    "ratelimit",
    "FeatureCollection",
    "access-control-allow-origin: *",
]


@pytest.fixture(scope="module")
def address(loaded: Engine) -> Iterator[str]:
    """The application behind a true server, as curl needs it."""
    config = uvicorn.Config(create_app(WebSettings(), engine=loaded), log_level="warning", proxy_headers=False)
    server = uvicorn.Server(config)
    with listen("127.0.0.1", 0) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        limit = time.monotonic() + 30
        while not server.started and thread.is_alive() and time.monotonic() < limit:
            time.sleep(0.02)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join()


def test_there_is_something_to_run() -> None:
    assert len(EXAMPLES) == len(SHOWN)


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not on this machine")
@pytest.mark.parametrize("turn", range(len(EXAMPLES)))
def test_examples_run_and_show_what_they_should(address: str, turn: int) -> None:
    script = f"set -eu\nOMBRA={address}\n{EXAMPLES[turn]}"
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    assert SHOWN[turn] in done.stdout


def test_the_example_of_faults_tells_them_all(address: str) -> None:
    [example] = [text for text in EXAMPLES if "level=via" in text]
    done = subprocess.run(["bash", "-c", f"OMBRA={address}\n{example}"], capture_output=True, text=True, check=True)
    for name in ("type", "level", "bbox"):
        assert f'"parameter":"{name}"' in done.stdout


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("`OMBRA_RATE_READINGS`", WebSettings.model_fields["rate_readings"].default),
        ("`OMBRA_RATE_COMPUTATIONS`", WebSettings.model_fields["rate_computations"].default),
        ("`OMBRA_REQUEST_SECONDS`", WebSettings.model_fields["request_seconds"].default),
        ("`OMBRA_STATEMENT_SECONDS`", WebSettings.model_fields["statement_seconds"].default),
        ("`OMBRA_PAGE_LIMIT`", WebSettings.model_fields["page_limit"].default),
        ("indirizzo con i parametri", limits.LONGEST_ADDRESS),
        ("intestazioni | 100", limits.LONGEST_HEADERS),
        ("| corpo", limits.LARGEST_BODY),
        ("`OMBRA_RATE_READINGS`", "letture"),
        ("byte in su", SMALLEST),
        ("RateLimit-Policy:", f"w={rate.WINDOW}"),
    ],
)
def test_figures_are_those_of_the_program(words: str, value: object) -> None:
    written = f"{value:,.0f}".replace(",", ".") if isinstance(value, int | float) else str(value)
    lines = [line for line in TEXT.splitlines() if words in line]
    around = "\n".join(lines) or pytest.fail(f"no line with {words}")
    assert written in around
