"""What the listing says of each open service, from the tables of the directory."""

from typing import Final

from geo.crs import METRIC

# Everything that people call a service: its name, its body, its type and the type's other names. Other tables of words
# are read where a question is understood, and not here: they change without any load.
SPOKEN: Final = "concat_ws(' ', s.name, s.alternate_name, o.name, t.name_it, array_to_string(t.synonyms_it, ' '))"


def _folded(words: str) -> str:
    """Words without accents and capitals."""
    return f"lower(unaccent({words}))"


def _stems(words: str, weight: str) -> str:
    return f"setweight(to_tsvector('italian', coalesce({_folded(words)}, '')), '{weight}')"


def _public(value: str) -> str:
    """Nothing of a protected place that might say where it is."""
    return f"case when l.location_protected then null else {value} end"


_COLUMNS: Final = {
    "id": "s.id",
    "name": "s.name",
    "service_type_code": "s.service_type_code",
    "type_name": "t.name_it",
    "macro_area": "t.macro_area",
    "organization_id": "o.id",
    "organization": "o.name",
    "address": "a.address_1",
    "municipality_code": "mu.code",
    "municipality": "mu.name",
    "zone_code": "z.code",
    "zone": "z.name",
    "phone": "(select string_agg(p.number, '; ' order by p.number) from phone p where p.service_id = s.id)",
    "email": "s.email",
    "url": "s.url",
    "hours": "(select string_agg(h.description, '; ' order by h.id) from schedule h where h.service_id = s.id)",
    "delivery": "s.delivery",
    "status": "s.status",
    "supply_status": "s.supply_status",
    "expected_on": "s.expected_on",
    "precision": "l.precision",
    "location_protected": "l.location_protected",
    "evidence": _public("s.evidence"),
    "evidence_year": "s.evidence_year",
    "note": _public("s.note"),
    "last_modified": "s.last_modified",
    "geom": "case when l.precision <> 'municipality' then l.geom end",
    "municipality_id": "mu.id",
    "zone_id": "z.id",
    "way": "case when l.geom is not null then point(ST_X(w.metric), ST_Y(w.metric)) end",
    "position_radius_m": _public("l.position_radius_m"),
    "groups": "t.users",
    "terms": """(
        select array_agg(term order by term) from (
            select b.taxonomy_term_id as term from attribute b where b.link_entity = 'service' and b.link_id = s.id
            union select t.term_id
        ) given
    )""",
    "minimum_age": "s.minimum_age",
    "maximum_age": "s.maximum_age",
    "languages": "(select array_agg(distinct g.code order by g.code) from language g where g.service_id = s.id)",
    "free": "(select bool_and(c.amount = 0) from cost_option c where c.service_id = s.id and c.amount is not null)",
    "step_free": "null::boolean",  # no source says it in a way to rely on
    "area_ids": """(
        select array_agg(distinct r.area_id order by r.area_id) from service_area r
        where r.service_id = s.id and r.area_id is not null
    )""",
    "opening_hours": _public("s.opening_hours"),
    "document": _folded(SPOKEN),
    "search": f"{_stems('s.name', 'A')} || {_stems(SPOKEN, 'C')} || {_stems(_public('s.description'), 'D')}",
}
NAMES: Final = tuple(_COLUMNS)

# A service at several places is told at the first. Of a protected place only the zone, never the municipality.
CONTENT: Final = f"""
    select distinct on (s.id) {", ".join(f"{value} as {name}" for name, value in _COLUMNS.items())}
    from service s
    join service_type t on t.code = s.service_type_code
    join service_at_location n on n.service_id = s.id
    join location l on l.id = n.location_id
    left join address a on a.location_id = l.id
    left join organization o on o.id = s.organization_id
    left join area mu on mu.id = l.municipality_id and not l.location_protected
    left join area z on z.id = (select parent_id from area where id = l.municipality_id)
    cross join lateral (select ST_Transform(l.geom, {METRIC.removeprefix("EPSG:")}) as metric) w
    where s.closed_on is null and s.supply_status <> 'chiuso'
    order by s.id, n.id
"""  # noqa: S608 - names of our own
"""A row for each open service: the columns of :class:`etl.store.models.ServiceListing` but ``digest`` and ``seq``."""
