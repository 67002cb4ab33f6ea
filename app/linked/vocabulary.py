"""Names of the vocabularies that the linked data speak, and the terms of controlled ones that are used here.

Sources: the ontologies DCAT-AP_IT and CPSV-AP_IT and the controlled vocabularies of the Italian public administrations
(repository italia/daf-ontologie-vocabolari-controllati); the authority tables of the Publications Office of the EU.
"""

from collections.abc import Iterable
from typing import TypeAlias

from rdflib import Graph, Literal, Namespace, URIRef
from rdflib.namespace import DC, DCAT, DCTERMS, FOAF, OWL, PROV, SKOS
from rdflib.term import Node

DCATAPIT = Namespace("http://dati.gov.it/onto/dcatapit#")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
LOCN = Namespace("http://www.w3.org/ns/locn#")
CPSV = Namespace("http://purl.org/vocab/cpsv#")
CV = Namespace("http://data.europa.eu/m8g/")
CPSVAPIT = Namespace("https://w3id.org/italia/onto/CPSV/")
L0 = Namespace("https://w3id.org/italia/onto/l0/")
SM = Namespace("https://w3id.org/italia/onto/SM/")
GEO = Namespace("http://www.w3.org/2003/01/geo/wgs84_pos#")

THEME = Namespace("http://publications.europa.eu/resource/authority/data-theme/")
FREQUENCY = Namespace("http://publications.europa.eu/resource/authority/frequency/")
FILE_TYPE = Namespace("http://publications.europa.eu/resource/authority/file-type/")
EU_LANGUAGE = Namespace("http://publications.europa.eu/resource/authority/language/")
CURRENCY = Namespace("http://publications.europa.eu/resource/authority/currency/")
ISO_LANGUAGE = Namespace("http://id.loc.gov/vocabulary/iso639-1/")  # by the codes of two letters that services have
LICENCE_TYPE = Namespace("http://purl.org/adms/licencetype/")
_NATIONAL = "https://w3id.org/italia/controlled-vocabulary/"
LICENCES = Namespace(f"{_NATIONAL}licences/")
CHANNEL = Namespace(f"{_NATIONAL}classifications-for-public-services/channel/")
SUBJECT = Namespace(f"{_NATIONAL}classifications-for-public-services/public-services-subject-matters/")
# The vocabulary knows metropolitan cities by the number of the province that they were (ISTAT: 001 is Torino).
TERRITORY = URIRef(f"{_NATIONAL}territorial-classifications/provinces/001")

ITALIAN = EU_LANGUAGE.ITA
PREFIXES = {
    "dc": DC,
    "dcat": DCAT,
    "dcatapit": DCATAPIT,
    "dct": DCTERMS,
    "foaf": FOAF,
    "owl": OWL,
    "prov": PROV,
    "skos": SKOS,
    "vcard": VCARD,
    "locn": LOCN,
    "cpsv": CPSV,
    "cv": CV,
    "cpsvapit": CPSVAPIT,
    "l0": L0,
    "sm": SM,
    "geo": GEO,
}

Told: TypeAlias = tuple[URIRef, Node | None]


def new_graph() -> Graph:
    """An empty graph that writes short names for the vocabularies used here."""
    graph = Graph(bind_namespaces="none")
    for prefix, namespace in PREFIXES.items():
        graph.bind(prefix, namespace)
    return graph


def tell(graph: Graph, subject: Node, told: Iterable[Told]) -> None:
    """Add statements on a subject; those whose object is None are not known, and not told."""
    for predicate, value in told:
        if value is not None:
            graph.add((subject, predicate, value))


def italian(text: str | None) -> Literal | None:
    """A text in Italian; None for no text."""
    return Literal(text, lang="it") if text else None


def address(text: str) -> URIRef:
    """An address as an IRI: characters that no IRI may hold (RFC 3987) are percent-encoded.

    >>> str(address("https://www.esempio.it/orari estivi"))
    'https://www.esempio.it/orari%20estivi'
    """
    return URIRef("".join(f"%{ord(c):02X}" if c in ' <>"{}|\\^`' or ord(c) < 0x20 else c for c in text))
