"""Select on the equity of access by municipality, computed when it is asked for."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Float, Integer, Text

from app.queries.areas import BBox
from app.queries.kinds import AnySelect
from app.queries.told import beside

_COLUMNS: Final[Mapping[str, Any]] = {  # SQLAlchemy's types of columns
    "rank": Integer(),
    **dict.fromkeys(("persons", "known", "capped", "value", "need"), Float()),
    **dict.fromkeys(("access_third", "need_third", "neighbours"), Integer()),
    **dict.fromkeys(("lag", "local_i", "p", "q"), Float()),
    **dict.fromkeys(("quadrant", "cluster"), Text()),
}


def equities(rows: Sequence[Mapping[str, Any]], *, within: str | None = None, bbox: BBox | None = None) -> AnySelect:
    """Rows of :func:`app.reports.equity.municipalities` with their areas."""
    return beside(rows, _COLUMNS, within=within, bbox=bbox)
