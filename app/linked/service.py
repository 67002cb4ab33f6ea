"""One service as a graph of CPSV-AP_IT, with the core of the European CPSV-AP that any reader of it knows.

Source: ontology https://w3id.org/italia/onto/CPSV (version 1.1, 30 July 2018) and SEMIC, CPSV-AP 3. The channels are
the contacts; a protected service is at no place, and only its zone is told.
"""

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

from rdflib import Graph, Literal, URIRef
from rdflib.namespace import DCTERMS, FOAF, RDF, SKOS, XSD

from app.linked.vocabulary import (
    CHANNEL,
    CPSV,
    CPSVAPIT,
    CURRENCY,
    CV,
    GEO,
    ISO_LANGUAGE,
    L0,
    LOCN,
    SM,
    SUBJECT,
    THEME,
    Told,
    address,
    italian,
    new_graph,
    tell,
)
from app.pages.rendering import web
from etl.i18n import _

Row = Mapping[str, Any]

HEALTH, OTHERS = "H", "Z"  # macro-areas
# Terms of our taxonomy that the national subject matters count as «Educazione e formazione».
EDUCATION = frozenset({"diu.nido", "inc.scuola", "inc.italiano"})
SEPARATOR = "; "


def public_service(row: Row, base: str) -> Graph:
    """A service (:func:`app.queries.linked.service`) under the root ``base``, which ends with ``/``."""
    graph = new_graph()
    uri = address(f"{base}services/{row['id']}")
    _identity(graph, uri, row, base)
    _body(graph, uri, row, base)
    for relation, node, told in _channels(uri, row):
        tell(graph, uri, ((relation, node), (CPSVAPIT.hasChannel, node), (CV.hasChannel, node)))
        tell(graph, node, told)
    _cost(graph, uri, row)
    _place(graph, uri, row, base)
    return graph


def _identity(graph: Graph, uri: URIRef, row: Row, base: str) -> None:
    text = italian(row["description"] or row["type_description"])
    kind = address(f"{base}api/v1/service-types#{row['type']}")
    identifier = Literal(str(row["id"]))
    theme = THEME.HEAL if row["macro_area"] == HEALTH else THEME.SOCI
    statements = (
        (RDF.type, CPSV.PublicService),
        (RDF.type, CPSVAPIT.PublicService),
        (DCTERMS.identifier, identifier),
        (L0.identifier, identifier),
        (DCTERMS.title, italian(row["name"])),
        (L0.name, italian(row["name"])),
        (DCTERMS.description, text),
        (L0.description, text),
        (DCTERMS.type, kind),
        (CPSVAPIT.serviceTheme, theme),
        (CV.thematicArea, _subject(row)),
        (DCTERMS.modified, Literal(row["last_modified"])),
        (SKOS.note, italian(_("Certezza: {certainty}.").format(certainty=row["certainty"]))),
        *((DCTERMS.language, ISO_LANGUAGE[code]) for code in row["languages"] or ()),
    )
    tell(graph, uri, statements)
    concept = ((RDF.type, SKOS.Concept), (SKOS.notation, Literal(row["type"])))
    tell(graph, kind, (*concept, (SKOS.prefLabel, italian(row["type_name"]))))


def _subject(row: Row) -> URIRef | None:
    """«Educazione e formazione», or «Salute, benessere e assistenza»; none for what is neither social nor of health."""
    if row["term"] in EDUCATION:
        return SUBJECT["1"]
    return None if row["macro_area"] == OTHERS else SUBJECT["2"]


def _body(graph: Graph, uri: URIRef, row: Row, base: str) -> None:
    """The body that answers for the service; a public one only where the register of them says so."""
    if row["organization_id"] is None:
        return
    body = address(f"{base}hsds/organizations/{row['organization_id']}")
    tell(graph, uri, ((CV.hasCompetentAuthority, body),))
    statements = (
        (RDF.type, FOAF.Organization),
        (RDF.type, CV.PublicOrganisation if row["public_body"] else None),
        (DCTERMS.identifier, Literal(str(row["organization_id"]))),
        (FOAF.name, italian(row["organization"])),
        (SKOS.prefLabel, italian(row["organization"])),
    )
    tell(graph, body, statements)


def _channels(uri: URIRef, row: Row) -> Iterable[tuple[URIRef, URIRef, tuple[Told, ...]]]:
    """For each contact: how the service has it, what it is called, what is told of it."""
    for number, phone in enumerate((row["phone"] or "").split(SEPARATOR) if row["phone"] else (), start=1):
        told = ((SM.telephoneNumber, Literal(phone)),)
        yield CPSVAPIT.hasPhoneCh, URIRef(f"{uri}#phone-{number}"), _channel(CPSVAPIT.PhoneChannel, "03", told)
    if row["email"]:
        mail = f"mailto:{quote(row['email'], safe='@+')}"
        told = ((SM.emailAddress, Literal(mail, datatype=XSD.anyURI)),)
        yield CPSVAPIT.hasEmailCh, URIRef(f"{uri}#email"), _channel(CPSVAPIT.EmailChannel, "04", told)
    if row["url"]:
        site = Literal(str(address(web(row["url"]))), datatype=XSD.anyURI)
        told = ((SM.URL, site),)
        yield CPSVAPIT.hasWebSiteCh, URIRef(f"{uri}#web"), _channel(CPSVAPIT.WebSiteChannel, "02", told)


def _channel(kind: URIRef, code: str, told: tuple[Told, ...]) -> tuple[Told, ...]:
    return ((RDF.type, kind), (RDF.type, CV.Channel), (CPSVAPIT.hasChannelType, CHANNEL[code]), *told)


def _cost(graph: Graph, uri: URIRef, row: Row) -> None:
    if row["free"] is None:
        return
    node = URIRef(f"{uri}#cost")
    tell(graph, uri, ((CPSVAPIT.hasCost, node), (CV.hasCost, node)))
    text = italian(_("Gratuito") if row["free"] else _("A pagamento"))
    statements: tuple[Told, ...] = (
        (RDF.type, CPSVAPIT.Cost),
        (RDF.type, CV.Cost),
        (L0.description, text),
        (DCTERMS.description, text),
        (CV.value, Literal("0", datatype=XSD.double) if row["free"] else None),
        (CV.currency, CURRENCY.EUR if row["free"] else None),
    )
    tell(graph, node, statements)


def _place(graph: Graph, uri: URIRef, row: Row, base: str) -> None:
    """Where the service is: municipality and zone as its spatial coverage, the address where it may be told."""
    for level in ("municipality", "zone"):
        code, name = row[f"{level}_code"], row[level]
        if code is not None:
            area = address(f"{base}api/v1/areas#{level}-{code}")
            statements = ((RDF.type, DCTERMS.Location), (DCTERMS.identifier, Literal(code)))
            tell(graph, uri, ((DCTERMS.spatial, area),))
            tell(graph, area, (*statements, (LOCN.geographicName, italian(name))))
    if row["location_protected"] or not row["address"]:
        return
    place = URIRef(f"{uri}#place")
    full = ", ".join(filter(None, (row["address"], row["municipality"])))
    where: tuple[Told, ...] = (
        (RDF.type, DCTERMS.Location),
        (LOCN.address, URIRef(f"{place}-address")),
        (GEO.lat, _degrees(row["lat"])),
        (GEO.long, _degrees(row["lon"])),
    )
    tell(graph, uri, ((CPSVAPIT.isPhysicallyAvailableAt, place),))
    tell(graph, place, where)
    words = ((LOCN.fullAddress, italian(full)), (LOCN.postName, italian(row["municipality"])))
    tell(graph, URIRef(f"{place}-address"), ((RDF.type, LOCN.Address), *words))


def _degrees(value: float | None) -> Literal | None:
    return None if value is None else Literal(f"{value:.6f}", datatype=XSD.decimal)
