"""What a run of the measures is made from, before anything is computed."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

from sqlalchemy import Connection

from etl.derive import archive, book, cases, inputs, unplaced
from etl.derive.digests import Digests, digests, part_digests
from etl.derive.variant import BASE, KEY, Variant
from etl.i18n import _
from etl.identity import code_version, content_hash, uid
from etl.progress import Progress
from etl.travel.choice import Choice, Chosen, described, keep_choice, make
from geo.travel.table import TravelEngine

PARAMETERS: Mapping[str, str | float] = {
    "tolerance": cases.TOLERANCE,
    "farthest": cases.FARTHEST,
    "measure": "e2sfca, zone a T/3, 2T/3, T",
}


@dataclass(frozen=True)
class Job:
    """What a run reads, with its engine, and the hashes that follow: the same inputs give the same identifier.

    ``variant`` is what its variant tells, None for a run on the data as they are; what the run reads has it already.
    ``base`` is then the run on the same data without it.
    """

    read: inputs.Inputs
    chosen: Chosen
    travel: dict[str, Any]
    variant: dict[str, Any] | None = None
    base: uuid.UUID | None = None

    @property
    def engine(self) -> TravelEngine:
        """The engine that its times come from."""
        return self.chosen.engine

    @cached_property
    def method(self) -> str:
        """Hash of the code and its parameters."""
        return content_hash([dict(PARAMETERS), code_version()])

    @cached_property
    def parts(self) -> dict[str, str]:
        """The hash of each part."""
        return part_digests(self.read, travel=self.travel, method=self.method)

    @cached_property
    def digest(self) -> str:
        """The hash of them all; a run that assumes something is not the run which finds it so."""
        return content_hash(self.parts | self._assumed)

    @property
    def _assumed(self) -> dict[str, Any]:
        return {} if self.variant is None else {KEY: self.variant}

    @cached_property
    def run_id(self) -> uuid.UUID:
        """The identifier of the run, the same on every machine."""
        return uid("coverage_run", self.digest)

    def digests(self) -> Digests:
        """The hashes of types and rules."""
        return digests(self.read, content_hash([self.parts["travel"], self.method]))

    @property
    def origins(self) -> dict[str, Any]:
        """What a run keeps of where it comes from beside its inputs: neither has a part in its identifier."""
        return self.chosen.told() | ({} if self.base is None else {BASE: str(self.base)})

    def row(self, connection: Connection) -> dict[str, Any]:
        """The run as the book has it, with all that is needed to repeat it; the inputs are kept."""
        return {
            "id": self.run_id,
            "input_hash": self.digest,
            "engine": self.travel["engine"],
            "code_version": code_version(),
            "parameters": dict(PARAMETERS) | {"travel": self.travel} | self._assumed,
            "population_year": self.read.year,
            "digests": self.parts,
            "inputs": {"tables": archive.keep(connection, self.read)} | self.origins,
        }


def prepare(
    connection: Connection, travel: Choice | None, progress: Progress, today: date, variant: Variant | None = None
) -> Job:
    """Read what a run needs; ``travel`` None is the engine of the run that is shown.

    Raises
    ------
    OmbraError
        The engine cannot be made, or the variant speaks of what is not there.
    """
    if travel is None:
        chosen = keep_choice(book.wanted(connection), connection, progress)
    else:
        chosen = Chosen(make(travel, connection, progress), travel, travel)
    progress(_("Leggo i dati per le misure"))
    read = inputs.read(connection, today=today)
    as_they_are = Job(read, unplaced.remarked(chosen, read, progress), described(chosen.engine))
    if variant is None:
        return as_they_are
    return replace(as_they_are, read=variant.apply(read), variant=variant.told(), base=as_they_are.run_id)
