"""What every source is: a declaration, the editions that its files hold, and a function from a raw row to records.

A source says who publishes it and on what terms, recognises its files, gives its rows raw as received, and turns a
raw row into records of one kind. Whatever it drops or alters on the way it tells the issue log.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

import pandas as pd

from etl.issues import IssueLog
from etl.record import Record

Raw = dict[str, Any]


class KeptBack(dict[str, Any]):
    """The raw row of a protected place of which nothing is taken: alike for all such rows, to the last letter.

    ``earlier`` is the key under which the place may have been told before it was protected. It is no part of the row
    and is written nowhere: it only finds what has to be hidden.
    """

    def __init__(self, row: Raw, *, earlier: str) -> None:
        super().__init__(row)
        self.earlier = earlier


Kind = Literal["services", "organizations", "addresses", "indicators", "population", "areas", "travel"]

# Contents of these kinds are too many or too wide to keep row by row: the file that brought them is kept instead.
BULK: frozenset[Kind] = frozenset({"addresses", "population", "areas", "travel"})

Positions = Literal["rilevate", "dichiarate", "scarse"]

# Issues of rejected rows that a list of services of this territory does not miss.
NOT_MISSED = frozenset({"fuori_territorio", "periodo_precedente", "tipo_non_riconosciuto"})


@dataclass(frozen=True)
class Completeness:
    """A list that holds every service of a type in a territory.

    ``municipalities`` is the fewest municipalities that the rows must name before an edition is believed to be the
    whole list: an extract says nothing of the other towns, nor surely all of those that it names. ``by_town`` declares
    that the publisher's extracts hold all of a town or nothing of it: one is then complete for the towns that it names.
    ``official_total`` is a count published elsewhere.
    """

    service_type: str
    level: str = "metropolitan_city"
    code: str = "201"
    municipalities: int = 1
    by_town: bool = False
    official_total: int | None = None
    official_year: int | None = None
    note: str | None = None


@dataclass(frozen=True)
class Download:
    """A file to fetch: its address and the name to keep it under, which the source must recognise as its own.

    ``form`` are the fields of a form to be posted (Overpass); without it the address is only asked for. ``paging``
    ``hsds`` means that the answer is one page of several, each kept as a file of its own (``servizi-0001.json``).
    """

    address: str
    name: str
    form: Mapping[str, str] | None = None
    paging: Literal["hsds"] | None = None


@dataclass(frozen=True, kw_only=True)
class Declaration:
    """Who publishes a source and on what terms, what it lists and where; shown wherever its data are shown.

    ``positions`` says how far its coordinates can be trusted: ``rilevate`` (surveyed by the publisher: they place
    the addresses of others), ``dichiarate`` (they place others where nothing better does), ``scarse`` (known to be
    poor: a better answer for the address replaces them). ``ignored`` names columns that are never read, not even as
    raw, each with the reason. ``refresh_days`` is how often the publisher renews it. ``duplicate_free`` says
    that it lists each thing once, under a licence or a code of its own.
    """

    id: str
    title: str
    publisher: str
    licence: str
    kind: Kind = "services"
    address: str | None = None
    downloads: tuple[Download, ...] = ()
    reference_date: str | None = None
    refresh_days: int | None = None
    service_types: tuple[str, ...] = ()
    territory: str = "Città metropolitana di Torino"
    complete: tuple[Completeness, ...] = ()
    positions: Positions = "dichiarate"
    ignored: Mapping[str, str] | None = None
    duplicate_free: bool = False
    note: str | None = None


@dataclass(frozen=True)
class Received:
    """A file as received: where it is, the path below the folder it was found in, the SHA-256 of its bytes."""

    path: Path
    name: str
    sha256: str


@dataclass(frozen=True)
class Edition:
    """What a source said at one time.

    ``label`` sorts editions by time: an ISO date or the start of one (``2023-09-01``, ``2018``). ``rows`` gives key
    and raw row, as received, whenever it is called; it raises ``SourceError`` where the files are unusable.
    A key may come twice: loading keeps one row and remarks on the other. ``parts``, where the rows of each file can be
    told, are what ``rows`` gives of each of the ``files``: its rows are then accounted for by file.
    """

    label: str
    files: tuple[Received, ...]
    rows: Callable[[], Iterable[tuple[str, Raw]]]
    parts: tuple[Callable[[], Iterable[tuple[str, Raw]]], ...] = ()


class Source(Protocol):
    """A data base that Ombra reads."""

    @property
    def declaration(self) -> Declaration:
        """Who publishes it, on what terms, what it lists."""

    def knows(self, name: str) -> bool:
        """Whether a file of this name (the last part of its path) may be one of the source's; opens nothing."""

    def faults(self, file: Path) -> list[str]:
        """Why a file whose name is known is not one of the source's after all; empty where it is.

        Looks at the beginning of the file only. An empty or unreadable file is a fault, told in Italian.
        """

    def editions(self, files: Sequence[Received]) -> list[Edition]:
        """The editions that files hold, the oldest first; a source without files has one edition.

        Raises
        ------
        SourceError
            A file is unusable.
        """

    def parse(self, key: str, raw: Raw, edition: str, log: IssueLog) -> Sequence[Record]:
        """Records that a raw row stands for; none where it must be rejected (the log says why)."""

    def finish(self, records: Sequence[Record]) -> Sequence[Record]:
        """Records of a whole edition, once all its rows are parsed; by default as they are.

        Figures of municipalities that have merged become one here, and the names of a body that several rows name
        become one name. The answer does not depend on the order of the records.
        """
        return records

    def remark(self, records: Sequence[Record], log: IssueLog) -> None:  # noqa: ARG002
        """Doubts about an edition as a whole, once it is finished: what its rows do not speak of; by default none."""
        return

    def left_out(self, raw: Raw, kinds: Collection[str]) -> str | None:  # noqa: ARG002
        """Municipality of a row that was rejected with issues of some kinds: six digits, empty where nothing tells.

        None where the row is of something that a list of this territory does not miss. By default, nothing tells.
        """
        return None if NOT_MISSED & set(kinds) else ""

    def named_type(self, raw: Raw) -> str | None:  # noqa: ARG002
        """Type of service that a row names, one that was rejected too; None where that cannot be told.

        What was known of a row that names a protected type is hidden, and so where nothing can be told and the source
        lists protected types. By default nothing can.
        """
        return None

    def coverage(self, records: Sequence[Record]) -> pd.DataFrame:
        """Declared completeness by ``service_type``, ``territory_level`` and ``territory_code``, given the records.

        Columns ``complete`` (bool), ``listed``, ``official_total``, ``official_year``, ``note``; perhaps
        ``except_level`` and ``except_code``, a part of the territory where the list is not complete.
        """
