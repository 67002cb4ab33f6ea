"""Keep scenarios, and let runs tell the reach of services that are nowhere but in one

A service that a scenario adds is in no table of the directory. Lists of the nearest services and groups of overlaps
name services without a foreign key already, and so does the reach of a service now.

Revision: 0012, after 0011.
"""

from datetime import datetime

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_KEY = "fk_service_reach_service_id_service"


def _moment(name: str) -> sa.Column[datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False)


def upgrade() -> None:
    op.create_table(
        "scenario",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("description", sa.String()),
        sa.Column("changes", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
        _moment("created_at"),
        sa.Column("created_by", sa.String()),
        _moment("changed_at"),
        sa.Column("data_version", sa.Integer()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scenario")),
        sa.UniqueConstraint("name", name=op.f("uq_scenario_name")),
    )
    op.drop_constraint(op.f(_KEY), "service_reach", type_="foreignkey")


def downgrade() -> None:
    op.execute("delete from service_reach r where not exists (select from service s where s.id = r.service_id)")
    op.create_foreign_key(op.f(_KEY), "service_reach", "service", ["service_id"], ["id"], ondelete="CASCADE")
    op.drop_table("scenario")
