"""Results of earlier runs that tell how far a place is which is protected now.

Whoever knows the minutes from three settlements knows the place. A run that read a place as protected holds no minutes
to it; one made before holds them, and may still be asked for by its number. What is protected leaves nothing public:
of such a run the results of that type go, and the rest stays.
"""

import uuid
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection, delete, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, array
from sqlalchemy.types import Text

from etl.derive import archive
from etl.derive.archive import InputsGone
from etl.store import models as m

_CHANGE = m.CoverageChange


def forget(connection: Connection, *, spare: uuid.UUID | None = None) -> int:
    """Remove what earlier runs tell of places that are protected now; of how many types, runs and proposals.

    ``spare`` is the run just made, which knows that they are. Without one every run is looked at, the one that is shown
    too: until the next run it has no results of such a type.
    """
    hidden = _hidden(connection)
    if not hidden:
        return 0
    run, removed = m.CoverageRun, _unpropose(connection)
    with_results = select(m.TypeResult.run_id).where(m.TypeResult.run_id == run.id).exists()
    for row in connection.execute(select(run.id, run.inputs).where(with_results, run.id != spare)).all():
        told = _told(connection, row.inputs.get("tables", {}), hidden)
        held = select(m.TypeResult.service_type_code).where(m.TypeResult.run_id == row.id)
        codes = [code for code in connection.execute(held).scalars() if told is None or code in told]
        if codes:
            _remove(connection, row.id, codes, hidden)
            removed += len(codes)
    return removed


def _hidden(connection: Connection) -> set[str]:
    """Services at a protected place."""
    presence = m.ServiceAtLocation
    statement = select(presence.service_id).join(m.Location, m.Location.id == presence.location_id)
    return {str(service) for service in connection.execute(statement.where(m.Location.location_protected)).scalars()}


def _unpropose(connection: Connection) -> int:
    """Remove proposals of new sites in a building that is protected now; of how many questions."""
    place, location = m.SitingPlace, m.Location
    told = select(place.siting_id).join(location, location.id == place.location_id).where(location.location_protected)
    return connection.execute(delete(m.SitingResult).where(m.SitingResult.id.in_(told))).rowcount


def _told(connection: Connection, tables: Mapping[str, str], hidden: set[str]) -> set[str] | None:
    """Types in which a run measured minutes to some of the hidden; None where what it read was not kept."""
    try:
        services = archive.table(connection, tables, "services")
    except InputsGone:
        return None
    measured = services["service"].isin(hidden) & ~services["area_wide"].astype(bool)
    return set(services.loc[measured, "type"])


def _remove(connection: Connection, run_id: uuid.UUID, codes: Collection[str], hidden: set[str]) -> None:
    rules = select(m.Standard.id).where(m.Standard.service_types.op("&&")(_texts(codes)))
    services = select(m.Service.id).where(or_(m.Service.service_type_code.in_(codes), m.Service.id.in_(hidden)))
    listed = select(m.Service.id)
    conditions: list[tuple[type[m.Base], Any]] = [
        (m.TypeResult, m.TypeResult.service_type_code.in_(codes)),
        (m.OverlapResult, m.OverlapResult.service_type_code.in_(codes)),
        (m.SitingResult, m.SitingResult.service_type_code.in_(codes)),
        # Of a service that only a variant has the type is told nowhere: what it holds alone could tell who is near.
        (m.ServiceReach, or_(m.ServiceReach.service_id.in_(services), m.ServiceReach.service_id.not_in(listed))),
        # Of a rule by municipality the outcome would tell the municipality.
        (m.RuleResult, m.RuleResult.rule_id.in_(rules)),
        (m.ComplianceResult, m.ComplianceResult.rule_id.in_(rules)),
    ]
    for model, condition in conditions:
        connection.execute(delete(model).where(model.__table__.c.run_id == run_id, condition))
    either = or_(_CHANGE.former_id == run_id, _CHANGE.later_id == run_id)
    connection.execute(delete(_CHANGE).where(either, _CHANGE.service_type_code.in_(codes)))


def _texts(codes: Collection[str]) -> Any:  # noqa: ANN401  an expression of SQLAlchemy
    return array(list(codes), type_=ARRAY(Text))
