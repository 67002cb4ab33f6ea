"""Results that a run need not compute: those of an earlier run that depended on the same."""

import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, String, cast, delete, func, literal, select
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.orm import InstrumentedAttribute

from etl.derive.compliance import evaluated
from etl.derive.digests import Digests
from etl.derive.inputs import Inputs
from etl.derive.overlaps import group_id
from etl.derive.supply import PLANNED
from etl.store import models as m
from etl.store.frames import merge


@dataclass(frozen=True)
class Todo:
    """Service types and rules whose results a run has not got."""

    types: frozenset[str]
    rules: frozenset[str]

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(self.types or self.rules)


class Kept:
    """The results of runs, as far as they are whole: what they speak of may have been deleted, and they with it."""

    def __init__(self, connection: Connection, inputs: Inputs) -> None:
        self._connection = connection
        self._registry = inputs.registry
        self._points = len(inputs.points)
        working = inputs.services[inputs.services["certainty"] != PLANNED]
        self._services = {str(code): frozenset(ids) for code, ids in working.groupby("type")["service"]}

    def missing(self, run_id: uuid.UUID) -> Todo:
        """What a run has not got, or not whole."""
        types, rules = frozenset(self._registry.kinds), frozenset(evaluated(self._registry))
        return Todo(types - self._whole_types(run_id, types), rules - self._whole_rules(run_id, rules))

    def take_over(self, run_id: uuid.UUID, todo: Todo, digests: Digests) -> Todo:
        """Copy into a run what others have computed of ``todo`` from the same; what nobody has is given back."""
        types, rules = todo.types, todo.rules
        self._forget(run_id, todo)
        for former, codes in self._former(m.TypeResult.service_type_code, types, digests.types).items():
            whole = self._whole_types(former, codes)
            self._copy_types(former, run_id, whole)
            types -= whole
        for former, codes in self._former(m.RuleResult.rule_id, rules, digests.rules).items():
            whole = self._whole_rules(former, codes)
            self._copy(m.RuleResult, former, run_id, m.RuleResult.rule_id, whole)
            self._copy(m.ComplianceResult, former, run_id, m.ComplianceResult.rule_id, whole)
            rules -= whole
        return Todo(types, rules)

    def _former(
        self, key: InstrumentedAttribute[str], codes: Collection[str], wanted: Mapping[str, str]
    ) -> dict[uuid.UUID, set[str]]:
        """Of each type or rule the run that has it with the hash of now: the one that is shown, else the newest."""
        kept, run = key.class_, m.CoverageRun
        told = [f"{code} {wanted[code]}" for code in codes]
        statement = (
            select(key, kept.run_id)
            .join(run, run.id == kept.run_id)
            .where(func.concat(key, " ", kept.input_hash).in_(told))
            .ext(distinct_on(key))
            .order_by(key, run.current.desc(), run.created_at.desc(), run.id)
        )
        found: dict[uuid.UUID, set[str]] = {}
        for code, run_id in self._connection.execute(statement):
            found.setdefault(run_id, set()).add(code)
        return found

    def _whole_types(self, run_id: uuid.UUID, codes: Iterable[str]) -> frozenset[str]:
        """Those of ``codes`` of which a run has an answer for every point and the reach of every service."""
        result, reach = m.CoverageResult, m.ServiceReach
        counted = select(result.service_type_code, func.count().label("points")).where(result.run_id == run_id)
        rows = self._connection.execute(counted.group_by(result.service_type_code))
        answers = {row.service_type_code: row.points for row in rows}
        reached = select(cast(reach.service_id, String)).where(reach.run_id == run_id)
        told = frozenset(self._connection.execute(reached).scalars())
        answered = (code for code in codes if answers.get(code) == self._points)
        return frozenset(code for code in answered if self._services.get(code, frozenset()) <= told)

    def _whole_rules(self, run_id: uuid.UUID, codes: Iterable[str]) -> frozenset[str]:
        """Those of ``codes`` of which a run has all the outcomes that it found."""
        kept, outcome = m.RuleResult, m.ComplianceResult
        found = select(func.count()).where(outcome.run_id == kept.run_id, outcome.rule_id == kept.rule_id)
        statement = select(kept.rule_id).where(kept.run_id == run_id, kept.outcomes == found.scalar_subquery())
        return frozenset(codes) & frozenset(self._connection.execute(statement).scalars())

    def _forget(self, run_id: uuid.UUID, todo: Todo) -> None:
        """Clear what a run has of ``todo``, which is not whole; answers go with their type."""
        for key, codes in (
            (m.TypeResult.service_type_code, todo.types),
            (m.OverlapResult.service_type_code, todo.types),
            (m.RuleResult.rule_id, todo.rules),
            (m.ComplianceResult.rule_id, todo.rules),
        ):
            kept = key.class_
            self._connection.execute(delete(kept).where(kept.run_id == run_id, key.in_(codes)))
        self._connection.execute(
            delete(m.ServiceReach).where(
                m.ServiceReach.run_id == run_id, m.ServiceReach.service_id.in_(self._ids(todo.types))
            )
        )

    def _copy_types(self, former: uuid.UUID, run_id: uuid.UUID, codes: Collection[str]) -> None:
        self._copy(m.TypeResult, former, run_id, m.TypeResult.service_type_code, codes)
        self._copy(m.CoverageResult, former, run_id, m.CoverageResult.service_type_code, codes)
        self._copy(m.AccessScore, former, run_id, m.AccessScore.service_type_code, codes)
        self._copy(m.ServiceReach, former, run_id, m.ServiceReach.service_id, self._ids(codes))
        overlap = m.OverlapResult.__table__
        groups = select(overlap).where(overlap.c.run_id == former, overlap.c.service_type_code.in_(codes))
        rows = [dict(row) | {"run_id": run_id} for row in self._connection.execute(groups).mappings()]
        merge(self._connection, m.OverlapResult, [row | {"id": group_id(row)} for row in rows])

    def _ids(self, codes: Iterable[str]) -> list[uuid.UUID]:
        return [uuid.UUID(service) for code in codes for service in self._services.get(code, ())]

    def _copy(
        self,
        model: type[m.Base],
        former: uuid.UUID,
        run_id: uuid.UUID,
        key: InstrumentedAttribute[Any],
        values: Collection[Any],
    ) -> None:
        """Insert the rows of a run anew under another, inside the database."""
        columns = model.__table__.c
        own = [literal(run_id) if column.name == "run_id" else column for column in columns]
        rows = select(*own).where(columns.run_id == former, key.in_(values))
        self._connection.execute(insert(model).from_select([column.name for column in columns], rows))
