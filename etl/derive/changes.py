"""The services that two runs of the measures did not read alike, as far as what they read was kept."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd
from sqlalchemy import Connection, select

from etl.derive import archive, variant
from etl.derive.compare import Run
from etl.i18n import _
from etl.store import models as m

NEW, GONE, CHANGED = "nuovo", "uscito", "cambiato"


@dataclass(frozen=True, order=True)
class ServiceChange:
    """A service that only one of two runs read, or that they read differently; ``what`` says in which respect.

    Neither place nor municipality: the service may be protected.
    """

    event: str
    name: str
    service_id: uuid.UUID
    what: tuple[str, ...] = ()


def service_changes(connection: Connection, former: Run, later: Run, type_code: str) -> list[ServiceChange]:
    """What happened between two runs to the services of a type, the new first.

    Raises
    ------
    InputsGone
        What one of the runs read was not kept.
    """
    before, after = (_services(connection, run, type_code) for run in (former, later))
    found: dict[str, dict[uuid.UUID, tuple[str, ...]]] = {
        NEW: dict.fromkeys(after.keys() - before.keys(), ()),
        GONE: dict.fromkeys(before.keys() - after.keys(), ()),
        CHANGED: {service: tuple(_differences(before[service], after[service])) for service in before.keys() & after},
    }
    names = _names(connection, [service for told in found.values() for service in told])
    for run in (former, later):
        names |= {uuid.UUID(service): name for service, name in variant.names(run.variant).items()}
    return [
        change
        for event, told in found.items()
        for change in sorted(
            ServiceChange(event, names.get(service, _("servizio non più in elenco")), service, what)
            for service, what in told.items()
            if event != CHANGED or what
        )
    ]


Told = dict[str, object]


def _services(connection: Connection, run: Run, type_code: str) -> dict[uuid.UUID, Told]:
    """By service what a run read of it, in the words of :func:`_differences`."""
    services = archive.table(connection, run.tables, "services")
    services = services[services["type"] == type_code]
    hanging = {name: archive.table(connection, run.tables, name) for name in ("service_areas", "capacities")}
    areas = _gathered(hanging["service_areas"], "area")
    capacities = _gathered(hanging["capacities"], "unit", "maximum")
    told = pd.DataFrame(services[["service", "certainty", "provider", "delivery"]]).assign(
        place=services.geometry.to_wkt(rounding_precision=0),
        capacity=services["capacity"].where(services["capacity_known"]),
        areas=[areas.get(place, "") for place in services.index],
        capacities=[capacities.get(place, "") for place in services.index],
    )
    found: dict[uuid.UUID, Told] = {}
    for service, rows in told.groupby("service"):
        found[uuid.UUID(str(service))] = {
            name: sorted(rows[name].map(repr)) for name in told.columns if name != "service"
        }
    return found


def _gathered(table: pd.DataFrame, *columns: str) -> dict[str, str]:
    """By service what a table holds of it, as one text."""
    found: dict[str, list[str]] = {}
    for service, *values in zip(table["service"], *(table[name] for name in columns), strict=True):
        found.setdefault(service, []).append(repr(values))
    return {service: "; ".join(sorted(values)) for service, values in found.items()}


def _differences(before: Told, after: Told) -> Iterator[str]:
    words = {
        "certainty": _("certezza"),
        "provider": _("ente"),
        "delivery": _("modalità"),
        "place": _("posizione"),
        "areas": _("aree servite"),
        "capacity": _("capienza"),
        "capacities": _("capienza"),
    }
    yield from dict.fromkeys(word for name, word in words.items() if before[name] != after[name])


def _names(connection: Connection, services: list[uuid.UUID]) -> dict[uuid.UUID, str]:
    rows = connection.execute(select(m.Service.id, m.Service.name).where(m.Service.id.in_(services)))
    return {row.id: row.name for row in rows}
