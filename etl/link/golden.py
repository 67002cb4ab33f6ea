"""The golden record: what is published of a service that several sources tell, and where every value comes from. Pure.

Each field is taken from one claim, by trust of its source for that field, then by date; fields that belong together
move together. Only claims that are open count where there is one. A value made by hand wins over all of them.
"""

import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from etl.link.alike import alike
from etl.link.claim import ServiceClaim
from etl.link.fields import FIELDS, PLACE, PLAIN, SUPPLY, attributes, capacity_told, told
from etl.link.order import Choice, Order, by_place, by_state, by_trust, by_type, choose, site, tie
from etl.link.override import override
from etl.link.survivor import Golden, HandValue, Origin
from etl.link.trust import Trust
from etl.locate.suspicious import distance_m
from etl.record import Capacity

__all__ = ["Golden", "HandValue", "Origin", "survive"]

_PLAIN_RULES = frozenset({"unica", "concordi"})
_FEWEST_WITNESSES = 2  # sources that must tell a number that the most trusted one does not


@dataclass
class _Part:
    """Attributes of the record that were decided together, and the origins of their fields."""

    values: dict[str, Any] = field(default_factory=dict)
    origins: list[Origin] = field(default_factory=list)


def survive(
    claims: Sequence[ServiceClaim],
    trust: Trust,
    by_hand: Mapping[str, HandValue] | None = None,
    *,
    today: date | None = None,
) -> Golden:
    """What is published of the claims of one service; their order does not matter.

    ``today`` is the day by which an end told by hand must have come to close the service; the day on which it was told
    by default.

    Raises
    ------
    ValueError
        There are no claims.
    """
    if not claims:
        message = "a service without claims cannot be published"
        raise ValueError(message)
    ordered = sorted(claims, key=tie)
    current = [claim for claim in ordered if claim.closed_on is None] or ordered
    # What its source says has ended is no longer listed either, but it is an end that was told, and counts as one.
    ended = [claim for claim in ordered if claim not in current and claim.closed_on == claim.record.valid_to]
    stated = [*current, *ended]
    state = by_state(stated, trust)
    places = choose(current, by_place(current, trust))
    parts = [_group(current, by_trust(trust, name), (name,)) for name in PLAIN]
    parts += [
        _group(current, by_type(current, trust), ("service_type",)),
        _group(stated, state, SUPPLY),
        _place(places),
        _phones(current, trust),
        _capacities(current, trust),
        _Part(origins=list(_unlisted(ordered, current, ended))),
    ]
    placed = places.winner
    record = replace(placed.record, **{name: value for part in parts for name, value in part.values.items()})
    origins = sorted((one for part in parts for one in part.origins), key=_reading_order)
    closed_on = _closed_on(ordered, choose(stated, state).winner)
    golden = Golden(record, placed.position, placed.id, _body(current, trust), tuple(origins), closed_on)
    return override(golden, by_hand, today) if by_hand else golden


def _reading_order(origin: Origin) -> tuple[int, bool, bool, str, str]:
    agrees = origin.rule == "concordi"
    return (FIELDS.index(origin.field), not origin.survives, agrees, str(origin.claim), str(origin.value))


def _body(claims: Sequence[ServiceClaim], trust: Trust) -> uuid.UUID | None:
    telling = [claim for claim in claims if claim.record.organization is not None]
    return choose(telling, by_trust(trust, "organization")).winner.organization_id if telling else None


def _closed_on(claims: Sequence[ServiceClaim], believed: ServiceClaim) -> date | None:
    """The day on which the last source closed it, or that of the end that is believed over those who list it still."""
    days = [claim.closed_on for claim in claims]
    return believed.closed_on if None in days else max(day for day in days if day is not None)


def _unlisted(
    claims: Sequence[ServiceClaim], current: Collection[ServiceClaim], ended: Collection[ServiceClaim]
) -> Iterator[Origin]:
    """What claims tell whose sources do not list the service any more; the state of one that ended is judged."""
    for claim in claims:
        if claim not in current:
            for name in FIELDS:
                judged = claim in ended and name in SUPPLY
                if not judged and (value := told(claim, name)) is not None:
                    yield Origin(name, claim.id, None, value, False, "non_elencata", claim.told_on)


def _group(claims: Sequence[ServiceClaim], order: Order, names: Sequence[str]) -> _Part:
    """Fields that come from one claim; the first of them says which claims tell them."""
    telling = [claim for claim in claims if told(claim, names[0]) is not None]
    part = _Part()
    if not telling:
        for name in names:
            part.values |= attributes(claims[0].record, name)
        return part
    choice = choose(telling, order)
    for name in names:
        part.values |= attributes(choice.winner.record, name)
        part.origins += _origins(name, choice, choice.winner)
    return part


def _origins(name: str, choice: Choice, giver: ServiceClaim) -> list[Origin]:
    """What became of the values that claims tell of a field of which one has given the published value."""
    values = {claim.id: value for claim in choice.ranked if (value := told(claim, name)) is not None}
    published = values.get(giver.id)
    return [
        Origin(name, claim.id, None, value, value == published, rule, claim.told_on)
        for claim, value, rule in _judged(name, choice, giver, values)
    ]


def _judged(
    name: str, choice: Choice, giver: ServiceClaim, values: Mapping[uuid.UUID, Any]
) -> Iterator[tuple[ServiceClaim, Any, str]]:
    """Each claim that tells a value, with the value and the rule by which it won or lost."""
    published = values.get(giver.id)
    rivals = [claim for claim in choice.ranked if claim.id in values and claim.id != giver.id]
    others = [claim for claim in rivals if not alike(name, values[claim.id], published)]
    if giver.id in values:
        won = _why(choice, giver, others[0]) if others else "concordi" if rivals else "unica"
        yield giver, published, won
    for claim in rivals:
        yield claim, values[claim.id], _why(choice, giver, claim) if claim in others else "concordi"


def _why(choice: Choice, giver: ServiceClaim, loser: ServiceClaim) -> str:
    """The step at which a claim lost to the one that gives the value.

    A claim that comes before that one lost to the first of all: what it tells does not go with what that publishes.
    """
    behind = choice.ranked.index(giver) < choice.ranked.index(loser)
    return choice.why(giver if behind else choice.winner, loser)


# --- what does not come from one claim alone -----------------------------------------------------------


def _place(choice: Choice) -> _Part:
    """Where it is: the point of one claim, and the address of the same, or of one that speaks of the same place."""
    placed = choice.winner
    own = placed.record.address is not None
    written = placed if own else next((claim for claim in choice.ranked if _writes(claim, placed)), placed)
    beside = [claim for claim in choice.ranked if site(claim) == site(written)]
    givers = {"address": written, "municipality": placed, "position": placed}
    for name in ("postal_code", "locality"):
        givers[name] = next((claim for claim in (written, *beside) if told(claim, name) is not None), written)
    part = _Part()
    for name in PLACE:
        part.values |= attributes(givers[name].record, name)
        part.origins += _origins(name, choice, givers[name])
    return part


def _writes(claim: ServiceClaim, placed: ServiceClaim) -> bool:
    """Whether a claim tells an address that may stand beside the point of another, which has none."""
    one, other = claim.position, placed.position
    if claim.record.address is None or one.municipality != other.municipality:
        return False
    if one.point is None or other.point is None:
        return True
    return distance_m(one.point, other.point) <= one.radius_m + other.radius_m


def _phones(claims: Sequence[ServiceClaim], trust: Trust) -> _Part:
    """The numbers of the claim that is believed, then those that two sources and more tell of the others."""
    telling = [claim for claim in claims if claim.record.phones]
    if not telling:
        return _Part({"phones": ()})
    choice = choose(telling, by_trust(trust, "phone"))
    witnesses: dict[str, set[str]] = {}
    for claim in choice.ranked:
        for number in claim.record.phones:
            witnesses.setdefault(number, set()).add(claim.source_id)
    agreed = [number for number, sources in witnesses.items() if len(sources) >= _FEWEST_WITNESSES]
    published = tuple(dict.fromkeys([*choice.winner.record.phones, *agreed]))
    values = {claim.id: told(claim, "phone") for claim in choice.ranked}
    origins = []
    for claim, value, rule in _judged("phone", choice, choice.winner, values):
        kept = set(value) <= set(published)
        agrees = kept and claim != choice.winner
        origins.append(Origin("phone", claim.id, None, value, kept, "concordi" if agrees else rule, claim.told_on))
    return _Part({"phones": published}, origins)


def _capacities(claims: Sequence[ServiceClaim], trust: Trust) -> _Part:
    """How much there is, each unit from one claim; what a claim tells is told together, as far as it fares alike."""
    part = _Part({"capacities": ()})
    fates: dict[tuple[ServiceClaim, bool], list[tuple[Capacity, str]]] = {}
    for unit in sorted({one.unit for claim in claims for one in claim.record.capacities}):
        own = {claim.id: _of_unit(claim, unit) for claim in claims}
        choice = choose([claim for claim in claims if own[claim.id]], by_trust(trust, "service_capacity"))
        chosen = own[choice.winner.id]
        part.values["capacities"] += chosen
        values = {key: [capacity_told(one) for one in found] for key, found in own.items() if found}
        for claim, _value, rule in _judged("service_capacity", choice, choice.winner, values):
            fate = fates.setdefault((claim, own[claim.id] == chosen), [])
            fate += [(one, rule) for one in own[claim.id]]
    for (claim, kept), found in fates.items():
        # Of several units the rule that says most: that one was preferred to another.
        rule = min((rule for _one, rule in found), key=lambda rule: (rule in _PLAIN_RULES, rule))
        value = [capacity_told(one) for one, _rule in found]
        part.origins.append(Origin("service_capacity", claim.id, None, value, kept, rule, claim.told_on))
    return part


def _of_unit(claim: ServiceClaim, unit: str) -> tuple[Capacity, ...]:
    return tuple(sorted({one for one in claim.record.capacities if one.unit == unit}, key=repr))
