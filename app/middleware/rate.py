"""How many requests a client may make in a minute: fair, said in advance, and counted in the process."""

from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from ipaddress import IPv6Address, ip_address
from math import ceil
from time import monotonic

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.errors import problem
from app.middleware.faces import counted
from etl.i18n import _

WINDOW = 60  # seconds
# Answers that are computed and not only looked up. All the others are readings.
DEAR = tuple(
    f"/api/v1/{name}"
    for name in (
        "compliance",
        "completeness",
        "coverage",
        "equity",
        "forecast",
        "gaps",
        "kpi",
        "nearby",
        "need",
        "overlaps",
        "scenarios",
        "siting",
    )
)
IPV6_CUSTOMER = 64  # bits of an address; the rest a single customer may choose as he likes


@dataclass(frozen=True, slots=True)
class Bucket:
    """One of the two accounts of a client, named as in the headers and in the documentation."""

    name: str
    amount: int

    @property
    def policy(self) -> bytes:
        """The value of ``RateLimit-Policy`` (draft-ietf-httpapi-ratelimit-headers)."""
        return f'"{self.name}";q={self.amount};w={WINDOW}'.encode()


class Windows:
    """How often each key was counted in its own window of :data:`WINDOW` seconds.

    Windows that are over are left out once in a window. The memory of the ``limits`` library does so by a thread that
    it starts at nearly every count, which costs a quick answer a third of its time.

    >>> windows = Windows()
    >>> windows.count("a", 10.0), windows.count("a", 30.0), windows.count("b", 30.0), windows.count("a", 70.0)
    ((1, 70.0), (2, 70.0), (1, 90.0), (1, 130.0))
    """

    def __init__(self) -> None:
        self._used: dict[str, tuple[int, float]] = {}
        self._tidied = 0.0

    def count(self, key: str, now: float) -> tuple[int, float]:
        """Count once: how often with this time, and when (seconds, as ``now``) the window ends."""
        if now >= self._tidied + WINDOW:
            self._used = {kept: window for kept, window in self._used.items() if window[1] > now}
            self._tidied = now
        used, end = self._used.get(key, (0, now + WINDOW))
        window = (used + 1, end) if end > now else (1, now + WINDOW)
        self._used[key] = window
        return window


class RateLimit:
    """Middleware: a fixed window of a minute for each client and bucket; beyond it 429 with the seconds to wait.

    Parameters
    ----------
    readings, computations
        Requests per minute: of what is looked up, and of what is computed (:data:`DEAR`).
    """

    def __init__(self, app: ASGIApp, *, readings: int, computations: int) -> None:
        self._app = app
        self._windows = Windows()
        self._readings, self._computations = Bucket("letture", readings), Bucket("calcoli", computations)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count the request; pass it on or refuse it, saying in both cases what is left."""
        if scope["type"] != "http" or not counted(scope["path"]):
            await self._app(scope, receive, send)
            return
        bucket = self._computations if scope["path"].startswith(DEAR) else self._readings
        key = f"{bucket.name}/{client(scope)}"
        now = monotonic()
        used, end = self._windows.count(key, now)
        seconds = min(WINDOW, max(1, ceil(end - now)))
        left = max(0, bucket.amount - used)
        state = f'"{bucket.name}";r={left};t={seconds}'.encode()
        told = [(b"ratelimit-policy", bucket.policy), (b"ratelimit", state)]

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *told]
            await send(message)

        if used <= bucket.amount:
            await self._app(scope, receive, sending)
            return
        told.append((b"retry-after", str(seconds).encode()))
        await problem(HTTPStatus.TOO_MANY_REQUESTS, _refusal(bucket, seconds))(scope, receive, sending)


def client(scope: Scope) -> str:
    """Who asks, as far as a limit needs to know: the address, of IPv6 only the network that one customer has."""
    address = scope.get("client")
    return _network(address[0]) if address else "-"


@lru_cache(maxsize=4096)
def _network(host: str) -> str:
    """The part of an address that stands for one client.

    >>> _network("192.0.2.7"), _network("2001:db8:1:2:3:4:5:6"), _network("testclient")
    ('192.0.2.7', '20010db800010002', 'testclient')
    """
    try:
        found = ip_address(host)
    except ValueError:
        return host
    if not isinstance(found, IPv6Address):
        return host
    return host if found.ipv4_mapped else f"{int(found) >> IPV6_CUSTOMER:016x}"


def _refusal(bucket: Bucket, seconds: int) -> str:
    told = _("Troppe richieste: al massimo {amount} al minuto ({bucket}). Riprovare fra {seconds} secondi.")
    return told.format(amount=bucket.amount, bucket=bucket.name, seconds=seconds)
