"""A Select compiled once, at start, for asyncpg: at a request only its values are put in order."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select
from sqlalchemy.dialects.postgresql import asyncpg

_DIALECT = asyncpg.dialect()  # type: ignore[no-untyped-call]


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL with ``$1``… and, in their order, the names of its parameters with the values they have by themselves.

    ``planned_once``: one plan for all values, made once on each connection. For a statement whose best plan is the same
    whatever is asked it saves the planning of every execution (a quarter of a millisecond of a short one); PostgreSQL
    by itself finds such a plan too dear where a LIMIT is a parameter, which it takes for a tenth of the table.
    """

    sql: str
    parameters: tuple[tuple[str, Any], ...]
    planned_once: bool = False

    def arguments(self, values: Mapping[str, object]) -> list[object]:
        """The values in the order of the text; what is not given keeps the value that the Select was written with."""
        return [values.get(name, own) for name, own in self.parameters]


def prepared(select: Select[*tuple[Any, ...]], *, planned_once: bool = False) -> Statement:
    """Compile a Select whose open values are ``bindparam(name, type_=…)``.

    A list is one array parameter (``column == any_(bindparam(…, type_=ARRAY(…)))``): the text of the statement must not
    depend on the values, or it could not be prepared.

    Raises
    ------
    ValueError
        The text depends on a value, as ``in_`` does.
    """
    compiled = select.compile(dialect=_DIALECT)
    if compiled.post_compile_params:
        names = ", ".join(sorted(parameter.key for parameter in compiled.post_compile_params))
        message = f"not to be prepared, the text depends on: {names}"
        raise ValueError(message)
    own = compiled.params
    return Statement(str(compiled), tuple((name, own[name]) for name in compiled.positiontup or ()), planned_once)
