"""Streets behind the map: a picture to find one's way by, never a network to measure travel on."""

from typing import Annotated, Any

from geoalchemy2 import Geometry
from sqlalchemy import BigInteger, CheckConstraint, Identity, Index
from sqlalchemy.orm import Mapped, mapped_column

from etl.store.models.base import Base

# From the widest to the smallest; the last stands for every street that people live on.
STREET_KINDS = ("motorway", "trunk", "primary", "secondary", "tertiary", "residential")

_KINDS = ", ".join(f"'{kind}'" for kind in STREET_KINDS)
Line = Annotated[Any, mapped_column(Geometry("LINESTRING", srid=4326))]


class Street(Base):
    """A piece of a street of OpenStreetMap inside the territory; ``osm_id`` is the number of its way there."""

    __tablename__ = "street"
    __table_args__ = (CheckConstraint(f"kind in ({_KINDS})", name="kind"), Index(None, "kind"))

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    osm_id: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str]
    name: Mapped[str | None]
    geom: Mapped[Line]
