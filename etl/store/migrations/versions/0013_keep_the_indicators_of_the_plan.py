"""Keep the indicators of the plan, and their values by area

Values were to be kept by the code of an area, which two levels may share; nothing has been kept that way yet.

Revision: 0013, after 0012.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def _number(name: str) -> sa.Column[float]:
    return sa.Column(name, sa.Float())


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=nullable)


def _texts(name: str) -> sa.Column[list[str]]:
    return sa.Column(name, postgresql.ARRAY(sa.Text()), nullable=False)


def _key(column: str, target: str, kind: sa.types.TypeEngine[Any]) -> sa.Column[Any]:
    name = op.f(f"fk_kpi_result_{column}_{target}")
    return sa.Column(column, kind, sa.ForeignKey(f"{target}.id", name=name, ondelete="CASCADE"), nullable=False)


def upgrade() -> None:
    op.drop_table("kpi_result")
    op.create_table(
        "kpi",
        _text("id"),
        sa.Column("position", sa.Integer(), nullable=False),
        *(_text(name) for name in ("title_it", "description_it", "formula")),
        _texts("service_types"),
        *(_text(name) for name in ("unit", "direction")),
        _number("target"),
        _text("target_source", nullable=True),
        *(_texts(name) for name in ("actions", "levels")),
        sa.CheckConstraint("direction in ('su', 'giu')", name=op.f("ck_kpi_direction")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kpi")),
    )
    op.create_table(
        "kpi_result",
        _key("run_id", "coverage_run", sa.UUID()),
        _key("kpi_id", "kpi", sa.String()),
        _key("area_id", "area", sa.UUID()),
        *(_number(name) for name in ("value", "numerator", "denominator")),
        _text("note", nullable=True),
        _text("definition"),
        sa.Column("evaluated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("run_id", "kpi_id", "area_id", name=op.f("pk_kpi_result")),
    )


def downgrade() -> None:
    op.drop_table("kpi_result")
    op.drop_table("kpi")
    op.create_table(
        "kpi_result",
        sa.Column("run_id", sa.UUID(), nullable=False),
        _text("kpi_id"),
        sa.Column("area_code", sa.String(), server_default="", nullable=False),
        *(_number(name) for name in ("value", "numerator", "denominator")),
        _text("note", nullable=True),
        sa.ForeignKeyConstraint(
            ["run_id"], ["coverage_run.id"], name=op.f("fk_kpi_result_run_id_coverage_run"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("run_id", "kpi_id", "area_code", name=op.f("pk_kpi_result")),
    )
