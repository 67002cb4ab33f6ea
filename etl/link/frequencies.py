"""How common words are in names: what having one in common tells, in bits."""

import csv
import math
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

# A word in fewer names is not listed: it may be the surname of one owner, whom up to four rows tell where several lists
# hold the service or one list holds it twice.
FEWEST = 5


@dataclass(frozen=True)
class Frequencies:
    """Share of names that have a word; ``unseen`` is that of any word that is not listed."""

    shares: dict[str, float]
    unseen: float

    @cached_property
    def _told(self) -> dict[str, dict[str, str | float]]:
        return {}

    def told(self, word: str) -> dict[str, str | float]:
        """A word with its bits; one object for all names that have it, and there may be a million of them."""
        found = self._told.get(word)
        if found is None:
            found = self._told[word] = {"word": word, "bits": self.bits(word)}
        return found

    @cached_property
    def unseen_bits(self) -> float:
        """What a word that is not listed tells."""
        return round(-math.log2(self.unseen), 2)

    def bits(self, word: str) -> float:
        """What it tells that two names have a word in common, in bits: the logarithm to base 2 of its rarity."""
        share = self.shares.get(word)
        return self.unseen_bits if share is None else round(-math.log2(share), 2)


def learn(names: Iterable[Collection[str]]) -> Frequencies:
    """Count words; those of few names are not kept, and are all as rare as a word in one name."""
    told = [set(words) for words in names]
    counted = Counter(word for words in told for word in words)
    total = max(len(told), 1)
    return Frequencies({word: n / total for word, n in counted.items() if n >= FEWEST}, 1 / max(total, 2))


def read(path: Path) -> Frequencies:
    """Read ``word,frequency``; the row ``*`` stands for words that are not listed."""
    with path.open(encoding="utf-8", newline="") as lines:
        shares = {row["word"]: float(row["frequency"]) for row in csv.DictReader(lines)}
    return Frequencies(shares, shares.pop("*", 1 / 2_000))


def write(path: Path, frequencies: Frequencies) -> None:
    """Write them, the most common first."""
    rows = [("*", frequencies.unseen), *sorted(frequencies.shares.items(), key=lambda item: (-item[1], item[0]))]
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines, lineterminator="\n")
        writer.writerow(("word", "frequency"))
        writer.writerows((word, f"{share:.6f}") for word, share in rows)
