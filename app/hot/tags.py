"""Which version of the data an answer tells, known without asking the database at every request."""

import asyncio
import hashlib
from datetime import date

from starlette.requests import Request

from app.hot.pool import Hot
from app.hot.statements import prepared
from app.queries.runs import version
from etl.i18n import language
from etl.identity import code_version

SECONDS = 1.0  # how old what is remembered may be: after a load, answers say so at most this much later
_VERSION = prepared(version())


class Versions:
    """The version of the data, asked for at most once in :data:`SECONDS` however many requests come.

    The tag is made before the data are read. What is remembered may therefore only be older than the answer: then the
    next request gets the answer anew, and nobody keeps an old answer under a new tag.
    """

    def __init__(self, hot: Hot) -> None:
        self._hot, self._turn = hot, asyncio.Lock()
        self._known, self._until = "", 0.0

    async def current(self) -> str:
        """One word that changes whenever a published value may."""
        now = asyncio.get_running_loop().time()
        if now < self._until:
            return self._known
        async with self._turn:
            if now >= self._until:
                self._known = str(await self._hot.value(_VERSION))
                self._until = now + SECONDS
        return self._known


def tag(request: Request, data: str) -> str:
    """The ETag of an answer: data version, current run, code, day, address with its query, and what is accepted.

    It is weak, because compression changes the bytes.
    """
    # The day counts too: an awaited opening becomes uncertain supply when its date has passed.
    today = date.today().isoformat()  # noqa: DTZ011  the day where Ombra runs, as in the queries
    parts = (data, code_version(), today, str(request.url), request.headers.get("accept", ""), language.get())
    digest = hashlib.sha256("\n".join(parts).encode()).hexdigest()
    return f'W/"{digest[:24]}"'
