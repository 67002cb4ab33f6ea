"""Jobs that run the measures of ``geo`` on what is stored and keep the results."""

from etl.derive.figures import RunSummary
from etl.derive.run import refresh

__all__ = ["RunSummary", "refresh"]
