"""Judgements as a table that another machine understands: rows named by source and key, never by what they say.

The format is that of ``data/labels`` with author and time added; ``evidence`` is the note, ``stratum`` is not kept.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import get_args

from sqlalchemy import Connection, func, select

from etl.i18n import _
from etl.link import judgements, members
from etl.link.claim import Question
from etl.link.exchange_lines import COLUMNS, Line, UnreadableJudgements, read_lines, unreadable
from etl.link.pair import Judgement, ends
from etl.publication.services import service_identifier

__all__ = ["COLUMNS", "Imported", "UnreadableJudgements", "export", "take_in"]


@dataclass(frozen=True)
class Imported:
    """What a file brought: kept now, known already, and lines about rows that this database does not have."""

    kept: int
    known: int
    strange: int


def export(connection: Connection) -> list[dict[str, str]]:
    """The judgements in force as rows of :data:`COLUMNS`.

    Left out are those of which no row is left here, and those of places that have become protected: with what such a
    place was one tells where it is.
    """
    found = []
    standing = judgements.in_force(connection)
    for question in get_args(Question):
        asked = [one for one in standing if one.question == question]
        told = members.known(connection, question, {end for one in asked for end in (one.left, one.right)})
        known = {end: member for end, member in told.items() if not member.protected}
        found += [_row(one, known) for one in asked if one.left in known and one.right in known]
    return sorted(found, key=lambda row: [row[name] for name in COLUMNS])


def _row(judgement: Judgement, known: Mapping[uuid.UUID, members.Member]) -> dict[str, str]:
    left, right = sorted((known[end].source_id, known[end].key) for end in (judgement.left, judgement.right))
    return {
        "question": judgement.question,
        "left_source": left[0],
        "left_key": left[1],
        "right_source": right[0],
        "right_key": right[1],
        "verdict": judgement.verdict,
        "stratum": "",
        "evidence": judgement.note or "",
        "author": judgement.author,
        "made_at": judgement.made_at.astimezone(UTC).isoformat(),
    }


def take_in(connection: Connection, text: str, *, author: str | None = None) -> Imported:
    """Keep the judgements of a table, in one go.

    A judgement of services is kept even where their rows are not loaded yet; a line about rows that were never loaded,
    or about two editions of one source (``source@edition``), is passed over and counted. A line that
    says what is in force already is passed over too, so that reading a file twice changes nothing. ``author`` stands
    for lines without one, the present moment for lines without a time.

    Raises
    ------
    UnreadableJudgements
        With every fault, by line; a judgement of a protected place is one, a time to come another, which would stand
        above whatever is judged until then.
    Contradictory
        The judgements cannot hold beside each other or beside those in force.
    """
    now: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
    lines = read_lines(text, author, now)
    _refuse_protected(connection, lines)
    standing = {(one.question, one.left, one.right): one for one in judgements.in_force(connection)}
    ever = {(one.question, one.left, one.right, one.author, one.made_at) for one in judgements.history(connection)}
    made, known, strange = [], 0, 0
    for at, (line, pair) in enumerate(_resolved(connection, lines)):
        if pair is None:
            strange += 1
            continue
        # Lines without a time are acts of their own, each undone by itself: no two are of one moment.
        moment = line.made_at or now + timedelta(microseconds=at)
        before = standing.get((line.question, *pair))
        as_before = line.made_at is None and before is not None and before.verdict == line.verdict
        if as_before or (line.question, *pair, line.author, moment) in ever:
            known += 1
            continue
        made.append(Judgement(uuid.uuid4(), line.question, *pair, line.verdict, line.author, moment, line.note))
        # A line that the file repeats is one judgement: undone, it must not stay in force by its double.
        ever.add((line.question, *pair, line.author, moment))
        if line.made_at is None:
            standing[line.question, *pair] = made[-1]
    judgements.keep(connection, made)
    return Imported(len(made), known, strange)


def _resolved(
    connection: Connection, lines: Sequence[Line]
) -> Iterable[tuple[Line, tuple[uuid.UUID, uuid.UUID] | None]]:
    """Each line with the members that it speaks of, in order of their identifiers."""
    found = {
        question: members.of_rows(
            connection,
            question,
            [row for line in lines if line.question == question for row in (line.left, line.right)],
        )
        for question in get_args(Question)
    }
    for line in lines:
        left, right = (_member(line.question, row, found[line.question]) for row in (line.left, line.right))
        yield line, None if left is None or right is None or left == right else ends(left, right)


def _refuse_protected(connection: Connection, lines: Sequence[Line]) -> None:
    """With what a protected place is one tells where it is: nobody judges it, here or elsewhere."""
    faults = []
    word = _("riga {numero}: {fonte}:{chiave} è un luogo protetto: non si confronta con altri.")
    for question in get_args(Question):
        asked = [line for line in lines if line.question == question]
        found = members.of_rows(connection, question, [row for line in asked for row in (line.left, line.right)])
        hidden = {
            one for one, told in members.known(connection, question, set(found.values())).items() if told.protected
        }
        faults += [
            (line.number, word.format(numero=line.number, fonte=row[0], chiave=row[1]))
            for line in asked
            for row in (line.left, line.right)
            if found.get(row) in hidden
        ]
    if faults:
        raise unreadable([fault for _number, fault in sorted(faults)])


def _member(question: Question, row: tuple[str, str], found: Mapping[tuple[str, str], uuid.UUID]) -> uuid.UUID | None:
    if "@" in row[0]:
        return None
    return found.get(row, service_identifier(*row) if question == "service" else None)
