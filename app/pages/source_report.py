"""The report on sources as one file that needs no other: style inside, no script, nothing from any host."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from app.i18n import environment
from app.pages.sources import report
from app.reports.model import SourceReport

_STYLE = Path(__file__).parent / "static" / "css" / "fonti.css"


def standalone(sources: Sequence[SourceReport], *, made: datetime) -> str:
    """HTML of the report on ``sources``; ``made`` is the moment that it tells."""
    context = report(sources) | {"made": made, "style": _STYLE.read_text(encoding="utf-8")}
    return environment().get_template("rapporto.html").render(context)
