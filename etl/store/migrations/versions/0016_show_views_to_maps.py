"""Show views made for geographic programs

Schema ``ogc`` holds one view for each collection of the OGC API, over the current run and the listing of services:
nothing protected is in any table that they read a column of. Column names are a contract with map projects out there.

Revision: 0016, after 0015.
"""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

POLYGONS = ("metropolitan_city", "zona_omogenea", "asl", "distretto", "municipality")
POINTS = ("quarter", "settlement")
SUMMED = ("municipality", "zona_omogenea", "distretto")
SUMS = (
    *("persons", "assessed", "unknown"),
    *("shadow_confirmed", "shadow_confirmed_minus", "shadow_confirmed_plus"),
    *("shadow_all", "shadow_all_minus", "shadow_all_plus"),
)


def _areas(level: str, geometry: str) -> str:
    return f"""
        create view ogc.{level} as
        select a.code::text, a.name::text,
            p.level::text as parent_level, p.code::text as parent_code, p.name::text as parent_name,
            a.area_km2, n.persons,
            a.cadastral_code::text, a.altimetric_zone::text, a.altitude_m, a.degurba::text,
            a.source_id::text as source,
            {geometry} as geom
        from public.area a left join public.area p on p.id = a.parent_id
        left join (
            select w.ancestor_id, sum(t.persons)::integer as persons
            from (
                select area_id, sum(persons) as persons from public.population
                where year = (select max(year) from public.population) group by area_id
            ) t
            join public.area_within w on w.area_id = t.area_id
            join public.area l on l.id = w.ancestor_id and l.level = '{level}'
            group by w.ancestor_id
        ) n on n.ancestor_id = a.id
        where a.level = '{level}'
    """  # noqa: S608 - words of this file


def _gaps(level: str) -> str:
    sums = ",\n".join(f"sum(r.{name}) as {name}" for name in SUMS)
    return f"""
        create view ogc.gaps_{level} as
        with summed as (
            select r.service_type_code, w.ancestor_id, r.rule_id, r.run_id,
                max(r.threshold) as threshold, count(*)::integer as points,
                {sums},
                coalesce(sum(r.shadow_confirmed) filter (where r.bordo), 0) as probable,
                sum(r.persons * r.nearest_confirmed)
                    / nullif(sum(r.persons) filter (where r.nearest_confirmed is not null), 0) as minutes_confirmed,
                max(r.nearest_confirmed) as minutes_confirmed_max,
                sum(r.persons * r.nearest_all)
                    / nullif(sum(r.persons) filter (where r.nearest_all is not null), 0) as minutes_all,
                bool_or(r.stimata) as estimated, bool_and(r.complete) as complete
            from public.coverage_result r
            join public.area_within w on w.area_id = r.area_id
            join public.area l on l.id = w.ancestor_id and l.level = '{level}'
            where r.run_id = (select id from public.coverage_run where current)
            group by r.service_type_code, w.ancestor_id, r.rule_id, r.run_id
        )
        select s.service_type_code || ':' || a.code as id,
            s.service_type_code::text as type, t.name_it::text as type_name, t.macro_area::text,
            a.code::text, a.name::text, p.code::text as parent_code, p.name::text as parent_name,
            s.threshold, s.points, {", ".join(f"s.{name}" for name in SUMS)}, s.probable,
            s.minutes_confirmed, s.minutes_confirmed_max, s.minutes_all, s.estimated, s.complete,
            s.rule_id::text as rule, s.run_id as run,
            ST_Multi(a.geom) as geom
        from summed s
        join public.area a on a.id = s.ancestor_id
        join public.service_type t on t.code = s.service_type_code
        left join public.area p on p.id = a.parent_id
    """  # noqa: S608 - words of this file


GAPS_AT_POINTS = """
    create view ogc.gaps_point as
    select r.service_type_code || ':' || a.level || ':' || a.code as id,
        r.service_type_code::text as type, t.name_it::text as type_name, t.macro_area::text,
        a.code::text, a.name::text, a.level::text, p.code::text as parent_code, p.name::text as parent_name,
        r.status::text, r.reason::text, r.threshold,
        r.persons, r.assessed, r.unknown, r.shadow_confirmed, r.shadow_all,
        r.nearest_confirmed as minutes_confirmed, r.nearest_confirmed_low as minutes_confirmed_low,
        r.nearest_confirmed_high as minutes_confirmed_high, r.nearest_all as minutes_all,
        r.services_confirmed, r.services_all, r.fragile, r.bordo as borderline, r.stimata as estimated, r.complete,
        r.rule_id::text as rule, r.run_id as run,
        a.geom
    from public.coverage_result r
    join public.area a on a.id = r.area_id
    join public.service_type t on t.code = r.service_type_code
    left join public.area p on p.id = a.parent_id
    where r.run_id = (select id from public.coverage_run where current)
"""

OVERLAPS = """
    create view ogc.overlaps as
    select o.id, o.service_type_code::text as type, t.name_it::text as type_name, o.kind::text,
        cardinality(o.service_ids) as services, told.names, told.service_ids,
        o.persons, o.jaccard, o.planned, o.uncertain, o.hours_unknown, o.exact,
        (o.details->>'threshold')::float8 as threshold, (o.details->>'minutes')::float8 as minutes,
        (o.details->>'joint_capacity')::float8 as joint_capacity,
        (o.details->>'needed_capacity')::float8 as needed_capacity, o.details->>'unit' as unit,
        (o.details->>'users_differ')::boolean as users_differ, (o.details->>'hours_differ')::boolean as hours_differ,
        (o.details->>'requirements')::integer as requirements,
        o.run_id as run,
        (
            select ST_Collect(l.geom) from public.service_at_location s
            join public.location l on l.id = s.location_id
            where s.service_id = any(o.service_ids) and l.precision <> 'municipality' and not l.location_protected
        ) as geom
    from public.overlap_result o
    join public.service_type t on t.code = o.service_type_code
    cross join lateral (
        select string_agg(s.name, '; ' order by s.name, s.id) as names,
            string_agg(s.id::text, '; ' order by s.name, s.id) as service_ids
        from public.service s where s.id = any(o.service_ids)
    ) told
    where o.run_id = (select id from public.coverage_run where current)
"""

# The geometry stays as the table has it: an expression around it would keep the index away from boxes and tiles.
SERVICES = """
    create view ogc.services as
    select l.id, l.name, l.service_type_code as type, l.type_name, l.macro_area,
        l.organization_id, l.organization, l.address,
        l.municipality_code, l.municipality, l.zone_code, l.zone, l.phone, l.email, l.url, l.hours, l.delivery,
        l.status, l.supply_status,
        case
            when l.supply_status = 'attivo' then 'confermata'
            when l.supply_status = 'da_verificare' then 'incerta'
            when l.supply_status = 'atteso' and l.expected_on <= current_date then 'incerta'
            else 'programmata'
        end as certainty,
        l.expected_on, l.precision, l.location_protected, l.evidence, l.evidence_year, l.note,
        l.minimum_age, l.maximum_age, l.free, l.step_free, l.last_modified, l.geom
    from public.service_listing l
"""


def upgrade() -> None:
    op.execute("create schema ogc")
    for level in POLYGONS:
        op.execute(_areas(level, "ST_Multi(a.geom)"))
    for level in POINTS:
        op.execute(_areas(level, "a.geom"))
    for level in SUMMED:
        op.execute(_gaps(level))
    for view in (GAPS_AT_POINTS, OVERLAPS, SERVICES):
        op.execute(view)


def downgrade() -> None:
    op.execute("drop schema ogc cascade")
