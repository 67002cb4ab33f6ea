"""The book of the scenarios: which there are, what each changes, and whether the data still know what it speaks of."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from etl.derive import book
from etl.derive.scenario.changes import Changes
from etl.derive.scenario.check import faults
from etl.derive.scenario.directory import Directory
from etl.errors import FaultsError, NotFound
from etl.i18n import _
from etl.identity import uid
from etl.store import models as m

REASON = "scenario"


@dataclass(frozen=True, kw_only=True)
class Saved:
    """A scenario as it is kept; ``data_version`` is that of the data which it was last written against."""

    name: str
    description: str | None
    changes: Changes
    created_at: datetime
    created_by: str | None
    changed_at: datetime
    data_version: int | None


def save(
    connection: Connection, name: str, changes: Changes, *, description: str | None = None, by: str | None = None
) -> uuid.UUID:
    """Keep changes under a new name; the identifier of the scenario.

    Raises
    ------
    FaultsError
        The name is taken or is none, or changes cannot be made; every fault is told.
    """
    _require(name, [*_name_faults(connection, name), *faults(Directory(connection), changes)])
    identifier = uid("scenario", name)
    connection.execute(
        insert(m.Scenario).values(
            id=identifier,
            name=name,
            description=description or None,
            changes=changes.told(),
            created_by=by,
            data_version=_version(),
        )
    )
    book.tell(connection, REASON)
    return identifier


def edit(
    connection: Connection,
    name: str,
    *,
    changes: Changes | None = None,
    description: str | None = None,
    rename: str | None = None,
) -> None:
    """Give a scenario other changes, another description (empty: none) or another name; None leaves as it is.

    Raises
    ------
    NotFound
        There is no such scenario.
    FaultsError
        The new name is taken or is none, or the new changes cannot be made; every fault is told.
    """
    scenario = m.Scenario
    find(connection, name)
    found = [] if rename in (None, name) else _name_faults(connection, rename or "")
    if changes is not None:
        found += faults(Directory(connection), changes)
    _require(name, found)
    values: dict[str, Any] = {"changed_at": func.now()}
    values |= {} if changes is None else {"changes": changes.told(), "data_version": _version()}
    values |= {} if description is None else {"description": description or None}
    values |= {} if rename is None else {"id": uid("scenario", rename), "name": rename}
    connection.execute(update(scenario).where(scenario.name == name).values(**values))
    book.tell(connection, REASON)


def remove(connection: Connection, name: str) -> None:
    """Delete a scenario; what was computed of it stays until it is pruned as any run.

    Raises
    ------
    NotFound
        There is no such scenario.
    """
    find(connection, name)
    connection.execute(delete(m.Scenario).where(m.Scenario.name == name))
    book.tell(connection, REASON)


def find(connection: Connection, name: str) -> Saved:
    """The scenario with this name.

    Raises
    ------
    NotFound
        There is none.
    """
    found = _read(connection, name)
    if not found:
        why = _("Nessuno scenario si chiama «{nome}»: l'elenco è in ./ombra scenario list o /api/v1/scenarios.")
        raise NotFound(why.format(nome=name))
    return found[0]


def every(connection: Connection) -> list[Saved]:
    """All scenarios by name."""
    return _read(connection)


def state(connection: Connection, saved: Saved) -> Sequence[str]:
    """Why a scenario cannot be computed on the data of now; empty where it can."""
    return faults(Directory(connection), saved.changes)


_TOLD = ("name", "description", "created_at", "created_by", "changed_at", "data_version")


def _read(connection: Connection, name: str | None = None) -> list[Saved]:
    scenario = m.Scenario
    statement = select(scenario.__table__).order_by(scenario.name)
    if name is not None:
        statement = statement.where(scenario.name == name)
    return [
        Saved(**{key: row[key] for key in _TOLD}, changes=Changes.kept(row["changes"]))
        for row in connection.execute(statement).mappings()
    ]


def _name_faults(connection: Connection, name: str) -> list[str]:
    found = book.name_faults(name)
    if "/" in name:
        found.append(_("Il nome non può avere barre (/): sta anche in un indirizzo."))
    if connection.execute(select(m.Scenario.id).where(m.Scenario.name == name)).first() is not None:
        why = _("Uno scenario «{nome}» c'è già: cambiarlo con ./ombra scenario edit, o scegliere un altro nome.")
        found.append(why.format(nome=name))
    return found


def _require(name: str, found: Sequence[str]) -> None:
    if found:
        raise FaultsError(_("Lo scenario «{nome}» non è stato salvato.").format(nome=name), found)


def _version() -> Any:  # noqa: ANN401  an expression of SQLAlchemy
    return select(func.max(m.DataVersion.id)).scalar_subquery()
