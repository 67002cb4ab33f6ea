"""The listing of services, which every public face reads, and the order of its changes."""

from etl.listing.refresh import refresh

__all__ = ["refresh"]
