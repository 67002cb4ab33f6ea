"""The indicators of the plan: formulas over what a run has found, evaluated and kept with the run."""

from etl.derive.kpi.evaluate import refresh

__all__ = ["refresh"]
