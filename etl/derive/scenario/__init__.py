"""Scenarios: what would be if services opened, closed, moved or grew; saved under a name, computed as any run."""

from etl.derive.scenario.changes import Add, Changes, Close, Move, Open, Place, Resize
from etl.derive.scenario.variant import Scenario, bind

__all__ = ["Add", "Changes", "Close", "Move", "Open", "Place", "Resize", "Scenario", "bind"]
