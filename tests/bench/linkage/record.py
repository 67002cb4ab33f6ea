"""Measure the automatic links between lists and write ``data/linkage/accuracy.csv``, for estimates that rest on them.

    python -m tests.bench.linkage.record

Made anew whenever the model or a threshold changes: a measurement of other parameters is not used. Like the bench, it
measures on the labels that the form of the model was chosen by (``data/linkage/README.md``).
"""

import sys
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from etl.link import accuracy
from etl.link.accuracy import Accuracy
from etl.link.parameters import parameters
from tests.bench.linkage import FILES, labels, material, ours
from tests.bench.linkage.counts import Counts
from tests.bench.linkage.labels import Label, chosen
from tests.bench.linkage.material import Material


class Pair(NamedTuple):
    """Two lists of one type of service whose true pairs are all labelled, in a file of that name."""

    service_type: str
    left: str
    right: str
    file: str


# The labels of the other lists are not complete: a missed pair that nobody judged would not be counted.
PAIRS = (Pair("farmacia", "aperto-farmacie", "ministero-farmacie", "farmacie"),)


def measure(told: Material, judged: Sequence[Label], digest: str, *, today: date) -> list[Accuracy]:
    """Count right, wrong and missed links between the lists of each pair; a link that no label calls one is wrong."""
    return [_measured(pair, _counts(pair, told, judged), digest, today) for pair in PAIRS]


def _counts(pair: Pair, told: Material, judged: Sequence[Label]) -> Counts:
    lists = {pair.left, pair.right}
    between = [one for one in chosen(judged) if {name for name, _key in one.pair} == lists]
    true, undecided = ({one.pair for one in between if one.verdict == verdict} for verdict in ("stesso", "incerto"))
    linked = ours.link(told.of(pair.left, pair.right), ours.around(told)).together
    return Counts.of({rows for rows in linked if rows[0][0] != rows[1][0]}, true, undecided=undecided)


def _measured(pair: Pair, counts: Counts, digest: str, today: date) -> Accuracy:
    return Accuracy(
        question="service",
        service_type=pair.service_type,
        right=counts.right,
        wrong=counts.wrong,
        missed=counts.missed,
        model=digest[: accuracy.MODEL],
        measured_on=today,
        labels=f"{pair.file}.csv",
    )


def main() -> int:
    """Read the publishers' files, measure, write; 2 where the files are missing."""
    if not FILES.is_dir():
        print("I file dei publicatori non ci sono: non si misura nulla.", file=sys.stderr)
        return 2
    found = measure(material.read(FILES, print), labels.read(), parameters().digest, today=date.today())  # noqa: DTZ011
    accuracy.write(found)
    for one in found:
        print(f"{one.service_type}: giuste {one.right}, sbagliate {one.wrong}, mancate {one.missed}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
