"""What a data set of the catalogue is: what it holds, where it is, which sources it is made of."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from etl.pipeline import REFERENCE
from etl.store import models as m


@dataclass(frozen=True)
class File:
    """One way to a data set: address under the root of the server, file type (EU vocabulary), name.

    ``whole``: one request gives everything, so that the address is a download; otherwise it gives the first page.
    """

    path: str
    type: str
    title: str
    whole: bool = False


@dataclass(frozen=True)
class Standard:
    """A specification that a data set conforms to."""

    name: str
    title: str
    address: str


@dataclass(frozen=True)
class Dataset:
    """A data set, known by ``name`` for ever.

    ``kinds`` and ``tables`` say which sources it is made of, both None where it is of all of them; ``themes`` are codes
    of the EU vocabulary of themes.
    """

    name: str
    title: str
    description: str
    themes: tuple[str, ...]
    keywords: tuple[str, ...]
    files: tuple[File, ...]
    standards: tuple[Standard, ...] = ()
    kinds: frozenset[str] | None = None
    tables: frozenset[str] | None = None

    def sources(self, known: Iterable[m.Source]) -> list[m.Source]:
        """Those of the known sources that it is made of."""
        told = [one for one in known if one.id != REFERENCE.id]  # which only stands for the tables, told one by one
        if self.kinds is None or self.tables is None:
            return told
        return [one for one in told if _chosen(one, self.kinds, self.tables)]


def _chosen(source: m.Source, kinds: Collection[str], tables: Collection[str]) -> bool:
    return source.id in tables or source.kind in kinds
