"""Errors raised by the measures."""

from collections.abc import Iterable


class GeoError(ValueError):
    """Base of every error of this package."""


class InvalidInput(GeoError):
    """The arguments of a measure are unusable; `faults` lists every fault found, in the order of the checks.

    >>> InvalidInput(["persons: 1 negative value", "services: index not unique"]).faults
    ('persons: 1 negative value', 'services: index not unique')
    """

    def __init__(self, faults: Iterable[str]) -> None:
        """Keep `faults`; the message joins them."""
        self.faults: tuple[str, ...] = tuple(faults)
        super().__init__("; ".join(self.faults))


class NotEvaluated(GeoError):
    """A rule of a kind that this package does not evaluate. It is reported as such, never guessed."""
