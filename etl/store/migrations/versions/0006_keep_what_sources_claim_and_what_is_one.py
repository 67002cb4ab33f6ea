"""Keep what sources claim, and what is one thing

Revision: 0006, after 0005.

Nothing public changes here: what is published becomes the claim of the row that it was published from, under the same
identifiers, and rows of ``field_origin`` stay as what was published without a rival. The next load reads every source
anew, because the code has changed.
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

# Every service was published from one row: what is public of it is what that row said.
_CLAIMS = """
insert into restricted.service_claim (
    id, source_id, source_record_id, key, location_id, organization_id, told_on, protected, closed_on, record, position
)
select distinct on (s.id) s.id, r.source_id, r.id, r.key, l.id, s.organization_id,
    case when s.evidence_year between 1 and 9999 then make_date(s.evidence_year, 1, 1) end,
    l.location_protected, s.closed_on,
    jsonb_strip_nulls(jsonb_build_object(
        'key', r.key, 'service_type', s.service_type_code, 'name', s.name, 'organization', o.name,
        'organization_tax_id', o.tax_id, 'municipality', town.code, 'supply_status', s.supply_status,
        'precision', l.precision, 'longitude', ST_X(at.geom), 'latitude', ST_Y(at.geom), 'address', at.address,
        'postal_code', a.postal_code, 'locality', a.address_2, 'coord_source', l.coord_source,
        'delivery', s.delivery, 'expected_on', s.expected_on, 'valid_from', s.valid_from, 'valid_to', s.valid_to
    ) || jsonb_build_object(
        'alternate_name', s.alternate_name, 'description', s.description, 'email', s.email, 'url', s.url,
        'osm_hours', s.opening_hours, 'evidence', s.evidence, 'evidence_year', s.evidence_year, 'note', s.note,
        'phones', (select jsonb_agg(n.number order by n.number) from phone n where n.service_id = s.id),
        'opening_hours', (select h.description from schedule h where h.service_id = s.id and h.byday is null limit 1),
        'openings', (
            select jsonb_agg(jsonb_build_object('byday', h.byday, 'opens_at', h.opens_at, 'closes_at', h.closes_at,
                'valid_from', h.valid_from, 'valid_to', h.valid_to) order by h.byday, h.opens_at, h.id)
            from schedule h where h.service_id = s.id and h.byday is not null),
        'capacities', (
            select jsonb_agg(jsonb_build_object('unit', c.unit, 'maximum', c.maximum, 'description', c.description)
                order by c.unit, c.maximum, c.id)
            from service_capacity c where c.service_id = s.id and c.maximum is not null),
        'accessibility', (select x.description from accessibility x where x.location_id = l.id limit 1),
        'service_areas', (
            select jsonb_agg(jsonb_build_object('level', t.level, 'code', t.code,
                'evidence', coalesce(x.description, '')) order by t.level, t.code)
            from service_area x join area t on t.id = x.area_id where x.service_id = s.id)
    )),
    jsonb_build_object(
        'municipality', town.code, 'precision', l.precision, 'radius_m', l.position_radius_m,
        'coord_source', l.coord_source,
        'point', case when at.geom is not null then jsonb_build_array(ST_X(at.geom), ST_Y(at.geom)) end)
from service s
join field_origin f on f.entity = 'service' and f.entity_id = s.id
join source_record r on r.id = f.source_record_id
join service_at_location sl on sl.service_id = s.id
join location l on l.id = sl.location_id
join area town on town.id = l.municipality_id
left join address a on a.location_id = l.id
left join restricted.position p on p.location_id = l.id
left join organization o on o.id = s.organization_id
cross join lateral (select coalesce(l.geom, p.geom) as geom, coalesce(a.address_1, p.address_1) as address) at
order by s.id, r.id, a.id
"""
_PUBLISHED = (
    """
    insert into identity (entity, member_id, entity_id, published_at)
    select 'service', c.id, c.id, r.first_seen
    from restricted.service_claim c join source_record r on r.id = c.source_record_id
    """,
    """
    insert into identity (entity, member_id, entity_id, published_at)
    select distinct 'location', c.location_id, c.location_id, now() from restricted.service_claim c
    """,
    """
    insert into identity (entity, member_id, entity_id, published_at)
    select 'organization', o.id, o.id, now() from organization o
    """,
)


def upgrade() -> None:
    _create_claims()
    _create_pairs()
    _create_decisions()
    _create_estimates()
    _widen_origins()
    op.execute(_CLAIMS)
    for statement in _PUBLISHED:
        op.execute(statement)
    op.add_column("source", sa.Column("duplicate_free", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    # A body that is published under the identifier of another has no row of its own.
    op.drop_constraint(
        op.f("fk_organization_claim_organization_id_organization"), "organization_claim", type_="foreignkey"
    )


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
        sa.Column("feature_hash", sa.String(), nullable=True),
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
    op.drop_column("source", "duplicate_free")
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
