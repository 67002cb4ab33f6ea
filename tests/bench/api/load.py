"""Ask a server again and again over connections that stay open; a process of its own, with nothing else to do.

``python -m tests.bench.api.load PORT SECONDS CONNECTIONS ADDRESSES``: the file has one path a line. Prints JSON.
"""

import asyncio
import json
import sys
import time
from itertools import count
from pathlib import Path

import uvloop


class Asker(asyncio.Protocol):
    """One connection: a request, its whole answer, the next request."""

    def __init__(self, run: "Run") -> None:
        self._run, self._buffer, self._missing = run, bytearray(), -1

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._ask()

    def connection_lost(self, error: Exception | None) -> None:
        self._run.ended()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if self._missing < 0 and (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = bytes(self._buffer[:end]).lower()
            self._run.statuses[head[9:12].decode()] = self._run.statuses.get(head[9:12].decode(), 0) + 1
            self._missing = end + 4 + int(head.split(b"content-length:")[1].split(b"\r\n")[0])
        if 0 <= self._missing <= len(self._buffer):
            self._run.heard(time.perf_counter() - self._asked, self._missing)
            del self._buffer[: self._missing]
            self._missing = -1
            self._ask()

    def _ask(self) -> None:
        if (request := self._run.next()) is None:
            self._transport.close()
            return
        self._asked = time.perf_counter()
        self._transport.write(request)


class Run:
    """What all connections share: the requests in turn, the clock, and what was heard."""

    def __init__(self, paths: list[str], seconds: float) -> None:
        self._requests = [f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n\r\n".encode() for path in paths]
        self._turn, self._until = count(), time.perf_counter() + seconds
        self.times: list[float] = []
        self.statuses: dict[str, int] = {}
        self.bytes, self.open, self.done = 0, 0, asyncio.Event()

    def next(self) -> bytes | None:
        if time.perf_counter() > self._until:
            return None
        return self._requests[next(self._turn) % len(self._requests)]

    def heard(self, seconds: float, size: int) -> None:
        self.times.append(seconds)
        self.bytes += size

    def ended(self) -> None:
        self.open -= 1
        if not self.open:
            self.done.set()


async def ask(port: int, paths: list[str], seconds: float, connections: int) -> dict:
    """Ask for so many seconds; requests per second, milliseconds at the quantiles, statuses, mean size."""
    begun, run = time.perf_counter(), Run(paths, seconds)
    run.open = connections
    for _ in range(connections):
        await asyncio.get_running_loop().create_connection(lambda: Asker(run), "127.0.0.1", port)
    await run.done.wait()
    told, took = sorted(run.times), time.perf_counter() - begun
    quantiles = {f"p{share}": told[min(int(len(told) * share / 100), len(told) - 1)] * 1e3 for share in (50, 95, 99)}
    return {"rps": len(told) / took, "statuses": run.statuses, "size": run.bytes / len(told), **quantiles}


if __name__ == "__main__":
    port, seconds, connections, file = sys.argv[1:]
    asked = Path(file).read_text().split()
    print(json.dumps(uvloop.run(ask(int(port), asked, float(seconds), int(connections)))))
