"""Keep what sources claim, and what is one thing

Revision: 0006, after 0005.

Nothing public changes here: the next load writes claims and identities of all that is listed, because the code has
changed. Rows of ``field_origin`` stay as what was published without a rival.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_JSONB = postgresql.JSONB(astext_type=sa.Text())
_MOMENT = sa.DateTime(timezone=True)
_QUESTIONS = "('service', 'location', 'organization')"
_VERDICTS = "('stesso', 'incerto', 'diverso')"


def upgrade() -> None:
    _create_claims()
    _create_pairs()
    _create_decisions()
    _create_estimates()
    _widen_origins()
    # A body that is published under the identifier of another has no row of its own.
    op.drop_constraint(
        op.f("fk_organization_claim_organization_id_organization"), "organization_claim", type_="foreignkey"
    )
    op.add_column("organization_claim", sa.Column("feature_hash", sa.String(), nullable=True))


def _create_claims() -> None:
    op.create_table(
        "service_claim",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("source_record_id", sa.UUID(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("location_id", sa.UUID(), nullable=False),
        sa.Column("organization_id", sa.UUID(), nullable=True),
        sa.Column("record", _JSONB, nullable=False),
        sa.Column("position", _JSONB, nullable=False),
        sa.Column("told_on", sa.Date(), nullable=True),
        sa.Column("protected", sa.Boolean(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("feature_hash", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["source_id"], ["source.id"], name=op.f("fk_service_claim_source_id_source"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["source_record_id"],
            ["source_record.id"],
            name=op.f("fk_service_claim_source_record_id_source_record"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_claim")),
        schema="restricted",
    )
    for column in ("source_id", "source_record_id"):
        name = f"ix_restricted_service_claim_{column}"
        op.create_index(op.f(name), "service_claim", [column], unique=False, schema="restricted")
    op.create_table(
        "identity",
        sa.Column("entity", sa.String(), nullable=False),
        sa.Column("member_id", sa.UUID(), nullable=False),
        sa.Column("entity_id", sa.UUID(), nullable=False),
        sa.Column("published_at", _MOMENT, nullable=True),
        sa.CheckConstraint(f"entity in {_QUESTIONS}", name=op.f("ck_identity_entity")),
        sa.PrimaryKeyConstraint("entity", "member_id", name=op.f("pk_identity")),
    )
    op.create_index(op.f("ix_identity_entity_id"), "identity", ["entity_id"], unique=False)


def _create_pairs() -> None:
    op.create_table(
        "match",
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("left_id", sa.UUID(), nullable=False),
        sa.Column("right_id", sa.UUID(), nullable=False),
        sa.Column("probability", sa.Double(), nullable=False),
        sa.Column("weight", sa.Double(), nullable=False),
        sa.Column("reasons", _JSONB, server_default="[]", nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=True),
        sa.Column("relation", sa.String(), nullable=True),
        sa.CheckConstraint(f"question in {_QUESTIONS}", name=op.f("ck_match_question")),
        sa.CheckConstraint(f"verdict in {_VERDICTS}", name=op.f("ck_match_verdict")),
        sa.CheckConstraint("decided_by in ('modello', 'regola', 'giudizio')", name=op.f("ck_match_decided_by")),
        sa.CheckConstraint("left_id < right_id", name=op.f("ck_match_ordered")),
        sa.PrimaryKeyConstraint("question", "left_id", "right_id", name=op.f("pk_match")),
    )
    op.create_index(op.f("ix_match_left_id"), "match", ["left_id"], unique=False)
    op.create_index(op.f("ix_match_right_id"), "match", ["right_id"], unique=False)


def _create_decisions() -> None:
    op.create_table(
        "judgement",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("left_id", sa.UUID(), nullable=False),
        sa.Column("right_id", sa.UUID(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("made_at", _MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("undone_at", _MOMENT, nullable=True),
        sa.Column("undone_by", sa.String(), nullable=True),
        sa.CheckConstraint(f"question in {_QUESTIONS}", name=op.f("ck_judgement_question")),
        sa.CheckConstraint(f"verdict in {_VERDICTS}", name=op.f("ck_judgement_verdict")),
        sa.CheckConstraint("left_id < right_id", name=op.f("ck_judgement_ordered")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_judgement")),
    )
    op.create_index(
        op.f("ix_judgement_question_left_id_right_id"), "judgement", ["question", "left_id", "right_id"], unique=False
    )
    op.create_table(
        "hand_value",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("entity", sa.String(), nullable=False),
        sa.Column("member_id", sa.UUID(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("value", _JSONB, nullable=True),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("made_at", _MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("released_at", _MOMENT, nullable=True),
        sa.Column("released_by", sa.String(), nullable=True),
        sa.CheckConstraint(f"entity in {_QUESTIONS}", name=op.f("ck_hand_value_entity")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hand_value")),
    )
    op.create_index(op.f("ix_hand_value_entity_member_id"), "hand_value", ["entity", "member_id"], unique=False)


def _create_estimates() -> None:
    op.create_table(
        "completeness_estimate",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("service_type_code", sa.String(), nullable=False),
        sa.Column("area_id", sa.UUID(), nullable=False),
        sa.Column("left_source", sa.String(), nullable=False),
        sa.Column("right_source", sa.String(), nullable=False),
        sa.Column("left_count", sa.Integer(), nullable=False),
        sa.Column("right_count", sa.Integer(), nullable=False),
        sa.Column("both", sa.Integer(), nullable=False),
        sa.Column("estimate", sa.Double(), nullable=True),
        sa.Column("low", sa.Double(), nullable=True),
        sa.Column("high", sa.Double(), nullable=True),
        sa.Column("missing_low", sa.Double(), nullable=True),
        sa.Column("applies", sa.Boolean(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("created_at", _MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["area_id"], ["area.id"], name=op.f("fk_completeness_estimate_area_id_area"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["service_type_code"],
            ["service_type.code"],
            name=op.f("fk_completeness_estimate_service_type_code_service_type"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_completeness_estimate")),
    )
    op.create_index(
        op.f("ix_completeness_estimate_service_type_code_area_id"),
        "completeness_estimate",
        ["service_type_code", "area_id"],
        unique=False,
    )


def _widen_origins() -> None:
    # The next load gives every row the identifier of its parts, and its value.
    added = sa.Column("id", sa.UUID(), server_default=sa.text("gen_random_uuid()"), nullable=False)
    op.add_column("field_origin", added)
    op.alter_column("field_origin", "id", server_default=None)
    op.drop_constraint(op.f("pk_field_origin"), "field_origin", type_="primary")
    op.create_primary_key(op.f("pk_field_origin"), "field_origin", ["id"])
    op.create_index(
        op.f("ix_field_origin_entity_entity_id_field"), "field_origin", ["entity", "entity_id", "field"], unique=False
    )
    op.alter_column("field_origin", "source_record_id", nullable=True)
    op.add_column("field_origin", sa.Column("hand_value_id", sa.UUID(), nullable=True))
    op.create_foreign_key(
        op.f("fk_field_origin_hand_value_id_hand_value"), "field_origin", "hand_value", ["hand_value_id"], ["id"]
    )
    op.add_column("field_origin", sa.Column("value", _JSONB, nullable=True))
    op.add_column("field_origin", sa.Column("survives", sa.Boolean(), server_default=sa.text("true"), nullable=False))
    op.add_column("field_origin", sa.Column("rule", sa.String(), server_default="unica", nullable=False))
    op.add_column("field_origin", sa.Column("told_on", sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column("organization_claim", "feature_hash")
    # Claims of bodies that are published under another's identifier would point nowhere.
    op.execute(
        "delete from organization_claim c where not exists (select from organization o where o.id = c.organization_id)"
    )
    op.create_foreign_key(
        op.f("fk_organization_claim_organization_id_organization"),
        "organization_claim",
        "organization",
        ["organization_id"],
        ["id"],
        ondelete="CASCADE",
    )
    op.execute("delete from field_origin where not survives or source_record_id is null")
    for name in ("told_on", "rule", "survives", "value"):
        op.drop_column("field_origin", name)
    op.drop_constraint(op.f("fk_field_origin_hand_value_id_hand_value"), "field_origin", type_="foreignkey")
    op.drop_column("field_origin", "hand_value_id")
    op.alter_column("field_origin", "source_record_id", nullable=False)
    op.drop_index(op.f("ix_field_origin_entity_entity_id_field"), table_name="field_origin")
    op.execute(
        "delete from field_origin a using field_origin b"
        " where a.entity = b.entity and a.entity_id = b.entity_id and a.field = b.field and a.id > b.id"
    )
    op.drop_constraint(op.f("pk_field_origin"), "field_origin", type_="primary")
    op.create_primary_key(op.f("pk_field_origin"), "field_origin", ["entity", "entity_id", "field"])
    op.drop_column("field_origin", "id")
    for table in ("completeness_estimate", "hand_value", "judgement", "match", "identity"):
        op.drop_table(table)
    op.drop_table("service_claim", schema="restricted")
