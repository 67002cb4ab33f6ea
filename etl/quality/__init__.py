"""How good a source is, told by what it has loaded: counts, parts of a score, the score."""

from etl.quality.parts import PARTS
from etl.quality.table import quality

__all__ = ["PARTS", "quality"]
