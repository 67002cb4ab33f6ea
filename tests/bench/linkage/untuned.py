"""The same model and thresholds elsewhere: early childhood, libraries, schools. Nothing was set by their labels.

Reading errors on the first two changed the form of the model (``data/linkage/README.md``); schools changed nothing.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from etl.progress import Progress
from tests.bench.kit.shapes import Ratio, Sheets, Table
from tests.bench.linkage import ours, peers
from tests.bench.linkage.counts import Counts
from tests.bench.linkage.labels import Label, PairOfRows, chosen
from tests.bench.linkage.material import Material
from tests.bench.linkage.pharmacies import HEADINGS, counted

CHILDHOOD = (
    *("aperto-nidi-comunali", "aperto-nidi-convenzionati", "aperto-nidi-aziendali", "aperto-sezioni-primavera"),
    *("aperto-centri-bambini-genitori", "aperto-baby-parking", "aperto-ludoteche"),
)
LIBRARIES = ("aperto-biblioteche", "iccu-biblioteche")
SCHOOLS = ("mim-scuole-paritarie@2022-09-01", "mim-scuole-paritarie@2023-09-01")


@dataclass(frozen=True)
class Case:
    """Lists, their true pairs, and the pairs that nobody could judge."""

    name: str
    lists: Sequence[str]
    true: frozenset[PairOfRows]
    undecided: frozenset[PairOfRows]
    duplicate_free: bool
    read: bool  # whether its errors have been read while the model was made


def cases(material: Material, labels: Sequence[Label]) -> list[Case]:
    """The three cases; of schools the truth is the code, which the model never sees."""
    first, second = (set(material.keys(name)) for name in SCHOOLS)
    schools = frozenset(((SCHOOLS[0], key), (SCHOOLS[1], key)) for key in first & second)
    return [
        _labelled("prima infanzia, sette elenchi", CHILDHOOD, labels, duplicate_free=False),
        _labelled("biblioteche, aperTO × ICCU", LIBRARIES, labels, duplicate_free=True),
        Case(
            "scuole paritarie, 2022/23 × 2023/24, codici nascosti",
            SCHOOLS,
            schools,
            frozenset(),
            duplicate_free=True,
            read=False,
        ),
    ]


def _labelled(name: str, lists: Sequence[str], labels: Sequence[Label], *, duplicate_free: bool) -> Case:
    inside = [label for label in chosen(labels) if {row[0] for row in label.pair} <= set(lists)]
    true, undecided = (frozenset(one.pair for one in inside if one.verdict == told) for told in ("stesso", "incerto"))
    return Case(name, lists, true, undecided, duplicate_free, read=True)


def measure(material: Material, labels: Sequence[Label], sheets: Sheets, progress: Progress) -> None:
    """Measure the cases with the thresholds as delivered; a link that no label judges counts as wrong."""
    judged, known = {label.pair for label in chosen(labels)}, ours.around(material)
    for case in cases(material, labels):
        progress(case.name)
        claims = material.of(*case.lists)
        linked = ours.link(claims, known)
        alone = _counts(linked.together, case)
        rows = [
            counted("Ombra, automatici", alone),
            counted("Ombra, con la coda giudicata", _counts(linked.with_judge(case.true), case)),
        ]
        remarks = [f"In coda: {len(linked.queue)} coppie, di cui {len(linked.queue & case.true)} vere."]
        remarks += _surprises(linked.together, case, judged)
        plain = peers.try_link(claims, duplicate_free=case.duplicate_free)
        if plain is None:
            remarks.append("Splink semplice: su questi elenchi non si addestra.")
        else:
            peer = _counts(plain, case)
            rows.append(counted("Splink semplice", peer))
            sheets.ratios.append(Ratio(f"{case.name}, F1", alone.f1.value, peer.f1.value))
        if case.read:
            remarks.append("Gli errori su questi elenchi sono stati letti mentre si faceva il modello.")
        title = f"Stesso modello, stesse soglie: {case.name}, {len(claims)} righe, {len(case.true)} coppie vere"
        sheets.tables.append(Table(title, HEADINGS, rows, remarks))


def _counts(linked: Collection[PairOfRows], case: Case) -> Counts:
    return Counts.of(linked, case.true, undecided=case.undecided)


def _surprises(linked: Collection[PairOfRows], case: Case, judged: Collection[PairOfRows]) -> list[str]:
    unjudged = sum(pair not in judged for pair in set(linked) - case.true)
    return (
        [f"Collegate senza che nessuna etichetta le giudichi (contate come sbagliate): {unjudged}."] if unjudged else []
    )
