"""The book of the runs of the measures: which there are, which one is shown, what each is called."""

import re
import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, String, cast, delete, func, insert, select, update

from etl import runs
from etl.derive import archive
from etl.derive.variant import told
from etl.errors import NotFound, OmbraError
from etl.i18n import _
from etl.identity import content_hash
from etl.store import models as m
from etl.store.frames import merge
from etl.travel.choice import Choice

CURRENT = "corrente"
LONGEST_NAME = 60
_NUMBER = re.compile(r"[0-9a-f][0-9a-f-]{3,35}")


def write(connection: Connection, row: Mapping[str, Any]) -> None:
    """Write a run down; one that has lost results is there already."""
    merge(connection, m.CoverageRun, [row])


def wanted(connection: Connection) -> Choice:
    """The engine that the run which is shown was to have; the estimate before the first run."""
    told = connection.execute(select(m.CoverageRun.inputs["wanted"]).where(m.CoverageRun.current)).scalar()
    return Choice.kept(told or {})


def tell_origins(connection: Connection, run_id: uuid.UUID, origins: Mapping[str, Any], note: str | None) -> None:
    """Write down where a run comes from, its engine and base, and what a reader must know; nothing where it says so.

    Neither has a part in the identifier: a file may lie elsewhere, a replaced engine gives what it gives by choice,
    what a variant takes away may have been another thing before.
    """
    run = m.CoverageRun
    kept = connection.execute(select(run.inputs, run.note).where(run.id == run_id)).one()
    known = kept.inputs | dict(origins)
    if (known, note) != (kept.inputs, kept.note):
        connection.execute(update(run).where(run.id == run_id).values(inputs=known, note=note))


def show(connection: Connection, run_id: uuid.UUID) -> None:
    """Make a run the one that pages show; one that is already stays untouched."""
    run = m.CoverageRun
    connection.execute(update(run).where(run.current, run.id != run_id).values(current=False))
    connection.execute(update(run).where(~run.current, run.id == run_id).values(current=True))


def any_shown(connection: Connection) -> bool:
    """Whether there is a run that pages show."""
    return connection.execute(select(m.CoverageRun.id).where(m.CoverageRun.current)).first() is not None


def sign(connection: Connection, run_id: uuid.UUID, by: str) -> None:
    """Write down who asked for a run first."""
    run = m.CoverageRun
    connection.execute(update(run).where(run.id == run_id, run.created_by.is_(None)).values(created_by=by))


def date(connection: Connection, run_id: uuid.UUID) -> None:
    """Write down which version of the data a run was computed on first."""
    run = m.CoverageRun
    latest = select(func.max(m.DataVersion.id)).scalar_subquery()
    connection.execute(update(run).where(run.id == run_id, run.data_version.is_(None)).values(data_version=latest))


def use(connection: Connection, run_id: uuid.UUID) -> None:
    """Show a run that was computed before, until the next load computes another.

    Raises
    ------
    OmbraError
        Its results have been removed, or it is the run of a variant.
    """
    parameters = connection.execute(select(m.CoverageRun.parameters).where(m.CoverageRun.id == run_id)).scalar_one()
    if told(parameters) is not None:
        why = _("È un calcolo di prova: non descrive i servizi che ci sono, e non può essere il calcolo corrente.")
        raise OmbraError(why)
    if not has_results(connection, run_id):
        why = _("I risultati di questo calcolo sono stati tolti per fare posto: ripeterlo con ./ombra coverage run.")
        raise OmbraError(why)
    show(connection, run_id)
    runs.new_version(connection, "coverage use")


def has_results(connection: Connection, run_id: uuid.UUID) -> bool:
    """Whether the results of a run are still there."""
    return (
        connection.execute(select(m.TypeResult.run_id).where(m.TypeResult.run_id == run_id).limit(1)).first()
        is not None
    )


def find(connection: Connection, text: str) -> uuid.UUID:
    """The run with this name, or whose number begins so, or the one that is shown (:data:`CURRENT`).

    Raises
    ------
    OmbraError
        Several numbers begin so.
    NotFound
        There is none.
    """
    run = m.CoverageRun
    asked = text.strip()
    exact = run.current if asked.lower() == CURRENT else run.name == asked
    found = connection.execute(select(run.id).where(exact)).scalars().all()
    if not found and _NUMBER.fullmatch(asked.lower()):
        begins = cast(run.id, String).startswith(asked.lower(), autoescape=True)
        found = connection.execute(select(run.id).where(begins).limit(2)).scalars().all()
    if not found:
        why = _(
            "Nessun calcolo si chiama o comincia con «{testo}»: vedere ./ombra coverage list o /api/v1/coverage/runs."
        )
        raise NotFound(why.format(testo=text))
    if len(found) > 1:
        raise OmbraError(_("Più calcoli cominciano con {testo}: scrivere più cifre.").format(testo=text))
    return found[0]


def require_name(connection: Connection, name: str, *, of: uuid.UUID | None = None) -> None:
    """Refuse a name that cannot be told from a number or that another run has.

    Raises
    ------
    OmbraError
        With the reason.
    """
    faults = name_faults(name)
    if _NUMBER.fullmatch(name.lower()) or name.lower() == CURRENT:
        faults.append(_("«{nome}» si confonde con il numero di un calcolo: scegliere un altro nome.").format(nome=name))
    owner = connection.execute(select(m.CoverageRun.id).where(m.CoverageRun.name == name)).scalar()
    if owner is not None and owner != of:
        why = _("«{nome}» è già il nome del calcolo {altro}.")
        faults.append(why.format(nome=name, altro=str(owner)[:8]))
    if faults:
        raise OmbraError("\n".join(faults))


def name_faults(name: str) -> list[str]:
    """What is wrong with the form of a name, of a run or of anything else that people look up by it."""
    if name.strip() and name == name.strip() and len(name) <= LONGEST_NAME and name.isprintable():
        return []
    return [_("Il nome deve avere da 1 a {n} caratteri, senza spazi ai lati.").format(n=LONGEST_NAME)]


def name(connection: Connection, run_id: uuid.UUID, name: str | None) -> None:
    """Name a run, which is never pruned then; None takes the name away."""
    if name is not None:
        require_name(connection, name, of=run_id)
    connection.execute(update(m.CoverageRun).where(m.CoverageRun.id == run_id).values(name=name))
    tell(connection, "coverage name")


def remove(connection: Connection, run_id: uuid.UUID) -> None:
    """Delete a run with all that it found.

    Raises
    ------
    OmbraError
        It is the one that is shown, or it has a name.
    """
    run = connection.execute(select(m.CoverageRun).where(m.CoverageRun.id == run_id)).mappings().one()
    if run["current"]:
        raise OmbraError(_("È il calcolo corrente: prima mostrarne un altro con ./ombra coverage use."))
    if run["name"] is not None:
        why = _("Questo calcolo si chiama «{nome}» e per questo si conserva: prima ./ombra coverage name {numero}")
        raise OmbraError(why.format(nome=run["name"], numero=str(run_id)[:8]))
    connection.execute(delete(m.CoverageRun).where(m.CoverageRun.id == run_id))
    archive.sweep(connection)
    tell(connection, "coverage delete")


def tell(connection: Connection, reason: str) -> None:
    """Note that what is published of runs has changed, though the data have not: answers that are held are old."""
    latest = select(func.coalesce(func.max(m.DataVersion.id), 0))
    content = content_hash([reason, connection.execute(latest).scalar_one()])
    connection.execute(insert(m.DataVersion).values(content_hash=content, reason=reason))
