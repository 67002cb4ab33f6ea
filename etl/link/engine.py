"""The optional engine: Splink on DuckDB scores the pairs of a table of features. Nothing else imports either."""

import logging
import uuid
import warnings
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from etl.link.claim import Question
from etl.link.comparisons import COMPARISONS
from etl.link.features import Row
from etl.link.macros import MACROS
from etl.link.schema import COLUMNS
from etl.link.vetoes import RULES

if TYPE_CHECKING:
    import duckdb
    from splink import DuckDBAPI, Linker

# What of a large comparison does not fit goes to disk; the claims themselves need room besides.
MEMORY = "8GB"


def available() -> bool:
    """Whether the extra ``linkage`` is installed."""
    return find_spec("splink") is not None and find_spec("duckdb") is not None


def sharing(rows: Mapping[uuid.UUID, Row], changed: Collection[uuid.UUID] | None) -> list[uuid.UUID]:
    """The members that share a block with another, in order; with ``changed``, with one of these."""
    held = Counter(key for row in rows.values() for key in row["blocks"])
    told = rows.keys() if changed is None else [one for one in changed if one in rows]
    asked = {key for one in told for key in rows[one]["blocks"] if held[key] > 1}
    return sorted(one for one, row in rows.items() if not asked.isdisjoint(row["blocks"]))


def table(rows: Mapping[uuid.UUID, Row], members: Sequence[uuid.UUID]) -> pa.Table:
    """The features of members as a table, numbered from 0 in the column ``row``."""
    told = [rows[one] for one in members]
    known = [name for name in COLUMNS if told and name in told[0]]
    columns = {"row": pa.array(range(len(told)), pa.int64())}
    columns |= {name: pa.array([row[name] for row in told], COLUMNS[name]) for name in known}
    return pa.table(columns)


def score(
    features: pa.Table,
    model: Mapping[str, Any],
    question: Question,
    *,
    floor: float,
    changed: Collection[int] | None = None,
) -> pa.Table:
    """Score the pairs of a table of features that share a block.

    Parameters
    ----------
    features
        The columns of :mod:`etl.link.schema` that the question compares, and ``row``: a number, each once.
    model
        Splink's settings (:mod:`etl.link.settings`).
    floor
        Pairs of less weight, in bits, are left out.
    changed
        Only pairs with one of these rows.

    Returns
    -------
    pa.Table
        ``row_l`` < ``row_r``, ``match_weight`` in bits, ``match_probability``, ``rule`` (null where none holds), and
        for each comparison ``gamma_…`` (its level) and ``mw_…`` (bits).
    """
    with connected() as connection, silenced():
        api, scorer = linker(connection, features, model)
        _block(connection, changed)
        scorer.table_management.register_blocked_pairs_for_predict(api.register("blocked"))
        predicted = scorer.inference.predict(threshold_match_weight=floor, warning_mode="never")
        return _decided(connection, predicted.physical_name, question)


@contextmanager
def connected() -> "Iterator[duckdb.DuckDBPyConnection]":
    """A database in memory that knows the functions of the model; what it cannot hold goes to a folder of its own."""
    import duckdb  # noqa: PLC0415  optional

    with TemporaryDirectory(prefix="ombra-") as spill:
        config: dict[str, Any] = {
            "autoinstall_known_extensions": "false",
            "memory_limit": MEMORY,
            "temp_directory": spill,
        }
        connection = duckdb.connect(":memory:", config=config)
        try:
            connection.execute("SET enable_progress_bar = false")
            for macro in MACROS:
                connection.execute(macro)
            yield connection
        finally:
            connection.close()


@contextmanager
def silenced() -> Iterator[None]:
    """Splink tells its steps to whoever listens to its log; nobody here does."""
    logger = logging.getLogger("splink")
    level, propagate = logger.level, logger.propagate
    logger.setLevel(logging.CRITICAL)
    logger.propagate = False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)
        logger.propagate = propagate


def _block(connection: "duckdb.DuckDBPyConnection", changed: Collection[int] | None) -> None:
    """The pairs to be scored, once each: those that share a key."""
    connection.execute("CREATE TABLE held AS SELECT row, unnest(blocks) AS key FROM features")
    only = ""
    if changed is not None:
        connection.register("changed", pa.table({"row": pa.array(sorted(changed), pa.int64())}))
        only = "AND (l.row IN (SELECT row FROM changed) OR r.row IN (SELECT row FROM changed))"
    connection.execute(
        f"""CREATE TABLE blocked AS
        SELECT DISTINCT l.row AS join_key_l, r.row AS join_key_r, '0' AS match_key
        FROM held AS l JOIN held AS r ON l.key = r.key AND l.row < r.row {only}"""  # noqa: S608  own words only
    )


def linker(
    connection: "duckdb.DuckDBPyConnection", features: pa.Table, model: Mapping[str, Any]
) -> "tuple[DuckDBAPI, Linker]":
    """A linker of a table, which the connection knows as ``features``."""
    from splink import DuckDBAPI, Linker  # noqa: PLC0415  optional

    connection.register("features", features)
    api = DuckDBAPI(connection)
    return api, Linker(api.register("features"), dict(model), log_level=None, validate_settings=False)


def _decided(connection: "duckdb.DuckDBPyConnection", predicted: str, question: Question) -> pa.Table:
    """The scores, with the first rule that holds."""
    cases = "".join(f" WHEN {rule.condition} THEN '{rule.name}'" for rule in RULES[question])
    rule = f"CASE{cases} END" if cases else "NULL"
    told = [f"p.{prefix}{one.name}" for one in COMPARISONS[question] for prefix in ("gamma_", "mw_")]
    columns = ", ".join(["p.row_l", "p.row_r", "p.match_weight", "p.match_probability", *told])
    return connection.execute(
        f"""SELECT {columns}, {rule} AS rule FROM {predicted} AS p
        JOIN features AS l ON l.row = p.row_l JOIN features AS r ON r.row = p.row_r
        ORDER BY p.row_l, p.row_r"""  # noqa: S608  own words only
    ).to_arrow_table()
