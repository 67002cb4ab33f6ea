"""``./ombra etl review``: what the linkage leaves to a person, and what persons have decided."""

import sys
from collections.abc import Callable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from app.commands import output
from app.commands.etl.group import command, database
from app.commands.etl.tables import Form, FormOption
from etl.errors import OmbraError
from etl.i18n import _

if TYPE_CHECKING:
    from sqlalchemy import Engine

Act: TypeAlias = "Callable[[Engine], None]"


class Question(StrEnum):
    """What two things may be one of."""

    service = "service"
    location = "location"
    organization = "organization"


MembersArgument = typer.Argument(metavar=_("MEMBRO"), help=_("Con --split: i membri che diventano un servizio a sé."))
ListOption = typer.Option("--list", help=_("Elenca le coppie che attendono un giudizio."))
JudgeOption = typer.Option(
    "--judge",
    metavar=_("SINISTRA DESTRA GIUDIZIO"),
    help=_("Giudica una coppia: stesso, diverso o incerto. Ciascuna parte è un identificativo o FONTE:CHIAVE."),
)
UndoOption = typer.Option("--undo", metavar=_("NUMERO"), help=_("Annulla un giudizio, o la divisione di cui fa parte."))
SplitOption = typer.Option("--split", metavar=_("SERVIZIO"), help=_("Divide un servizio; senza membri li elenca."))
JoinOption = typer.Option("--join", metavar=_("SERVIZIO SERVIZIO"), help=_("Unisce due servizi."))
HistoryOption = typer.Option("--history", help=_("Elenca i giudizi, anche quelli superati e annullati."))
ImportOption = typer.Option("--import", help=_("File CSV di giudizi da prendere, come quelli di data/labels."))
ExportOption = typer.Option("--export", help=_("File CSV in cui scrivere i giudizi in vigore."))
AuthorOption = typer.Option("--author", help=_("Chi giudica."))
NoteOption = typer.Option("--note", help=_("Perché."))
QuestionOption = typer.Option("--question", help=_("service, location o organization; senza, service (--list: tutte)."))


@command("review", _("Le coppie incerte: giudicarle una accanto all'altra, elencarle, annullare, dividere, unire."))
def review(  # noqa: PLR0913  one argument per option
    members: Annotated[list[str] | None, MembersArgument] = None,
    *,
    listed: Annotated[bool, ListOption] = False,
    judge: Annotated[tuple[str, str, str] | None, JudgeOption] = None,
    undo: Annotated[str | None, UndoOption] = None,
    split: Annotated[str | None, SplitOption] = None,
    join: Annotated[tuple[str, str] | None, JoinOption] = None,
    history: Annotated[bool, HistoryOption] = False,
    take_in: Annotated[Path | None, ImportOption] = None,
    give_out: Annotated[Path | None, ExportOption] = None,
    author: Annotated[str | None, AuthorOption] = None,
    note: Annotated[str | None, NoteOption] = None,
    question: Annotated[Question | None, QuestionOption] = None,
    form: Annotated[Form, FormOption] = Form.table,
    out: Annotated[Path | None, output.OutOption] = None,
) -> None:
    """Do the one thing that is asked; nothing asked: one pair after the other at a terminal, else the list."""
    from app.commands.etl import review_acts as acts
    from app.commands.etl.review_loop import one_by_one

    asked = question.value if question else None
    said = acts.Said(asked or "service", author, note)
    modes: dict[str, Act | None] = {
        "--list": (lambda engine: acts.show_queue(engine, asked, out, csv=form is Form.csv)) if listed else None,
        "--judge": (lambda engine: acts.judge(engine, *judge, said)) if judge else None,
        "--undo": (lambda engine: acts.undo(engine, undo, said)) if undo else None,
        "--split": (lambda engine: acts.split(engine, split, members or [], said)) if split else None,
        "--join": (lambda engine: acts.join(engine, *join, said)) if join else None,
        "--history": (lambda engine: acts.show_history(engine, asked)) if history else None,
        "--import": (lambda engine: acts.take_in(engine, take_in, said)) if take_in else None,
        "--export": (lambda engine: acts.give_out(engine, give_out)) if give_out else None,
    }
    chosen = {name: act for name, act in modes.items() if act is not None}
    _refuse(list(chosen), loose=bool(members) and split is None)
    if not chosen and sys.stdin.isatty():
        chosen[""] = lambda engine: one_by_one(engine, asked, author)
    with database() as engine:
        for act in chosen.values() or [lambda engine: acts.show_queue(engine, asked, out, csv=form is Form.csv)]:
            act(engine)


def _refuse(chosen: Sequence[str], *, loose: bool) -> None:
    """Refuse two things at once, and members of nothing."""
    faults = []
    if len(chosen) > 1:
        faults.append(_("Una cosa alla volta: {opzioni} non vanno insieme.").format(opzioni=", ".join(chosen)))
    if loose:
        faults.append(_("I membri si nominano solo con --split SERVIZIO."))
    if faults:
        raise OmbraError("\n".join(faults))
