"""``./ombra bench``: measurements side by side with peers, in one run (``tests/bench``)."""

import subprocess
import sys
from typing import Annotated

import typer

from app.commands.base import HELP_OPTIONS, ItalianCommand, new_cli
from etl.errors import OmbraError
from etl.i18n import _
from etl.settings import CLONE

cli = new_cli()


@cli.command(
    cls=ItalianCommand,
    context_settings=HELP_OPTIONS,
    help=_(
        "Misura Ombra accanto ai suoi termini di confronto, nella stessa esecuzione: cifre, rapporti, obiettivi. "
        "Esce con 1 se un obiettivo è mancato. Senza nome li esegue tutti."
    ),
)
def bench(
    names: Annotated[list[str] | None, typer.Argument(metavar="NOME", help=_("Per esempio linkage."))] = None,
    machine: Annotated[bool, typer.Option("--json", help=_("Le stesse cifre in JSON."))] = False,
    slow: Annotated[bool, typer.Option("--slow", help=_("Anche le misure lunghe."))] = False,
) -> None:
    """Run the benches in a process of their own, whose closing code is that of the command.

    Raises
    ------
    OmbraError
        This copy holds no benches: a container image has none.
    """
    if not (CLONE / "tests" / "bench").is_dir():
        raise OmbraError(_("I banchi di prova stanno in tests/bench: serve una copia completa di Ombra."))
    flags = [flag for flag, wanted in (("--json", machine), ("--slow", slow)) if wanted]
    command = [sys.executable, "-m", "tests.bench", *flags, "--", *(names or [])]
    raise typer.Exit(subprocess.run(command, cwd=CLONE, check=False).returncode)
