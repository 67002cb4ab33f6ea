"""One pair after the other at a terminal: what differs is marked, one key answers."""

from collections.abc import Mapping
from typing import cast

import typer
from sqlalchemy import Connection, Engine

from app.commands.base import report, screen
from app.commands.etl import review_acts, review_view
from etl.errors import OmbraError
from etl.i18n import _, ngettext
from etl.link import judgements
from etl.link.apply import apply, store
from etl.link.claim import Question
from etl.link.pair import Judgement, Verdict
from etl.link.queue import Case, waiting

VERDICTS: Mapping[str, Verdict] = {"s": "stesso", "d": "diverso", "i": "incerto"}
NEXT, QUIT = "n", "q"


def one_by_one(engine: Engine, question: str | None, author: str | None) -> None:
    """Show what waits, the most telling first; each answer is kept at once, the directory follows at the end."""
    with engine.connect() as connection:
        cases = waiting(connection, cast("Question | None", question))
    if not cases:
        screen.print(_("Nessuna coppia attende un giudizio."))
        return
    made = 0
    try:
        signed = author or _asked(_("Chi giudica?"))
        for number, case in enumerate(cases, start=1):
            review_view.show_case(case, number, len(cases))
            answered = _answer(engine, case, signed)
            if answered is None:
                break
            made += len(answered)
    except (typer.Abort, KeyboardInterrupt, EOFError):
        screen.print()
    finally:
        _close(engine, made)


def _answer(engine: Engine, case: Case, author: str) -> list[Judgement] | None:
    """The judgement that was given, none where the pair is passed over; None to end."""
    while True:
        said = _asked(_("[s]tesso  [d]iverso  [i]ncerto  [n] prossima  [q] esci; dopo la lettera, se serve, una nota"))
        letter, _blank, note = said.partition(" ")
        key = letter.lower()
        if key == QUIT:
            return None
        if key == NEXT:
            return []
        verdict = VERDICTS.get(key) or next((word for word in VERDICTS.values() if word == key), None)
        if verdict is None:
            screen.print(_("Una lettera fra s, d, i, n, q."))
            continue
        try:
            return [_keep(engine, case, verdict, author, note.strip() or None)]
        except OmbraError as error:
            screen.print(str(error), highlight=False, markup=False)


def _keep(engine: Engine, case: Case, verdict: Verdict, author: str, note: str | None) -> Judgement:
    pair = case.pair

    def act(connection: Connection) -> Judgement:
        return judgements.judge(connection, pair.question, pair.left, pair.right, verdict, author=author, note=note)

    return store(engine, act, progress=report)


def _asked(question: str) -> str:
    """An answer that is not empty."""
    while True:
        answer = str(typer.prompt(question, default="", show_default=False)).strip()
        if answer:
            return answer


def _close(engine: Engine, made: int) -> None:
    """Bring the directory to what was judged, once."""
    if not made:
        screen.print(_("Nessun giudizio dato."))
        return
    count = ngettext("{numero} giudizio dato.", "{numero} giudizi dati.", made)
    screen.print(count.format(numero=made), highlight=False)
    _nothing, found = apply(engine, lambda _connection: None, progress=report)
    review_acts.tell([], found)
