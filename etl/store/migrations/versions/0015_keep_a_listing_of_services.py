"""Keep a listing of services for all that reads, and the order of its changes

Revision: 0015, after 0014. The listing is filled by the load that follows, which every ``./ombra up`` makes: it looks
at all services, not only at those that it brings.
"""

import geoalchemy2
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from etl.store.extensions import require_words
from etl.store.models.listing import PlanePoint

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_TEXTS = (
    *("name!", "service_type_code!", "type_name!", "macro_area!", "organization", "address", "municipality_code"),
    *("municipality", "zone_code", "zone", "phone", "email", "url", "hours", "delivery!", "status!", "supply_status!"),
    *("precision!", "evidence", "note", "opening_hours", "document!"),
)
_IDS = ("organization_id", "municipality_id", "zone_id")
_NUMBERS = ("evidence_year", "minimum_age", "maximum_age")
_INDEXES = (["service_type_code", "id"], ["municipality_id", "id"], ["organization_id"], ["seq"])


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name.rstrip("!"), sa.String(), nullable=not name.endswith("!"))


def upgrade() -> None:
    require_words(op.get_bind())
    op.execute("create sequence service_change_seq")
    op.create_table(
        "service_listing",
        sa.Column("id", sa.UUID(), nullable=False),
        *map(_text, _TEXTS),
        *(sa.Column(name, sa.UUID(), nullable=True) for name in _IDS),
        *(sa.Column(name, sa.Integer(), nullable=True) for name in _NUMBERS),
        sa.Column("expected_on", sa.Date(), nullable=True),
        sa.Column("location_protected", sa.Boolean(), nullable=False),
        sa.Column("last_modified", sa.DateTime(timezone=True), nullable=False),
        sa.Column("geom", geoalchemy2.Geometry("POINT", srid=4326, spatial_index=False), nullable=True),
        sa.Column("way", PlanePoint(), nullable=True),
        sa.Column("position_radius_m", sa.Float(), nullable=True),
        sa.Column("groups", postgresql.ARRAY(sa.String()), server_default="{}", nullable=False),
        sa.Column("terms", postgresql.ARRAY(sa.UUID()), server_default="{}", nullable=False),
        sa.Column("languages", postgresql.ARRAY(sa.String()), nullable=True),
        sa.Column("free", sa.Boolean(), nullable=True),
        sa.Column("step_free", sa.Boolean(), nullable=True),
        sa.Column("area_ids", postgresql.ARRAY(sa.UUID()), nullable=True),
        sa.Column("search", postgresql.TSVECTOR(), server_default="", nullable=False),
        sa.Column("digest", sa.String(), server_default="", nullable=False),
        sa.Column("seq", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_listing")),
    )
    op.create_table(
        "service_change",
        sa.Column("service_id", sa.UUID(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("merged_into", sa.UUID(), nullable=True),
        sa.PrimaryKeyConstraint("service_id", name=op.f("pk_service_change")),
        sa.UniqueConstraint("seq", name=op.f("uq_service_change_seq")),
    )
    for columns in _INDEXES:
        labels = "_".join(f"service_listing_{column}" for column in columns)
        op.create_index(op.f(f"ix_{labels}"), "service_listing", columns)
    op.create_index("idx_service_listing_geom", "service_listing", ["geom"], postgresql_using="gist")
    op.create_index(op.f("ix_service_listing_search"), "service_listing", ["search"], postgresql_using="gin")
    op.create_index(
        op.f("ix_service_listing_document"),
        "service_listing",
        ["document"],
        postgresql_using="gin",
        postgresql_ops={"document": "gin_trgm_ops"},
    )
    op.create_index(op.f("ix_service_listing_way"), "service_listing", ["way"], postgresql_using="gist")
    op.create_index(
        op.f("ix_service_listing_service_type_code_service_listing_way"),
        "service_listing",
        ["service_type_code", "way"],
        postgresql_using="gist",
    )


def downgrade() -> None:
    op.drop_table("service_change")
    op.drop_table("service_listing")
    op.execute("drop sequence service_change_seq")
