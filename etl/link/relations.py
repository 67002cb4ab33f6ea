"""What two services have in common that were compared and are not one: the closest relation that holds. Pure."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from etl.link.claim import ServiceClaim
from etl.link.names import parse_name
from etl.link.pair import Pair, Relation


@dataclass(frozen=True)
class Related:
    """A pair, and what its two services have in common; None where the question is not about services."""

    pair: Pair
    relation: Relation | None


def relate(
    pairs: Iterable[Pair],
    services: Mapping[uuid.UUID, uuid.UUID],
    sites: Mapping[uuid.UUID, uuid.UUID],
    bodies: Mapping[uuid.UUID, uuid.UUID],
    *,
    claims: Mapping[uuid.UUID, ServiceClaim] | None = None,
) -> list[Related]:
    """Say of each pair what its two sides have in common.

    Parameters
    ----------
    pairs
        With their final verdicts, in any order.
    services, sites, bodies
        For each claim the service, the site and the body that it is published as; a claim that names no body is not
        in ``bodies``, one whose site is only a municipality should not be in ``sites``.
    claims
        What the claims say, from which a chain is known: services at several sites whose providers bear one name, or
        that bear one name themselves. Without them no chain is told.
    """
    known = claims or {}
    return [Related(pair, _of(pair, services, sites, bodies, known)) for pair in pairs]


def _of(
    pair: Pair,
    services: Mapping[uuid.UUID, uuid.UUID],
    sites: Mapping[uuid.UUID, uuid.UUID],
    bodies: Mapping[uuid.UUID, uuid.UUID],
    claims: Mapping[uuid.UUID, ServiceClaim],
) -> Relation | None:
    if pair.question != "service":
        return None
    if _same(services, pair):
        return "stesso_servizio"
    one_site, one_body = _same(sites, pair), _same(bodies, pair)
    if one_site:
        return "stesso_ente_e_sede" if one_body else "stessa_sede"
    if one_body:
        return "stesso_ente"
    left, right = claims.get(pair.left), claims.get(pair.right)
    return "catena" if left and right and _chained(left, right) else "nessuna"


def _same(published: Mapping[uuid.UUID, uuid.UUID], pair: Pair) -> bool:
    left = published.get(pair.left)
    return left is not None and left == published.get(pair.right)


def _chained(left: ServiceClaim, right: ServiceClaim) -> bool:
    """Whether the two are run by providers of one name, or bear one name where not both say who runs them.

    A name of one word proves nothing, nor does that of a person that a library and a school bear: two nurseries
    called Girotondo in two towns are homonyms.
    """
    provider, rival = _words(left.record.organization), _words(right.record.organization)
    if provider and rival:
        return provider == rival
    words = _words(left.record.name)
    of_a_kind = left.record.service_type == right.record.service_type
    return of_a_kind and len(words) > 1 and words == _words(right.record.name)


def _words(text: str | None) -> tuple[str, ...]:
    return parse_name(text).words if text else ()
