"""Keep what files bring, and what happened

Revision: 0005, after 0004.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "received_file",
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_received_file")),
        schema="restricted",
    )
    op.create_table(
        "address_point",
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("municipality", sa.String(), nullable=False),
        sa.Column("street", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("longitude", sa.Double(), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["source_id"], ["source.id"], name=op.f("fk_address_point_source_id_source"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint(
            "source_id", "municipality", "street", "number", "longitude", "latitude", name=op.f("pk_address_point")
        ),
    )
    op.create_table(
        "travel_time",
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("origin_id", sa.UUID(), nullable=False),
        sa.Column("destination_id", sa.UUID(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("minutes", sa.Double(), nullable=False),
        sa.Column("km", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(
            ["destination_id"], ["area.id"], name=op.f("fk_travel_time_destination_id_area"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["origin_id"], ["area.id"], name=op.f("fk_travel_time_origin_id_area"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["source.id"], name=op.f("fk_travel_time_source_id_source"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("source_id", "origin_id", "destination_id", "mode", name=op.f("pk_travel_time")),
    )
    op.create_table(
        "organization_claim",
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("source_record_id", sa.UUID(), nullable=True),
        sa.Column("told", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_organization_claim_organization_id_organization"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["source.id"], name=op.f("fk_organization_claim_source_id_source"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["source_record_id"],
            ["source_record.id"],
            name=op.f("fk_organization_claim_source_record_id_source_record"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organization_id", "source_id", name=op.f("pk_organization_claim")),
    )
    op.create_index(op.f("ix_organization_claim_source_id"), "organization_claim", ["source_id"], unique=False)
    op.create_table(
        "organization_identifier",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("identifier_scheme", sa.String(), nullable=True),
        sa.Column("identifier_type", sa.String(), nullable=False),
        sa.Column("identifier", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_organization_identifier_organization_id_organization"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organization_identifier")),
    )
    op.create_index(
        op.f("ix_organization_identifier_identifier"), "organization_identifier", ["identifier"], unique=False
    )
    op.create_index(
        op.f("ix_organization_identifier_organization_id"), "organization_identifier", ["organization_id"], unique=False
    )
    op.add_column("address", sa.Column("address_2", sa.String(), nullable=True))
    op.drop_constraint(op.f("pk_indicator"), "indicator", type_="primary")
    op.create_primary_key(op.f("pk_indicator"), "indicator", ["area_id", "year", "name", "source_id"])
    op.create_index(op.f("ix_indicator_source_id"), "indicator", ["source_id"], unique=False)
    op.create_index(op.f("ix_location_organization_id"), "location", ["organization_id"], unique=False)
    op.add_column("metadata", sa.Column("run_id", sa.UUID(), nullable=True))
    op.add_column("metadata", sa.Column("event", sa.String(), nullable=True))
    op.create_index(op.f("ix_metadata_run_id"), "metadata", ["run_id"], unique=False)
    op.create_foreign_key(
        op.f("fk_metadata_run_id_source_run"), "metadata", "source_run", ["run_id"], ["id"], ondelete="CASCADE"
    )
    op.add_column("organization", sa.Column("municipality_id", sa.UUID(), nullable=True))
    op.add_column("organization", sa.Column("closed_on", sa.Date(), nullable=True))
    op.create_index(op.f("ix_organization_municipality_id"), "organization", ["municipality_id"], unique=False)
    op.create_foreign_key(
        op.f("fk_organization_municipality_id_area"), "organization", "area", ["municipality_id"], ["id"]
    )
    op.create_index(op.f("ix_phone_organization_id"), "phone", ["organization_id"], unique=False)
    # What is there comes from the reference tables: no other way to load residents existed.
    op.add_column("population", sa.Column("source_id", sa.String(), server_default="istat-confini", nullable=False))
    op.alter_column("population", "source_id", server_default=None)
    op.create_index(op.f("ix_population_source_id"), "population", ["source_id"], unique=False)
    op.create_foreign_key(op.f("fk_population_source_id_source"), "population", "source", ["source_id"], ["id"])
    op.add_column("service", sa.Column("opening_hours", sa.String(), nullable=True))
    op.add_column("service", sa.Column("valid_from", sa.Date(), nullable=True))
    op.add_column("service", sa.Column("valid_to", sa.Date(), nullable=True))
    op.add_column("source", sa.Column("kind", sa.String(), nullable=True))
    op.add_column(
        "source", sa.Column("download", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False)
    )
    op.add_column("source", sa.Column("refresh_days", sa.Integer(), nullable=True))
    op.add_column("source", sa.Column("territory", sa.String(), nullable=True))
    op.add_column("source", sa.Column("positions", sa.String(), nullable=True))
    op.add_column("source", sa.Column("service_types", sa.ARRAY(sa.String()), server_default="{}", nullable=False))
    op.add_column("source_run", sa.Column("edition", sa.String(), nullable=True))
    op.add_column("source_run", sa.Column("state", sa.String(), server_default="caricato", nullable=False))
    op.add_column(
        "source_run", sa.Column("files", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False)
    )
    op.add_column("source_run", sa.Column("undoes", sa.UUID(), nullable=True))
    op.create_foreign_key(op.f("fk_source_run_undoes_source_run"), "source_run", "source_run", ["undoes"], ["id"])
    op.create_check_constraint(
        op.f("ck_source_run_state"), "source_run", "state in ('caricato', 'ripristinato', 'ritirato')"
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_source_run_state"), "source_run", type_="check")
    op.drop_constraint(op.f("fk_source_run_undoes_source_run"), "source_run", type_="foreignkey")
    op.drop_column("source_run", "undoes")
    op.drop_column("source_run", "files")
    op.drop_column("source_run", "state")
    op.drop_column("source_run", "edition")
    op.drop_column("source", "service_types")
    op.drop_column("source", "positions")
    op.drop_column("source", "territory")
    op.drop_column("source", "refresh_days")
    op.drop_column("source", "download")
    op.drop_column("source", "kind")
    op.drop_column("service", "valid_to")
    op.drop_column("service", "valid_from")
    op.drop_column("service", "opening_hours")
    op.drop_constraint(op.f("fk_population_source_id_source"), "population", type_="foreignkey")
    op.drop_index(op.f("ix_population_source_id"), table_name="population")
    op.drop_column("population", "source_id")
    op.drop_index(op.f("ix_phone_organization_id"), table_name="phone")
    op.drop_constraint(op.f("fk_organization_municipality_id_area"), "organization", type_="foreignkey")
    op.drop_index(op.f("ix_organization_municipality_id"), table_name="organization")
    op.drop_column("organization", "closed_on")
    op.drop_column("organization", "municipality_id")
    op.drop_constraint(op.f("fk_metadata_run_id_source_run"), "metadata", type_="foreignkey")
    op.drop_index(op.f("ix_metadata_run_id"), table_name="metadata")
    op.drop_column("metadata", "event")
    op.drop_column("metadata", "run_id")
    op.drop_index(op.f("ix_location_organization_id"), table_name="location")
    op.drop_index(op.f("ix_indicator_source_id"), table_name="indicator")
    op.drop_constraint(op.f("pk_indicator"), "indicator", type_="primary")
    op.create_primary_key(op.f("pk_indicator"), "indicator", ["area_id", "year", "name"])
    op.drop_column("address", "address_2")
    op.drop_index(op.f("ix_organization_identifier_organization_id"), table_name="organization_identifier")
    op.drop_index(op.f("ix_organization_identifier_identifier"), table_name="organization_identifier")
    op.drop_table("organization_identifier")
    op.drop_index(op.f("ix_organization_claim_source_id"), table_name="organization_claim")
    op.drop_table("organization_claim")
    op.drop_table("travel_time")
    op.drop_table("address_point")
    op.drop_table("received_file", schema="restricted")
