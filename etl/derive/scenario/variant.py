"""A scenario as a run takes it: changes bound to the database that they are to be computed on."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from etl.derive.inputs import Inputs
from etl.derive.scenario import tables
from etl.derive.scenario.changes import Add, Changes, Close, Move, OfDirectory, Open, Resize
from etl.derive.scenario.check import faults
from etl.derive.scenario.directory import Directory
from etl.derive.scenario.places import served, spot
from etl.derive.scenario.tables import Addition, Step
from etl.errors import FaultsError
from etl.i18n import _

KIND = "scenario"


@dataclass(frozen=True)
class Scenario:
    """A :class:`etl.derive.variant.Variant`: the services as they would be after the changes.

    ``steps`` make the changes on the inputs of a run; ``name`` is None where nobody has saved the changes.
    """

    changes: Changes
    steps: tuple[Step, ...]
    name: str | None = None

    def apply(self, inputs: Inputs) -> Inputs:
        """The inputs after all changes.

        Raises
        ------
        FaultsError
            Services that a run does not read, because nobody knows where they are.
        """
        read = set(inputs.services["service"])
        known = [one for one in self.changes if not isinstance(one, Add)]
        why = _("«{nome}»: il servizio non ha un posto noto e non entra in nessun calcolo")
        absent = [why.format(nome=one.name) for one in known if one.service not in read]
        if absent:
            raise FaultsError(summary(self.name), absent)
        return tables.changed(inputs, self.steps)

    def told(self) -> dict[str, Any]:
        """The changes, and the names of the services that are in no other table."""
        services = {str(service): name for service, name in self.changes.added.items()}
        return {"kind": KIND, "name": self.name, "changes": self.changes.told(), "services": services}


def bind(connection: Connection, changes: Changes, *, name: str | None = None) -> Scenario:
    """The changes as a variant of a run on this database.

    Raises
    ------
    FaultsError
        Every change that cannot be made: a service that is gone, a place outside of the territory, two changes of one
        service.
    """
    directory = Directory(connection)
    found = faults(directory, changes)
    if found:
        raise FaultsError(summary(name), found)
    return Scenario(changes, tuple(_steps(directory, changes)), name)


def summary(name: str | None) -> str:
    """The sentence that heads the faults of a scenario."""
    if name is None:
        return _("Lo scenario non si può calcolare.")
    return _("Lo scenario «{nome}» non si può calcolare.").format(nome=name)


def _steps(directory: Directory, changes: Changes) -> Iterator[Step]:
    for change in changes:
        yield tables.add(_addition(directory, change)) if isinstance(change, Add) else _step(directory, change)


def _step(directory: Directory, change: OfDirectory) -> Step:
    match change:
        case Close():
            return tables.close(change.service)
        case Open():
            return tables.open_(change.service)
        case Move():
            return tables.move(change.service, spot(directory, change.place, protected=False))
        case Resize():
            return tables.resize(change.service, change.capacity, directory.types[change.type].unit)


def _addition(directory: Directory, change: Add) -> Addition:
    kind = directory.types[change.type]
    found = spot(directory, change.place, protected=kind.protected)
    declared = [served(directory, place) for place in change.serves]
    # A protected place without an area of its own is known by its zone.
    return Addition(
        service=change.service,
        type=change.type,
        certainty=change.certainty,
        provider=change.service if change.provider is None else directory.provider(change.provider),
        delivery=kind.delivery,
        protected=kind.protected,
        capacity=change.capacity,
        unit=kind.unit,
        spot=found,
        areas=declared or ([] if found.zone is None else [found.zone]),
    )
