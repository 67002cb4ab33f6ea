"""Hand-editable tables of cases, one for each step."""

import csv
from pathlib import Path

FOLDER = Path(__file__).parent / "cases"


def cases(name: str) -> list[dict[str, str]]:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
