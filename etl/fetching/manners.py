"""How Ombra behaves towards the servers of publishers, and how long it waits for them."""

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib.metadata import version

AGENT = f"Ombra/{version('ombra')} (atlante dei servizi di welfare; scarica dati aperti)"


@dataclass(frozen=True, kw_only=True)
class Manners:
    """Times in seconds, sizes in bytes.

    ``pause`` lies between two requests to one host. ``read`` is the longest silence of a server, ``whole`` the
    longest time for one file. A request is tried ``attempts`` times, after ``backoff``, twice that, four times that;
    a server that says when to come back is believed up to ``patience``.
    """

    connect: float = 15
    read: float = 180
    whole: float = 1800
    pause: float = 1
    attempts: int = 4
    backoff: float = 2
    patience: float = 120
    redirects: int = 5
    largest: int = 512 * 1024**2
    pages: int = 10_000


def retry_after(told: str | None) -> float | None:
    """Seconds that a ``Retry-After`` header asks for: a number or a date (RFC 9110, section 10.2.3)."""
    if told is None:
        return None
    if told.strip().isdecimal():
        return float(told)
    try:
        when = parsedate_to_datetime(told)
    except ValueError:
        return None
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return max(0.0, (when - datetime.now(UTC)).total_seconds())
