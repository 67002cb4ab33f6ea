"""What the pages on sources are given."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from app.linked.pages import data_catalogue
from app.pages.reading import kinds
from app.reports import reading, words
from app.reports.model import SourceReport
from etl.errors import SourceError
from etl.history import history
from etl.i18n import _
from etl.outcome import PastRun
from etl.quality import PARTS
from etl.sources.base import Declaration
from etl.sources.catalogue import catalogue, left_out

Context = dict[str, Any]

RUNS = 30


def index(session: Session) -> Context:
    """All sources: those loaded with their figures, those that may be, the tables of Ombra's own, faulty mappings."""
    told = {"faulty": left_out(), "linked": data_catalogue(session)}
    return report(reading.sources(session.connection())) | told


def report(found: Sequence[SourceReport]) -> Context:
    """What the list and the standalone report share."""
    loaded = [source for source in found if source.loaded]
    return {
        "loaded": loaded,
        "tables": [source for source in found if not source.loaded],
        "waiting": waiting({source.id for source in found}),
        "parts": [(words.said(words.PARTS, part), words.said(words.EXPLANATIONS, part)) for part in PARTS],
        "severities": severities(),
        "period": words.period,
    }


def waiting(declared: set[str]) -> list[Declaration]:
    """Sources that Ombra can read and of which nothing is loaded, by title."""
    return sorted((one for one in readable() if one.id not in declared), key=lambda one: (one.title.casefold(), one.id))


def readable() -> list[Declaration]:
    """Every source of the catalogue; the server asks at its start, so that no request imports a source's code."""
    try:
        return [source.declaration for source in catalogue()]
    except SourceError:  # a faulty mapping file is told to whoever loads, not to whoever reads
        return []


def one(session: Session, source_id: str) -> Context:
    """One source: figures, remarks with examples, what changed, its loads."""
    connection = session.connection()
    source = reading.source(connection, source_id)
    return {
        "source": source,
        "runs": [_run(run) for run in history(connection, source_id, limit=RUNS)],
        "severities": severities(),
        "period": words.period,
        "crumbs": [("/", _("Inizio")), ("/fonti", _("Fonti"))],
        "types": _types(session, source.service_types),
    }


def _run(run: PastRun) -> Context:
    state = _("annullato") if run.undone else words.said(words.STATES, run.state)
    return {
        "run": run,
        "state": state,
        "counts": {name: run.counts.get(name) for name in ("read", "accepted", "rejected")},
    }


def _types(session: Session, codes: Sequence[str]) -> list[tuple[str, str]]:
    return [(row["code"], row["name_it"]) for row in kinds(session) if row["code"] in codes]


def severities() -> dict[str, str]:
    """What was done to a value, in words."""
    return {code: words.said(words.SEVERITIES, code) for code in words.SEVERITIES}
