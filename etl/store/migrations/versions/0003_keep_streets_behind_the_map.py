# GeoAlchemy2 adds its operations to alembic.op when the program runs; no stub knows them.
# mypy: disable-error-code="attr-defined"
"""Keep streets behind the map

Revision: 0003, after 0002.
"""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_geospatial_table(
        "street",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("osm_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column(
            "geom",
            Geometry(
                geometry_type="LINESTRING",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
                nullable=False,
            ),
            nullable=False,
        ),
        sa.CheckConstraint(
            "kind in ('motorway', 'trunk', 'primary', 'secondary', 'tertiary', 'residential')",
            name=op.f("ck_street_kind"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_street")),
    )
    op.create_geospatial_index(
        "idx_street_geom", "street", ["geom"], unique=False, postgresql_using="gist", postgresql_ops={}
    )
    op.create_index(op.f("ix_street_kind"), "street", ["kind"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_street_kind"), table_name="street")
    op.drop_geospatial_index("idx_street_geom", table_name="street", postgresql_using="gist", column_name="geom")
    op.drop_geospatial_table("street")
