"""One directory from many: the public tables of services, places and bodies, made from what all sources claim."""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, func, select

from etl import events, listing, runs
from etl.i18n import _
from etl.identity import uid
from etl.link import engine, hand
from etl.link.claim import ServiceClaim
from etl.link.features import uncollected
from etl.link.golden import survive
from etl.link.parameters import Parameters
from etl.link.parameters import parameters as read_parameters
from etl.link.relations import Related, relate
from etl.load import bodies as load_bodies
from etl.load import claims as load_claims
from etl.load import identities, pairs
from etl.load import services as load_services
from etl.load.inputs import digest, types
from etl.load.questions import Answers, Said, ask, read
from etl.load.silence import silence
from etl.locate.territory import read_municipalities
from etl.outcome import Event, Linkage
from etl.progress import Progress, silent
from etl.publication.model import Claim
from etl.publication.services import Listed, build
from etl.runs import LINKAGE
from etl.store import models as m


@dataclass(frozen=True)
class Directory:
    """What the directory is made of now; ``changed`` tells whether anything that matters had."""

    linkage: Linkage
    changed: bool
    events: tuple[Event, ...] = ()

    @property
    def services(self) -> int:
        """Open services."""
        return self.linkage.services

    @property
    def merged(self) -> int:
        """Open services that are made of several claims."""
        return self.linkage.merged

    @property
    def queue(self) -> int:
        """Pairs that wait for a person."""
        return self.linkage.queue


def refresh(
    connection: Connection, *, today: date, progress: Progress = silent, parameters: Parameters | None = None
) -> Directory:
    """Make the public tables follow from the claims, in the caller's transaction; nothing where nothing has changed.

    ``today`` is the day on which a body that nobody names any more is closed, and by which a service ends whose last
    day was told before it came.
    """
    known = read_parameters() if parameters is None else parameters
    silence(connection)
    ended = load_claims.end(connection, today)
    content = digest(connection, known.digest, today)
    latest = runs.latest(connection, LINKAGE.id)
    if latest is not None and latest.content == content:
        listing.refresh(connection)  # names of types and areas may be others
        return Directory(Linkage(**latest.counts), changed=False)
    progress(_("Unisco quello che dicono le fonti"))
    if not engine.available():
        progress(_("Il motore di collegamento non è installato: quel che è nuovo non è confrontato con il resto"))
    runs.declare(connection, LINKAGE)
    run_id = runs.start(connection, LINKAGE.id, content)
    with uncollected():
        said = read(connection, known, progress)
        answers = ask(connection, said)
        listed = _listed(connection, said, answers, today)
        _write(connection, said, answers, listed, today)
    happened = _events(said, answers, listed)
    events.keep(connection, run_id, [*ended, *happened], today=today)
    linkage = _told(answers, listed)
    runs.finish(connection, run_id, vars(linkage))
    listing.refresh(connection)
    return Directory(linkage, changed=True, events=tuple(happened))


# --- golden records -------------------------------------------------------------------------------------


def _listed(connection: Connection, said: Said, answers: Answers, today: date) -> list[Listed]:
    by_member = hand.in_force(connection, "service")
    known_bodies = set(connection.execute(select(m.Organization.id)).scalars()) | set(answers.bodies.now)
    groups: dict[uuid.UUID, list[ServiceClaim]] = defaultdict(list)
    for claim in said.claims:
        groups[answers.services.now[claim.id]].append(claim)
    found = []
    for service, claims in sorted(groups.items()):
        made = hand.chosen([claim.id for claim in claims], by_member)
        golden = survive(claims, said.trust, made, today=today)
        place = next(claim for claim in claims if claim.id == golden.place_of)
        apart = golden.own_place and not place.protected
        site = uid("location", "service", str(service)) if apart else answers.sites.now[place.location_id]
        named = golden.body if golden.body in known_bodies else None
        body = None if named is None else answers.bodies.leads.get(named, named)
        found.append(Listed(service, claims, golden, site, body))
    return found


# --- tables ---------------------------------------------------------------------------------------------


def _write(connection: Connection, said: Said, answers: Answers, listed: Sequence[Listed], today: date) -> None:
    towns = read_municipalities(connection).municipalities
    bodies: dict[uuid.UUID, list[tuple[str, Claim]]] = defaultdict(list)
    for body, told in said.told.items():
        bodies[answers.bodies.now[body]] += told
    load_bodies.publish(connection, bodies, towns, today=today)
    load_services.publish(connection, build(listed, types(connection), towns), gone=answers.services.gone)
    _keep_identities(connection, answers, listed)
    load_bodies.leave(connection, answers.bodies.gone)
    related = relate(
        answers.services.clustering.pairs,
        answers.services.now,
        {claim.id: answers.sites.now[claim.location_id] for claim in said.claims if _is_placed(claim)},
        _published_bodies(said.claims, answers.bodies.leads),
        claims={claim.id: claim for claim in said.claims},
    )
    pairs.write(connection, "service", related)
    for linked in (answers.sites, answers.bodies):
        pairs.write(connection, linked.question, [Related(pair, None) for pair in linked.clustering.pairs])


def _published_bodies(
    claims: Sequence[ServiceClaim], leads: Mapping[uuid.UUID, uuid.UUID]
) -> dict[uuid.UUID, uuid.UUID]:
    named = ((claim.id, claim.organization_id) for claim in claims)
    return {claim: leads[body] for claim, body in named if body is not None and body in leads}


def _is_placed(claim: ServiceClaim) -> bool:
    return claim.position.precision != "municipality" and not claim.protected


def _keep_identities(connection: Connection, answers: Answers, listed: Sequence[Listed]) -> None:
    moment = connection.execute(select(func.now())).scalar_one()
    for linked, public in (
        (answers.bodies, set(answers.bodies.leads.values())),
        (answers.sites, {one.location_id for one in listed}),
        (answers.services, {one.id for one in listed}),
    ):
        identities.write(
            connection,
            linked.question,
            linked.leads,
            before=linked.before,
            public=public,
            compared=linked.compared,
            moment=moment,
        )


# --- what is told ---------------------------------------------------------------------------------------


def _events(said: Said, answers: Answers, listed: Sequence[Listed]) -> list[Event]:
    """Unions and splits; none of a protected place, which the other, whose place is public, would tell."""
    names, services = {one.id: one.golden.record.name for one in listed}, answers.services
    hidden = {claim.id for claim in said.claims if claim.protected}
    joined = identities.united(services.before, services.leads)
    parted = identities.divided(services.before, services.leads, names)
    return [
        Event(LINKAGE.id, "service", one, names.get(other, ""), "unito", "id", str(one), str(other))
        for one, other in joined
        if hidden.isdisjoint((one, other))
    ] + [
        Event(LINKAGE.id, "service", one, names[one], "diviso", "id", str(other), str(one))
        for one, other in parted
        if hidden.isdisjoint((one, other))
    ]


def _told(answers: Answers, listed: Sequence[Listed]) -> Linkage:
    return Linkage(
        services=sum(one.closed_on is None for one in listed),
        merged=sum(one.closed_on is None and len(one.claims) > 1 for one in listed),
        merged_bodies=len(answers.bodies.clustering.clusters),
        queue=sum(len(linked.clustering.queue) for linked in answers.all),
    )
