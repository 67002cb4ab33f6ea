"""What an export says of itself: of which data and run it is, and under which licences its parts come."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, func, select

from app.queries.runs import current_run
from etl.i18n import _
from etl.store import models as m

Facts = Sequence[Mapping[str, str]]


def information(connection: Connection) -> Facts:
    """Rows of ``name`` and ``value``, in words."""
    version = connection.execute(select(func.max(m.DataVersion.id), func.max(m.DataVersion.created_at))).one()
    run = connection.execute(select(current_run().subquery())).one_or_none()
    told = {
        _("Che cos'è"): _("Ombra, atlante dei servizi di welfare della Città metropolitana di Torino"),
        _("Versione dei dati"): str(version[0] or "–"),
        _("Dati del"): _moment(version[1]),
        _("Calcolo"): str(run.id) if run else _("nessuno"),
        _("Calcolo del"): _moment(run.created_at if run else None),
        _("Motore dei minuti"): run.engine if run else "–",
        _("Sistema di riferimento"): "EPSG:4326",
        _("Licenze"): _("Ogni fonte mantiene la propria: sono nella tabella delle fonti."),
    }
    return [{"name": name, "value": value} for name, value in told.items()]


def sources(connection: Connection) -> Facts:
    """The sources: ``id``, ``title``, ``publisher``, ``licence``, ``address``, ``reference_date``."""
    source = m.Source
    statement = select(
        source.id, source.title, source.publisher, source.licence, source.address, source.reference_date
    ).order_by(source.id)
    return [{name: value or "" for name, value in row._mapping.items()} for row in connection.execute(statement)]  # noqa: SLF001


def _moment(moment: datetime | None) -> str:
    return "–" if moment is None else moment.isoformat(timespec="seconds")
