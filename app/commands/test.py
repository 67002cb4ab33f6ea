"""``./ombra test``: every check of the project, the test suite last."""

import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from app.commands.base import HELP_OPTIONS, ItalianCommand, new_cli, screen, show_table
from etl.i18n import _
from etl.settings import CLONE

cli = new_cli()
_BIN = Path(sys.executable).parent

GATES = (
    ("ruff format", [str(_BIN / "ruff"), "format", "--check", "--quiet", "."]),
    ("ruff check", [str(_BIN / "ruff"), "check", "--quiet", "."]),
    ("mypy", [sys.executable, "-m", "mypy"]),
    ("lint-imports", [str(_BIN / "lint-imports"), "--no-logo"]),
)

# Whichever process has ended its share takes of the other's: the long tests are in a few files.
TOGETHER = ("-n", "2", "--dist", "worksteal")


@cli.command(
    cls=ItalianCommand,
    context_settings={**HELP_OPTIONS, "allow_extra_args": True, "ignore_unknown_options": True},
    help=_(
        "Esegue tutti i controlli: forma, stile, tipi, dipendenze fra i pacchetti, test su PostGIS, pagine e quaderni. "
        "Altri argomenti vanno a pytest, e allora gira soltanto pytest."
    ),
)
def run_tests(
    ctx: typer.Context,
    slow: Annotated[bool, typer.Option("--slow", help=_("Anche i controlli lunghi."))] = False,
) -> None:
    """Run the gates, then pytest, whose closing line ends the output."""
    chosen = list(ctx.args)
    gates_hold = bool(chosen) or _run_gates()
    marks = ["-m", "slow or not slow"] if slow else []
    tests = _run([sys.executable, "-m", "pytest", *marks, *(chosen or TOGETHER)])
    raise typer.Exit(tests or (0 if gates_hold else 1))


def _run_gates() -> bool:
    """Run every gate even when one fails: all faults at once."""
    lines, hold = [], True
    for name, command in GATES:
        began = time.monotonic()
        screen.rule(name, align="left")
        code = _run(command)
        hold &= code == 0
        outcome = _("a posto") if code == 0 else _("NON PASSA (codice {codice})").format(codice=code)
        lines.append((name, f"{outcome}, {time.monotonic() - began:.0f} s"))
    screen.rule("pytest", align="left")
    show_table(lines)
    return hold


def _run(command: Sequence[str]) -> int:
    sys.stdout.flush()
    return subprocess.run(command, cwd=CLONE, check=False).returncode
