"""The ages that a forecast tells apart, and the bands in which zones may differ."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from geo.arrays import Floats


@dataclass(frozen=True, kw_only=True)
class Ages:
    """Single years of age from 0 to an open class.

    Attributes
    ----------
    last
        The age that stands for itself and over: the open class. Its ratio is one for the whole, without a zone factor:
        few people, whose numbers differ from zone to zone by chance.
    bands
        First ages of the broad bands in which zones have a factor, ascending; the first is 1 (age 0 are births), the
        last band ends below the open class. An age is that at the end of the year.
    fertile
        First and last age of the women whom children are set against.
    """

    last: int = 90
    bands: tuple[int, ...] = (1, 15, 25, 40, 65, 80)
    fertile: tuple[int, int] = (15, 49)

    @property
    def names(self) -> dict[int, str]:
        """Births, bands and open class by their first age, as ``1-14`` or ``90+``.

        >>> list(Ages().names.values())
        ['0', '1-14', '15-24', '25-39', '40-64', '65-79', '80-89', '90+']
        """
        ends = [*(first - 1 for first in self.bands[1:]), self.last - 1]
        spans = {
            first: f"{first}" if first == end else f"{first}-{end}" for first, end in zip(self.bands, ends, strict=True)
        }
        return {0: "0"} | spans | {self.last: f"{self.last}+"}

    def by_band(self, persons: Floats) -> Floats:
        """Sums over the last axis, one for each of :attr:`names`.

        >>> Ages(last=4, bands=(1, 3), fertile=(1, 2)).by_band(np.array([9.0, 1.0, 2.0, 3.0, 5.0])).tolist()
        [9.0, 3.0, 3.0, 5.0]
        """
        return np.add.reduceat(persons, list(self.names), axis=-1)

    def faults(self) -> list[str]:
        """What is wrong with the ages themselves."""
        found = []
        if self.last < 2:
            found.append(f"ages.last: {self.last} leaves no single year of age; open the last class at 2 or later")
        edges = (*self.bands, self.last)
        if not self.bands or self.bands[0] != 1 or any(b <= a for a, b in pairwise(edges)):
            found.append(f"ages.bands: {self.bands} do not ascend from 1 to below {self.last}; name their first ages")
        youngest, oldest = self.fertile
        if not 1 <= youngest <= oldest < self.last:
            found.append(f"ages.fertile: {self.fertile} is not a span of ages from 1 to below {self.last}; correct it")
        return found
