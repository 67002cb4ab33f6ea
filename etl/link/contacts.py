"""Telephones, addresses of mail and sites that tell something: not those of a switchboard."""

import re
import uuid
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from urllib.parse import urlsplit

from etl.link.addresses import place
from etl.link.claim import ServiceClaim

# A number that answers at more addresses than these is a switchboard or an operator's own. Addresses are counted and
# not claims: however many lists tell one service, it has one address, or two where it has moved.
MOST_ADDRESSES = 2


def site_key(url: str) -> str | None:
    """Host and path of a site, however it is written.

    >>> site_key("http://www.Example.it/nidi/"), site_key("example.it")
    ('example.it/nidi', 'example.it')
    """
    parts = urlsplit(url if "//" in url else f"//{url}")
    host = re.sub(r"^www\d?\.", "", (parts.hostname or "").lower())
    query = f"?{parts.query}" if parts.query else ""
    return f"{host}{parts.path.rstrip('/')}{query}" if host else None


def phone_key(phone: str) -> str:
    """A number without its extension."""
    return phone.partition(";")[0]


def informative(told: Iterable[tuple[Iterable[str], Hashable]]) -> set[str]:
    """Values that are told for few addresses; ``told`` are the values of each claim and its address."""
    where: Mapping[str, set[Hashable]] = defaultdict(set)
    for values, address in told:
        for value in values:
            where[value].add(address)
    return {value for value, addresses in where.items() if len(addresses) <= MOST_ADDRESSES}


def contacts(claim: ServiceClaim) -> dict[str, list[str]]:
    """What a claim tells, as keys."""
    record = claim.record
    site = site_key(record.url) if record.url else None
    return {
        "phones": sorted({phone_key(phone) for phone in record.phones}),
        "emails": [record.email.lower()] if record.email else [],
        "sites": [site] if site else [],
    }


def told_by(told: Sequence[tuple[ServiceClaim, Mapping[str, list[str]]]]) -> dict[uuid.UUID, dict[str, list[str]]]:
    """Of the contacts of claims those that tell something, by claim."""
    telling = {
        kind: informative((values[kind], _where(claim)) for claim, values in told)
        for kind in ("phones", "emails", "sites")
    }
    return {
        claim.id: {kind: [one for one in values[kind] if one in known] for kind, known in telling.items()}
        for claim, values in told
    }


def _where(claim: ServiceClaim) -> Hashable:
    found = place(claim.record.address)
    return (claim.position.municipality, found.street, found.house) if found.street else claim.id
