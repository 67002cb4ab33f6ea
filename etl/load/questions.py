"""The three questions that the directory is made of: which bodies, which sites, which services are one."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from etl.link import bodies as link_bodies
from etl.link import services as link_services
from etl.link import sites
from etl.link import trust as trusted
from etl.link.claim import BodyClaim, ServiceClaim
from etl.link.parameters import Parameters
from etl.link.trust import Trust
from etl.load import claims as load_claims
from etl.load.inputs import duplicate_free
from etl.load.linking import Asked, Linked, answer
from etl.progress import Progress


@dataclass(frozen=True)
class Said:
    """All that is claimed, and how far it is trusted."""

    claims: Sequence[ServiceClaim]
    told: load_claims.Told
    bodies: Sequence[BodyClaim]
    trust: Trust
    parameters: Parameters
    progress: Progress
    duplicate_free: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True)
class Answers:
    """The three questions, in the order in which they follow from each other."""

    bodies: Linked
    sites: Linked
    services: Linked

    @property
    def all(self) -> tuple[Linked, ...]:
        """All three."""
        return (self.bodies, self.sites, self.services)


def read(connection: Connection, parameters: Parameters, progress: Progress) -> Said:
    """All that is claimed now."""
    told = load_claims.told_of_bodies(connection)
    return Said(
        load_claims.read(connection),
        told,
        load_claims.read_bodies(connection, told=told),
        trusted.trust(connection),
        parameters,
        progress,
        duplicate_free(connection),
    )


def ask(connection: Connection, said: Said) -> Answers:
    """Answer the three questions; what is run by one body is compared with that in view."""
    bodies = answer(connection, _of_bodies(said))
    return Answers(bodies, answer(connection, _of_sites(said)), answer(connection, _of_services(said, bodies)))


def _of_bodies(said: Said) -> Asked:
    homes = {one.id: min(one.sources, key=lambda source: (not one.sources[source], source)) for one in said.bodies}
    listed = {one.id: any(one.sources.values()) for one in said.bodies}
    return Asked(
        "organization",
        list(homes),
        link_bodies.feature_hashes(said.bodies, parameters=said.parameters),
        lambda changed: link_bodies.compare(
            said.bodies, changed=changed, parameters=said.parameters, progress=said.progress
        ),
        homes,
        lambda one: (not listed[one], said.trust.rank(homes[one], "organization"), homes[one]),
        said.duplicate_free,
    )


def _of_sites(said: Said) -> Asked:
    first: dict[uuid.UUID, ServiceClaim] = {}
    for claim in sorted(said.claims, key=_row, reverse=True):
        first[claim.location_id] = claim
    return Asked(
        "location",
        list(first),
        sites.feature_hashes(said.claims, parameters=said.parameters),
        lambda changed: sites.compare(said.claims, changed=changed, parameters=said.parameters, progress=said.progress),
        {site: claim.source_id for site, claim in first.items()},
        lambda one: (said.trust.rank(first[one].source_id, "address"), *_row(first[one])),
    )


def _of_services(said: Said, bodies: Linked) -> Asked:
    of = {claim.id: claim for claim in said.claims}
    return Asked(
        "service",
        list(of),
        link_services.feature_hashes(said.claims, bodies=bodies.leads, parameters=said.parameters),
        lambda changed: link_services.compare(
            said.claims, bodies=bodies.leads, changed=changed, parameters=said.parameters, progress=said.progress
        ),
        {one: claim.source_id for one, claim in of.items()},
        lambda one: (said.trust.rank(of[one].source_id, "name"), *_row(of[one])),
        said.duplicate_free,
    )


def _row(claim: ServiceClaim) -> tuple[str, str]:
    return claim.source_id, claim.key
