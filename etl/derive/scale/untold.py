"""Minutes that nobody tells: a table without pairs, and how an engine knows what it is asked for."""

import numpy as np
import pandas as pd

from geo.arrays import Labels
from geo.travel.table import TravelTable


def of_services(frame: pd.DataFrame) -> bool:
    """Whether a frame that an engine is given holds services, not demand points or spots of the boundary."""
    return "type" in frame


def nothing(origins: Labels, services: Labels, cutoff: float, engine: str) -> TravelTable:
    """A table without pairs."""
    nowhere, never = np.zeros(0, dtype=np.intp), np.zeros(0)
    return TravelTable(
        origins=origins,
        services=services,
        origin=nowhere,
        service=nowhere,
        minutes=never,
        low=never,
        high=never,
        cutoff=float(cutoff),
        engine=engine,
        estimated=True,
    )
