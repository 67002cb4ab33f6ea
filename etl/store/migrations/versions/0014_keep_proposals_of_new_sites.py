"""Keep proposals of where services should open

Revision: 0014, after 0013.
"""

import geoalchemy2
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def _number(name: str, *, nullable: bool = False) -> sa.Column[float]:
    return sa.Column(name, sa.Float(), nullable=nullable)


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=nullable)


def _moment(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False)


def _key(table: str, column: str, target: str, other: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{target}")
    return sa.ForeignKeyConstraint([column], [f"{target}.{other}"], name=name, ondelete="CASCADE")


def upgrade() -> None:
    op.create_table(
        "siting_result",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("run_id", sa.UUID(), nullable=False),
        *(_text(name) for name in ("service_type_code", "rule_id", "input_hash")),
        *(_moment(name) for name in ("created_at", "asked_at")),
        _text("created_by", nullable=True),
        sa.Column("parameters", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("candidates", sa.Integer(), nullable=False),
        *(
            _number(name)
            for name in ("threshold", "persons", "served", "gained", "remaining", "unreachable", "unknown")
        ),
        *(_number(name, nullable=True) for name in ("objective", "bound")),
        sa.Column("exact", sa.Boolean(), nullable=False),
        _text("note", nullable=True),
        _key("siting_result", "run_id", "coverage_run", "id"),
        _key("siting_result", "service_type_code", "service_type", "code"),
        _key("siting_result", "rule_id", "standard", "id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_siting_result")),
        sa.UniqueConstraint("input_hash", name=op.f("uq_siting_result_input_hash")),
    )
    index = "ix_siting_result_run_id_siting_result_service_type_code"
    op.create_index(op.f(index), "siting_result", ["run_id", "service_type_code"])
    point = geoalchemy2.types.Geometry("POINT", srid=4326, from_text="ST_GeomFromEWKT", name="geometry", nullable=False)
    op.create_table(
        "siting_place",
        sa.Column("siting_id", sa.UUID(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        *(_text(name) for name in ("key", "kind", "name")),
        *(_text(name, nullable=True) for name in ("address", "body")),
        sa.Column("municipality_id", sa.UUID(), nullable=False),
        sa.Column("location_id", sa.UUID()),
        sa.Column("geom", point, nullable=False),
        sa.Column("alternatives", postgresql.ARRAY(sa.String()), server_default="{}", nullable=False),
        *(_number(name) for name in ("gained_confirmed", "gained_all", "probable", "assigned")),
        _key("siting_place", "siting_id", "siting_result", "id"),
        _key("siting_place", "municipality_id", "area", "id"),
        sa.PrimaryKeyConstraint("siting_id", "rank", name=op.f("pk_siting_place")),
    )


def downgrade() -> None:
    op.drop_table("siting_place")
    op.drop_table("siting_result")
