"""How often linkage is right, as it was measured on judged pairs: the table ``data/linkage/accuracy.csv``.

Only measurements stand in it. Each row counts the automatic links of one question, for one type of service or for all
(``*``), against ``data/labels``: ``right`` and ``wrong`` links, true pairs ``missed``. The shares with their intervals
follow from the counts and are there to be read. ``model`` is the beginning of the digest of the parameters that were
measured (:class:`etl.link.parameters.Parameters`): of other parameters the row says nothing.
"""

import csv
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from etl.errors import ReferenceDataError
from etl.i18n import _
from etl.identity import ROOT
from geo.completeness import Share

TABLE = ROOT / "data" / "linkage" / "accuracy.csv"
ANY = "*"
MODEL = 12  # characters of a digest that tell two sets of parameters apart
_COUNTS = ("right", "wrong", "missed")
_SHARES = ("precision", "precision_low", "precision_high", "recall", "recall_low", "recall_high")
HEADER = ("question", "service_type", *_COUNTS, *_SHARES, "model", "measured_on", "labels")
_NORMAL_95 = 1.959964


@dataclass(frozen=True, kw_only=True)
class Accuracy:
    """Links of one question and type of service (``*``: all) that were judged; ``labels`` names the files."""

    question: str
    service_type: str
    right: int
    wrong: int
    missed: int
    model: str
    measured_on: date
    labels: str

    @property
    def precision(self) -> Share:
        """Right links among all links."""
        return Share(self.right, self.right + self.wrong)

    @property
    def recall(self) -> Share:
        """Linked pairs among the true ones."""
        return Share(self.right, self.right + self.missed)


Measured = Mapping[tuple[str, str], Accuracy]


def read(path: Path = TABLE) -> dict[tuple[str, str], Accuracy]:
    """What was measured, by question and type of service; nothing where there is no table.

    Raises
    ------
    ReferenceDataError
        The table cannot be used; all faults at once.
    """
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8", newline="") as lines:
        reader = csv.DictReader(lines)
        header, rows = tuple(reader.fieldnames or ()), list(reader)
    if header != HEADER:
        wanted = _("la prima riga dev'essere {header}").format(header=",".join(HEADER))
        raise ReferenceDataError(_("Misure del collegamento"), [f"{path.name}: {wanted}"])
    faults = [fault for number, row in enumerate(rows, start=2) for fault in _faults(path.name, number, row)]
    if faults:
        raise ReferenceDataError(_("Misure del collegamento"), faults)
    return {(one.question, one.service_type): one for one in map(_row, rows)}


def of(measured: Measured, question: str, service_type: str) -> Accuracy | None:
    """What was measured for a type of service, or else for all types together."""
    return measured.get((question, service_type)) or measured.get((question, ANY))


def write(found: Iterable[Accuracy], path: Path = TABLE) -> None:
    """Write the table, in order of question and type."""
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines, lineterminator="\n")
        writer.writerow(HEADER)
        for one in sorted(found, key=lambda one: (one.question, one.service_type)):
            counts = (one.right, one.wrong, one.missed)
            told = [f"{value:.4f}" for share in (one.precision, one.recall) for value in (share.value, *wilson(share))]
            rest = (one.model[:MODEL], one.measured_on.isoformat(), one.labels)
            writer.writerow([one.question, one.service_type, *counts, *told, *rest])


def wilson(share: Share) -> tuple[float, float]:
    """Score interval of a share at 95 % (Wilson 1927).

    >>> [round(end, 3) for end in wilson(Share(240, 243))]
    [0.964, 0.996]
    """
    trials, z2 = share.trials, _NORMAL_95**2
    middle = (share.value + z2 / (2 * trials)) / (1 + z2 / trials)
    half = _NORMAL_95 / (1 + z2 / trials) * math.sqrt(share.value * (1 - share.value) / trials + z2 / (4 * trials**2))
    return max(0.0, middle - half), min(1.0, middle + half)


def _faults(name: str, number: int, row: Mapping[str, str]) -> Iterator[str]:
    where = _("{name}, riga {number}").format(name=name, number=number)
    bad = [column for column in _COUNTS if not (row[column] or "").isdecimal()]
    for column in bad:
        why = _("«{column}» dev'essere un numero intero, qui «{value}»").format(column=column, value=row[column])
        yield f"{where}: {why}"
    if not bad:
        right, wrong, missed = (int(row[column]) for column in _COUNTS)
        yield from (f"{where}: {why}" for why in _unsound(right, wrong, missed, row))
    try:
        date.fromisoformat(row["measured_on"] or "")
    except ValueError:
        yield f"{where}: " + _("«measured_on» si scrive AAAA-MM-GG, qui «{value}»").format(value=row["measured_on"])


def _unsound(right: int, wrong: int, missed: int, row: Mapping[str, str]) -> Iterator[str]:
    if right == 0:
        yield _("nessuna unione giusta: non è una misura")
        return
    for name, value in (("precision", right / (right + wrong)), ("recall", right / (right + missed))):
        if row[name] != f"{value:.4f}":
            told = _("«{column}» è {value}, ma dai conteggi risulta {right}: rifare la misura, non correggere a mano")
            yield told.format(column=name, value=row[name], right=f"{value:.4f}")


def _row(row: Mapping[str, str]) -> Accuracy:
    return Accuracy(
        question=row["question"],
        service_type=row["service_type"],
        right=int(row["right"]),
        wrong=int(row["wrong"]),
        missed=int(row["missed"]),
        model=row["model"],
        measured_on=date.fromisoformat(row["measured_on"]),
        labels=row["labels"],
    )
