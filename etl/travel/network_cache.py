"""Road graphs kept on disk, so that an extract is read once; a damaged file is as good as none."""

import contextlib
import json
import os
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np

from etl.travel.osm_rules import MODES
from geo.errors import InvalidInput
from geo.travel.graph import Graph, Lines

_ARRAYS = ("start", "end", "line", "forward", "backward", "stops")
# What reading a damaged archive raises; each member carries a checksum, and the graphs check themselves.
_DAMAGED = (zipfile.BadZipFile, zlib.error, InvalidInput, OSError, EOFError, KeyError, ValueError, TypeError)

Kept = tuple[Lines, dict[str, Graph], dict[str, Any]]


def save(path: Path, lines: Lines, graphs: dict[str, Graph], provenance: dict[str, Any]) -> bool:
    """Keep graphs; False where the folder does not let itself be written. A cut leaves the old file or none."""
    arrays = {"points": lines.points, "starts": lines.starts, "provenance": np.array(json.dumps(provenance))}
    for mode, graph in graphs.items():
        arrays |= {f"{mode}.{name}": getattr(graph, name) for name in _ARRAYS}
        arrays[f"{mode}.nodes"] = np.array(graph.nodes)
    aside = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with aside.open("wb") as stream:
            np.savez(stream, allow_pickle=False, **arrays)
        aside.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            aside.unlink(missing_ok=True)
        return False
    return True


def load(path: Path) -> Kept | None:
    """The graphs that were kept; None where there are none, or they are damaged."""
    try:
        # Opened here: numpy leaves the file of a damaged archive open.
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as found:
            provenance = json.loads(str(found["provenance"]))
            lines = Lines(points=found["points"], starts=found["starts"])
            graphs = {
                mode: Graph(nodes=int(found[f"{mode}.nodes"]), **{name: found[f"{mode}.{name}"] for name in _ARRAYS})
                for mode in MODES
            }
    except _DAMAGED:
        return None
    return lines, graphs, provenance
