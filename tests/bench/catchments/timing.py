"""Best times of several ways of doing the same, in seconds of processor, all threads together.

Not by the clock on the wall: a go of a few milliseconds would seldom end before the machine turns to another program.
Ways are taken in turn, so that caches are shared alike.
"""

import gc
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

Way = Callable[[], Any]


def once(way: Way) -> float:
    """Seconds of processor of one go."""
    with _no_collector():
        return _timed(way)


def best(ways: Sequence[Way], *, repeats: int) -> list[float]:
    """Fewest seconds of each way over rounds in which each has its turn."""
    with _no_collector():
        rounds = [[_timed(way) for way in ways] for _ in range(repeats)]
    return [min(times) for times in zip(*rounds, strict=True)]


def _timed(way: Way) -> float:
    began = time.process_time()
    way()
    return time.process_time() - began


@contextmanager
def _no_collector() -> Iterator[None]:
    """The collector of garbage would fall on whoever happens to be running."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
