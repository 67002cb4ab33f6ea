"""Keep hidden what was told to be protected, and a secret of the installation

A claim may be protected against what its own record says: a later row said so that could not be loaded, or an edition
that was undone. The secret makes names that stand for codes of persons.

Revision: 0008, after 0007.
"""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "service_claim",
        sa.Column("withheld", sa.Boolean(), server_default=sa.false(), nullable=False),
        schema="restricted",
    )
    table = op.create_table(
        "secret",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_secret")),
        schema="restricted",
    )
    # Here and not at the first use: a run that fails, or is only tried, must leave everything as it was.
    op.bulk_insert(table, [{"name": "persons", "value": secrets.token_bytes(32)}])


def downgrade() -> None:
    op.drop_table("secret", schema="restricted")
    op.drop_column("service_claim", "withheld", schema="restricted")
