"""The hand-judged pairs of ``data/labels``."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from etl.errors import ReferenceDataError
from etl.identity import ROOT
from etl.link.claim import Question
from etl.link.pair import Verdict
from tests.bench.linkage.material import Row

FOLDER = ROOT / "data" / "labels"
COLUMNS = ["question", "left_source", "left_key", "right_source", "right_key", "verdict", "stratum", "evidence"]
# Strata of true pairs that changed address between the lists (data/labels/README.md).
MOVED = frozenset({"rinumerata", "angolo", "spostata"})
PairOfRows = tuple[Row, Row]


@dataclass(frozen=True)
class Label:
    """What a judge said of two rows; ``file`` is the name of the labels' file without its ending."""

    file: str
    question: Question
    pair: PairOfRows
    verdict: Verdict
    stratum: str


def ordered(one: Row, other: Row) -> PairOfRows:
    """A pair, whichever of the two comes first."""
    return (one, other) if one <= other else (other, one)


def read(folder: Path = FOLDER) -> list[Label]:
    """Read every file of labels.

    Raises
    ------
    ReferenceDataError
        A file has other columns, an unknown question or verdict, a row paired with itself, or a pair twice; all faults
        at once.
    """
    found: dict[tuple[str, PairOfRows], Label] = {}
    faults = [fault for file in sorted(folder.glob("*.csv")) for fault in _read(file, found)]
    if faults:
        raise ReferenceDataError("Etichette che non si possono usare:", faults)
    return list(found.values())


def _read(file: Path, found: dict[tuple[str, PairOfRows], Label]) -> Iterator[str]:
    """Add the labels of a file to those found, and tell its faults."""
    with file.open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines)
        if rows.fieldnames != COLUMNS:
            yield f"{file.name}: le colonne devono essere {', '.join(COLUMNS)}"
            return
        for number, row in enumerate(rows, start=2):
            why = _fault(row)
            if why is None:
                label = _label(file.stem, row)
                if found.setdefault((label.question, label.pair), label) is not label:
                    why = "coppia già giudicata"
            if why is not None:
                yield f"{file.name}, riga {number}: {why}"


def _label(file: str, row: dict[str, Any]) -> Label:
    pair = ordered((row["left_source"], row["left_key"]), (row["right_source"], row["right_key"]))
    return Label(file, row["question"], pair, row["verdict"], row["stratum"])


def _fault(row: dict[str, Any]) -> str | None:
    if None in row or None in row.values():
        return "numero di celle sbagliato"
    if row["question"] not in get_args(Question):
        return f"domanda sconosciuta «{row['question']}»"
    if row["verdict"] not in get_args(Verdict):
        return f"verdetto sconosciuto «{row['verdict']}»"
    if (row["left_source"], row["left_key"]) == (row["right_source"], row["right_key"]):
        return "una riga con se stessa"
    return None


def chosen(labels: Iterable[Label], *, file: str | None = None, question: Question = "service") -> Sequence[Label]:
    """Labels of one file, or of all, on one question."""
    return [label for label in labels if label.question == question and file in (None, label.file)]
