"""What every source of services is: a declaration and two small functions.

A source says who publishes it and on what terms, gives its rows raw as received, and turns a raw row
into a :class:`~etl.record.ServiceRecord`. Whatever it drops or alters on the way it tells the issue log.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

import pandas as pd

from etl.issues import IssueLog
from etl.record import ServiceRecord

Raw = dict[str, Any]


@dataclass(frozen=True)
class Declaration:
    """Who publishes a source and on what terms; shown wherever its data are shown."""

    id: str
    title: str
    publisher: str
    licence: str
    address: str | None = None
    reference_date: str | None = None
    note: str | None = None


class Source(Protocol):
    """A data base that Ombra reads."""

    declaration: Declaration

    def rows(self) -> Iterable[tuple[str, Raw]]:
        """Stable key and raw row, as received; raises ``SourceError`` where the source is unusable."""

    def parse(self, key: str, raw: Raw, log: IssueLog) -> ServiceRecord | None:
        """The record a raw row stands for, or None where it must be rejected (the log says why)."""

    def coverage(self) -> pd.DataFrame:
        """Declared completeness by ``service_type``, ``territory_level`` and ``territory_code``.

        Columns ``complete`` (bool), ``listed``, ``official_total``, ``official_year``, ``note``; perhaps
        ``except_level`` and ``except_code``, a part of the territory where the list is not complete.
        """

    def content_hash(self) -> str:
        """Changes exactly when the source's content does."""
