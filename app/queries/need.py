"""Select on indicators of need, computed or read when they are asked for."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Float, Integer, Text

from app.queries.areas import BBox
from app.queries.kinds import AnySelect
from app.queries.told import beside

_COLUMNS: Final[Mapping[str, Any]] = {  # SQLAlchemy's types of columns
    "rank": Integer(),
    "indicator": Text(),
    "value": Float(),
    "unit": Text(),
    "numerator": Float(),
    "denominator": Float(),
    "third": Integer(),
    "year": Integer(),
    "source": Text(),
}


def needs(rows: Sequence[Mapping[str, Any]], *, within: str | None = None, bbox: BBox | None = None) -> AnySelect:
    """Rows of :func:`app.reports.need.values` with their areas, the greatest need first; no value comes last."""
    return beside(rows, _COLUMNS, within=within, bbox=bbox)
