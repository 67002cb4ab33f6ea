"""Lines of a table of judgements, read and checked: every fault is told, by line."""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeAlias, cast, get_args

from etl.errors import FaultsError
from etl.i18n import _
from etl.link.claim import Question
from etl.link.pair import Verdict

REQUIRED = ("question", "left_source", "left_key", "right_source", "right_key", "verdict")
COLUMNS = (*REQUIRED, "stratum", "evidence", "author", "made_at")
_Named: TypeAlias = tuple[Question, tuple[str, str], tuple[str, str]]
_FORMULA = re.compile(r"^'(?=[=+\-@])")  # what tables of Ombra put before a text that looks like a formula
_LONGEST = 10_000  # of a cell; a note is a sentence or two
_SHOWN = 20  # faults that are told; a file of another kind has one in every line


class UnreadableJudgements(FaultsError):
    """A file of judgements has faults; nothing of it was kept."""


@dataclass(frozen=True)
class Line:
    """One judgement as the file tells it; ``number`` is that of its line."""

    question: Question
    left: tuple[str, str]
    right: tuple[str, str]
    verdict: Verdict
    note: str | None
    author: str
    made_at: datetime | None
    number: int

    @property
    def named(self) -> _Named:
        """The question and the two rows, whatever their order."""
        left, right = sorted((self.left, self.right))
        return self.question, left, right


def read_lines(text: str, author: str | None, now: datetime) -> list[Line]:
    """The lines of a table with commas or semicolons; ``now`` is the latest moment that a judgement may have.

    Raises
    ------
    UnreadableJudgements
        With every fault.
    """
    table = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), delimiter=_delimiter(text))
    missing = [name for name in REQUIRED if name not in (table.fieldnames or ())]
    if missing:
        why = _("mancano le colonne: {nomi}. La prima riga deve essere: {tutte}.")
        raise unreadable([why.format(nomi=", ".join(missing), tutte=",".join(COLUMNS))])
    found: list[Line] = []
    faults: list[str] = []
    for row in table:
        told = {name: _FORMULA.sub("", (row.get(name) or "").strip()) for name in COLUMNS}
        wrong = _faults(told, author, now)
        if None in row:
            wrong.append(_("ha più celle delle colonne: mettere fra virgolette un testo che contiene il separatore."))
        faults += [_("riga {numero}: {difetto}").format(numero=table.line_num, difetto=one) for one in wrong]
        if not wrong:
            found.append(_line(told, author, table.line_num))
    faults += _twice(found)
    if faults:
        raise unreadable(faults)
    return found


def _delimiter(text: str) -> str:
    """The semicolon where spreadsheets set to Italian have written it."""
    header = text.partition("\n")[0]
    return ";" if header.count(";") > header.count(",") else ","


def _faults(told: Mapping[str, str], author: str | None, now: datetime) -> list[str]:
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
    long = _("il testo di {colonna} è troppo lungo: al più {numero} caratteri.")
    faults += [long.format(colonna=name, numero=_LONGEST) for name in COLUMNS if len(told[name]) > _LONGEST]
    if told["left_key"] and (told["left_source"], told["left_key"]) == (told["right_source"], told["right_key"]):
        faults.append(_("la riga {chiave} è confrontata con sé stessa.").format(chiave=told["left_key"]))
    return faults + (_time_faults(told["made_at"], now) if told["made_at"] else [])


def _time_faults(said: str, now: datetime) -> list[str]:
    moment = _moment(said)
    if moment is None:
        return [_("«{valore}» non è un momento come 2026-11-22T09:30:00+01:00.").format(valore=said)]
    return [_("«{valore}» deve ancora venire.").format(valore=said)] if moment > now else []


def _line(told: Mapping[str, str], author: str | None, number: int) -> Line:
    return Line(
        cast(Question, told["question"]),
        (told["left_source"], told["left_key"]),
        (told["right_source"], told["right_key"]),
        cast(Verdict, told["verdict"]),
        told["evidence"] or None,
        told["author"] or (author or "").strip(),
        _moment(told["made_at"]) if told["made_at"] else None,
        number,
    )


def _moment(said: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(said)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def _twice(lines: Iterable[Line]) -> list[str]:
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


def unreadable(faults: Sequence[str]) -> UnreadableJudgements:
    """The error that tells the first faults, and how many more there are."""
    told = [*faults[:_SHOWN]]
    if len(faults) > _SHOWN:
        told.append(_("… e altri {numero} difetti.").format(numero=len(faults) - _SHOWN))
    return UnreadableJudgements(_("Il file dei giudizi non si può leggere; non è stato preso nulla."), told)
