"""Judgements as a table that another machine understands: rows named by source and key, never by what they say.

The format is that of ``data/labels`` with author and time added; ``evidence`` is the note, ``stratum`` is not kept.
"""

import csv
import io
import re
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeAlias, cast, get_args

from sqlalchemy import Connection, func, select

from etl.errors import FaultsError
from etl.i18n import _
from etl.link import judgements, members
from etl.link.claim import Question
from etl.link.pair import Judgement, Verdict, ends
from etl.publication.services import service_identifier

REQUIRED = ("question", "left_source", "left_key", "right_source", "right_key", "verdict")
COLUMNS = (*REQUIRED, "stratum", "evidence", "author", "made_at")
_Named: TypeAlias = tuple[Question, tuple[str, str], tuple[str, str]]
_FORMULA = re.compile(r"^'(?=[=+\-@])")  # what tables of Ombra put before a text that looks like a formula
_SHOWN = 20  # faults that are told; a file of another kind has one in every line


class UnreadableJudgements(FaultsError):
    """A file of judgements has faults; nothing of it was kept."""


@dataclass(frozen=True)
class Imported:
    """What a file brought: kept now, known already, and lines about rows that this database does not have."""

    kept: int
    known: int
    strange: int


@dataclass(frozen=True)
class _Line:
    question: Question
    left: tuple[str, str]
    right: tuple[str, str]
    verdict: Verdict
    note: str | None
    author: str
    made_at: datetime | None

    @property
    def named(self) -> _Named:
        left, right = sorted((self.left, self.right))
        return self.question, left, right


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
        With every fault, by line.
    Contradictory
        The judgements cannot hold beside each other or beside those in force.
    """
    lines = _lines(text, author)
    standing = {(one.question, one.left, one.right): one for one in judgements.in_force(connection)}
    ever = {(one.question, one.left, one.right, one.author, one.made_at) for one in judgements.history(connection)}
    now: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
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
    connection: Connection, lines: Sequence[_Line]
) -> Iterable[tuple[_Line, tuple[uuid.UUID, uuid.UUID] | None]]:
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


def _member(question: Question, row: tuple[str, str], found: Mapping[tuple[str, str], uuid.UUID]) -> uuid.UUID | None:
    if "@" in row[0]:
        return None
    return found.get(row, service_identifier(*row) if question == "service" else None)


# --- reading --------------------------------------------------------------------------------------------


def _lines(text: str, author: str | None) -> list[_Line]:
    table = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    missing = [name for name in REQUIRED if name not in (table.fieldnames or ())]
    if missing:
        why = _("mancano le colonne: {nomi}. La prima riga deve essere: {tutte}.")
        raise _unreadable([why.format(nomi=", ".join(missing), tutte=",".join(COLUMNS))])
    found: list[_Line] = []
    faults: list[str] = []
    for number, row in enumerate(table, start=2):
        told = {name: _FORMULA.sub("", (row.get(name) or "").strip()) for name in COLUMNS}
        wrong = _faults(told, author)
        faults += [_("riga {numero}: {difetto}").format(numero=number, difetto=one) for one in wrong]
        if not wrong:
            found.append(_line(told, author))
    faults += _twice(found)
    if faults:
        raise _unreadable(faults)
    return found


def _faults(told: Mapping[str, str], author: str | None) -> list[str]:
    allowed = {"question": get_args(Question), "verdict": get_args(Verdict)}
    word = _("«{valore}» non va bene come {colonna}: scrivere {possibili}.")
    faults = [
        word.format(valore=told[name], colonna=name, possibili=", ".join(values))
        for name, values in allowed.items()
        if told[name] not in values
    ]
    faults += [_("manca {colonna}.").format(colonna=name) for name in REQUIRED[1:5] if not told[name]]
    if not told["author"] and not (author or "").strip():
        faults.append(_("non c'è un autore: aggiungere la colonna author, o --author."))
    if told["made_at"] and _moment(told["made_at"]) is None:
        faults.append(_("«{valore}» non è un momento come 2026-11-22T09:30:00+01:00.").format(valore=told["made_at"]))
    return faults


def _line(told: Mapping[str, str], author: str | None) -> _Line:
    return _Line(
        cast(Question, told["question"]),
        (told["left_source"], told["left_key"]),
        (told["right_source"], told["right_key"]),
        cast(Verdict, told["verdict"]),
        told["evidence"] or None,
        told["author"] or (author or "").strip(),
        _moment(told["made_at"]) if told["made_at"] else None,
    )


def _moment(said: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(said)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def _twice(lines: Iterable[_Line]) -> list[str]:
    """Pairs of which the file says two things at once."""
    verdicts: dict[tuple[_Named, datetime | None], set[str]] = {}
    for line in lines:
        verdicts.setdefault((line.named, line.made_at), set()).add(line.verdict)
    word = _("{sinistra} e {destra} hanno più giudizi: {giudizi}.")
    return [
        word.format(sinistra=":".join(named[1]), destra=":".join(named[2]), giudizi=", ".join(sorted(said)))
        for (named, _when), said in verdicts.items()
        if len(said) > 1
    ]


def _unreadable(faults: Sequence[str]) -> UnreadableJudgements:
    told = [*faults[:_SHOWN]]
    if len(faults) > _SHOWN:
        told.append(_("… e altri {numero} difetti.").format(numero=len(faults) - _SHOWN))
    return UnreadableJudgements(_("Il file dei giudizi non si può leggere; non è stato preso nulla."), told)
