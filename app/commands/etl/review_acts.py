"""What ``./ombra etl review`` does without asking: list, judge, undo, divide, join, carry judgements."""

import csv
import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast, get_args

from sqlalchemy import Connection, Engine

from app.commands import output
from app.commands.base import notes, report, screen
from app.commands.etl import review_view
from etl.errors import NotFound, OmbraError
from etl.i18n import _, ngettext
from etl.link import exchange, judgements, members
from etl.link.apply import apply
from etl.link.claim import Question
from etl.link.pair import Judgement, Verdict
from etl.link.queue import waiting
from etl.link.sides import sides

if TYPE_CHECKING:
    from etl.load.directory import Directory


@dataclass(frozen=True)
class Said:
    """What the options say of a judgement."""

    question: str
    author: str | None
    note: str | None

    @property
    def asked(self) -> Question:
        """The question, as the linkage names it."""
        return cast(Question, self.question)

    @property
    def signed(self) -> str:
        """Who judges.

        Raises
        ------
        OmbraError
            Nobody says who.
        """
        if not (self.author or "").strip():
            raise OmbraError(_("Un giudizio ha un autore: indicarlo con --author NOME."))
        return str(self.author)


# --- reading --------------------------------------------------------------------------------------------


def show_queue(engine: Engine, question: str | None, out: Path | None, *, csv: bool) -> None:
    """List what waits."""
    from app.api.output import table

    with engine.connect() as connection:
        cases = waiting(connection, cast("Question | None", question))
    if csv or out is not None:
        output.give_out(table(review_view.queue_rows(cases), review_view.COLUMNS), out)
    else:
        review_view.show_queue(cases)


def show_history(engine: Engine, question: str | None) -> None:
    """List judgements."""
    with engine.connect() as connection:
        every = judgements.history(connection, cast("Question | None", question))
        standing = {one.id for one in judgements.in_force(connection)}
        names = _names(connection, every)
    review_view.show_history(every, names, standing)


def _names(connection: Connection, every: Sequence[Judgement]) -> dict[uuid.UUID, members.Member]:
    found: dict[uuid.UUID, members.Member] = {}
    for question in get_args(Question):
        ids = {end for one in every if one.question == question for end in (one.left, one.right)}
        found |= members.known(connection, question, ids)
    return found


def give_out(engine: Engine, file: Path) -> None:
    """Write the judgements in force into a file."""
    from app.api.output import table

    with engine.connect() as connection:
        rows = exchange.export(connection)
        left = len(judgements.in_force(connection)) - len(rows)
    output.give_out(table(rows, exchange.COLUMNS), file)
    notes.print(_("Scritto {file}: {count} righe.").format(file=file, count=len(rows)), highlight=False)
    if left:
        why = _("{numero} giudizi non si scrivono: riguardano righe che qui non ci sono più, o luoghi protetti.")
        notes.print(why.format(numero=left), highlight=False)


# --- deciding -------------------------------------------------------------------------------------------


def judge(engine: Engine, left: str, right: str, verdict: str, said: Said) -> None:
    """Judge one pair."""
    author = said.signed
    if verdict not in get_args(Verdict):
        why = _("«{giudizio}» non è un giudizio: scrivere stesso, diverso o incerto.")
        raise OmbraError(why.format(giudizio=verdict))

    def act(connection: Connection) -> Judgement:
        ends = [members.find(connection, said.asked, end) for end in (left, right)]
        told = cast(Verdict, verdict)
        return judgements.judge(connection, said.asked, ends[0], ends[1], told, author=author, note=said.note)

    made, found = apply(engine, act, progress=report)
    tell([made], found)


def undo(engine: Engine, number: str, said: Said) -> None:
    """Take a judgement back."""
    author = said.signed

    def act(connection: Connection) -> list[Judgement]:
        return judgements.undo(connection, _numbered(connection, number), author=author)

    undone, found = apply(engine, act, progress=report)
    count = ngettext("Annullato {numero} giudizio.", "Annullati {numero} giudizi, dati insieme.", len(undone))
    screen.print(count.format(numero=len(undone)), highlight=False)
    tell([], found)


def _numbered(connection: Connection, number: str) -> uuid.UUID:
    """The judgement whose number begins so."""
    beginning = number.strip().lower()
    found = [one.id for one in judgements.history(connection) if str(one.id).startswith(beginning)]
    if not re.fullmatch(r"[0-9a-f][0-9a-f-]{3,35}", beginning) or not found:
        why = _("Nessun giudizio ha il numero «{numero}»: vedere ./ombra etl review --history.")
        raise NotFound(why.format(numero=number))
    if len(found) > 1:
        raise OmbraError(_("Più giudizi cominciano con {testo}: scrivere più cifre.").format(testo=number))
    return found[0]


def split(engine: Engine, entity: str, part: Sequence[str], said: Said) -> None:
    """Part a service in two; without members show those that it has."""
    if not part:
        _show_members(engine, entity, said.asked)
        return
    author = said.signed

    def act(connection: Connection) -> list[Judgement]:
        whole = members.find(connection, said.asked, entity)
        named = _all_found(connection, said.asked, part)
        return judgements.split(connection, whole, [named], author=author, note=said.note, question=said.asked)

    tell(*apply(engine, act, progress=report))


def _all_found(connection: Connection, question: Question, named: Sequence[str]) -> list[uuid.UUID]:
    """The members that a person names; every fault at once."""
    found, faults = [], []
    for one in named:
        try:
            found.append(members.find(connection, question, one))
        except NotFound as error:
            faults.append(str(error))
    if faults:
        raise NotFound("\n".join(faults))
    return found


def _show_members(engine: Engine, entity: str, question: Question) -> None:
    with engine.connect() as connection:
        ids = judgements.members_of(connection, question, members.find(connection, question, entity))
        told = sides(connection, question, ids)
    rows = [
        {
            "id": str(member)[: review_view.SHORT],
            "row": "\n".join(f"{source}:{key}" for source, key in told[member].rows),
            "name": told[member].fields.get("name"),
            "address": told[member].fields.get("address"),
        }
        for member in sorted(told)
    ]
    headings = {"id": _("Membro"), "row": _("Riga"), "name": _("Nome"), "address": _("Indirizzo")}
    remark = _("Per farne due: ./ombra etl review --split SERVIZIO MEMBRO… --author NOME")
    output.show(rows, output.Sheet(_("Membri"), headings, [remark] if len(rows) > 1 else [], whole=["id"]))


def join(engine: Engine, left: str, right: str, said: Said) -> None:
    """Make two services one."""
    author = said.signed

    def act(connection: Connection) -> list[Judgement]:
        ends = _all_found(connection, said.asked, [left, right])
        return judgements.join(connection, *ends, author=author, note=said.note, question=said.asked)

    tell(*apply(engine, act, progress=report))


def take_in(engine: Engine, file: Path, said: Said) -> None:
    """Take judgements from a file."""
    text = _text_of(file)
    try:
        brought, found = apply(
            engine, lambda connection: exchange.take_in(connection, text, author=said.author), progress=report
        )
    except csv.Error:
        raise _no_table(file, _("un valore è troppo lungo, o una virgoletta resta aperta")) from None
    told = _("Giudizi presi: {presi}; già presenti: {noti}; di righe che qui non ci sono: {altri}.")
    screen.print(told.format(presi=brought.kept, noti=brought.known, altri=brought.strange), highlight=False)
    tell([], found)


def _text_of(file: Path) -> str:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise _no_table(file, output.reason(error)) from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise _no_table(file, _("la riga {numero} ha caratteri di un'altra codifica").format(numero=line)) from None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise _no_table(file, _("la riga {numero} ha un carattere che non è testo").format(numero=line))
    return text


def _no_table(file: Path, why: str) -> OmbraError:
    told = _("Non si può leggere {file} ({why}): serve un file CSV in UTF-8.")
    return OmbraError(told.format(file=file, why=why))


def tell(made: Sequence[Judgement], found: "Directory") -> None:
    """What was written, and what the directory has become."""
    for one in made:
        number = str(one.id)[: review_view.SHORT]
        screen.print(_("Giudizio {numero}: {giudizio}.").format(numero=number, giudizio=one.verdict), highlight=False)
    screen.print(
        _("Servizi: {servizi}, di cui {uniti} da più righe; coppie da giudicare: {coda}.").format(
            servizi=found.services, uniti=found.merged, coda=found.queue
        ),
        highlight=False,
    )
