"""Jobs that run the measures of ``geo`` on what is stored and keep the results."""

from etl.derive.run import RunSummary, refresh

__all__ = ["RunSummary", "refresh"]
