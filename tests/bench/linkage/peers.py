"""The plain Splink model on claims: its columns are what the sources tell, not what Ombra has found out."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import combinations

import pandas as pd
from splink.internals.exceptions import SplinkException

from etl.link.claim import ServiceClaim
from tests.bench.linkage import plain
from tests.bench.linkage.labels import PairOfRows, ordered
from tests.bench.linkage.material import Row

# Its usual threshold, and those among which cross-validation chooses.
USUAL = 0.5
THRESHOLDS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99)


def link(
    claims: Sequence[ServiceClaim], *, thresholds: Sequence[float] = (USUAL,), duplicate_free: bool
) -> Mapping[float, frozenset[PairOfRows]]:
    """Pairs of rows that the plain model links, by threshold of probability.

    With ``duplicate_free`` no list holds a thing twice: one-to-one by the best links. Otherwise all lists are one, in
    which duplicates are looked for.
    """
    lists = frames(claims)
    if not duplicate_free:
        lists = {"tutti": pd.concat(lists.values(), ignore_index=True)}
    rows = {_name(claim): (claim.source_id, claim.key) for claim in claims}
    list_of = {name: row[0] for name, row in rows.items()} if duplicate_free else None
    scored = plain.score(lists)
    return {at: _pairs(plain.clusters(scored, list_of, threshold=at), rows) for at in thresholds}


def try_link(claims: Sequence[ServiceClaim], *, duplicate_free: bool) -> frozenset[PairOfRows] | None:
    """The same at the usual threshold; None where the lists are too small or too empty to train on."""
    try:
        return link(claims, duplicate_free=duplicate_free)[USUAL]
    except SplinkException:
        return None


def frames(claims: Collection[ServiceClaim]) -> dict[str, pd.DataFrame]:
    """The columns of the plain model by list: points as the sources tell them, right or wrong."""
    told = [(claim.source_id, _columns(claim)) for claim in claims]
    return {
        name: pd.DataFrame([columns for of, columns in told if of == name], columns=list(plain.COLUMNS))
        for name in sorted({name for name, _columns in told})
    }


def _name(claim: ServiceClaim) -> str:
    return str(claim.id)


def _columns(claim: ServiceClaim) -> dict[str, object]:
    record = claim.record
    return {
        "unique_id": _name(claim),
        "name": record.name,
        "address": record.address,
        "phone": record.phones[0] if record.phones else None,
        "postal_code": record.postal_code,
        "latitude": record.latitude,
        "longitude": record.longitude,
    }


def _pairs(clusters: Iterable[Collection[str]], rows: Mapping[str, Row]) -> frozenset[PairOfRows]:
    return frozenset(ordered(rows[one], rows[other]) for members in clusters for one, other in combinations(members, 2))
