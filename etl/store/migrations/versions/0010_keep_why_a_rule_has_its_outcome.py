"""Keep why a rule has its outcome

What is missing to the objective, why an outcome cannot be determined, and which part of a unit the rule speaks of stand
beside the outcome. A rule may count people within a limit, or set a figure of each service against its capacity.

Revision: 0010, after 0009.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

FIGURES = ("shortfall_objective_confirmed", "shortfall_objective_all")
CAUSES = ("cause_confirmed", "cause_all")


def upgrade() -> None:
    for name in FIGURES:
        op.add_column("compliance_result", sa.Column(name, sa.Float(), nullable=True))
    for name in CAUSES:
        op.add_column("compliance_result", sa.Column(name, sa.String(), nullable=True))
    details = sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False)
    op.add_column("compliance_result", details)
    op.add_column("standard", sa.Column("reach", sa.Float(), nullable=True))
    op.add_column("standard", sa.Column("figure_unit", sa.String(), nullable=True))


def downgrade() -> None:
    for name in ("figure_unit", "reach"):
        op.drop_column("standard", name)
    for name in ("details", *reversed(CAUSES), *reversed(FIGURES)):
        op.drop_column("compliance_result", name)
