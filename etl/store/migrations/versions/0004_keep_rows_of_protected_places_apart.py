"""Keep the rows of protected places apart

Revision: 0004, after 0003.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# Services of a protected type with the record that they come from.
_PROTECTED = (
    "select distinct r.id, s.id as service_id from source_record r"
    " join field_origin o on o.source_record_id = r.id and o.entity = 'service'"
    " join service s on s.id = o.entity_id join service_type t on t.code = s.service_type_code where t.protected"
)


def upgrade() -> None:
    op.create_table(
        "source_record",
        sa.Column("source_record_id", sa.Uuid(), nullable=False),
        sa.Column("raw", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["source_record_id"],
            ["source_record.id"],
            name=op.f("fk_source_record_source_record_id_source_record"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("source_record_id", name=op.f("pk_source_record")),
        schema="restricted",
    )
    # Records that a source no longer lists are not loaded again: what they told must move now.
    op.execute(
        "insert into restricted.source_record select id, raw, content_hash from source_record"  # noqa: S608  a constant
        f" where id in (select id from ({_PROTECTED}) p)"
    )
    op.execute(
        f"update service set evidence = null, note = null where id in (select service_id from ({_PROTECTED}) p)"  # noqa: S608  a constant
    )
    op.execute(
        "update field_origin set evidence = null"
        " where source_record_id in (select source_record_id from restricted.source_record)"
    )
    op.execute(
        "update source_record set raw = '{}', content_hash = ''"
        " where id in (select source_record_id from restricted.source_record)"
    )


def downgrade() -> None:
    op.execute(
        "update source_record r set raw = k.raw, content_hash = k.content_hash from restricted.source_record k"
        " where k.source_record_id = r.id"
    )
    op.drop_table("source_record", schema="restricted")
