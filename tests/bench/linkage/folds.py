"""Cross-validation of the thresholds: chosen on four fifths of the truth, measured on the fifth."""

import random
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from networkx.utils import UnionFind

from tests.bench.linkage.counts import Counts

FOLDS = 5
SEED = 541
Pair: TypeAlias = tuple[Hashable, Hashable]


def folds(records: Collection[Hashable], together: Collection[Pair], *, seed: int = SEED) -> dict[Hashable, int]:
    """Assign every record to a fold; records of one true thing go to the same.

    ``together`` are the pairs that must not be torn apart. Folds differ by at most one true thing in size, and the
    same records give the same folds in any order.
    """
    joined = UnionFind(sorted(records, key=repr))
    for left, right in together:
        joined.union(left, right)
    groups = sorted(
        (sorted(group, key=repr) for group in joined.to_sets()), key=lambda group: (-len(group), repr(group))
    )
    shuffled = random.Random(seed)
    found: dict[Hashable, int] = {}
    for size in sorted({len(group) for group in groups}, reverse=True):
        same = [group for group in groups if len(group) == size]
        shuffled.shuffle(same)
        for place, group in enumerate(same):
            found.update(dict.fromkeys(group, place % FOLDS))
    return found


@dataclass(frozen=True)
class Truth:
    """Pairs that are one, and pairs that nobody could judge; every other pair is two things."""

    true: frozenset[Pair]
    undecided: frozenset[Pair] = frozenset()

    def counts(self, linked: Collection[Pair], within: Callable[[Pair], bool] = lambda _pair: True) -> Counts:
        """Counts of the links among the pairs that ``within`` holds."""
        return Counts.of(
            {pair for pair in linked if within(pair)},
            {pair for pair in self.true if within(pair)},
            undecided=self.undecided,
        )


@dataclass(frozen=True)
class Part:
    """One fold: the setting that the other four chose, and the counts on the fold."""

    setting: float
    counts: Counts


def cross_validate(
    links: Mapping[float, Collection[Pair]],
    truth: Truth,
    fold_of: Mapping[Hashable, int],
    choose: Callable[[Mapping[float, Counts]], float],
) -> Sequence[Part]:
    """Choose a setting without each fold and measure it there.

    Parameters
    ----------
    links
        The pairs that are linked, by setting (a threshold).
    fold_of
        Fold of every record. A pair belongs to the fold of its left record; a setting is chosen for a fold on the
        pairs of which neither record is in it, so nothing that is measured was seen in the choice.
    choose
        The best setting by the counts that each one has.
    """
    parts = []
    for fold in range(FOLDS):

        def seen(pair: Pair, fold: int = fold) -> bool:
            return fold not in (fold_of[pair[0]], fold_of[pair[1]])

        def held_out(pair: Pair, fold: int = fold) -> bool:
            return fold_of[pair[0]] == fold

        setting = choose({at: truth.counts(linked, seen) for at, linked in links.items()})
        parts.append(Part(setting, truth.counts(links[setting], held_out)))
    return parts


def most_recall(by_setting: Mapping[float, Counts], *, precision: float = 0.99) -> float:
    """The setting with the most true links of those that keep a precision; of equals the middle one.

    Where none keeps it, the one that is most precise.
    """
    kept = {at: counts for at, counts in by_setting.items() if counts.precision.value >= precision}
    if not kept:
        return max(by_setting, key=lambda at: (by_setting[at].precision.value, by_setting[at].right, at))
    most = max(counts.right for counts in kept.values())
    best = sorted(at for at, counts in kept.items() if counts.right == most)
    fewest = min(kept[at].wrong for at in best)
    best = [at for at in best if kept[at].wrong == fewest]
    return best[len(best) // 2]
