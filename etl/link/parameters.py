"""The linkage as it is set: per question its model and thresholds, read from ``data/linkage``."""

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from etl.errors import ReferenceDataError
from etl.i18n import _
from etl.identity import ROOT, content_hash, files_hash
from etl.link import frequencies
from etl.link.claim import Question
from etl.link.frequencies import Frequencies
from etl.link.macros import MACROS
from etl.link.names import parse_name
from etl.link.pair import Verdict
from etl.link.vetoes import RULES

FOLDER = ROOT / "data" / "linkage"
QUESTIONS: tuple[Question, ...] = ("service", "location", "organization")


@dataclass(frozen=True)
class Thresholds:
    """In bits: from ``merge`` a pair is one thing, from ``review`` a person judges, below ``keep`` it is forgotten."""

    merge: float
    review: float
    keep: float

    def verdict(self, weight: float) -> Verdict:
        """What the model thinks of a pair of this weight."""
        if weight >= self.merge:
            return "stesso"
        return "incerto" if weight >= self.review else "diverso"


@dataclass(frozen=True)
class Kind:
    """What linkage knows of a type of service.

    Types of one ``family`` can be one service; two of a type that is ``alone`` are never at one address.
    """

    family: str
    alone: bool


@dataclass(frozen=True)
class Parameters:
    """Models, thresholds, word frequencies and families of types.

    ``digest`` is a hash of them all, and of the rules: where it stays, the same features have the same scores and
    verdicts.
    """

    models: Mapping[Question, Mapping[str, Any]]
    thresholds: Mapping[Question, Thresholds]
    words: Frequencies
    kinds: Mapping[str, Kind]
    digest: str
    towns: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def kind(self, service_type: str) -> Kind:
        """What is known of a type; one that is not listed is a family of its own."""
        return self.kinds.get(service_type, Kind(service_type, alone=False))


@cache
def parameters(folder: Path = FOLDER, *, trained: bool = True) -> Parameters:
    """Read the files of a folder; without what is learnt where it is not ``trained`` yet.

    Raises
    ------
    ReferenceDataError
        A file is missing or cannot be read; all faults at once.
    """
    learnt = [*(f"{question}.json" for question in QUESTIONS), "words.csv"] if trained else []
    names = [*learnt, "thresholds.csv", "types.csv"]
    missing = [name for name in names if not (folder / name).is_file()]
    if missing:
        why = _("manca: rifarlo con ./ombra etl train-linkage --dir CARTELLA, o riprenderlo dal progetto")
        raise ReferenceDataError(_("Modello di collegamento"), [f"{folder.name}/{name}: {why}" for name in missing])
    models = {one: json.loads((folder / f"{one}.json").read_text("utf-8")) for one in QUESTIONS} if trained else {}
    return Parameters(
        models=models,
        thresholds=_thresholds(folder / "thresholds.csv"),
        words=frequencies.read(folder / "words.csv") if trained else Frequencies({}, 0.5),
        kinds=_kinds(folder / "types.csv"),
        digest=content_hash([files_hash(folder / name for name in names), *_code()]),
        towns=town_words(),
    )


def _code() -> list[Any]:
    """What stands in code and decides with the files: rules, and the functions of their conditions."""
    rules = [[question, one.name, one.condition, one.verdict] for question, held in RULES.items() for one in held]
    return [rules, MACROS]


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _thresholds(path: Path) -> dict[Question, Thresholds]:
    found: dict[str, Thresholds] = {}
    faults = []
    for row in _rows(path):
        try:
            told = Thresholds(*(float(row[name]) for name in ("merge", "review", "keep")))
        except (KeyError, TypeError, ValueError):
            faults.append(f"{path.name}, {row.get('question')}: {_('merge, review e keep devono essere numeri')}")
            continue
        if not told.merge >= told.review >= told.keep:
            why = _("servono keep ≤ review ≤ merge")
            faults.append(f"{path.name}, {row['question']}: {why}")
        found[row["question"]] = told
    faults += [f"{path.name}: {_('manca la riga')} {question}" for question in QUESTIONS if question not in found]
    if faults:
        raise ReferenceDataError(_("Modello di collegamento"), faults)
    return {question: found[question] for question in QUESTIONS}


def _kinds(path: Path) -> dict[str, Kind]:
    return {row["service_type"]: Kind(row["family"], row["alone"] == "true") for row in _rows(path)}


@cache
def town_words() -> Mapping[str, frozenset[str]]:
    """Words of the names of municipalities by ISTAT code: in a name they tell the town, which is compared as such."""
    rows = _rows(ROOT / "data" / "reference" / "classi_comuni.csv")
    return {row["istat_code"]: frozenset(parse_name(row["municipality"]).words) for row in rows}
