"""A territory that is larger than a machine: the same answers, computed part by part."""

from etl.derive.scale.cluster import on_dask
from etl.derive.scale.executors import SERIAL, Executor
from etl.derive.scale.run import Found, partitioned, whole

__all__ = ["SERIAL", "Executor", "Found", "on_dask", "partitioned", "whole"]
