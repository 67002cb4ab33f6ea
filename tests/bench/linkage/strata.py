"""Every labelled pair of every question, all lists at once: where each stratum went."""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import combinations

from etl.link import sites
from etl.link.claim import Question
from etl.link.clusters import Clustering, cluster
from etl.progress import Progress
from tests.bench.kit.shapes import Cell, Sheets, Table
from tests.bench.linkage import ours
from tests.bench.linkage.counts import Counts
from tests.bench.linkage.labels import Label, chosen
from tests.bench.linkage.material import Material, Row
from tests.bench.linkage.pharmacies import HEADINGS, counted

NAMES: Mapping[Question, str] = {"service": "servizi", "location": "sedi", "organization": "enti"}
Members = Mapping[Row, uuid.UUID]
Ends = frozenset[uuid.UUID]


def measure(material: Material, labels: Sequence[Label], sheets: Sheets, progress: Progress) -> None:
    """Answer the three questions over all lists and compare with every label."""
    claims = list(material.claims.values())
    progress("tutti gli elenchi: servizi")
    lists = {claim.id: claim.source_id for claim in claims}
    pairs = ours.compare(claims, ours.around(material))
    clustering = cluster(list(lists), pairs, [], lists, material.duplicate_free)
    _table("service", {row: claim.id for row, claim in material.claims.items()}, clustering, labels, sheets)
    progress("tutti gli elenchi: sedi")
    # Several services of a list may be at one site: a list holds sites as often as it likes.
    of = {claim.location_id: claim.source_id for claim in claims}
    clustering = cluster(list(of), sites.compare(claims), [], of)
    _table("location", {row: claim.location_id for row, claim in material.claims.items()}, clustering, labels, sheets)
    progress("tutti gli elenchi: enti")
    _table("organization", material.body_of, ours.bodies(material), labels, sheets)


def _table(
    question: Question, members: Members, clustering: Clustering, labels: Sequence[Label], sheets: Sheets
) -> None:
    told = [label for label in chosen(labels, question=question) if set(label.pair) <= members.keys()]
    absent = len(chosen(labels, question=question)) - len(told)
    together = {frozenset(ends) for one in clustering.clusters for ends in combinations(one, 2)}
    queue = {frozenset((pair.left, pair.right)) for pair in clustering.queue}
    where = {id(label): _where(_ends(label, members), together, queue) for label in told}
    rows: list[list[Cell]] = []
    for verdict, stratum in sorted({(label.verdict, label.stratum) for label in told}, reverse=True):
        here = [where[id(label)] for label in told if (label.verdict, label.stratum) == (verdict, stratum)]
        rows.append([stratum, verdict, len(here), *(here.count(place) for place in ("uniti", "coda", "separati"))])
    one = sum(len(_ends(label, members)) == 1 for label in told)
    remarks = [f"{absent} etichette parlano di righe che non dicono il proprio ente, o che mancano."] if absent else []
    remarks += (
        [f"{one} coppie hanno già lo stesso identificatore nelle fonti: non c'è nulla da collegare."] if one else []
    )
    title = f"Tutte le etichette: {NAMES[question]}, {len(told)} coppie"
    sheets.tables.append(Table(title, ("strato", "giudizio", "coppie", "unite", "in coda", "separate"), rows, remarks))
    sheets.tables.append(Table(f"In tutto: {NAMES[question]}", HEADINGS, _totals(told, where)))


def _ends(label: Label, members: Members) -> Ends:
    return frozenset(members[row] for row in label.pair)


def _where(ends: Ends, together: Collection[Ends], queue: Collection[Ends]) -> str:
    if len(ends) == 1 or ends in together:
        return "uniti"
    return "coda" if ends in queue else "separati"


def _totals(told: Sequence[Label], where: Mapping[int, str]) -> list[list[Cell]]:
    true, apart = ({id(one) for one in told if one.verdict == verdict} for verdict in ("stesso", "diverso"))

    def linked(places: Collection[str]) -> Iterable[int]:
        return (one for one in true | apart if where[one] in places)

    judged = set(linked(("uniti",))) | (set(linked(("coda",))) & true)
    return [
        counted("automatici", Counts.of(set(linked(("uniti",))), true)),
        counted("con la coda giudicata", Counts.of(judged, true)),
    ]
