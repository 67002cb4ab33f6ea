"""The equity of access as every face gives it: the whole, groups, municipalities, and clusters of these."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import pandas as pd
from sqlalchemy import Connection

from app.reports.need import about
from etl.derive import equity
from etl.derive.equity import Asked, Equity
from etl.derive.need import Need
from etl.i18n import _
from etl.store import models as m
from etl.store.frames import plain, records
from geo.errors import InvalidInput
from geo.moran import CLUSTERS, MissingLibrary, Moran
from geo.need import Thirds, classes, thirds
from geo.poverty import FIGURES

Row = dict[str, Any]
UNITS: Final[Mapping[str, str]] = {"minutes": "minuti", "score": "ogni 100.000 persone", "shadow": "quota"}
HALF: Final = (0.0, 0.5)
_LOCAL: Final = ("neighbours", "lag", "local_i", "p", "q", "quadrant", "cluster")


def clusters(connection: Connection, found: Equity) -> tuple[Moran | None, str | None]:
    """Local Moran of the municipalities; or None, and why there is none."""
    try:
        return equity.clusters(connection, found), None
    except MissingLibrary:
        return None, missing_library()
    except InvalidInput:
        return None, _("troppo pochi comuni vicini fra loro hanno un valore")


def missing_library() -> str:
    """What to do where the libraries of Moran are not installed."""
    command = ".venv/bin/python -m pip install -c requirements.lock -e '.[equity]'"
    why = _("Per i gruppi di comuni (Moran) mancano le librerie esda e libpysal: per aggiungerle dare {comando}.")
    return why.format(comando=command)


def whole(found: Equity, moran: Moran | None, note: str | None) -> Row:
    """All the figures of the territory; None where one cannot be told."""
    poverty, against = found.poverty, found.concentration
    return _plain(
        {
            "type": found.asked.type_code,
            "run": found.points.run,
            "measure": found.asked.measure,
            "unit": UNITS[found.asked.measure],
            "rule_id": found.points.rule_id,
            "threshold": found.points.threshold,
            "horizon": found.points.horizon,
            "persons": found.persons,
            **{f"left_{reason}": count for reason, count in found.left.items()},
            "capped": found.capped,
            "unlisted": found.unlisted,
            "mean": found.mean,
            "median": found.median,
            "gini": found.gini,
            "theil": found.theil.total,
            "theil_between": found.theil.between,
            "theil_within": found.theil.within,
            "concentration": against and against.index,
            "concentration_corrected": against and against.corrected,
            "without_need": found.without_need,
            "line": found.line,
            "line_kind": found.line_kind,
            **{name: poverty and getattr(poverty, name) for name in FIGURES},
            "at_least": bool(poverty and poverty.at_least),
            "poor": poverty and poverty.persons,
            "p0_low": found.p0_low,
            "p0_high": found.p0_high,
        }
    ) | {"by": found.asked.by, "need": _need(found.need), "moran": _moran(moran), "moran_note": note}


def _plain(row: Row) -> Row:
    return {name: plain(value) for name, value in row.items()}


def _need(found: Need) -> Row:
    return {"label": found.choice.label, "indicators": [about(part) for part in found.parts]}


def _moran(moran: Moran | None) -> Row | None:
    if moran is None:
        return None
    counted = moran.local["cluster"].value_counts()
    figures = {name: getattr(moran, name) for name in ("global_i", "expected", "p", "permutations", "seed", "alpha")}
    lists = {"islands": list(moran.islands), "missing": list(moran.missing)}
    return _plain(figures) | lists | {"clusters": {code: int(counted.get(code, 0)) for code in CLUSTERS}}


def groups(connection: Connection, found: Equity) -> list[Row]:
    """A row for each group, by code: its mean, and what it adds to inequality and to poverty."""
    names = _names(connection, found.asked)
    table = found.theil.groups.rename(columns={"within": "theil_within", "between": "theil_between"})
    if found.poverty is not None:
        table = table.join(found.poverty.groups.drop(columns="persons"))
    else:
        table = table.assign(poor=np.nan, **dict.fromkeys([*FIGURES, *(f"part_{name}" for name in FIGURES)], np.nan))
    rows = records(table.rename_axis("code").reset_index())
    return [{"name": names.get(row["code"], _("non caricato")), **_plain(row)} for row in rows]


def _names(connection: Connection, asked: Asked) -> dict[str, str]:
    level = equity.GROUPS[asked.by]
    rows = connection.execute(
        m.Area.__table__.select().with_only_columns(m.Area.code, m.Area.name).where(m.Area.level == level)
    )
    return {row.code: row.name for row in rows}


def municipalities(found: Equity, moran: Moran | None) -> list[Row]:
    """A row for each municipality, those with the worst access first; in thirds, 3 the worst access, the most need."""
    table = found.municipalities.copy()
    worse = -table["value"] if found.asked.measure == "score" else table["value"]
    table["access_third"], table["need_third"] = access_classes(found).third + 1, _need_third(table["need"])
    local = pd.DataFrame(index=table.index, columns=list(_LOCAL)) if moran is None else moran.local[list(_LOCAL)]
    table = table.join(local).assign(worse=worse)
    ordered = table.sort_values(["worse", "persons"], ascending=False, na_position="last", kind="stable")
    rows = records(ordered.drop(columns="worse"))
    return [{"rank": rank, **_plain(row)} for rank, row in enumerate(rows, start=1)]


def access_classes(found: Equity) -> Thirds:
    """The thirds of the municipalities by access, 0 the best; breaks are values of the measure.

    Of a score the least are the worst, so that all who have nothing are among them. Of the share in shadow, which is 0
    or 1 nearly everywhere, the classes are nobody, up to half of the people, more than half.
    """
    value = found.municipalities["value"]
    match found.asked.measure:
        case "shadow":
            return classes(value, HALF)
        case "score":
            told = thirds(value)
            return Thirds(2 - told.third, told.breaks)
        case _:
            return thirds(value)


def _need_third(values: "pd.Series[float]") -> "pd.Series[int]":
    if not values.notna().any():
        return pd.Series(pd.NA, index=values.index, dtype="Int64")
    return thirds(values).third + 1
