"""The two pharmacy lists of Torino: what is linked alone, what with a person's help, and how sure the figures are.

What is fitted to what. The weights and word frequencies of Ombra's model were learnt from these and the other lists
without labels (:mod:`etl.link.train`), its thresholds written down before the first measurement. But the form of the
model was changed after reading its errors on these very labels (``data/linkage/README.md`` names each change), so these
are not figures of unseen data. Beside those "as delivered" stand those of 5-fold cross-validation, in which both
thresholds are chosen anew on four fifths of the truth, by a rule written here, and measured on the fifth: that mends
what a threshold may owe to the labels, not what the form of the model owes to them. Schools changed nothing of the
comparison of services, and invented records (``scale``) are nobody's labels.
A pharmacy is in one fold with its true partner, so no record is in two folds; a link counts in the fold of its
AperTO record. The plain model is trained on the very lists that it is measured on, without labels; its threshold is
either the usual one half or chosen in the same folds.
"""

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from etl.link.claim import ServiceClaim
from etl.link.pair import Pair
from etl.progress import Progress
from tests.bench.kit.shapes import Cell, Ratio, Sheets, Table, Target
from tests.bench.linkage import ours, peers
from tests.bench.linkage.counts import Counts, mean
from tests.bench.linkage.folds import FOLDS, Part, Truth, cross_validate, folds, most_recall
from tests.bench.linkage.labels import MOVED, Label, PairOfRows, chosen
from tests.bench.linkage.material import Material
from tests.bench.linkage.ours import Around, Linked

LEFT, RIGHT = "aperto-farmacie", "ministero-farmacie"
SEEDS = 20
DROPS = ((0.15, 0.30), (0.30, 0.15))  # shares dropped of the left and of the right list
QUEUE = 15
MERGE = tuple(float(weight) for weight in np.arange(-2, 16.1, 0.5))
REVIEW = tuple(float(weight) for weight in np.arange(-6, 8.1, 0.5))
HEADINGS = ("modello", "giuste", "sbagliate", "mancate", "precisione [95 %]", "richiamo [95 %]", "F1 [95 %]")


def measure(material: Material, labels: Sequence[Label], sheets: Sheets, progress: Progress) -> None:
    """Measure the two lists, as they are and with records dropped; of ``labels`` those between the two count."""
    labels = [label for label in chosen(labels) if {row[0] for row in label.pair} == {LEFT, RIGHT}]
    truth = Truth(_pairs(labels, "stesso"), _pairs(labels, "incerto"))
    claims, known = material.of(LEFT, RIGHT), ours.around(material)
    progress("farmacie: confronto")
    scores = ours.compare(claims, known)
    linked = ours.group(claims, scores, known)
    progress("farmacie: Splink semplice")
    plain = peers.link(claims, thresholds=peers.THRESHOLDS, duplicate_free=True)
    _as_delivered(linked, plain[peers.USUAL], truth, sheets)
    _by_stratum(linked, plain[peers.USUAL], labels, sheets)
    progress("farmacie: 5 parti")
    _in_folds(Scored(claims, scores, known), plain, truth, sheets)
    _with_drops(claims, known, truth, sheets, progress)


def _pairs(labels: Sequence[Label], verdict: str) -> frozenset[PairOfRows]:
    return frozenset(label.pair for label in labels if label.verdict == verdict)


def across(linked: Collection[PairOfRows]) -> frozenset[PairOfRows]:
    """The pairs between the two lists; the truth is complete for these."""
    return frozenset(pair for pair in linked if pair[0][0] != pair[1][0])


# --- as delivered ---------------------------------------------------------------------------------------


def _as_delivered(linked: Linked, plain: Collection[PairOfRows], truth: Truth, sheets: Sheets) -> None:
    alone, asked = truth.counts(across(linked.together)), truth.counts(across(linked.with_judge(truth.true)))
    peer = truth.counts(plain)
    sheets.tables.append(
        Table(
            f"Farmacie: aperTO × Ministero, {len(truth.true)} coppie vere (spostate comprese)",
            HEADINGS,
            [
                counted("Ombra, automatici", alone),
                counted("Ombra, con la coda giudicata", asked),
                counted(f"Splink semplice (soglia {peers.USUAL})".replace(".", ","), peer),
            ],
            [f"In coda: {len(linked.queue)} coppie, di cui {len(linked.queue & truth.true)} vere."],
        )
    )
    sheets.ratios.append(Ratio("farmacie, F1 degli automatici", alone.f1.value, peer.f1.value))
    sheets.targets += [
        Target("farmacie: precisione degli automatici", alone.precision.value, ">=", 0.99),
        Target("farmacie: richiamo degli automatici", alone.recall.value, ">=", 0.95),
        Target("farmacie: richiamo con la coda", asked.recall.value, ">=", 0.99),
        Target("farmacie: coppie in coda", len(linked.queue), "<=", QUEUE),
    ]


def counted(name: str, counts: Counts) -> list[Cell]:
    """A row of figures under :data:`HEADINGS`."""
    figures = (str(figure) for figure in (counts.precision, counts.recall, counts.f1))
    return [name, counts.right, counts.wrong, counts.missed, *figures]


def _by_stratum(linked: Linked, plain: Collection[PairOfRows], labels: Sequence[Label], sheets: Sheets) -> None:
    """Where the true pairs of each kind went; moved and ambiguous ones are rows of their own."""
    rows: list[list[Cell]] = []
    for stratum in sorted({label.stratum for label in labels if label.verdict == "stesso"}):
        pairs = {label.pair for label in labels if label.verdict == "stesso" and label.stratum == stratum}
        told = (len(pairs & linked.together), len(pairs & linked.queue))
        moved = "sì" if stratum in MOVED else ""
        rows.append([stratum, moved, len(pairs), *told, len(pairs) - sum(told), len(pairs & set(plain))])
    undecided = _pairs(labels, "incerto")
    told = (len(undecided & linked.together), len(undecided & linked.queue))
    rows.append(
        ["(giudice incerto)", "", len(undecided), *told, len(undecided) - sum(told), len(undecided & set(plain))]
    )
    sheets.tables.append(
        Table(
            "Farmacie: le coppie vere per strato",
            ("strato", "spostata", "coppie", "automatiche", "in coda", "perse", "Splink semplice"),
            rows,
            ["Le coppie su cui il giudice è incerto non contano né per la precisione né per il richiamo."],
        )
    )


# --- 5-fold ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Scored:
    """Claims with their scores, to be grouped under any thresholds (bits)."""

    claims: Sequence[ServiceClaim]
    pairs: Sequence[Pair]
    known: Around

    def under(self, merge: float, review: float) -> Linked:
        """The groups under two thresholds."""
        return ours.group(self.claims, ours.with_thresholds(self.pairs, merge=merge, review=review), self.known)


def _in_folds(
    scored: Scored,
    plain: Mapping[float, Collection[PairOfRows]],
    truth: Truth,
    sheets: Sheets,
) -> None:
    records = [(claim.source_id, claim.key) for claim in scored.claims]
    fold_of = folds(records, truth.true)
    alone = {merge: across(scored.under(merge, merge).together) for merge in MERGE}
    parts = cross_validate(alone, truth, fold_of, most_recall)
    asked = [_asked(scored, truth, fold_of, fold, part.setting) for fold, part in enumerate(parts)]
    peer = cross_validate(plain, truth, fold_of, most_recall)
    pooled = [_pooled(parts), sum((counts for counts, _queue in asked), Counts(0, 0, 0)), _pooled(peer)]
    names = ("Ombra, automatici", "Ombra, con la coda giudicata", "Splink semplice, soglia scelta")
    queue = sum(size for _counts, size in asked)
    sheets.tables.append(
        Table(
            "Farmacie: soglie scelte su quattro parti, misurate sulla quinta",
            HEADINGS,
            [counted(name, counts) for name, counts in zip(names, pooled, strict=True)],
            [
                f"In coda, sulle cinque parti: {queue} coppie.",
                f"Soglie scelte: Ombra (bit) {_listed(parts)}; Splink semplice (probabilità) {_listed(peer)}.",
                *_means(parts),
            ],
        )
    )
    sheets.ratios.append(Ratio("farmacie in 5 parti, F1 degli automatici", pooled[0].f1.value, pooled[2].f1.value))
    sheets.targets += [
        Target("farmacie, 5 parti: precisione degli automatici", pooled[0].precision.value, ">=", 0.99),
        Target("farmacie, 5 parti: richiamo degli automatici", pooled[0].recall.value, ">=", 0.95),
        Target("farmacie, 5 parti: richiamo con la coda", pooled[1].recall.value, ">=", 0.99),
        Target("farmacie, 5 parti: coppie in coda", queue, "<=", QUEUE),
    ]


def _asked(
    scored: Scored, truth: Truth, fold_of: Mapping[Hashable, int], fold: int, merge: float
) -> tuple[Counts, int]:
    """Counts with the queue judged, and its length, on one fold; the queue's threshold is chosen on the others.

    The rule: the lowest threshold whose queue among the other four holds at most four fifths of what a person may be
    asked.
    """
    allowed = QUEUE * (FOLDS - 1) // FOLDS
    best: Linked | None = None
    for review in sorted((one for one in REVIEW if one <= merge), reverse=True):
        linked = scored.under(merge, review)
        seen = [pair for pair in linked.queue if fold not in (fold_of[pair[0]], fold_of[pair[1]])]
        if best is not None and len(seen) > allowed:
            break
        best = linked
    if best is None:
        best = scored.under(merge, merge)
    held_out = partial(_in_fold, fold_of, fold)
    judged = across(best.with_judge(truth.true))
    return truth.counts(judged, held_out), sum(held_out(pair) for pair in best.queue)


def _in_fold(fold_of: Mapping[Hashable, int], fold: int, pair: PairOfRows) -> bool:
    return fold_of[pair[0]] == fold


def _pooled(parts: Sequence[Part]) -> Counts:
    return sum((part.counts for part in parts), Counts(0, 0, 0))


def _precision(counts: Counts) -> float:
    return counts.precision.value


def _recall(counts: Counts) -> float:
    return counts.recall.value


def _f1(counts: Counts) -> float:
    return counts.f1.value


def _means(parts: Sequence[Part]) -> list[str]:
    figures = (("precisione", _precision), ("richiamo", _recall), ("F1", _f1))
    told = ", ".join(f"{name} {mean([figure(part.counts) for part in parts])}" for name, figure in figures)
    return [f"Media delle cinque parti per Ombra, automatici, con l'intervallo di Student: {told}."]


def _listed(parts: Sequence[Part]) -> str:
    return "; ".join(f"{part.setting:g}" for part in parts).replace(".", ",")


# --- records dropped ------------------------------------------------------------------------------------


def _with_drops(
    claims: Sequence[ServiceClaim], known: Around, truth: Truth, sheets: Sheets, progress: Progress
) -> None:
    rows: list[list[Cell]] = []
    told: list[Counts] = []
    for shares in DROPS:
        here: list[Counts] = []
        plain: list[Counts] = []
        for seed in range(SEEDS):
            progress(f"farmacie: righe tolte, {len(told) + seed + 1} di {SEEDS * len(DROPS)}")
            kept = drop(claims, dict(zip((LEFT, RIGHT), shares, strict=True)), seed)
            left = remaining(truth, kept)
            here.append(left.counts(across(ours.link(kept, known).together)))
            if shares == DROPS[0]:
                plain.append(left.counts(peers.link(kept, duplicate_free=True)[peers.USUAL]))
        name = f"−{shares[0]:.0%} aperTO, −{shares[1]:.0%} Ministero".replace("%", " %")
        rows.append(_spread(f"Ombra, {name}", here))
        rows += [_spread(f"Splink semplice, {name}", plain)] if plain else []
        told += here
    sheets.tables.append(
        Table(
            f"Farmacie: righe tolte a caso, {SEEDS} estrazioni (soglie come consegnate, solo automatici)",
            ("modello", "precisione media", "peggiore", "richiamo medio", "peggiore", "F1 medio", "peggiore"),
            rows,
        )
    )
    precisions = [counts.precision.value for counts in told]
    sheets.targets += [
        Target("farmacie, righe tolte: precisione media", float(np.mean(precisions)), ">=", 0.99),
        Target("farmacie, righe tolte: precisione peggiore", min(precisions), ">=", 0.975),
        Target(
            "farmacie, righe tolte: richiamo medio",
            min(float(np.mean([_recall(one) for one in part])) for part in (told[:SEEDS], told[SEEDS:])),
            ">=",
            0.94,
        ),
    ]


def _spread(name: str, counts: Sequence[Counts]) -> list[Cell]:
    figures = [[figure(one) for one in counts] for figure in (_precision, _recall, _f1)]
    return [name, *(value for told in figures for value in (float(np.mean(told)), min(told)))]


def drop(claims: Sequence[ServiceClaim], shares: Mapping[str, float], seed: int) -> list[ServiceClaim]:
    """Leave out a share of each list, drawn by a seed whatever the order of the claims."""
    random = np.random.default_rng(seed)
    gone = set()
    for name, share in sorted(shares.items()):
        keys = sorted(claim.key for claim in claims if claim.source_id == name)
        gone |= {(name, key) for key in random.choice(keys, round(len(keys) * share), replace=False)}
    return [claim for claim in claims if (claim.source_id, claim.key) not in gone]


def remaining(truth: Truth, kept: Sequence[ServiceClaim]) -> Truth:
    """The truth among the claims that were kept."""
    rows = {(claim.source_id, claim.key) for claim in kept}
    return Truth(
        *(frozenset(pair for pair in pairs if rows.issuperset(pair)) for pairs in (truth.true, truth.undecided))
    )
