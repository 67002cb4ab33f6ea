"""Ways that can be travelled and their nodes, read from an OpenStreetMap extract by pyosmium (extra ``network``).

Two passes over the file: the ways first, then only the nodes that they use, so that memory follows the roads and not
the buildings, and the order of nodes and ways does not matter.
"""

from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from etl.i18n import _
from etl.progress import Progress
from etl.travel import osm_rules
from etl.travel.osm_rules import MODES, Passage

Numbers: TypeAlias = npt.NDArray[np.int64]
Floats: TypeAlias = npt.NDArray[np.float64]

EVERY = 200_000  # ways or nodes between two words of progress


class Unreadable(Exception):
    """Pyosmium refuses the file; the message is its own."""


@dataclass(frozen=True)
class Extract:
    """What the graphs are made of.

    Attributes
    ----------
    refs, starts
        Numbers of the nodes of all ways, one way after the other; way i has ``refs[starts[i]:starts[i + 1]]``.
    kind
        Position in ``passages`` for each way.
    passages
        Distinct passages of the modes, in the order of :data:`etl.travel.osm_rules.MODES`.
    nodes, longitude, latitude
        The nodes in the extract, in ascending order of number; degrees, EPSG:4326.
    barriers
        For each mode the numbers of the nodes where a barrier stops it.
    """

    refs: Numbers
    starts: Numbers
    kind: Numbers
    passages: list[tuple[Passage | None, ...]]
    nodes: Numbers
    longitude: Floats
    latitude: Floats
    barriers: dict[str, Numbers]


@dataclass
class _Ways:
    refs: "array[int]" = field(default_factory=lambda: array("q"))
    starts: "array[int]" = field(default_factory=lambda: array("q", [0]))
    kind: "array[int]" = field(default_factory=lambda: array("q"))
    passages: dict[tuple[Passage | None, ...], int] = field(default_factory=dict)


def available() -> bool:
    """Whether the extra ``network`` is installed."""
    return find_spec("osmium") is not None


def read(path: Path, progress: Progress) -> Extract:
    """Read the ways that some mode may use.

    Raises
    ------
    Unreadable
        The file is not what the format says; see also :func:`etl.sources.osm_file.check`.
    """
    import osmium  # noqa: PLC0415  optional

    try:
        ways = _ways(path, progress)
        refs = np.frombuffer(ways.refs, dtype=np.int64) if ways.refs else np.empty(0, dtype=np.int64)
        nodes, barriers = _nodes(path, refs, progress)
    except (RuntimeError, ValueError, osmium.InvalidLocationError) as error:
        raise Unreadable(str(error)) from error
    order = np.argsort(nodes["id"], kind="stable")
    # The first version of a node that stands in the file twice.
    order = order[np.unique(nodes["id"][order], return_index=True)[1]]
    return Extract(
        refs=refs,
        starts=np.array(ways.starts, dtype=np.int64),
        kind=np.array(ways.kind, dtype=np.int64),
        passages=list(ways.passages),
        nodes=nodes["id"][order],
        longitude=nodes["x"][order] / 1e7,
        latitude=nodes["y"][order] / 1e7,
        barriers={mode: np.unique(np.array(found, dtype=np.int64)) for mode, found in barriers.items()},
    )


def _ways(path: Path, progress: Progress) -> _Ways:
    import osmium  # noqa: PLC0415  optional

    found = _Ways()
    read: Iterable[Any] = osmium.FileProcessor(path, osmium.osm.WAY).with_filter(
        osmium.filter.KeyFilter("highway", "route")
    )
    for count, way in enumerate(read, start=1):
        _tell(progress, _("Leggo le strade: {numero}"), count)
        passages = osm_rules.passages({tag.k: tag.v for tag in way.tags})
        if not any(passages):
            continue
        found.refs.extend([node.ref for node in way.nodes])
        found.starts.append(len(found.refs))
        found.kind.append(found.passages.setdefault(passages, len(found.passages)))
    return found


def _nodes(path: Path, refs: Numbers, progress: Progress) -> tuple[dict[str, Numbers], dict[str, list[int]]]:
    """Number and place (ten millionths of a degree) of the nodes of the ways, and where barriers stop whom."""
    import osmium  # noqa: PLC0415  optional

    number, x, y = array("q"), array("l"), array("l")
    barriers: dict[str, list[int]] = {mode: [] for mode in MODES}
    every = osmium.FileProcessor(path, osmium.osm.NODE)
    # Numbers below 0, of a file that was never uploaded, cannot be asked for.
    some = len(refs) and refs.min() > 0
    read: Iterable[Any] = every.with_filter(osmium.filter.IdFilter(np.unique(refs).tolist())) if some else every
    for count, node in enumerate(read, start=1):
        _tell(progress, _("Leggo i nodi delle strade: {numero}"), count)
        place = node.location
        if not place.valid():
            continue
        number.append(node.id)
        x.append(place.x)
        y.append(place.y)
        if "barrier" in node.tags:
            for mode in osm_rules.stops({tag.k: tag.v for tag in node.tags}):
                barriers[mode].append(node.id)
    return {name: np.array(values, dtype=np.int64) for name, values in (("id", number), ("x", x), ("y", y))}, barriers


def _tell(progress: Progress, text: str, count: int) -> None:
    if count % EVERY == 0:
        progress(text.format(numero=f"{count:,}".replace(",", ".")))
