"""Two runs compared: why the persons in shadow of a type are others, and which services are.

The change of each demand point is split over the parts that the runs were made from (see
:data:`etl.derive.digests.PARTS`). Where one part differs the change is its own. Where several do, the later run is
made from the former by changing one after the other, in every order, with today's code on the inputs that both have
kept (:func:`geo.attribution.shapley`); what today's code gives differently from what a run has stored is a change of
method. Where the inputs or the engine of a run are no longer there the parts cannot be told apart, and nothing is
guessed: the query of the comparison then says which parts share the change.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd
from sqlalchemy import Connection, select

from etl.derive import archive, book, cases, status, variant
from etl.derive.archive import InputsGone
from etl.derive.digests import PARTS, part_of
from etl.derive.inputs import Inputs
from etl.errors import OmbraError
from etl.i18n import _
from etl.identity import code_version, content_hash
from etl.progress import Progress, silent
from etl.store import models as m
from etl.store.frames import merge, read_frame, records
from etl.travel.choice import Choice, described, make, reason
from geo.arrays import FloatSeries
from geo.attribution import shapley
from geo.errors import GeoError
from geo.travel.table import TravelEngine

METHOD = "method"
_NEGLIGIBLE = 1e-6  # persons


class Inseparable(OmbraError):
    """Several parts changed at once and cannot be told apart; the message says why."""


@dataclass(frozen=True)
class Run:
    """What is kept of a run; ``variant`` is what its variant tells, None for a run on the data as they are."""

    id: uuid.UUID
    digests: dict[str, str]
    inputs: dict[str, Any]
    code: str
    variant: dict[str, Any] | None = None

    @property
    def tables(self) -> dict[str, str]:
        """The digests of its inputs by table."""
        return dict(self.inputs.get("tables", {}))


def read_run(connection: Connection, run_id: uuid.UUID) -> Run:
    """A run as the book has it."""
    run = m.CoverageRun
    told = select(run.id, run.digests, run.inputs, run.code_version, run.parameters).where(run.id == run_id)
    row = connection.execute(told).one()
    return Run(row.id, row.digests, row.inputs, row.code_version, variant.told(row.parameters))


def differing(former: Run, later: Run) -> tuple[str, ...]:
    """The parts of which the two runs do not tell the same hash; all where one of them tells none."""
    return tuple(
        part for part in PARTS if former.digests.get(part) != later.digests.get(part) or part not in former.digests
    )


def explain(
    connection: Connection, former_id: uuid.UUID, later_id: uuid.UUID, type_code: str, *, progress: Progress = silent
) -> pd.DataFrame:
    """Split the change of persons in shadow of one type and keep the parts: index = demand points, columns = PARTS.

    On confirmed supply; where nothing is known the persons in shadow count 0.

    Raises
    ------
    OmbraError
        A run has no results of this type.
    Inseparable
        Several parts changed, and the inputs or the engine of a run are gone.
    """
    former, later = read_run(connection, former_id), read_run(connection, later_id)
    stored = [_stored(connection, run, type_code) for run in (former, later)]
    parts = differing(former, later)
    if len(parts) > 1:
        found = _recomputed(_Mixer(connection, former, later, type_code, progress), parts, *stored)
    else:
        change = _minus(stored[1], stored[0])
        found = pd.DataFrame({part: change * float(part in parts) for part in PARTS})
    rows = records(found[list(PARTS)].rename_axis("area_id").reset_index())
    key = {"former_id": former_id, "later_id": later_id, "service_type_code": type_code}
    if merge(connection, m.CoverageChange, [row | key for row in rows]).changed:
        book.tell(connection, "coverage compare")
    return found[list(PARTS)]


def _stored(connection: Connection, run: Run, type_code: str) -> FloatSeries:
    result = m.CoverageResult
    statement = select(result.area_id, result.shadow_confirmed).where(
        result.run_id == run.id, result.service_type_code == type_code
    )
    found = read_frame(connection, statement, index="area_id")
    if found.empty:
        why = _("Il calcolo {numero} non ha (o non ha più) risultati per il tipo «{tipo}».")
        raise OmbraError(why.format(numero=str(run.id)[:8], tipo=type_code))
    shadow = found["shadow_confirmed"].astype("float64").fillna(0.0)
    return shadow.set_axis(shadow.index.astype(str))


def _minus(left: FloatSeries, right: FloatSeries) -> FloatSeries:
    return left.sub(right, fill_value=0.0)


class _Mixer:
    """Computes one type anew from parts of the two runs."""

    def __init__(self, connection: Connection, former: Run, later: Run, type_code: str, progress: Progress) -> None:
        self._type = type_code
        self._codes = {former.code, later.code}
        self._inputs: dict[bool, Inputs] = {}
        self._engines: dict[bool, TravelEngine] = {}
        for is_later, run in ((False, former), (True, later)):
            number = str(run.id)[:8]
            try:
                self._inputs[is_later] = archive.restore(connection, run.tables)
                self._engines[is_later] = _engine(connection, run, progress)
            except (OmbraError, GeoError, ImportError, OSError) as error:
                why = _("Calcolo {numero}: {motivo}; le parti del cambiamento non si possono separare.")
                raise Inseparable(why.format(numero=number, motivo=reason(error))) from error

    def figures(self, chosen: frozenset[str]) -> FloatSeries:
        """Persons in shadow with the chosen parts of the later run and the others of the former.

        Raises
        ------
        Inseparable
            A run was computed by an older code, and today's cannot work with what that code has read.
        """
        try:
            return self._figures(chosen)
        except (KeyError, TypeError, ValueError) as error:
            if self._codes == {code_version()}:
                raise
            why = _("I dati di partenza conservati sono di un altro codice: le parti non si possono separare.")
            raise Inseparable(why) from error

    def _figures(self, chosen: frozenset[str]) -> FloatSeries:
        mixed = self._mixed(chosen)
        if self._type not in mixed.registry.kinds:
            return pd.Series(dtype="float64")
        [case] = cases.cases(mixed, self._engines["travel" in chosen], only=[self._type])
        return status.results(case)["shadow_confirmed"].fillna(0.0)

    def _mixed(self, chosen: frozenset[str]) -> Inputs:
        later = vars(self._inputs[True])
        taken = {name: later[name] for name in _names(self._inputs[True]) if part_of(name) in chosen}
        return replace(self._inputs[False], **taken)


def _names(inputs: Inputs) -> Iterator[str]:
    return iter(type(inputs).__dataclass_fields__)


def _engine(connection: Connection, run: Run, progress: Progress) -> TravelEngine:
    """The engine of a run, as it was.

    Raises
    ------
    InputsGone
        Its file holds something else now.
    """
    engine = make(Choice.kept(run.inputs.get("engine", {})), connection, progress)
    if content_hash(described(engine)) != run.digests["travel"]:
        raise InputsGone(_("il suo motore di viaggio oggi dà altri tempi"))
    return engine


def _recomputed(mixer: _Mixer, parts: tuple[str, ...], former: FloatSeries, later: FloatSeries) -> pd.DataFrame:
    """The shares of all parts; what the code of today gives differently on the same inputs is the method's.

    Raises
    ------
    Inseparable
        Both runs were computed by one code, and today's is another.
    """
    moved = [part for part in parts if part != METHOD]
    shares = shapley(moved, mixer.figures)
    rest = _minus(_minus(later, former), shares.sum(axis=1))
    if METHOD not in parts and float(rest.abs().max()) > _NEGLIGIBLE:
        raise Inseparable(_("Il codice di oggi dà altri risultati: le parti del cambiamento non si possono separare."))
    shares = shares.reindex(rest.index).fillna(0.0).reindex(columns=list(PARTS), fill_value=0.0)
    # Without another method the rest is what sums of floating-point numbers leave: it goes where it does not show.
    taker = METHOD if METHOD in parts else moved[0]
    return shares.assign(**{taker: shares[taker] + rest})
