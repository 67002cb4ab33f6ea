"""What the delivered model makes of the publishers' files, against the pairs that were judged by hand."""

import random
from collections import defaultdict
from datetime import date
from statistics import mean

import pytest

from etl.link import services
from etl.link.gather import gather
from etl.progress import silent
from etl.publication.services import service_identifier
from etl.sources.catalogue import catalogue
from tests.bench.linkage import labels
from tests.etl.tools import SHARED

pytest.importorskip("splink", reason="il motore di collegamento non è installato")
pytestmark = pytest.mark.skipif(not SHARED.exists(), reason=f"i file dei publicatori non ci sono: {SHARED.name}")

CHEMISTS = ("aperto-farmacie", "ministero-farmacie")
EARLY = ("aperto-nidi-", "aperto-ludoteche", "aperto-baby-parking", "aperto-centri-", "aperto-sezioni-")


@pytest.fixture(scope="module")
def gathered(databases, filled):
    with databases.clone(filled, "labels") as engine:
        yield gather(engine, SHARED, catalogue(), silent, today=date(2026, 11, 22)).services


@pytest.fixture(scope="module")
def judged():
    """Verdict and stratum of each pair of services, by the identifiers of its claims in order."""
    found = {}
    for label in labels.read():
        if label.question == "service":
            ends = tuple(sorted(service_identifier(*row) for row in label.pair))
            found[ends] = label
    return found


def chosen(pairs, lists):
    """One-to-one assignment between two lists: the strongest first."""
    taken, kept = set(), []
    for pair in sorted(pairs, key=lambda pair: (-pair.weight, pair.left, pair.right)):
        ends = {(pair.left, lists[pair.right]), (pair.right, lists[pair.left])}
        if pair.verdict != "diverso" and lists[pair.left] != lists[pair.right] and taken.isdisjoint(ends):
            taken |= ends
            kept.append(pair)
    return kept


def ends(pairs, verdict):
    return {(pair.left, pair.right) for pair in pairs if pair.verdict == verdict}


@pytest.fixture(scope="module")
def chemists(gathered):
    claims = [claim for claim in gathered if claim.source_id in CHEMISTS]
    return services.compare(claims), {claim.id: claim.source_id for claim in claims}


@pytest.fixture(scope="module")
def true_chemists(judged, chemists):
    return {pair for pair, one in judged.items() if one.verdict == "stesso" and set(pair) <= chemists[1].keys()}


def test_chemists(chemists, true_chemists):
    assert len(true_chemists) == 243
    found = chosen(*chemists)
    links, queue = ends(found, "stesso"), ends(found, "incerto")
    assert len(links & true_chemists) / len(links) >= 0.99
    assert len(links & true_chemists) / len(true_chemists) >= 0.95
    assert len((links | queue) & true_chemists) / len(true_chemists) >= 0.99
    assert len(queue) <= 15


def test_chemists_where_partners_are_missing(chemists, true_chemists):
    pairs, lists = chemists
    of = defaultdict(list)
    for member in sorted(lists):
        of[lists[member]].append(member)
    precision, recall = [], []
    for seed in range(20):
        draw = random.Random(seed)
        kept = {
            one
            for name, share in zip(CHEMISTS, (0.85, 0.7), strict=True)
            for one in draw.sample(of[name], round(len(of[name]) * share))
        }
        links = ends(chosen([pair for pair in pairs if {pair.left, pair.right} <= kept], lists), "stesso")
        true = {pair for pair in true_chemists if set(pair) <= kept}
        precision.append(len(links & true) / len(links))
        recall.append(len(links & true) / len(true))
    assert mean(precision) >= 0.99
    assert min(precision) >= 0.975
    assert mean(recall) >= 0.94


def test_early_childhood(gathered, judged):
    claims = [claim for claim in gathered if claim.source_id.startswith(EARLY)]
    pairs = services.compare(claims)
    links, queue = ends(pairs, "stesso"), ends(pairs, "incerto")
    known = {claim.id for claim in claims}
    told = {pair: one for pair, one in judged.items() if set(pair) <= known}
    assert links == {pair for pair, one in told.items() if one.verdict == "stesso"}
    assert {pair for pair, one in told.items() if one.verdict == "incerto"} <= queue
    assert len(queue) <= 5


def test_no_judged_pair_of_other_lists_is_wrongly_one(gathered, judged):
    links = ends(services.compare(gathered), "stesso")
    assert {(one.stratum, pair) for pair, one in judged.items() if one.verdict == "diverso" and pair in links} == set()
