"""The command line: ``./ombra COMMAND`` after the launcher has prepared the machine.

Exit codes: 0 done; 1 a check failed; 2 something is wrong that a person can mend, with a sentence that says what;
3 not running (``status``); 130 interrupted.
"""

import sys
from collections.abc import Sequence

import typer
from typer.exceptions import Abort, TyperException

from app.commands.base import HELP_OPTIONS, LazyGroup, new_cli, translate_help
from etl.errors import OmbraError
from etl.i18n import _

cli = new_cli(
    name="ombra",
    cls=LazyGroup,
    context_settings=HELP_OPTIONS,
    no_args_is_help=True,
    help=_("Ombra: dove mancano i servizi di welfare, dove si sovrappongono, perché."),
)


@cli.callback()
def _root() -> None:
    """Exist so that Typer makes a group although no command is attached here."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and end the process with its exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if not words or {"--help", "-h"} & set(words):
        translate_help()
    sys.exit(_run(words or ["--help"]))


def _run(words: list[str]) -> int:
    try:
        result = typer.main.get_command(cli).main(words, prog_name="./ombra", standalone_mode=False)
    except OmbraError as error:
        return _fail(str(error))
    except TyperException as error:
        return _fail(_usage(error))
    except (Abort, KeyboardInterrupt):
        return 130
    return result if isinstance(result, int) else 0


def _fail(text: str) -> int:
    print(_("Errore: {testo}").format(testo=text), file=sys.stderr)
    return 2


def _usage(error: TyperException) -> str:
    """Italian sentence for a wrong option; Typer's own wording stays where it says more."""
    name = getattr(error, "option_name", None)
    if type(error).__name__ == "NoSuchOption" and name:
        return _("opzione sconosciuta: {nome}. Si veda --help.").format(nome=name)
    return _("parametri non validi ({motivo}). Si veda --help.").format(motivo=error.format_message().rstrip("."))


if __name__ == "__main__":
    main()
