"""The inputs of the run that the loaded database shows."""

from tests.etl.derive.conftest import read

__all__ = ["read"]
