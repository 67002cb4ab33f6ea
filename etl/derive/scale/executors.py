"""Who does the work of the parts: this process, or whatever has a ``map`` like that of ``concurrent.futures``."""

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol, TypeVar

Task = TypeVar("Task")
Answer = TypeVar("Answer")


class Executor(Protocol):
    """Anything that applies a function to many tasks; a pool of processes of ``concurrent.futures`` is one."""

    def map(self, work: Callable[[Task], Answer], tasks: Iterable[Task], /) -> Iterator[Answer]:
        """The answers, in any order; function, tasks and answers must survive pickling where processes are several."""
        ...


class Serial:
    """One task after another in this process."""

    def map(self, work: Callable[[Task], Answer], tasks: Iterable[Task], /) -> Iterator[Answer]:
        """The answers in the order of the tasks."""
        return map(work, tasks)


SERIAL = Serial()
