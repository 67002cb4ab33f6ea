"""What the catalogue is made from, read from the database."""

from sqlalchemy.orm import Session

from app.linked.catalogue import Told
from app.queries import linked
from app.queries.runs import sources
from app.settings import WebSettings


def told(session: Session, settings: WebSettings, base: str) -> Told:
    """The sources and the day of the last change, for a catalogue under the root ``base``."""
    known = list(session.execute(sources()).scalars())
    return Told(base, settings, known, session.execute(linked.published()).scalar())
