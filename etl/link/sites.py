"""Which sites are one place: those of claims, by the identifier that each has as long as it stands alone."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from etl.i18n import _
from etl.link import blocking, decide
from etl.link.addresses import place
from etl.link.claim import ServiceClaim
from etl.link.contacts import contacts, told_by
from etl.link.features import Row, name_columns, place_columns, point_columns, row_hash
from etl.link.names import parse_name
from etl.link.pair import Pair
from etl.link.parameters import Parameters
from etl.link.parameters import parameters as read_parameters
from etl.progress import Progress, silent
from etl.publication.model import FINEST_FIRST


def compare(
    claims: Sequence[ServiceClaim],
    *,
    changed: Collection[uuid.UUID] | None = None,
    parameters: Parameters | None = None,
    progress: Progress = silent,
) -> list[Pair]:
    """Pairs of sites that are one, may be, or nearly are; members are the ``location_id`` of claims.

    ``changed`` holds identifiers of sites; protected claims are left out. Otherwise as
    :func:`etl.link.services.compare`.
    """
    known = read_parameters() if parameters is None else parameters
    rows = site_rows(claims, known)
    return decide.compare("location", rows, known, changed, lambda n: progress(_("confronto di {n} sedi").format(n=n)))


def feature_hashes(claims: Iterable[ServiceClaim], *, parameters: Parameters | None = None) -> dict[uuid.UUID, str]:
    """Hash of what is compared of each site, and of the model."""
    known = read_parameters() if parameters is None else parameters
    return {member: row_hash(row, known) for member, row in site_rows(claims, known).items()}


def site_rows(claims: Iterable[ServiceClaim], parameters: Parameters) -> dict[uuid.UUID, Row]:
    """What is compared of each site: where its best-placed claim puts it, the names and contacts of all."""
    at: dict[uuid.UUID, list[ServiceClaim]] = defaultdict(list)
    for claim in claims:
        if not claim.protected:
            at[claim.location_id].append(claim)
    reached = told_by([(claim, contacts(claim)) for held in at.values() for claim in held])
    return {site: _row(held, reached, parameters) for site, held in at.items()}


def _row(
    claims: Sequence[ServiceClaim], reached: Mapping[uuid.UUID, Mapping[str, list[str]]], parameters: Parameters
) -> Row:
    best = min(claims, key=lambda claim: (FINEST_FIRST.index(claim.position.precision), claim.source_id, claim.key))
    town = best.position.municipality
    where = place(best.record.address)
    aside = parameters.towns.get(town, frozenset())
    names = [parse_name(claim.record.name, street=where.street, aside=aside) for claim in claims]
    row: Row = {"list": best.source_id, "family": "", "municipality": town, "postal_code": best.record.postal_code}
    row |= name_columns(names, parameters) | place_columns(where) | point_columns(best.position)
    for kind in ("phones", "emails", "sites"):
        row[kind] = sorted({one for claim in claims for one in reached[claim.id][kind]})
    return row | {"blocks": blocking.of_site(row)}
