"""Ask one application the addresses of a list, from a process of its own."""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SECONDS, CONNECTIONS = 4.0, 8


@dataclass(frozen=True)
class Face:
    """Where an application listens, and its path for a rectangle."""

    port: int
    path: str


def asked(face: Face, parts: Sequence[str], folder: Path, *, connections: int = CONNECTIONS) -> dict[str, Any]:
    """What was measured; ``parts`` complete the path one after the other, again from the first after the last.

    Raises
    ------
    RuntimeError
        An answer was another than 200.
    """
    addresses = folder / "addresses"
    addresses.write_text("\n".join(face.path.format(part) for part in parts))
    command = [sys.executable, "-m", "tests.bench.api.load", str(face.port), str(SECONDS), str(connections)]
    done = subprocess.run([*command, str(addresses)], capture_output=True, text=True, check=True)
    told: dict[str, Any] = json.loads(done.stdout)
    if set(told["statuses"]) != {"200"}:
        message = f"{face.path}: {told['statuses']}"
        raise RuntimeError(message)
    return told


def middle(rounds: Sequence[dict[str, Any]], *, by: str) -> dict[str, Any]:
    """The round whose figure is the median of all; of an even number the lower of the two."""
    return sorted(rounds, key=lambda told: told[by])[(len(rounds) - 1) // 2]
