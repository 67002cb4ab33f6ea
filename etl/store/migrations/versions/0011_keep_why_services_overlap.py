"""Keep why services overlap

Joint and needed capacity, minutes between the members, and whether users or hours differ stand beside each group.

Revision: 0011, after 0010.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    details = sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False)
    op.add_column("overlap_result", details)


def downgrade() -> None:
    op.drop_column("overlap_result", "details")
