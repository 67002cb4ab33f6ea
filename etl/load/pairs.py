"""Pairs that were compared, as they are kept."""

from collections.abc import Iterable

from sqlalchemy import Connection, select

from etl.link.claim import Question
from etl.link.pair import Pair, Reason
from etl.link.relations import Related
from etl.store import models as m
from etl.store.frames import Missing, merge


def read(connection: Connection, question: Question) -> list[Pair]:
    """The pairs of a question, with what was last decided of them."""
    match = m.Match
    statement = select(match).where(match.question == question).order_by(match.left_id, match.right_id)
    return [
        Pair(
            question,
            row.left_id,
            row.right_id,
            row.probability,
            row.weight,
            tuple(Reason(**reason) for reason in row.reasons),
            row.verdict,
            row.decided_by,
            row.rule,
        )
        for row in connection.execute(statement)
    ]


def write(connection: Connection, question: Question, pairs: Iterable[Related]) -> None:
    """Replace the pairs of a question."""
    rows = [
        {
            "question": question,
            "left_id": pair.left,
            "right_id": pair.right,
            "probability": pair.probability,
            "weight": pair.weight,
            "reasons": [vars(reason) for reason in pair.reasons],
            "verdict": pair.verdict,
            "decided_by": pair.decided_by,
            "rule": pair.rule,
            "relation": related.relation,
        }
        for related in pairs
        for pair in [related.pair]
    ]
    merge(connection, m.Match, rows, missing=Missing("t.question = %(question)s", {"question": question}))
