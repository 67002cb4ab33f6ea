"""Keep answers about services ready

``spot``, the public point as PostgreSQL's own type, lets an index alone tell which services lie in a rectangle: a
list in the order of identifiers reads no row but those it shows. ``feature`` is the row as GeoJSON, written when the
row is and not at each of its readings, up to the one property that depends on the day (``certainty``, the last one):
a reader adds its word and ``"}}``.

Revision: 0017, after 0016.
"""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

PROPERTIES = (
    *("id", "name", "service_type_code as type", "type_name", "macro_area", "organization_id", "organization"),
    *(
        "address",
        "municipality_code",
        "municipality",
        "zone_code",
        "zone",
        "phone",
        "email",
        "url",
        "hours",
        "delivery",
    ),
    *("status", "supply_status", "expected_on", "precision", "location_protected", "evidence", "evidence_year", "note"),
    "last_modified",
)

WRITE = f"""
    create function service_listing_feature() returns trigger language plpgsql set timezone = 'UTC' as $$
    begin
        select '{{"type":"Feature","id":"' || new.id || '","geometry":' || coalesce(ST_AsGeoJSON(new.geom, 6), 'null')
            || ',"properties":' || left(row_to_json(told)::text, -2)
        into new.feature
        from (select {", ".join(f"new.{name}" for name in PROPERTIES)}, '' as certainty) told;
        return new;
    end
    $$
"""  # noqa: S608 - words of this file


def upgrade() -> None:
    op.execute("alter table service_listing add spot point generated always as (geom::point) stored")
    op.execute("alter table service_listing add feature varchar not null default ''")
    op.execute(WRITE)
    op.execute(
        "create trigger service_listing_feature before insert or update on service_listing "
        "for each row execute function service_listing_feature()"
    )
    op.execute("update service_listing set id = id")
    op.execute("create index ix_service_listing_spot on service_listing using spgist (spot) include (id)")
    op.execute("create index ix_service_listing_walk on service_listing (id) include (spot)")


def downgrade() -> None:
    op.execute("drop index ix_service_listing_walk")
    op.execute("drop index ix_service_listing_spot")
    op.execute("drop trigger service_listing_feature on service_listing")
    op.execute("drop function service_listing_feature()")
    op.execute("alter table service_listing drop column feature, drop column spot")
