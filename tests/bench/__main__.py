"""``python -m tests.bench [NAME…] [--json] [--slow]``: what ``./ombra bench`` runs.

Exit codes: 0 every target met, 1 a target missed, 2 something that a person can mend.
"""

import argparse
import json
import sys
import time
from collections.abc import Sequence

from app.commands.base import report
from etl.errors import OmbraError
from tests.bench.kit import catalogue
from tests.bench.kit.screen import show
from tests.bench.kit.shapes import Options, Result


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benches and give the exit code."""
    parser = argparse.ArgumentParser(prog="./ombra bench")
    parser.add_argument("names", nargs="*")
    parser.add_argument("--json", action="store_true", dest="machine")
    parser.add_argument("--slow", action="store_true")
    asked = parser.parse_args(arguments)
    try:
        results = [_run(name, Options(slow=asked.slow, progress=report)) for name in catalogue.chosen(asked.names)]
    except OmbraError as error:
        print(f"Errore: {error}", file=sys.stderr)
        return 2
    if asked.machine:
        print(json.dumps([result.as_json() for result in results], ensure_ascii=False, indent=1))
    else:
        for result in results:
            show(result)
    return 0 if all(result.met for result in results) else 1


def _run(name: str, options: Options) -> Result:
    bench = catalogue.load(name)
    options.progress(f"{name}: {bench.TITLE}")
    began = time.monotonic()
    result = bench.run(options)
    options.progress(f"{name}: {time.monotonic() - began:.0f} s")
    return result


if __name__ == "__main__":
    sys.exit(main())
