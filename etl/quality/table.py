"""One row a source: what its last run brought, what was remarked, and the score with its parts."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import Connection

from etl.quality import selects
from etl.quality.parts import PARTS, age_days, freshness, score, told_date

Row = Mapping[str, Any]
EVENTS = ("nuovo", "rinominato", "spostato", "riposizionato", "modificato", "chiuso", "riaperto")
COUNTS = ("read", "accepted", "rejected")
# Of contents by the hundred thousand no events are told: the run counts rows instead.
_ROWS = {"nuovo": "new", "modificato": "changed", "chiuso": "closed"}
_DECLARED = (
    *("id", "title", "publisher", "licence", "address", "reference_date", "note", "kind", "refresh_days"),
    *("territory", "positions", "service_types"),
)


def quality(connection: Connection, *, today: date | None = None) -> pd.DataFrame:
    """Counts, remarks and score of every source, by title.

    Parameters
    ----------
    today
        The day on which ages are counted; by default the present one.

    Returns
    -------
    DataFrame
        What is declared (``id``, ``title``, ``publisher``, ``licence``, ``kind``, …); of the last run ``run_id``,
        ``loaded_at``, ``edition``, ``state``, ``read``, ``accepted``, ``rejected``, how many things are
        ``nuovo``, ``rinominato``, ``spostato``, ``riposizionato``, ``modificato``, ``chiuso``, ``riaperto``, and
        ``issues`` with its parts ``issues_scartato``, ``issues_modificato``, ``issues_dubbio``; ``things`` now
        public; ``age_days``, ``dated``, the label that the age is counted from where it is one, and ``overdue``;
        the parts (:mod:`etl.quality.parts`), each 0 to 1 or None, and ``score``, 0 to 100 or None. A source that has
        never loaded anything, or whose content was withdrawn, has neither counts nor score.
    """
    day = today or date.today()  # noqa: DTZ011  the day where Ombra runs, as in the queries
    known = _known(connection, day)
    rows = [_row(one, known, day) for one in _read(connection, selects.sources())]
    return pd.DataFrame(rows, dtype=object)


def _known(connection: Connection, today: date) -> dict[str, dict[str, Row]]:
    """Answers of every Select by its name and by source; several rows of a source are summed by kind."""
    single = {
        "services": selects.services(today),
        "bodies": selects.bodies(),
        "told": selects.municipalities_told(),
        "listed": selects.totals(),
        "denied": selects.disagreements(),
    }
    found = {
        name: {row["source_id"]: row for row in _read(connection, statement)} for name, statement in single.items()
    }
    found["events"] = _pivot(_read(connection, selects.events()), "event")
    found["issues"] = _pivot(_read(connection, selects.issues()), "severity")
    return found


def _read(connection: Connection, statement: selects.AnySelect) -> list[Row]:
    return [dict(row) for row in connection.execute(statement).mappings()]


def _pivot(rows: Sequence[Row], kind: str) -> dict[str, Row]:
    found: dict[str, dict[str, int]] = {}
    for row in rows:
        of = found.setdefault(row["source_id"], {})
        of[row[kind]] = of.get(row[kind], 0) + int(row["count"])
    return dict(found)


def _row(source: Row, known: Mapping[str, Mapping[str, Row]], today: date) -> dict[str, Any]:
    own = {name: answers.get(source["id"], {}) for name, answers in known.items()}
    counts = source["run_counts"] or {}
    loaded = "read" in counts and source["run_state"] != "ritirato"
    age, dated = _age(source, own, today) if loaded else (None, None)
    refresh = _number(source["refresh_days"])
    parts = _parts(source, own, counts, age) if loaded else dict.fromkeys(PARTS)
    happened = own["events"] or {event: counts.get(name, 0) for event, name in _ROWS.items()}
    return {
        **{name: source[name] for name in _DECLARED},
        "run_id": source["run_id"] if loaded else None,
        "loaded_at": source["run_finished_at"] if loaded else None,
        "edition": source["run_edition"] or None if loaded else None,
        "state": source["run_state"],
        **{name: counts.get(name) if loaded else None for name in COUNTS},
        **{event: happened.get(event, 0) if loaded else None for event in EVENTS},
        "issues": sum(own["issues"].values()) if loaded else None,
        **{f"issues_{name}": own["issues"].get(name, 0) if loaded else None for name in selects.SEVERITIES},
        "things": _things(own),
        "age_days": None if age is None else round(age),
        "dated": dated,
        "overdue": None if age is None or refresh is None else age > refresh,
        **parts,
        "score": score(parts),
    }


def _things(own: Mapping[str, Row]) -> int:
    return int(own["services"].get("things", 0)) + int(own["bodies"].get("things", 0))


def _age(source: Row, own: Mapping[str, Row], today: date) -> tuple[float | None, str | None]:
    """Days since what the source itself dates: its edition, or the evidence of its rows where it has no files.

    With the label of the edition or of the reference date, where the days are counted from one.
    """
    edition, declared = (_labelled(source[name], today) for name in ("run_edition", "reference_date"))
    evidence = (_number(own["services"].get("age")), None)
    known = (edition, evidence, declared) if source["run_files"] else (evidence, edition, declared)
    return next((one for one in known if one[0] is not None), (None, None))


def _labelled(label: str | None, today: date) -> tuple[float | None, str | None]:
    return age_days(told_date(label), today), label


def _parts(source: Row, own: Mapping[str, Row], counts: Row, age: float | None) -> dict[str, float | None]:
    things = own["services"] or own["bodies"]
    filled = [_number(things.get("filled")), _number(own["told"].get("told")), _number(own["listed"].get("listed"))]
    told = [value for value in filled if value is not None]
    accepted = counts.get("accepted") or 0
    denied = own["denied"].get("denied", 0)
    return {
        "completeness": sum(told) / len(told) if told else None,
        "freshness": freshness(age, _number(source["refresh_days"])),
        "agreement": max(0.0, 1 - denied / accepted) if things and accepted else None,
        "precision": _number(things.get("precision")),
        "contactability": _number(things.get("contactability")),
    }


def _number(value: Any) -> float | None:  # noqa: ANN401  numbers of the driver: Decimal, float, int
    return None if value is None else float(value)
