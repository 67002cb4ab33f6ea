"""Selects of the HSDS 3.1 tables as the public may see them, as columns of a table or as nested documents.

Of a protected place there is nothing here: its location, its address and the tie to it are absent, and of its service
what could tell the place (descriptions, hours, areas, origins of those) is left out. A point known only at the
precision of its municipality stays out too, because it would be taken for a place.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, Date, Text, Uuid, and_, any_, case, cast, func, literal, or_, select, true
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by
from sqlalchemy.orm import aliased

from app.queries.kinds import AnySelect
from app.queries.words import matching
from etl.link.hand_book import BY_HAND
from etl.store import models as m

Columns = Mapping[str, ColumnElement[Any]]

DECIMALS = 6  # of a degree: about 10 cm
TOLD_OF_PROTECTED = ("name", "organization", "service_type", "phones", "email", "url")  # fields that tell no place
L = m.ServiceListing
Parent = aliased(m.Organization, name="parent")


@dataclass(frozen=True)
class Resource:
    """A kind of record: ``columns`` by the names of HSDS, ``rows`` what they are selected from and filtered by."""

    columns: Columns
    source: Any
    shown: ColumnElement[bool]

    @property
    def id(self) -> ColumnElement[Any]:
        """Its identifier."""
        return self.columns["id"]


def _of(model: type[Any], *names: str) -> dict[str, ColumnElement[Any]]:
    return {name: getattr(model, name) for name in names}


def _open(column: ColumnElement[Any]) -> ColumnElement[bool]:
    return column.in_(select(L.id))


def _placed(column: ColumnElement[Any]) -> ColumnElement[bool]:
    """Of an open service whose place is no secret."""
    return column.in_(select(L.id).where(~L.location_protected))


def _unless_protected(column: Any) -> ColumnElement[Any]:  # noqa: ANN401 - mapped attributes
    return case((L.location_protected, None), else_=column)


_PUBLIC_TIE = and_(
    _placed(m.ServiceAtLocation.service_id),
    m.ServiceAtLocation.location_id.in_(select(m.Location.id).where(~m.Location.location_protected)),
)
_PUBLIC_PLACES = select(m.ServiceAtLocation.location_id).where(_PUBLIC_TIE)
_PUBLIC_BODIES = select(L.organization_id).where(L.organization_id.is_not(None))


def _body(model: Any) -> ColumnElement[bool]:  # noqa: ANN401 - the model or an alias of it
    return or_(model.closed_on.is_(None), model.id.in_(_PUBLIC_BODIES))


_PARENT = select(Parent.id).where(Parent.id == m.Organization.parent_organization_id, _body(Parent))
_OWNER = select(m.Organization.id).where(m.Organization.id == m.Location.organization_id, _body(m.Organization))
_POINT = case((m.Location.precision == "municipality", None), else_=m.Location.geom)
_UNIT: ColumnElement[Any] = cast(func.md5(m.ServiceCapacity.unit), Uuid())


def _rounded(number: ColumnElement[Any]) -> ColumnElement[Any]:
    from sqlalchemy import Numeric

    return func.round(cast(number, Numeric), DECIMALS)


ORGANIZATION = Resource(
    _of(m.Organization, "id", "name", "alternate_name", "description", "email", "website", "tax_id", "legal_status")
    | {"parent_organization_id": _PARENT.correlate(m.Organization).scalar_subquery()},
    m.Organization,
    _body(m.Organization),
)
SERVICE = Resource(
    _of(m.Service, "id", "organization_id", "name", "url", "email", "status", "minimum_age", "maximum_age")
    | _of(m.Service, "assured_date", "last_modified")
    | {
        name: _unless_protected(getattr(m.Service, name))
        for name in ("alternate_name", "description", "alert", "eligibility_description")
    },
    m.Service.__table__.join(L.__table__, L.id == m.Service.id),
    true(),
)
LOCATION = Resource(
    _of(m.Location, "id", "location_type", "name", "description")
    | {
        "organization_id": _OWNER.correlate(m.Location).scalar_subquery(),
        "latitude": _rounded(func.ST_Y(_POINT)),
        "longitude": _rounded(func.ST_X(_POINT)),
    },
    m.Location,
    and_(~m.Location.location_protected, m.Location.id.in_(_PUBLIC_PLACES)),
)
TIE = Resource(
    _of(m.ServiceAtLocation, "id", "service_id", "location_id", "description"), m.ServiceAtLocation, _PUBLIC_TIE
)
TAXONOMY = Resource(_of(m.Taxonomy, "id", "name", "description", "uri", "version"), m.Taxonomy, true())
TERM = Resource(
    _of(m.TaxonomyTerm, "id", "code", "name", "description", "parent_id", "language", "taxonomy_id")
    | {"taxonomy": m.Taxonomy.name},
    m.TaxonomyTerm.__table__.join(m.Taxonomy.__table__, m.Taxonomy.id == m.TaxonomyTerm.taxonomy_id),
    true(),
)
ADDRESS = Resource(
    _of(m.Address, "id", "location_id", "address_1", "address_2", "city", "region", "state_province")
    # HSDS demands a text; where no source tells the code it stays empty rather than be invented.
    | {"postal_code": func.coalesce(m.Address.postal_code, "")}
    | _of(m.Address, "country", "address_type"),
    m.Address,
    m.Address.location_id.in_(_PUBLIC_PLACES),
)


def _owned(model: Any) -> ColumnElement[bool]:  # noqa: ANN401 - models with service_id and organization_id
    bodies = select(m.Organization.id).where(_body(m.Organization))
    return or_(_open(model.service_id), model.organization_id.in_(bodies))


def _at(model: Any) -> ColumnElement[bool]:  # noqa: ANN401 - models with service_id and location_id
    """What is told of a public place, or of a service whose place is no secret; of both where both are named."""
    place = or_(model.location_id.is_(None), model.location_id.in_(_PUBLIC_PLACES))
    service = or_(model.service_id.is_(None), _placed(model.service_id))
    return and_(place, service, func.num_nonnulls(model.location_id, model.service_id) > 0)


CONTACT = Resource(
    _of(m.Contact, "id", "organization_id", "service_id", "name", "title", "department", "email"),
    m.Contact,
    _owned(m.Contact),
)
PHONE = Resource(
    _of(m.Phone, "id", "service_id", "organization_id", "location_id", "number", "type", "description"),
    m.Phone,
    or_(
        and_(_owned(m.Phone), m.Phone.location_id.is_(None)),
        and_(m.Phone.location_id.in_(_PUBLIC_PLACES), or_(m.Phone.service_id.is_(None), _placed(m.Phone.service_id))),
    ),
)
SCHEDULE = Resource(
    _of(m.Schedule, "id", "service_id", "location_id", "valid_from", "valid_to", "freq", "byday", "opens_at")
    | _of(m.Schedule, "closes_at", "description"),
    m.Schedule,
    _at(m.Schedule),
)
AREA = Resource(
    _of(m.ServiceArea, "id", "service_id")
    | {"name": func.coalesce(m.ServiceArea.name, m.Area.name)}
    | _of(m.ServiceArea, "description", "extent", "extent_type"),
    m.ServiceArea.__table__.outerjoin(m.Area.__table__, m.Area.id == m.ServiceArea.area_id),
    _placed(m.ServiceArea.service_id),
)
LANGUAGE = Resource(
    _of(m.Language, "id", "service_id", "location_id", "name", "code", "note"), m.Language, _at(m.Language)
)
ACCESSIBILITY = Resource(
    _of(m.Accessibility, "id", "location_id", "description", "details", "url"),
    m.Accessibility,
    m.Accessibility.location_id.in_(_PUBLIC_PLACES),
)
DOCUMENT = Resource(
    _of(m.RequiredDocument, "id", "service_id", "document", "uri"),
    m.RequiredDocument,
    _open(m.RequiredDocument.service_id),
)
COST = Resource(
    _of(m.CostOption, "id", "service_id", "option", "currency", "amount", "amount_description"),
    m.CostOption,
    _open(m.CostOption.service_id),
)
CAPACITY = Resource(
    _of(m.ServiceCapacity, "id", "service_id")
    | {"unit_id": _UNIT}
    | _of(m.ServiceCapacity, "available", "maximum", "description", "updated"),
    m.ServiceCapacity,
    and_(_placed(m.ServiceCapacity.service_id), m.ServiceCapacity.available.is_not(None)),
)
UNIT = Resource({"id": _UNIT, "name": m.ServiceCapacity.unit}, m.ServiceCapacity, CAPACITY.shown)
ATTRIBUTE = Resource(
    _of(m.Attribute, "id", "link_id", "link_entity", "taxonomy_term_id", "value"),
    m.Attribute,
    or_(
        and_(m.Attribute.link_entity == "service", _open(m.Attribute.link_id)),
        and_(m.Attribute.link_entity == "location", m.Attribute.link_id.in_(_PUBLIC_PLACES)),
    ),
)
IDENTIFIER = Resource(
    _of(m.OrganizationIdentifier, "id", "organization_id", "identifier_scheme", "identifier_type", "identifier"),
    m.OrganizationIdentifier,
    m.OrganizationIdentifier.organization_id.in_(select(m.Organization.id).where(_body(m.Organization))),
)
_O = m.FieldOrigin
METADATA = Resource(
    {
        "id": _O.id,
        "resource_id": _O.entity_id,
        "resource_type": _O.entity,
        "last_action_date": func.coalesce(_O.told_on, cast(m.SourceRun.started_at, Date), cast("0001-01-01", Date)),
        "last_action_type": literal("update"),
        "field_name": _O.field,
        "previous_value": literal(""),
        "replacement_value": func.coalesce(cast(_O.value, JSONB).op("#>>")(literal("{}")), ""),
        "updated_by": func.coalesce(m.Source.title, BY_HAND),
    },
    _O.__table__.outerjoin(m.SourceRecord.__table__, m.SourceRecord.id == _O.source_record_id)
    .outerjoin(m.Source.__table__, m.Source.id == m.SourceRecord.source_id)
    .outerjoin(m.SourceRun.__table__, m.SourceRun.id == m.SourceRecord.last_run_id),
    and_(
        _O.survives,
        _O.entity == "service",
        or_(_placed(_O.entity_id), and_(_open(_O.entity_id), _O.field.in_(TOLD_OF_PROTECTED))),
    ),
)

TABLES: Mapping[str, Resource] = MappingProxyType(
    {
        "organization": ORGANIZATION,
        "service": SERVICE,
        "location": LOCATION,
        "service_at_location": TIE,
        "address": ADDRESS,
        "phone": PHONE,
        "contact": CONTACT,
        "schedule": SCHEDULE,
        "service_area": AREA,
        "language": LANGUAGE,
        "accessibility": ACCESSIBILITY,
        "required_document": DOCUMENT,
        "cost_option": COST,
        "unit": UNIT,
        "service_capacity": CAPACITY,
        "organization_identifier": IDENTIFIER,
        "taxonomy": TAXONOMY,
        "taxonomy_term": TERM,
        "attribute": ATTRIBUTE,
        "metadata": METADATA,
    }
)


def table(resource: Resource) -> AnySelect:
    """All public records of a kind, one column for each of HSDS, by identifier."""
    columns = [column.label(name) for name, column in resource.columns.items()]
    found = select(*columns).select_from(resource.source).where(resource.shown)
    return found.distinct().order_by(resource.id) if resource is UNIT else found.order_by(resource.id)


def _document(columns: Columns, **nested: Any) -> ColumnElement[Any]:  # noqa: ANN401 - subqueries
    pairs: Iterable[Any] = [part for pair in (dict(columns) | nested).items() for part in pair]
    return func.jsonb_strip_nulls(func.jsonb_build_object(*[literal(p, Text) if isinstance(p, str) else p for p in pairs]))


def _many(resource: Resource, where: ColumnElement[bool], outer: Any, **nested: Any) -> ColumnElement[Any]:  # noqa: ANN401
    built = _document(resource.columns, **nested)
    listed = func.coalesce(func.jsonb_agg(aggregate_order_by(built, resource.id)), cast("[]", JSONB))
    return select(listed).select_from(resource.source).where(resource.shown, where).correlate(outer).scalar_subquery()


def _attributes(link: Any, entity: str, outer: Any) -> ColumnElement[Any]:  # noqa: ANN401
    term = (
        select(_document(TERM.columns))
        .select_from(TERM.source)
        .where(m.TaxonomyTerm.id == m.Attribute.taxonomy_term_id)
        .correlate(m.Attribute)
        .scalar_subquery()
    )
    where = and_(m.Attribute.link_id == link, m.Attribute.link_entity == entity)
    return _many(ATTRIBUTE, where, outer, taxonomy_term=term)


def _place() -> dict[str, Any]:
    at, place = m.Location.id, m.Location
    return {
        "addresses": _many(ADDRESS, m.Address.location_id == at, place),
        "accessibility": _many(ACCESSIBILITY, m.Accessibility.location_id == at, place),
        "phones": _many(PHONE, m.Phone.location_id == at, place),
        "languages": _many(LANGUAGE, m.Language.location_id == at, place),
        "schedules": _many(SCHEDULE, m.Schedule.location_id == at, place),
        "attributes": _attributes(at, "location", place),
    }


def _tie() -> dict[str, Any]:
    location = (
        select(_document(LOCATION.columns, **_place()))
        .where(m.Location.id == m.ServiceAtLocation.location_id, LOCATION.shown)
        .correlate(m.ServiceAtLocation)
        .scalar_subquery()
    )
    return {"location": location}


def _organization() -> dict[str, Any]:
    at, body = m.Organization.id, m.Organization
    return {
        "phones": _many(PHONE, m.Phone.organization_id == at, body),
        "contacts": _many(CONTACT, m.Contact.organization_id == at, body),
        "organization_identifiers": _many(IDENTIFIER, m.OrganizationIdentifier.organization_id == at, body),
        "locations": _many(LOCATION, m.Location.organization_id == at, body, **_place()),
    }


def _its_body() -> ColumnElement[Any]:
    found = select(_document(ORGANIZATION.columns)).where(m.Organization.id == m.Service.organization_id)
    return found.correlate(m.Service).scalar_subquery()


def _service() -> dict[str, Any]:
    at, one = m.Service.id, m.Service
    plain = {
        "phones": (PHONE, m.Phone),
        "schedules": (SCHEDULE, m.Schedule),
        "service_areas": (AREA, m.ServiceArea),
        "languages": (LANGUAGE, m.Language),
        "cost_options": (COST, m.CostOption),
        "required_documents": (DOCUMENT, m.RequiredDocument),
        "contacts": (CONTACT, m.Contact),
    }
    nested = {name: _many(kind, model.service_id == at, one) for name, (kind, model) in plain.items()}
    return nested | {
        "organization": _its_body(),
        "service_at_locations": _many(TIE, m.ServiceAtLocation.service_id == at, one, **_tie()),
        "capacities": _many(
            CAPACITY, m.ServiceCapacity.service_id == at, one, unit=_document(UNIT.columns)
        ),
        "attributes": _attributes(at, "service", one),
        "metadata": _many(METADATA, at == _O.entity_id, one),
    }


_MINIMAL = ("id", "name", "status", "last_modified")  # what the schema requires beside what ``minimal`` promises


def documents(kind: str, *, full: bool, minimal: bool = False) -> AnySelect:
    """Public records of a kind: columns ``id`` and ``document`` (JSON without nulls), in no order.

    Parameters
    ----------
    kind
        Name of a table of HSDS.
    full
        With what belongs to a record; otherwise a service has only its body, a tie only its location.
    """
    resource = TABLES[kind]
    columns, nested = resource.columns, {}
    if minimal:
        columns = {name: columns[name] for name in _MINIMAL}
    elif kind == "service":
        nested = _service() if full else {"organization": _its_body()}
    elif kind == "service_at_location":
        nested = _tie()
    elif full and kind in ("organization", "location"):
        nested = _organization() if kind == "organization" else _place()
    elif full and kind == "taxonomy_term":
        nested = {"taxonomy_detail": _document(TAXONOMY.columns)}
    built = _document(columns, **nested).label("document")
    return select(resource.id.label("id"), built).select_from(resource.source).where(resource.shown)


def asked(kind: str, values: Mapping[str, Any]) -> list[ColumnElement[bool]]:
    """The conditions of a list, by the names of HSDS's parameters; None is no condition."""
    given = {name: value for name, value in values.items() if value is not None}
    found: list[ColumnElement[bool]] = []
    of_service = [made(given[name]) for name, made in _OF_SERVICE.items() if name in given]
    if "search" in given and kind in _TEXTS:
        found.append(_holding(_TEXTS[kind], given["search"]))
    elif "search" in given:
        of_service.append(matching(given["search"])[0])
    if of_service and kind != "taxonomy_term":
        found.append(_REACHED[kind].in_(select(_KEY.get(kind, L.id)).select_from(L).where(*of_service)))
    if kind == "taxonomy_term":
        found += [getattr(m.TaxonomyTerm, name) == given[name] for name in ("taxonomy_id", "parent_id") if name in given]
        found += [m.TaxonomyTerm.parent_id.is_(None)] if given.get("top_only") else []
    if "postcode" in given:
        found.append(_at_place(m.Address, m.Address.postal_code == given["postcode"]))
    if "near" in given:
        longitude, latitude, metres = given["near"]
        point = func.ST_SetSRID(func.ST_MakePoint(longitude, latitude), 4326)
        close = func.ST_DWithin(func.Geography(_POINT), func.Geography(point), metres)
        found.append(m.ServiceAtLocation.location_id.in_(select(m.Location.id).where(LOCATION.shown, close)))
    return found


def _at_place(model: Any, where: ColumnElement[bool]) -> ColumnElement[bool]:  # noqa: ANN401
    return m.ServiceAtLocation.location_id.in_(select(model.location_id).where(where))


def _holding(columns: tuple[Any, ...], text: str) -> ColumnElement[bool]:
    return and_(*(func.concat_ws(" ", *columns).icontains(word, autoescape=True) for word in text.split()))


_TEXTS: dict[str, tuple[Any, ...]] = {
    "organization": (m.Organization.name, m.Organization.alternate_name, m.Organization.description),
    "location": (m.Location.name, m.Location.description),
    "taxonomy": (m.Taxonomy.name, m.Taxonomy.description),
    "taxonomy_term": (m.TaxonomyTerm.code, m.TaxonomyTerm.name, m.TaxonomyTerm.description),
}
_REACHED: dict[str, Any] = {
    "service": m.Service.id,
    "service_at_location": m.ServiceAtLocation.service_id,
    "organization": m.Organization.id,
}
_KEY: dict[str, Any] = {"organization": L.organization_id}
_OF_SERVICE: dict[str, Any] = {
    "taxonomy_term_id": lambda term: literal(term, Uuid()) == any_(L.terms),
    "taxonomy_id": lambda whole: L.terms.overlap(
        func.array(select(m.TaxonomyTerm.id).where(m.TaxonomyTerm.taxonomy_id == whole).scalar_subquery())
    ),
    "organization_id": lambda body: L.organization_id == body,
    "modified_after": lambda moment: L.last_modified >= moment,
}
