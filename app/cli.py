"""The command line: ``./ombra COMMAND`` after the launcher has prepared the machine.

Exit codes: 0 done; 1 a check failed; 2 something is wrong that a person can mend, with a sentence that says what;
3 not running (``status``); 130 interrupted.
"""

import re
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

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
    """What is wrong with the words of a command, in Italian; Typer's own wording stays where nothing here fits."""
    sentence = _SENTENCES.get(type(error).__name__, lambda _error: None)(error)
    told = sentence or _("parametri non validi ({motivo})").format(motivo=error.format_message().rstrip("."))
    return _("{che_cosa}. Si veda --help.").format(che_cosa=told)


def _option(error: Any) -> str:  # noqa: ANN401  Typer's exceptions have no common shape
    parameter = error.param
    return str(getattr(parameter, "metavar", None) or " / ".join(parameter.opts))


def _bad(error: Any) -> str:  # noqa: ANN401
    choice = _CHOICE.search(error.message)
    if choice:
        values = _(", ").join(re.findall("'([^']*)'", choice[2]))
        text = _("{nome}: «{valore}» non è ammesso; valori ammessi: {valori}")
        return text.format(nome=_option(error), valore=choice[1], valori=values)
    if "integer" in error.message:
        return _("{nome}: serve un numero intero").format(nome=_option(error))
    if "number" in error.message:
        return _("{nome}: serve un numero").format(nome=_option(error))
    return _("{nome}: valore non valido ({motivo})").format(nome=_option(error), motivo=error.message.rstrip("."))


def _extra(error: Any) -> str | None:  # noqa: ANN401
    words = _EXTRA.search(error.message)
    return None if words is None else _("parole di troppo: {parole}").format(parole=words[1])


_CHOICE = re.compile(r"'(.*?)' is not one of (.*)")
_EXTRA = re.compile(r"unexpected extra arguments?\(?s?\)? \((.*)\)")
_SENTENCES: Mapping[str, Callable[[Any], str | None]] = {
    "NoSuchOption": lambda error: _("opzione sconosciuta: {nome}").format(nome=error.option_name),
    "BadOptionUsage": lambda error: _("{nome}: manca il valore").format(nome=error.option_name),
    "MissingParameter": lambda error: _("manca {nome}").format(nome=_option(error)),
    "BadParameter": _bad,
    "UsageError": _extra,
}


if __name__ == "__main__":
    main()
