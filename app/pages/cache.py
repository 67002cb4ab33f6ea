"""A small store of rendered documents: building a map takes longer than everything else in an answer."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock


class DocumentCache:
    """The most recently used documents, at most ``size`` of them.

    Keys hold the version of the data, so that a new run or load is seen at once. Two threads may build the
    same document at the same time; both results are equal and one of them stays.
    """

    def __init__(self, size: int = 24) -> None:
        self._size = size
        self._kept: OrderedDict[Hashable, str] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, build: Callable[[], str]) -> str:
        """The document of a key, built where it is not there yet."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        document = build()
        with self._lock:
            self._kept[key] = document
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)
        return document
