"""Which of several claims is believed, and why the others are not: lexicographic orders whose steps have a name.

The steps, in words: :mod:`etl.link.rules`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from etl.link.claim import ServiceClaim
from etl.link.fields import place_told
from etl.link.trust import DECLARED, Trust
from etl.locate.address import parse
from etl.publication.model import FINEST_FIRST

Key: TypeAlias = tuple[tuple[str, Any], ...]
"""Name of the rule and what it compares, the weightiest step first; the least key wins."""
Order: TypeAlias = Callable[[ServiceClaim], Key]

# Of two that are told on one day by sources of one rank the more cautious.
_CAUTION = ("chiuso", "programmato", "atteso", "da_verificare", "attivo")
_SILENT = "da_verificare"


@dataclass(frozen=True)
class Choice:
    """Claims in order, the one that is believed first; of which the keys tell why."""

    ranked: tuple[ServiceClaim, ...]
    keys: Mapping[Any, Key]

    @property
    def winner(self) -> ServiceClaim:
        """The claim that is believed."""
        return self.ranked[0]

    def why(self, one: ServiceClaim, other: ServiceClaim) -> str:
        """The first step at which two claims differ."""
        steps = zip(self.keys[one.id], self.keys[other.id], strict=True)
        return next((rule for (rule, mine), (_same, its) in steps if mine != its), "ordine")


def choose(claims: Sequence[ServiceClaim], order: Order) -> Choice:
    """Put claims in order; the order in which they come does not matter."""
    if len(claims) == 1:  # most services are told once, and there is nothing to weigh
        return Choice(tuple(claims), {})
    keys = {claim.id: order(claim) for claim in claims}
    return Choice(tuple(sorted(claims, key=lambda claim: [value for _rule, value in keys[claim.id]])), keys)


def by_trust(trust: Trust, field: str) -> Order:
    """By trust of the source for a field, then by date, the undated last, then by source and key."""
    return lambda claim: (("fiducia", trust.rank(claim.source_id, field)), *_rest(claim))


def _rest(claim: ServiceClaim) -> Key:
    return (("data", _age(claim)), ("ordine", tie(claim)))


def _age(claim: ServiceClaim) -> int:
    """Less for what was told later; what is not dated was told before everything."""
    return 0 if claim.told_on is None else -claim.told_on.toordinal()


def tie(claim: ServiceClaim) -> tuple[str, str, str]:
    """A last resort that is the same on every machine."""
    return (claim.source_id, claim.key, str(claim.id))


def by_type(claims: Sequence[ServiceClaim], trust: Trust) -> Order:
    """The more specific of two types, else by trust."""
    general = {trust.general.get(claim.record.service_type) for claim in claims}
    plain = by_trust(trust, "service_type")
    return lambda claim: (("specifico", claim.record.service_type in general), *plain(claim))


def by_state(claims: Sequence[ServiceClaim], trust: Trust) -> Order:
    """The claim that was told last, where none is dated the most trusted.

    That a list still has a service without proving that it works (``da_verificare``) does not take away an earlier
    proof that it does, and is not taken for one: the latest claim that says more counts then, if it says ``attivo``.
    """

    def latest(claim: ServiceClaim) -> Key:
        rank = trust.rank(claim.source_id, "supply_status")
        caution = _CAUTION.index(claim.record.supply_status)
        return (("data", _age(claim)), ("fiducia", rank), ("prudenza", caution), ("ordine", tie(claim)))

    ranked = choose(claims, latest).ranked
    telling = next((claim for claim in ranked if not _silent(claim)), None)
    proven = telling is not None and _silent(ranked[0]) and _works(telling, ranked[0])
    return lambda claim: (("prova", proven and _silent(claim)), *latest(claim))


def _silent(claim: ServiceClaim) -> bool:
    return claim.record.supply_status == _SILENT and claim.record.valid_to is None


def _works(claim: ServiceClaim, later: ServiceClaim) -> bool:
    """Whether a claim says that a service works, and its end was not reached when a later one listed it."""
    until = claim.record.valid_to
    ended = until is not None and (later.told_on is None or until <= later.told_on)
    return claim.record.supply_status == "attivo" and not ended


def by_place(claims: Sequence[ServiceClaim], trust: Trust) -> Order:
    """By site first, then by claim: claims that write one address are one site, and support each other.

    A site is the better the finer its best position, then the more its address is trusted, then the later it was told;
    in the site surveyed points come before declared ones. A point that the source did not tell counts as declared.
    """
    sites: dict[Any, list[ServiceClaim]] = {}
    for claim in claims:
        sites.setdefault(site(claim), []).append(claim)
    best = {key: _of_site(members, trust) for key, members in sites.items()}

    def order(claim: ServiceClaim) -> Key:
        own = (
            ("precisione", _fineness(claim)),
            ("rilievo", _survey(claim, trust)),
            ("fiducia", trust.rank(claim.source_id, "address")),
        )
        return (*best[site(claim)], *own, *_rest(claim))

    return order


def site(claim: ServiceClaim) -> Any:  # noqa: ANN401  a key that is only compared
    """What is equal for claims of one address; a claim without one is a site of its own."""
    read = None if claim.record.address is None else parse(claim.record.address)
    return claim.id if read is None else (claim.position.municipality, read)


def _of_site(members: Sequence[ServiceClaim], trust: Trust) -> Key:
    return (
        ("precisione", min(map(_fineness, members))),
        ("fiducia", min(trust.rank(claim.source_id, "address") for claim in members)),
        ("data", min(map(_age, members))),
        ("ordine", min(map(tie, members))),
    )


def _fineness(claim: ServiceClaim) -> int:
    placed = place_told(claim.position)
    return FINEST_FIRST.index("municipality" if placed is None else claim.position.precision)


def _survey(claim: ServiceClaim, trust: Trust) -> int:
    own = claim.position.coord_source == claim.record.coord_source
    return trust.survey(claim.source_id) if own else DECLARED
