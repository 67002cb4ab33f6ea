"""How willingness to travel falls with time: functions from minutes to weights in [0, 1].

Each factory returns a function of an array of minutes (>= 0) that gives an array of weights of the same shape. Units
are not checked: minutes in, parameters in minutes.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from geo.arrays import Floats
from geo.checks import amount, require

Decay: TypeAlias = Callable[[Floats], Floats]

SLOW = (1.0, 0.68, 0.22)
"""Zone weights of Luo & Qi (2009) for services that people travel far for; the default of E2SFCA in PySAL `access`."""

SHARP = (1.0, 0.42, 0.09)
"""Zone weights of Luo & Qi (2009) for services that people want close by."""

WAN = ((10.0, 20.0, 30.0, 60.0), (0.962, 0.704, 0.377, 0.042))
"""Bounds in minutes and weights that PySAL `access` takes for 3SFCA after Wan, Zou & Sternberg (2012)."""


@dataclass(frozen=True)
class Zones:
    """A decay that is constant within travel zones: ``weights[k]`` up to ``bounds[k]`` minutes included, 0 beyond.

    Made by :func:`step`, :func:`zones` and :func:`thirds`. Measures recognise it: pairs of one origin are sorted by
    time, so that a zone is a run of pairs and no weight of a single pair need be written down.
    """

    bounds: tuple[float, ...]
    weights: tuple[float, ...]

    def __call__(self, minutes: Floats) -> Floats:
        """Weights of `minutes`, of the same shape."""
        values = np.append(np.asarray(self.weights, dtype=np.float64), 0.0)
        return values[np.searchsorted(np.asarray(self.bounds), minutes, side="left")]


def step(threshold: float) -> Zones:
    """1 up to `threshold` minutes included, 0 beyond: the catchment of 2SFCA (Luo & Wang 2003).

    >>> step(30)(np.array([0.0, 30.0, 30.1])).tolist()
    [1.0, 1.0, 0.0]
    """
    require(amount(threshold, where="threshold", strict=False))
    return Zones((float(threshold),), (1.0,))


def gaussian(sigma: float, *, threshold: float = np.inf) -> Decay:
    """exp(-t² / 2 sigma²), with 1 at 0, cut to 0 beyond `threshold`; `sigma` > 0 minutes (Dai 2010 for its use in FCA).

    >>> gaussian(20)(np.array([0.0, 20.0])).round(4).tolist()
    [1.0, 0.6065]
    """
    require(amount(sigma, where="sigma"), amount(threshold, where="threshold", strict=False, infinite=True))
    return lambda minutes: np.where(minutes <= threshold, np.exp(-(minutes**2) / (2.0 * sigma**2)), 0.0)


def exponential(scale: float, *, threshold: float = np.inf) -> Decay:
    """exp(-t / scale), with 1 at 0, cut to 0 beyond `threshold`; `scale` > 0 minutes is where the weight is 0.37.

    >>> exponential(10, threshold=20)(np.array([0.0, 10.0, 21.0])).round(2).tolist()
    [1.0, 0.37, 0.0]
    """
    require(amount(scale, where="scale"), amount(threshold, where="threshold", strict=False, infinite=True))
    return lambda minutes: np.where(minutes <= threshold, np.exp(-minutes / scale), 0.0)


def zones(bounds: Sequence[float], weights: Sequence[float] = SLOW) -> Zones:
    """Constant within each travel zone: `weights[k]` up to `bounds[k]` minutes included, 0 beyond the last.

    Luo & Qi (2009, Health & Place 15, 1100-1107) use zones of 10, 20 and 30 minutes. `bounds` ascend and there are as
    many as `weights`, which lie in [0, 1]. Raises :class:`InvalidInput` otherwise.

    >>> zones([10, 20, 30])(np.array([0.0, 10.0, 10.5, 30.0, 31.0])).tolist()
    [1.0, 1.0, 0.68, 0.22, 0.0]
    """
    require(_zone_faults(bounds, weights))
    return Zones(tuple(map(float, bounds)), tuple(map(float, weights)))


def thirds(threshold: float, weights: Sequence[float] = SLOW) -> Zones:
    """The three zones of E2SFCA scaled to a catchment of `threshold` minutes: a third, two thirds, the whole.

    >>> thirds(15)(np.array([5.0, 6.0, 15.0, 16.0])).tolist()
    [1.0, 0.68, 0.22, 0.0]
    """
    require(amount(threshold, where="threshold"))
    return zones([threshold / 3.0, threshold * 2.0 / 3.0, threshold], weights)


def _zone_faults(bounds: Sequence[float], weights: Sequence[float]) -> list[str]:
    faults = []
    if len(bounds) != len(weights) or not len(bounds):
        faults.append(f"zones: {len(bounds)} bounds and {len(weights)} weights; give one weight for each bound")
    if any(high <= low for low, high in zip([-np.inf, *bounds], bounds, strict=False)):
        faults.append("zones: bounds must ascend; sort them and drop repeated ones")
    if not all(0.0 <= weight <= 1.0 for weight in weights):
        faults.append("zones: weights must lie between 0 and 1")
    return faults
