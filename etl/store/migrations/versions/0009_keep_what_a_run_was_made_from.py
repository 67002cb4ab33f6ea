"""Keep what a run was made from, so that two runs can be told apart, and its scores and indicators

The hash of each part says why two runs differ; the inputs themselves, each stored once whatever the number of runs,
let a run be computed again with one part changed. They hold points of services that may be protected later: they are
kept in the restricted schema.

Revision: 0009, after 0008.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

SCORES = ("two_step", "enhanced", "three_step", "modified", "balanced", "raam_minutes")
CHANGES = ("services", "data", "population", "standards", "travel", "method")


def upgrade() -> None:
    _extend_runs()
    _create_scores()
    _create_indicators()
    _create_inputs()
    _create_changes()


def _extend_runs() -> None:
    op.add_column("coverage_run", sa.Column("data_version", sa.Integer()))
    op.add_column("coverage_run", sa.Column("population_year", sa.Integer()))
    op.add_column(
        "coverage_run", sa.Column("digests", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False)
    )
    op.add_column(
        "coverage_run", sa.Column("inputs", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False)
    )
    for name in ("name", "created_by", "note"):
        op.add_column("coverage_run", sa.Column(name, sa.String()))
    op.create_unique_constraint(op.f("uq_coverage_run_name"), "coverage_run", ["name"])


def _create_scores() -> None:
    of_type = ["run_id", "service_type_code"]
    op.create_table(
        "access_score",
        sa.Column("run_id", sa.UUID(), nullable=False),
        sa.Column("service_type_code", sa.String(), nullable=False),
        sa.Column("area_id", sa.UUID(), nullable=False),
        *(sa.Column(name, sa.Float()) for name in SCORES),
        sa.ForeignKeyConstraint(
            of_type,
            ["type_result.run_id", "type_result.service_type_code"],
            name=op.f("fk_access_score_run_id_service_type_code_type_result"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["area_id"], ["area.id"], name=op.f("fk_access_score_area_id_area"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint(*of_type, "area_id", name=op.f("pk_access_score")),
    )


def _create_indicators() -> None:
    op.create_table(
        "kpi_result",
        sa.Column("run_id", sa.UUID(), nullable=False),
        sa.Column("kpi_id", sa.String(), nullable=False),
        sa.Column("area_code", sa.String(), server_default="", nullable=False),
        sa.Column("value", sa.Float()),
        sa.Column("numerator", sa.Float()),
        sa.Column("denominator", sa.Float()),
        sa.Column("note", sa.String()),
        _of_run("run_id", "kpi_result"),
        sa.PrimaryKeyConstraint("run_id", "kpi_id", "area_code", name=op.f("pk_kpi_result")),
    )


def _create_inputs() -> None:
    op.create_table(
        "run_input",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_run_input")),
        schema="restricted",
    )


def _create_changes() -> None:
    op.create_table(
        "coverage_change",
        sa.Column("former_id", sa.UUID(), nullable=False),
        sa.Column("later_id", sa.UUID(), nullable=False),
        sa.Column("service_type_code", sa.String(), nullable=False),
        sa.Column("area_id", sa.UUID(), nullable=False),
        *(sa.Column(name, sa.Float(), nullable=False) for name in CHANGES),
        _of_run("former_id", "coverage_change"),
        _of_run("later_id", "coverage_change"),
        sa.ForeignKeyConstraint(
            ["service_type_code"],
            ["service_type.code"],
            name=op.f("fk_coverage_change_service_type_code_service_type"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["area_id"], ["area.id"], name=op.f("fk_coverage_change_area_id_area"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint(
            "former_id", "later_id", "service_type_code", "area_id", name=op.f("pk_coverage_change")
        ),
    )


def _of_run(column: str, table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_coverage_run")
    return sa.ForeignKeyConstraint([column], ["coverage_run.id"], name=name, ondelete="CASCADE")


def downgrade() -> None:
    op.drop_table("coverage_change")
    op.drop_table("run_input", schema="restricted")
    op.drop_table("kpi_result")
    op.drop_table("access_score")
    op.drop_constraint(op.f("uq_coverage_run_name"), "coverage_run", type_="unique")
    for name in ("note", "created_by", "name", "inputs", "digests", "population_year", "data_version"):
        op.drop_column("coverage_run", name)
