"""Services of one place: it is told once, and each of them tells from whom what is published of it comes. Pure."""

import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from etl.link.alike import alike
from etl.link.claim import ServiceClaim
from etl.link.fields import FIELDS, PLACE, attributes, published
from etl.link.golden import Golden
from etl.link.survivor import Origin
from etl.locate.address import parse
from etl.publication.model import FINEST_FIRST

OF_PLACE = (*PLACE, "accessibility")
BY_PLACE = "sede"  # the rule by which the place of several services is told


@dataclass(frozen=True)
class Listed:
    """A service as it is published: the claims that are one, and what survived of them.

    ``location_id`` and ``organization_id`` are the published identifiers of its place and its body; ``witnesses`` are
    claims of other services of the place, from which something of the place is taken.
    """

    id: uuid.UUID
    claims: Sequence[ServiceClaim]
    golden: Golden
    location_id: uuid.UUID
    organization_id: uuid.UUID | None
    witnesses: tuple[ServiceClaim, ...] = ()

    @property
    def protected(self) -> bool:
        """Its place may be told to nobody."""
        return any(claim.protected for claim in self.claims)

    @property
    def closed_on(self) -> date | None:
        """The day on which it was closed, by its sources or by hand; None while it is open."""
        return self.golden.closed_on


def agree(listed: Sequence[Listed]) -> list[Listed]:
    """The services, each with the place that is published of it: of several at one place all tell it alike.

    The service that is open, and knows the place best, tells it; a postal code that it does not know is that of
    another service of the same address, an accessibility that of any. What a service itself tells otherwise stays
    among its origins, and loses by the rule ``sede``.
    """
    groups: dict[uuid.UUID, list[Listed]] = defaultdict(list)
    for one in sorted(listed, key=_best_first):
        groups[one.location_id].append(one)
    return [one for group in groups.values() for one in _of_one_place(group)]


def _best_first(one: Listed) -> tuple[bool, int, uuid.UUID]:
    golden = one.golden
    return (one.closed_on is not None, FINEST_FIRST.index(golden.position.precision), golden.place_of)


def _of_one_place(group: Sequence[Listed]) -> Iterator[Listed]:
    if len(group) == 1 or any(one.protected for one in group):
        yield from group
        return
    givers = {name: _giver(name, group) for name in OF_PLACE}
    for one in group:
        yield _agreeing(one, {name: giver for name, giver in givers.items() if giver is not one})


def _giver(name: str, group: Sequence[Listed]) -> Listed:
    """The service that tells a field of the place."""
    first = group[0]
    if name == "accessibility":
        able = group
    elif name == "postal_code":
        able = [one for one in group if one is first or _one_address(one.golden, first.golden)]
    else:
        able = [first]
    return next((one for one in able if _value(one.golden, name) is not None), first)


def _one_address(one: Golden, other: Golden) -> bool:
    if one.record.address is None or other.record.address is None:
        return False
    read = parse(one.record.address)
    return read is not None and read == parse(other.record.address)


def _value(golden: Golden, name: str) -> Any:  # noqa: ANN401  JSON
    return published(golden.record, golden.position, name)


# --- what is told of it ---------------------------------------------------------------------------------


def _agreeing(one: Listed, givers: Mapping[str, Listed]) -> Listed:
    """A service with what others tell of its place, where that is not what it tells itself."""
    others = {name: giver for name, giver in givers.items() if _value(giver.golden, name) != _value(one.golden, name)}
    if not others:
        return one
    golden, told = one.golden, {name: _value(giver.golden, name) for name, giver in others.items()}
    values = {key: value for name in others for key, value in attributes(others[name].golden.record, name).items()}
    lent = [origin for name, giver in others.items() for origin in _lent(giver.golden, name)]
    own = [_beside(origin, told[origin.field]) if origin.field in told else origin for origin in golden.origins]
    tellers = {origin.claim for origin in lent}
    agreed = replace(
        golden,
        record=replace(golden.record, **values),
        position=givers["position"].golden.position if "position" in others else golden.position,
        origins=tuple(sorted([*lent, *own], key=_reading_order)),
    )
    known = {claim.id: claim for giver in others.values() for claim in giver.claims if claim.id in tellers}
    return replace(one, golden=agreed, witnesses=tuple(known.values()))


def _lent(golden: Golden, name: str) -> list[Origin]:
    """The origin of the value that another service gives."""
    telling = [origin for origin in golden.origins if origin.field == name and origin.survives]
    return [replace(origin, rule=BY_PLACE) for origin in telling[:1]]


def _beside(origin: Origin, value: Any) -> Origin:  # noqa: ANN401  JSON
    """What the service itself tells, beside what is published of its place."""
    if origin.rule == "non_elencata":
        return origin
    agrees = alike(origin.field, origin.value, value)
    return replace(origin, survives=origin.value == value, rule="concordi" if agrees else BY_PLACE)


def _reading_order(origin: Origin) -> tuple[int, bool]:
    """By field, what is published first; among those as before."""
    return FIELDS.index(origin.field), not origin.survives
