"""Let results go with their rule or type

A rule or a type that an officer takes out of the tables must not stay in force; the results of earlier
runs that were measured by it go with it.

Revision: 0002, after 0001.
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

KEYS = (
    ("coverage_result", "rule_id", "standard", "id"),
    ("compliance_result", "rule_id", "standard", "id"),
    ("coverage_result", "service_type_code", "service_type", "code"),
    ("overlap_result", "service_type_code", "service_type", "code"),
    ("source_coverage", "service_type_code", "service_type", "code"),
)


def _remake(ondelete: str | None) -> None:
    for table, column, referred, key in KEYS:
        name = f"fk_{table}_{column}_{referred}"
        op.drop_constraint(name, table, type_="foreignkey")
        op.create_foreign_key(name, table, referred, [column], [key], ondelete=ondelete)


def upgrade() -> None:
    _remake("CASCADE")


def downgrade() -> None:
    _remake(None)
