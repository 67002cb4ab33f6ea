# GeoAlchemy2 adds its operations to alembic.op when the program runs; no stub knows them.
# mypy: disable-error-code="attr-defined"
"""Create the tables of the data model

Revision: 0001, after .
"""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("create extension if not exists postgis")
    op.execute("create schema if not exists restricted")
    op.create_table(
        "coverage_run",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("input_hash", sa.String(), nullable=False),
        sa.Column("engine", sa.String(), nullable=False),
        sa.Column("code_version", sa.String(), nullable=False),
        sa.Column("parameters", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("current", sa.Boolean(), server_default="false", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coverage_run")),
        sa.UniqueConstraint("input_hash", name=op.f("uq_coverage_run_input_hash")),
    )
    op.create_index(
        "uq_coverage_run_current", "coverage_run", ["current"], unique=True, postgresql_where=sa.text("current")
    )
    op.create_table(
        "data_version",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_version")),
    )
    op.create_table(
        "metadata",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("resource_id", sa.Uuid(), nullable=False),
        sa.Column("resource_type", sa.String(), nullable=False),
        sa.Column("last_action_date", sa.Date(), nullable=False),
        sa.Column("last_action_type", sa.String(), nullable=False),
        sa.Column("field_name", sa.String(), nullable=False),
        sa.Column("previous_value", sa.String(), nullable=False),
        sa.Column("replacement_value", sa.String(), nullable=False),
        sa.Column("updated_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_metadata")),
    )
    op.create_index(op.f("ix_metadata_resource_id"), "metadata", ["resource_id"], unique=False)
    op.create_table(
        "organization",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("alternate_name", sa.String(), nullable=True),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("website", sa.String(), nullable=True),
        sa.Column("tax_id", sa.String(), nullable=True),
        sa.Column("legal_status", sa.String(), nullable=True),
        sa.Column("parent_organization_id", sa.UUID(), nullable=True),
        sa.ForeignKeyConstraint(
            ["parent_organization_id"],
            ["organization.id"],
            name=op.f("fk_organization_parent_organization_id_organization"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organization")),
    )
    op.create_index(op.f("ix_organization_name"), "organization", ["name"], unique=False)
    op.create_index(op.f("ix_organization_tax_id"), "organization", ["tax_id"], unique=False)
    op.create_table(
        "source",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("publisher", sa.String(), nullable=False),
        sa.Column("licence", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("reference_date", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source")),
    )
    op.create_table(
        "standard",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("service_types", sa.ARRAY(sa.String()), nullable=False),
        sa.Column("title_it", sa.String(), nullable=False),
        sa.Column("indicator_it", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("comparator", sa.String(), nullable=False),
        sa.Column("minimum", sa.Double(), nullable=True),
        sa.Column("objective", sa.Double(), nullable=True),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("per", sa.Double(), nullable=False),
        sa.Column("capacity_unit", sa.String(), nullable=True),
        sa.Column("supply_bound", sa.String(), nullable=True),
        sa.Column("base_kind", sa.String(), nullable=False),
        sa.Column("base_age_min", sa.Integer(), nullable=True),
        sa.Column("base_age_max", sa.Integer(), nullable=True),
        sa.Column("base_sex", sa.String(), nullable=True),
        sa.Column("base_note", sa.String(), nullable=True),
        sa.Column("geography", sa.String(), nullable=False),
        sa.Column("area_condition", sa.String(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("article", sa.String(), nullable=True),
        sa.Column("verification", sa.String(), nullable=False),
        sa.Column("read_at", sa.String(), nullable=True),
        sa.Column("law", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standard")),
    )
    op.create_table(
        "taxonomy",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("uri", sa.String(), nullable=True),
        sa.Column("version", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_taxonomy")),
        sa.UniqueConstraint("name", name=op.f("uq_taxonomy_name")),
    )
    op.create_geospatial_table(
        "area",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("parent_id", sa.UUID(), nullable=True),
        sa.Column(
            "geom",
            Geometry(srid=4326, dimension=2, spatial_index=False, from_text="ST_GeomFromEWKT", name="geometry"),
            nullable=True,
        ),
        sa.Column(
            "label_point",
            Geometry(
                geometry_type="POINT",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
            ),
            nullable=True,
        ),
        sa.Column("area_km2", sa.Double(), nullable=True),
        sa.Column("cadastral_code", sa.String(), nullable=True),
        sa.Column("altimetric_zone", sa.String(), nullable=True),
        sa.Column("altitude_m", sa.Integer(), nullable=True),
        sa.Column("degurba", sa.String(), nullable=True),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("reference_date", sa.Date(), nullable=True),
        sa.Column("attributes", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.ForeignKeyConstraint(["parent_id"], ["area.id"], name=op.f("fk_area_parent_id_area")),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_area_source_id_source")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_area")),
        sa.UniqueConstraint("level", "code", name=op.f("uq_area_level_code")),
    )
    op.create_geospatial_index(
        "idx_area_geom", "area", ["geom"], unique=False, postgresql_using="gist", postgresql_ops={}
    )
    op.create_geospatial_index(
        "idx_area_label_point", "area", ["label_point"], unique=False, postgresql_using="gist", postgresql_ops={}
    )
    op.create_index(op.f("ix_area_parent_id"), "area", ["parent_id"], unique=False)
    op.create_table(
        "source_run",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.Column("code_version", sa.String(), nullable=False),
        sa.Column("counts", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.ForeignKeyConstraint(
            ["source_id"], ["source.id"], name=op.f("fk_source_run_source_id_source"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_run")),
    )
    op.create_index(op.f("ix_source_run_source_id"), "source_run", ["source_id"], unique=False)
    op.create_table(
        "taxonomy_term",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("taxonomy_id", sa.UUID(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("parent_id", sa.UUID(), nullable=True),
        sa.Column("language", sa.String(), server_default="it", nullable=False),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["taxonomy_term.id"], name=op.f("fk_taxonomy_term_parent_id_taxonomy_term")
        ),
        sa.ForeignKeyConstraint(
            ["taxonomy_id"], ["taxonomy.id"], name=op.f("fk_taxonomy_term_taxonomy_id_taxonomy"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_taxonomy_term")),
        sa.UniqueConstraint("taxonomy_id", "code", name=op.f("uq_taxonomy_term_taxonomy_id_code")),
    )
    op.create_table(
        "area_within",
        sa.Column("area_id", sa.UUID(), nullable=False),
        sa.Column("ancestor_id", sa.UUID(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ancestor_id"], ["area.id"], name=op.f("fk_area_within_ancestor_id_area"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_area_within_area_id_area"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("area_id", "ancestor_id", name=op.f("pk_area_within")),
    )
    op.create_index(op.f("ix_area_within_ancestor_id"), "area_within", ["ancestor_id"], unique=False)
    op.create_table(
        "attribute",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("link_id", sa.Uuid(), nullable=False),
        sa.Column("link_entity", sa.String(), nullable=False),
        sa.Column("taxonomy_term_id", sa.UUID(), nullable=False),
        sa.Column("value", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["taxonomy_term_id"], ["taxonomy_term.id"], name=op.f("fk_attribute_taxonomy_term_id_taxonomy_term")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attribute")),
        sa.UniqueConstraint(
            "link_entity", "link_id", "taxonomy_term_id", name=op.f("uq_attribute_link_entity_link_id_taxonomy_term_id")
        ),
    )
    op.create_index(op.f("ix_attribute_link_id"), "attribute", ["link_id"], unique=False)
    op.create_table(
        "compliance_result",
        sa.Column("run_id", sa.UUID(), nullable=False),
        sa.Column("rule_id", sa.String(), nullable=False),
        sa.Column("unit_code", sa.String(), nullable=False),
        sa.Column("area_id", sa.UUID(), nullable=True),
        sa.Column("unit_name", sa.String(), nullable=False),
        sa.Column("base", sa.Double(), nullable=True),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("capacity_confirmed", sa.Double(), nullable=True),
        sa.Column("capacity_all", sa.Double(), nullable=True),
        sa.Column("value_confirmed", sa.Double(), nullable=True),
        sa.Column("value_all", sa.Double(), nullable=True),
        sa.Column("outcome_confirmed", sa.String(), nullable=False),
        sa.Column("outcome_all", sa.String(), nullable=False),
        sa.Column("shortfall_confirmed", sa.Double(), nullable=True),
        sa.Column("shortfall_all", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(
            ["area_id"], ["area.id"], name=op.f("fk_compliance_result_area_id_area"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["rule_id"], ["standard.id"], name=op.f("fk_compliance_result_rule_id_standard")),
        sa.ForeignKeyConstraint(
            ["run_id"], ["coverage_run.id"], name=op.f("fk_compliance_result_run_id_coverage_run"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("run_id", "rule_id", "unit_code", name=op.f("pk_compliance_result")),
    )
    op.create_table(
        "demand_point",
        sa.Column("area_id", sa.UUID(), nullable=False),
        sa.Column("municipality_id", sa.UUID(), nullable=False),
        sa.Column("weight", sa.Double(), nullable=False),
        sa.Column("demand_precision", sa.String(), nullable=False),
        sa.CheckConstraint(
            "demand_precision in ('quarter', 'settlement', 'municipality_centre', 'census_section')",
            name=op.f("ck_demand_point_demand_precision"),
        ),
        sa.CheckConstraint("weight >= 0", name=op.f("ck_demand_point_weight")),
        sa.ForeignKeyConstraint(
            ["area_id"], ["area.id"], name=op.f("fk_demand_point_area_id_area"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["area.id"], name=op.f("fk_demand_point_municipality_id_area"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("area_id", name=op.f("pk_demand_point")),
    )
    op.create_index(op.f("ix_demand_point_municipality_id"), "demand_point", ["municipality_id"], unique=False)
    op.create_table(
        "indicator",
        sa.Column("area_id", sa.UUID(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_indicator_area_id_area"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_indicator_source_id_source")),
        sa.PrimaryKeyConstraint("area_id", "year", "name", name=op.f("pk_indicator")),
    )
    op.create_table(
        "issue",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("run_id", sa.UUID(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("record_key", sa.String(), nullable=False),
        sa.Column("field", sa.String(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("severity", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=True),
        sa.Column("mended", sa.String(), nullable=True),
        sa.Column("message", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"], ["source_run.id"], name=op.f("fk_issue_run_id_source_run"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["source.id"], name=op.f("fk_issue_source_id_source"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issue")),
    )
    op.create_index(op.f("ix_issue_run_id"), "issue", ["run_id"], unique=False)
    op.create_index(op.f("ix_issue_source_id_issue_kind"), "issue", ["source_id", "kind"], unique=False)
    op.create_geospatial_table(
        "location",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("location_type", sa.String(), server_default="physical", nullable=False),
        sa.Column("organization_id", sa.UUID(), nullable=True),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("description", sa.String(), nullable=True),
        sa.Column(
            "geom",
            Geometry(
                geometry_type="POINT",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
            ),
            nullable=True,
        ),
        sa.Column("precision", sa.String(), nullable=False),
        sa.Column("position_radius_m", sa.Double(), nullable=False),
        sa.Column("coord_source", sa.String(), nullable=True),
        sa.Column("location_protected", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("municipality_id", sa.UUID(), nullable=True),
        sa.CheckConstraint(
            "location_type in ('physical', 'postal', 'virtual')", name=op.f("ck_location_location_type")
        ),
        sa.CheckConstraint("precision in ('address', 'street', 'municipality')", name=op.f("ck_location_precision")),
        sa.CheckConstraint(
            "not (location_protected and geom is not null)", name=op.f("ck_location_protected_has_no_point")
        ),
        sa.ForeignKeyConstraint(["municipality_id"], ["area.id"], name=op.f("fk_location_municipality_id_area")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_location_organization_id_organization")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_location")),
        sa.UniqueConstraint("id", "location_protected", name=op.f("uq_location_id_location_protected")),
    )
    op.create_geospatial_index(
        "idx_location_geom", "location", ["geom"], unique=False, postgresql_using="gist", postgresql_ops={}
    )
    op.create_index(op.f("ix_location_municipality_id"), "location", ["municipality_id"], unique=False)
    op.create_table(
        "population",
        sa.Column("area_id", sa.UUID(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("sex", sa.String(), nullable=False),
        sa.Column("age", sa.Integer(), nullable=False),
        sa.Column("persons", sa.Integer(), nullable=False),
        sa.CheckConstraint("sex in ('F', 'M')", name=op.f("ck_population_sex")),
        sa.CheckConstraint("age between 0 and 100", name=op.f("ck_population_age")),
        sa.CheckConstraint("persons >= 0", name=op.f("ck_population_persons")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_population_area_id_area"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("area_id", "year", "sex", "age", name=op.f("pk_population")),
    )
    op.create_table(
        "service_type",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("term_id", sa.UUID(), nullable=False),
        sa.Column("macro_area", sa.String(), nullable=False),
        sa.Column("name_it", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("synonyms_it", sa.ARRAY(sa.String()), nullable=False),
        sa.Column("synonyms_en", sa.ARRAY(sa.String()), nullable=False),
        sa.Column("description_it", sa.String(), nullable=False),
        sa.Column("users", sa.ARRAY(sa.String()), nullable=False),
        sa.Column("age_min", sa.Integer(), nullable=True),
        sa.Column("age_max", sa.Integer(), nullable=True),
        sa.Column("sex", sa.String(), nullable=True),
        sa.Column("capacity_unit", sa.String(), nullable=False),
        sa.Column("delivery", sa.String(), nullable=False),
        sa.Column("residence_bound", sa.Boolean(), nullable=False),
        sa.Column("protected", sa.Boolean(), nullable=False),
        sa.Column("proximity", sa.String(), nullable=False),
        sa.Column("travel_mode", sa.String(), nullable=False),
        sa.Column("social", sa.Boolean(), nullable=False),
        sa.Column("crosswalk", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.ForeignKeyConstraint(["term_id"], ["taxonomy_term.id"], name=op.f("fk_service_type_term_id_taxonomy_term")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_service_type")),
    )
    op.create_table(
        "source_record",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("raw", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("first_seen", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("last_run_id", sa.UUID(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["last_run_id"], ["source_run.id"], name=op.f("fk_source_record_last_run_id_source_run")
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["source.id"], name=op.f("fk_source_record_source_id_source"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_record")),
        sa.UniqueConstraint("source_id", "key", name=op.f("uq_source_record_source_id_key")),
    )
    op.create_table(
        "accessibility",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("location_id", sa.UUID(), nullable=False),
        sa.Column("description", sa.String(), nullable=True),
        sa.Column("details", sa.String(), nullable=True),
        sa.Column("url", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.id"], name=op.f("fk_accessibility_location_id_location"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accessibility")),
    )
    op.create_index(op.f("ix_accessibility_location_id"), "accessibility", ["location_id"], unique=False)
    op.create_table(
        "address",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("location_protected", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("address_1", sa.String(), nullable=False),
        sa.Column("city", sa.String(), nullable=False),
        sa.Column("region", sa.String(), nullable=True),
        sa.Column("state_province", sa.String(), nullable=False),
        sa.Column("postal_code", sa.String(), nullable=True),
        sa.Column("country", sa.String(), server_default="IT", nullable=False),
        sa.Column("address_type", sa.String(), server_default="physical", nullable=False),
        sa.CheckConstraint("not location_protected", name=op.f("ck_address_never_protected")),
        sa.ForeignKeyConstraint(
            ["location_id", "location_protected"],
            ["location.id", "location.location_protected"],
            name=op.f("fk_address_location_id_location_protected_location"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_address")),
    )
    op.create_index(op.f("ix_address_location_id"), "address", ["location_id"], unique=False)
    op.create_table(
        "coverage_result",
        sa.Column("run_id", sa.UUID(), nullable=False),
        sa.Column("area_id", sa.UUID(), nullable=False),
        sa.Column("service_type_code", sa.String(), nullable=False),
        sa.Column("rule_id", sa.String(), nullable=False),
        sa.Column("threshold", sa.Double(), nullable=False),
        sa.Column("persons", sa.Double(), nullable=False),
        sa.Column("assessed", sa.Double(), nullable=False),
        sa.Column("unknown", sa.Double(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("fragile", sa.Boolean(), nullable=False),
        sa.Column("bordo", sa.Boolean(), nullable=False),
        sa.Column("stimata", sa.Boolean(), nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("nearest_confirmed", sa.Double(), nullable=True),
        sa.Column("nearest_confirmed_low", sa.Double(), nullable=True),
        sa.Column("nearest_confirmed_high", sa.Double(), nullable=True),
        sa.Column("nearest_all", sa.Double(), nullable=True),
        sa.Column("services_confirmed", sa.Integer(), nullable=False),
        sa.Column("services_all", sa.Integer(), nullable=False),
        sa.Column("providers_confirmed", sa.Integer(), nullable=False),
        sa.Column("access_confirmed", sa.Double(), nullable=True),
        sa.Column("access_all", sa.Double(), nullable=True),
        sa.Column("shadow_confirmed", sa.Double(), nullable=True),
        sa.Column("shadow_confirmed_minus", sa.Double(), nullable=True),
        sa.Column("shadow_confirmed_plus", sa.Double(), nullable=True),
        sa.Column("shadow_all", sa.Double(), nullable=True),
        sa.Column("shadow_all_minus", sa.Double(), nullable=True),
        sa.Column("shadow_all_plus", sa.Double(), nullable=True),
        sa.Column("nearest", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
        sa.ForeignKeyConstraint(
            ["area_id"], ["area.id"], name=op.f("fk_coverage_result_area_id_area"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["rule_id"], ["standard.id"], name=op.f("fk_coverage_result_rule_id_standard")),
        sa.ForeignKeyConstraint(
            ["run_id"], ["coverage_run.id"], name=op.f("fk_coverage_result_run_id_coverage_run"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["service_type_code"], ["service_type.code"], name=op.f("fk_coverage_result_service_type_code_service_type")
        ),
        sa.PrimaryKeyConstraint("run_id", "area_id", "service_type_code", name=op.f("pk_coverage_result")),
    )
    op.create_index(
        op.f("ix_coverage_result_run_id_coverage_result_service_type_code"),
        "coverage_result",
        ["run_id", "service_type_code"],
        unique=False,
    )
    op.create_table(
        "field_origin",
        sa.Column("entity", sa.String(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("source_record_id", sa.UUID(), nullable=False),
        sa.Column("evidence", sa.String(), nullable=True),
        sa.Column("evidence_year", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["source_record_id"],
            ["source_record.id"],
            name=op.f("fk_field_origin_source_record_id_source_record"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("entity", "entity_id", "field", name=op.f("pk_field_origin")),
    )
    op.create_index(op.f("ix_field_origin_source_record_id"), "field_origin", ["source_record_id"], unique=False)
    op.create_table(
        "overlap_result",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("run_id", sa.UUID(), nullable=False),
        sa.Column("service_type_code", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("service_ids", sa.ARRAY(sa.UUID()), nullable=False),
        sa.Column("persons", sa.Double(), nullable=False),
        sa.Column("jaccard", sa.Double(), nullable=False),
        sa.Column("planned", sa.Boolean(), nullable=False),
        sa.Column("uncertain", sa.Boolean(), nullable=False),
        sa.Column("hours_unknown", sa.Boolean(), nullable=False),
        sa.Column("exact", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"], ["coverage_run.id"], name=op.f("fk_overlap_result_run_id_coverage_run"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["service_type_code"], ["service_type.code"], name=op.f("fk_overlap_result_service_type_code_service_type")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_overlap_result")),
    )
    op.create_index(
        op.f("ix_overlap_result_run_id_overlap_result_service_type_code"),
        "overlap_result",
        ["run_id", "service_type_code"],
        unique=False,
    )
    op.create_geospatial_table(
        "position",
        sa.Column("location_id", sa.UUID(), nullable=False),
        sa.Column(
            "geom",
            Geometry(
                geometry_type="POINT",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
            ),
            nullable=True,
        ),
        sa.Column("address_1", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.id"], name=op.f("fk_position_location_id_location"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("location_id", name=op.f("pk_position")),
        schema="restricted",
    )
    op.create_geospatial_index(
        "idx_position_geom",
        "position",
        ["geom"],
        unique=False,
        schema="restricted",
        postgresql_using="gist",
        postgresql_ops={},
    )
    op.create_table(
        "service",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("organization_id", sa.UUID(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("alternate_name", sa.String(), nullable=True),
        sa.Column("description", sa.String(), nullable=True),
        sa.Column("url", sa.String(), nullable=True),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("alert", sa.String(), nullable=True),
        sa.Column("eligibility_description", sa.String(), nullable=True),
        sa.Column("minimum_age", sa.Integer(), nullable=True),
        sa.Column("maximum_age", sa.Integer(), nullable=True),
        sa.Column("assured_date", sa.Date(), nullable=True),
        sa.Column("last_modified", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("service_type_code", sa.String(), nullable=False),
        sa.Column("delivery", sa.String(), server_default="sede", nullable=False),
        sa.Column("supply_status", sa.String(), nullable=False),
        sa.Column("expected_on", sa.Date(), nullable=True),
        sa.Column("evidence", sa.String(), nullable=True),
        sa.Column("evidence_year", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "delivery in ('sede', 'domicilio', 'itinerante', 'remoto')", name=op.f("ck_service_delivery")
        ),
        sa.CheckConstraint(
            "status in ('active', 'inactive', 'defunct', 'temporarily closed')", name=op.f("ck_service_status")
        ),
        sa.CheckConstraint(
            "supply_status in ('attivo', 'da_verificare', 'atteso', 'programmato', 'chiuso')",
            name=op.f("ck_service_supply_status"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_service_organization_id_organization")
        ),
        sa.ForeignKeyConstraint(
            ["service_type_code"], ["service_type.code"], name=op.f("fk_service_service_type_code_service_type")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service")),
    )
    op.create_index(op.f("ix_service_organization_id"), "service", ["organization_id"], unique=False)
    op.create_index(op.f("ix_service_service_type_code"), "service", ["service_type_code"], unique=False)
    op.create_table(
        "source_coverage",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("service_type_code", sa.String(), nullable=False),
        sa.Column("area_id", sa.UUID(), nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("listed", sa.Integer(), nullable=True),
        sa.Column("official_total", sa.Integer(), nullable=True),
        sa.Column("official_year", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["area_id"], ["area.id"], name=op.f("fk_source_coverage_area_id_area"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["service_type_code"], ["service_type.code"], name=op.f("fk_source_coverage_service_type_code_service_type")
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["source.id"], name=op.f("fk_source_coverage_source_id_source"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_coverage")),
        sa.UniqueConstraint(
            "source_id",
            "service_type_code",
            "area_id",
            name=op.f("uq_source_coverage_source_id_service_type_code_area_id"),
        ),
    )
    op.create_table(
        "contact",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("organization_id", sa.UUID(), nullable=True),
        sa.Column("service_id", sa.UUID(), nullable=True),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("title", sa.String(), nullable=True),
        sa.Column("department", sa.String(), nullable=True),
        sa.Column("email", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_contact_organization_id_organization"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_contact_service_id_service"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
    )
    op.create_index(op.f("ix_contact_service_id"), "contact", ["service_id"], unique=False)
    op.create_table(
        "cost_option",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("service_id", sa.UUID(), nullable=False),
        sa.Column("option", sa.String(), nullable=True),
        sa.Column("currency", sa.String(), nullable=True),
        sa.Column("amount", sa.Double(), nullable=True),
        sa.Column("amount_description", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_cost_option_service_id_service"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cost_option")),
    )
    op.create_index(op.f("ix_cost_option_service_id"), "cost_option", ["service_id"], unique=False)
    op.create_table(
        "language",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("service_id", sa.UUID(), nullable=True),
        sa.Column("location_id", sa.UUID(), nullable=True),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.id"], name=op.f("fk_language_location_id_location"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_language_service_id_service"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_language")),
    )
    op.create_index(op.f("ix_language_service_id"), "language", ["service_id"], unique=False)
    op.create_table(
        "required_document",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("service_id", sa.UUID(), nullable=False),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("uri", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_required_document_service_id_service"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_required_document")),
    )
    op.create_index(op.f("ix_required_document_service_id"), "required_document", ["service_id"], unique=False)
    op.create_table(
        "schedule",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("service_id", sa.UUID(), nullable=True),
        sa.Column("location_id", sa.UUID(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("freq", sa.String(), nullable=True),
        sa.Column("byday", sa.String(), nullable=True),
        sa.Column("opens_at", sa.Time(), nullable=True),
        sa.Column("closes_at", sa.Time(), nullable=True),
        sa.Column("description", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.id"], name=op.f("fk_schedule_location_id_location"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_schedule_service_id_service"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedule")),
    )
    op.create_index(op.f("ix_schedule_service_id"), "schedule", ["service_id"], unique=False)
    op.create_table(
        "service_at_location",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("service_id", sa.UUID(), nullable=False),
        sa.Column("location_id", sa.UUID(), nullable=False),
        sa.Column("description", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["location_id"],
            ["location.id"],
            name=op.f("fk_service_at_location_location_id_location"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_service_at_location_service_id_service"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_at_location")),
        sa.UniqueConstraint("service_id", "location_id", name=op.f("uq_service_at_location_service_id_location_id")),
    )
    op.create_index(op.f("ix_service_at_location_location_id"), "service_at_location", ["location_id"], unique=False)
    op.create_table(
        "service_capacity",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("service_id", sa.UUID(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("available", sa.Double(), nullable=True),
        sa.Column("maximum", sa.Double(), nullable=True),
        sa.Column("description", sa.String(), nullable=True),
        sa.Column("updated", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_service_capacity_service_id_service"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_capacity")),
    )
    op.create_index(op.f("ix_service_capacity_service_id"), "service_capacity", ["service_id"], unique=False)
    op.create_table(
        "service_reach",
        sa.Column("run_id", sa.UUID(), nullable=False),
        sa.Column("service_id", sa.UUID(), nullable=False),
        sa.Column("persons", sa.Double(), nullable=False),
        sa.Column("marginal", sa.Double(), nullable=False),
        sa.Column("marginal_all", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"], ["coverage_run.id"], name=op.f("fk_service_reach_run_id_coverage_run"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_service_reach_service_id_service"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("run_id", "service_id", name=op.f("pk_service_reach")),
    )
    op.create_table(
        "phone",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("service_id", sa.UUID(), nullable=True),
        sa.Column("organization_id", sa.UUID(), nullable=True),
        sa.Column("location_id", sa.UUID(), nullable=True),
        sa.Column("contact_id", sa.UUID(), nullable=True),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=True),
        sa.Column("description", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contact.id"], name=op.f("fk_phone_contact_id_contact"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.id"], name=op.f("fk_phone_location_id_location"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_phone_organization_id_organization"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_phone_service_id_service"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phone")),
    )
    op.create_index(op.f("ix_phone_service_id"), "phone", ["service_id"], unique=False)
    op.create_table(
        "service_area",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("service_id", sa.UUID(), nullable=False),
        sa.Column("service_at_location_id", sa.UUID(), nullable=True),
        sa.Column("area_id", sa.UUID(), nullable=True),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("description", sa.String(), nullable=True),
        sa.Column("extent", sa.String(), nullable=True),
        sa.Column("extent_type", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_service_area_area_id_area")),
        sa.ForeignKeyConstraint(
            ["service_at_location_id"],
            ["service_at_location.id"],
            name=op.f("fk_service_area_service_at_location_id_service_at_location"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_service_area_service_id_service"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_area")),
    )
    op.create_index(op.f("ix_service_area_service_id"), "service_area", ["service_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_service_area_service_id"), table_name="service_area")
    op.drop_table("service_area")
    op.drop_index(op.f("ix_phone_service_id"), table_name="phone")
    op.drop_table("phone")
    op.drop_table("service_reach")
    op.drop_index(op.f("ix_service_capacity_service_id"), table_name="service_capacity")
    op.drop_table("service_capacity")
    op.drop_index(op.f("ix_service_at_location_location_id"), table_name="service_at_location")
    op.drop_table("service_at_location")
    op.drop_index(op.f("ix_schedule_service_id"), table_name="schedule")
    op.drop_table("schedule")
    op.drop_index(op.f("ix_required_document_service_id"), table_name="required_document")
    op.drop_table("required_document")
    op.drop_index(op.f("ix_language_service_id"), table_name="language")
    op.drop_table("language")
    op.drop_index(op.f("ix_cost_option_service_id"), table_name="cost_option")
    op.drop_table("cost_option")
    op.drop_index(op.f("ix_contact_service_id"), table_name="contact")
    op.drop_table("contact")
    op.drop_table("source_coverage")
    op.drop_index(op.f("ix_service_service_type_code"), table_name="service")
    op.drop_index(op.f("ix_service_organization_id"), table_name="service")
    op.drop_table("service")
    op.drop_geospatial_index(
        "idx_position_geom", table_name="position", schema="restricted", postgresql_using="gist", column_name="geom"
    )
    op.drop_geospatial_table("position", schema="restricted")
    op.drop_index(op.f("ix_overlap_result_run_id_overlap_result_service_type_code"), table_name="overlap_result")
    op.drop_table("overlap_result")
    op.drop_index(op.f("ix_field_origin_source_record_id"), table_name="field_origin")
    op.drop_table("field_origin")
    op.drop_index(op.f("ix_coverage_result_run_id_coverage_result_service_type_code"), table_name="coverage_result")
    op.drop_table("coverage_result")
    op.drop_index(op.f("ix_address_location_id"), table_name="address")
    op.drop_table("address")
    op.drop_index(op.f("ix_accessibility_location_id"), table_name="accessibility")
    op.drop_table("accessibility")
    op.drop_table("source_record")
    op.drop_table("service_type")
    op.drop_table("population")
    op.drop_index(op.f("ix_location_municipality_id"), table_name="location")
    op.drop_geospatial_index("idx_location_geom", table_name="location", postgresql_using="gist", column_name="geom")
    op.drop_geospatial_table("location")
    op.drop_index(op.f("ix_issue_source_id_issue_kind"), table_name="issue")
    op.drop_index(op.f("ix_issue_run_id"), table_name="issue")
    op.drop_table("issue")
    op.drop_table("indicator")
    op.drop_index(op.f("ix_demand_point_municipality_id"), table_name="demand_point")
    op.drop_table("demand_point")
    op.drop_table("compliance_result")
    op.drop_index(op.f("ix_attribute_link_id"), table_name="attribute")
    op.drop_table("attribute")
    op.drop_index(op.f("ix_area_within_ancestor_id"), table_name="area_within")
    op.drop_table("area_within")
    op.drop_table("taxonomy_term")
    op.drop_index(op.f("ix_source_run_source_id"), table_name="source_run")
    op.drop_table("source_run")
    op.drop_index(op.f("ix_area_parent_id"), table_name="area")
    op.drop_geospatial_index(
        "idx_area_label_point", table_name="area", postgresql_using="gist", column_name="label_point"
    )
    op.drop_geospatial_index("idx_area_geom", table_name="area", postgresql_using="gist", column_name="geom")
    op.drop_geospatial_table("area")
    op.drop_table("taxonomy")
    op.drop_table("standard")
    op.drop_table("source")
    op.drop_index(op.f("ix_organization_tax_id"), table_name="organization")
    op.drop_index(op.f("ix_organization_name"), table_name="organization")
    op.drop_table("organization")
    op.drop_index(op.f("ix_metadata_resource_id"), table_name="metadata")
    op.drop_table("metadata")
    op.drop_table("data_version")
    op.drop_index("uq_coverage_run_current", table_name="coverage_run", postgresql_where=sa.text("current"))
    op.drop_table("coverage_run")
    op.execute("drop schema restricted")
