"""Which claims speak of one service: every pair worth looking at, scored, with its reasons."""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from types import MappingProxyType

from etl.i18n import _
from etl.link import decide
from etl.link.claim import ServiceClaim
from etl.link.features import row_hash, service_rows
from etl.link.pair import Pair
from etl.link.parameters import Parameters
from etl.link.parameters import parameters as read_parameters
from etl.progress import Progress, silent

_NONE: Mapping[uuid.UUID, uuid.UUID] = MappingProxyType({})


def compare(
    claims: Sequence[ServiceClaim],
    *,
    bodies: Mapping[uuid.UUID, uuid.UUID] = _NONE,
    changed: Collection[uuid.UUID] | None = None,
    parameters: Parameters | None = None,
    progress: Progress = silent,
) -> list[Pair]:
    """Pairs of claims that are one service, may be, or nearly are.

    Parameters
    ----------
    claims
        All claims; protected ones are left out.
    bodies
        The published body of each body as its source knows it.
    changed
        Only pairs with one of these claims, by identifier; None: all pairs.

    Returns
    -------
    list[Pair]
        In order of their ends. ``stesso`` from the threshold ``merge`` on, ``incerto`` from ``review``, else
        ``diverso``; ``diverso`` by a rule that is named too. Single best links are not chosen here.
    """
    known = read_parameters() if parameters is None else parameters
    rows = service_rows(claims, bodies, known)
    return decide.compare(
        "service", rows, known, changed, lambda n: progress(_("confronto di {n} servizi").format(n=n))
    )


def feature_hashes(
    claims: Iterable[ServiceClaim],
    *,
    bodies: Mapping[uuid.UUID, uuid.UUID] = _NONE,
    parameters: Parameters | None = None,
) -> dict[uuid.UUID, str]:
    """Hash of what is compared of each claim, and of the model: two claims whose hashes stay keep their score."""
    known = read_parameters() if parameters is None else parameters
    return {member: row_hash(row, known) for member, row in service_rows(claims, bodies, known).items()}
