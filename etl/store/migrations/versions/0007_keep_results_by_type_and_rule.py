"""Keep the results of a run by type and by rule

A run takes over what has not changed from the run before. Rows of ``coverage_result`` hang on the row of their
type, which hangs on run, type and rule: three checks a row become one.

Revision: 0007, after 0006.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# Table referred to, column, key there.
RUN = ("coverage_run", "run_id", "id")
TYPE = ("service_type", "service_type_code", "code")
RULE = ("standard", "rule_id", "id")
OF_TYPE = "fk_coverage_result_run_id_service_type_code_type_result"


def upgrade() -> None:
    op.create_table(
        "type_result",
        sa.Column("run_id", sa.UUID(), nullable=False),
        sa.Column("service_type_code", sa.String(), nullable=False),
        sa.Column("rule_id", sa.String(), nullable=False),
        sa.Column("input_hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("run_id", "service_type_code", name=op.f("pk_type_result")),
    )
    _refer("type_result", RUN, TYPE, RULE)
    op.create_table(
        "rule_result",
        sa.Column("run_id", sa.UUID(), nullable=False),
        sa.Column("rule_id", sa.String(), nullable=False),
        sa.Column("input_hash", sa.String(), nullable=False),
        sa.Column("outcomes", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("run_id", "rule_id", name=op.f("pk_rule_result")),
    )
    _refer("rule_result", RUN, RULE)
    # No hash is empty: results of earlier runs stay, and none is taken over.
    op.execute(
        "insert into type_result (run_id, service_type_code, rule_id, input_hash)"
        " select run_id, service_type_code, min(rule_id), '' from coverage_result group by 1, 2"
    )
    op.execute(
        "insert into rule_result (run_id, rule_id, outcomes, input_hash)"
        " select run_id, rule_id, count(*), '' from compliance_result group by 1, 2"
    )
    for table, column, _key in (RUN, TYPE, RULE):
        op.drop_constraint(f"fk_coverage_result_{column}_{table}", "coverage_result", type_="foreignkey")
    key = ["run_id", "service_type_code"]
    op.create_foreign_key(OF_TYPE, "coverage_result", "type_result", key, key, ondelete="CASCADE")


def _refer(table: str, *keys: tuple[str, str, str]) -> None:
    for referred, column, key in keys:
        name = f"fk_{table}_{column}_{referred}"
        op.create_foreign_key(name, table, referred, [column], [key], ondelete="CASCADE")


def downgrade() -> None:
    op.drop_constraint(OF_TYPE, "coverage_result", type_="foreignkey")
    _refer("coverage_result", RUN, TYPE, RULE)
    op.drop_table("rule_result")
    op.drop_table("type_result")
