"""Compute the access status and the scores of a territory part by part, or whole, without a database."""

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import pandas as pd

from etl.derive.inputs import Inputs
from etl.derive.scale.executors import SERIAL, Executor
from etl.derive.scale.facts import Territory, territory, thresholds
from etl.derive.scale.narrow import Reach
from etl.derive.scale.part import answers
from etl.derive.scale.split import split
from etl.derive.scale.store import Part, Store
from etl.errors import FaultsError, OmbraError
from etl.i18n import _
from etl.progress import Progress, silent
from geo.arrays import TextSeries
from geo.partition import farthest_metres
from geo.travel.estimate import Estimate
from geo.travel.table import TravelEngine

Metres: TypeAlias = Callable[[float], float]
EXAMPLES = 5


@dataclass(frozen=True)
class PartFigures:
    """What a part took: its own points, those of its halo, the services that it read, seconds, the file of answers."""

    name: str
    points: int
    halo: int
    services: int
    seconds: float
    file: Path


@dataclass(frozen=True)
class Found:
    """Where the answers of all parts are, and what each took, by name."""

    parts: tuple[PartFigures, ...]
    types: tuple[str, ...]

    def answers(self) -> pd.DataFrame:
        """All of them, as :func:`whole` gives them; they must fit into the memory."""
        every = pd.concat([pd.read_parquet(part.file) for part in self.parts], ignore_index=True)
        rank = every["service_type_code"].map({code: rank for rank, code in enumerate(self.types)})
        order = every.assign(rank=rank).sort_values(["rank", "position"], kind="stable").index
        return every.loc[order].reset_index(drop=True)


def whole(inputs: Inputs, engine: TravelEngine | None = None, *, only: Collection[str] | None = None) -> pd.DataFrame:
    """The answers of the whole at once, as :func:`etl.derive.scale.part.answers` gives them.

    ``engine`` as in :func:`partitioned`.
    """
    chosen = engine or Estimate()
    known, bound = territory(inputs, chosen, only=only), _bound(chosen)
    return answers(known, chosen, None if bound is None else _reach(known, bound))


def partitioned(
    inputs: Inputs,
    parts: TextSeries,
    *,
    folder: Path,
    executor: Executor = SERIAL,
    engine: TravelEngine | None = None,
    metres: Metres | None = None,
    only: Collection[str] | None = None,
    progress: Progress = silent,
) -> Found:
    """The same answers as those of :func:`whole`, computed part by part.

    Each part has its own points, all services within the minutes up to which they are told, everybody within the
    threshold of a service that an own point has within it, and all services among which these people choose: nearest
    and reachable services, and the demand that competes for them, are those of the whole. What hangs together over
    all parts is found before (:mod:`etl.derive.scale.facts`). Sums run in the same order as those of the whole.

    Parameters
    ----------
    parts
        The part of each municipality, such as its province.
    folder
        Where parts and answers are written: empty, and under one path for all processes.
    executor
        Who computes the parts: this process, or anything with a ``map`` like that of ``concurrent.futures``.
    engine
        One that works on the places themselves, such as the estimate or a road network: identifiers are numbers here,
        which a table of official minutes does not know.
    metres
        Straight metres beyond which the engine puts nothing within given minutes; needed for any other than the
        estimate. Must survive pickling where processes are several.
    only
        Codes of the types; all by default.

    Raises
    ------
    OmbraError
        A municipality has no part, or nobody knows how far the engine goes.
    """
    chosen = engine or Estimate()
    bound = metres or _bound(chosen)
    if bound is None:
        raise OmbraError(_no_bound(chosen))
    homes = _parts_of(inputs, parts)
    progress(_("Preparo ciò che vale per tutto il territorio"))
    known = territory(inputs, chosen, only=only)
    store, tasks = split(known, homes, folder, _reach(known, bound))
    types = tuple(facts.kind.code for facts in known.facts)
    del known  # all of it is in the folder
    done = []
    for figures in executor.map(Work(store, chosen), tasks):
        done.append(figures)
        progress(_("Parte {number} di {count}: {name}").format(number=len(done), count=len(tasks), name=figures.name))
    return Found(tuple(sorted(done, key=lambda part: part.name)), types)


@dataclass(frozen=True)
class Work:
    """Computes a part and leaves its answers in the folder; goes to other processes as it is."""

    store: Store
    engine: TravelEngine

    def __call__(self, part: Part) -> PartFigures:
        """Read, compute, write."""
        began = time.monotonic()
        known = self.store.read(part)
        file = self.store.path(f"answers-{part.number}")
        answers(known, self.engine, self.store.reach).to_parquet(file)
        own = int(known.points["own"].sum())
        halo, seconds = len(known.points) - own, time.monotonic() - began
        return PartFigures(part.name, own, halo, len(known.services), seconds, file)


@dataclass(frozen=True)
class Straight:
    """How far the estimate goes in some minutes."""

    engine: Estimate

    def __call__(self, minutes: float) -> float:
        """Straight metres beyond which nothing is within ``minutes``."""
        return farthest_metres(self.engine, minutes)


def _bound(engine: TravelEngine) -> Metres | None:
    return Straight(engine) if isinstance(engine, Estimate) else None


def _reach(known: Territory, metres: Metres) -> Reach:
    return Reach(metres, tuple(thresholds(known.facts)))


def _parts_of(inputs: Inputs, parts: TextSeries) -> TextSeries:
    """The part of each point."""
    homes = inputs.points["municipality"]
    found = homes.map(parts)
    if found.isna().any():
        lost = ", ".join(sorted(set(homes[found.isna()]))[:EXAMPLES])
        fault = _("Comuni senza una parte, per esempio: {comuni}. Indicare la parte di ogni comune.")
        raise FaultsError(_("Il territorio non si può dividere in parti."), [fault.format(comuni=lost)])
    return found


def _no_bound(engine: TravelEngine) -> str:
    why = _(
        "Per dividere il territorio in parti serve sapere quanto lontano si arriva in un dato tempo: con il motore "
        "«{motore}» indicarlo in «metres»."
    )
    return why.format(motore=engine.name)
