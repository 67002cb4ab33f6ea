"""What every table shares: naming of constraints, column types, the declarative base."""

import uuid
from datetime import datetime
from typing import Annotated, Any

from geoalchemy2 import Geometry
from sqlalchemy import DateTime, MetaData, func
from sqlalchemy.dialects.postgresql import JSONB, UUID
from sqlalchemy.orm import DeclarativeBase, mapped_column

# Schema of what may never leave by a public face; a reading role gets no right on it.
RESTRICTED = "restricted"

# Named constraints, so that a migration can drop what another one made.
NAMING = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

# GiST indexes come with the geometry columns (GeoAlchemy2 makes one for each).
UuidPk = Annotated[uuid.UUID, mapped_column(UUID(as_uuid=True), primary_key=True)]
Created = Annotated[datetime, mapped_column(DateTime(timezone=True), server_default=func.now())]
Json = Annotated[dict[str, Any], mapped_column(JSONB, server_default="{}")]
Point = Annotated[Any, mapped_column(Geometry("POINT", srid=4326))]
AnyGeometry = Annotated[Any, mapped_column(Geometry("GEOMETRY", srid=4326))]


class Base(DeclarativeBase):
    """Declarative base of every table of Ombra."""

    metadata = MetaData(naming_convention=NAMING)
