"""The errors of the data rooms: one tree, every message in Italian, every fault at once.

The command line prints the message and ends with exit code 2; the web layer alone knows which HTTP
status belongs to which class.
"""

from collections.abc import Sequence


class OmbraError(Exception):
    """Something that a person can understand and mend; the message says what, where and how."""


class FaultsError(OmbraError):
    """Several faults found in one go.

    Parameters
    ----------
    summary
        One Italian sentence that names what was checked.
    faults
        Every fault found, each a sentence of its own.
    """

    def __init__(self, summary: str, faults: Sequence[str]) -> None:
        self.summary = summary
        self.faults = tuple(faults)
        super().__init__("\n".join([summary, *(f"- {fault}" for fault in self.faults)]))


class ReferenceDataError(FaultsError):
    """A table of reference data breaks a rule; nothing was loaded."""


class SourceError(FaultsError):
    """A source is unusable as a whole; nothing of it was loaded."""


class StoreError(OmbraError):
    """The database cannot be used."""


class DatabaseUnreachable(StoreError):
    """No server answers at the address."""


class DatabaseUnsuitable(StoreError):
    """The server answers but lacks what Ombra needs (PostGIS, a recent version, a right)."""


class ClusterError(StoreError):
    """The private PostGIS cluster cannot be made or started."""


class NotFound(OmbraError):
    """The thing that was asked for does not exist."""
