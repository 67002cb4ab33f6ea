"""The catalogue of the data sets as a graph of DCAT-AP_IT, the Italian profile of the W3C vocabulary DCAT.

Source: AgID, «Linee guida per i cataloghi dati», Profilo DCAT-AP_IT (docs.italia.it), and its ontology
http://dati.gov.it/onto/dcatapit, version 2.0. What is not known (a contact) is not told.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from rdflib import Graph, Literal, URIRef
from rdflib.namespace import DC, DCAT, DCTERMS, FOAF, PROV, RDF, XSD

from app.linked import licences
from app.linked.datasets import Dataset, File, Standard
from app.linked.licences import Licence
from app.linked.offered import DATASETS
from app.linked.vocabulary import (
    DCATAPIT,
    FILE_TYPE,
    FREQUENCY,
    ITALIAN,
    LOCN,
    TERRITORY,
    THEME,
    VCARD,
    address,
    italian,
    new_graph,
    tell,
)
from app.settings import WebSettings
from etl.i18n import _
from etl.store import models as m

THEMES = URIRef(str(THEME).rstrip("/"))


@dataclass(frozen=True)
class Told:
    """What a catalogue is made from: root of the addresses (ends with ``/``), the sources, when the data last changed.

    Before the first load there is no ``changed``, and nothing to offer: then the catalogue has no data sets.
    """

    base: str
    settings: WebSettings
    sources: Sequence[m.Source]
    changed: datetime | None

    def at(self, path: str) -> URIRef:
        """An address of this server."""
        return address(f"{self.base}{path}")

    @property
    def publisher(self) -> URIRef:
        """The body that publishes."""
        return self.at("catalog#publisher")

    @property
    def day(self) -> Literal | None:
        """The day of the last change."""
        return None if self.changed is None else Literal(self.changed.date().isoformat(), datatype=XSD.date)


def catalogue(told: Told) -> Graph:
    """The whole catalogue."""
    graph, root = new_graph(), told.at("catalog")
    description = _("Servizi di welfare, territorio, zone d'ombra e sovrapposizioni, con le fonti e le licenze.")
    offered = DATASETS if told.changed else ()
    statements = (
        (RDF.type, DCATAPIT.Catalog),
        (RDF.type, DCAT.Catalog),
        (DCTERMS.title, italian(_("Ombra: dati aperti sul welfare della Città metropolitana di Torino"))),
        (DCTERMS.description, italian(description)),
        (DCTERMS.publisher, told.publisher),
        (DCTERMS.modified, told.day),
        (DCTERMS.language, ITALIAN),
        (DCAT.themeTaxonomy, THEMES),
        (FOAF.homepage, told.at("")),
        *((DCAT.dataset, _dataset_uri(told, one)) for one in offered),
    )
    tell(graph, root, statements)
    _common(graph, told)
    for one in offered:
        _dataset(graph, told, one)
    return graph


def _dataset_uri(told: Told, one: Dataset) -> URIRef:
    return told.at(f"catalog#{one.name}")


def _common(graph: Graph, told: Told) -> None:
    """What all data sets refer to: publisher, contact, territory."""
    publisher = (
        (RDF.type, DCATAPIT.Agent),
        (RDF.type, FOAF.Agent),
        (DCTERMS.identifier, Literal(told.settings.publisher_code)),
        (FOAF.name, italian(told.settings.publisher)),
    )
    tell(graph, told.publisher, publisher)
    territory = (
        (RDF.type, DCTERMS.Location),
        (DCATAPIT.geographicalIdentifier, Literal(str(TERRITORY), datatype=XSD.anyURI)),
        (LOCN.geographicName, italian(_("Città metropolitana di Torino"))),
    )
    tell(graph, TERRITORY, territory)
    if told.settings.contact is not None:
        contact = (
            (RDF.type, DCATAPIT.Organization),
            (RDF.type, VCARD.Organization),
            (VCARD.fn, italian(told.settings.publisher)),
            (VCARD.hasEmail, address(f"mailto:{told.settings.contact}")),
        )
        tell(graph, told.at("catalog#contact"), contact)


def _dataset(graph: Graph, told: Told, one: Dataset) -> None:
    sources = one.sources(told.sources)
    licence = licences.binding(source.licence for source in sources)
    uri = _dataset_uri(told, one)
    statements = (
        (RDF.type, DCATAPIT.Dataset),
        (RDF.type, DCAT.Dataset),
        (DCTERMS.identifier, Literal(f"{told.settings.publisher_code}:{one.name}")),
        (DCTERMS.title, italian(_(one.title))),
        (DCTERMS.description, italian(_(one.description))),
        (DCTERMS.modified, told.day),
        (DCTERMS.publisher, told.publisher),
        (DCTERMS.rightsHolder, told.publisher),
        (DCTERMS.accrualPeriodicity, FREQUENCY.IRREG),
        (DCTERMS.spatial, TERRITORY),
        (DCTERMS.language, ITALIAN),
        (DCAT.landingPage, told.at("fonti")),
        (DCAT.contactPoint, told.at("catalog#contact") if told.settings.contact else None),
        *((DCAT.theme, THEME[theme]) for theme in one.themes),
        *((DCAT.keyword, italian(word)) for word in one.keywords),
        *((DCTERMS.conformsTo, address(standard.address)) for standard in one.standards),
        *((DCTERMS.source, _source_uri(told, source)) for source in sources),
        *((DCAT.distribution, _file_uri(uri, file)) for file in one.files),
    )
    tell(graph, uri, statements)
    licences.describe(graph, licence)
    for file in one.files:
        _distribution(graph, told, _file_uri(uri, file), file, licence)
    _standards(graph, one.standards)
    _sources(graph, told, sources)


def _file_uri(dataset: URIRef, file: File) -> URIRef:
    """An identifier that stays when other files come: the words of the address."""
    return URIRef(f"{dataset}-{'-'.join(re.findall(r'[a-z0-9_]+', file.path))}")


def _distribution(graph: Graph, told: Told, uri: URIRef, file: File, licence: Licence) -> None:
    place = told.at(file.path)
    statements = (
        (RDF.type, DCATAPIT.Distribution),
        (RDF.type, DCAT.Distribution),
        (DCTERMS.title, italian(f"{_(file.title)} ({file.type})")),
        (DCTERMS.format, FILE_TYPE[file.type]),
        (DCAT.accessURL, place),
        (DCAT.downloadURL, place if file.whole else None),
        (DCTERMS.license, licence.uri),
        (DCTERMS.modified, told.day),
    )
    tell(graph, uri, statements)


def _standards(graph: Graph, standards: Iterable[Standard]) -> None:
    for one in standards:
        statements = (
            (RDF.type, DCATAPIT.Standard),
            (RDF.type, DCTERMS.Standard),
            (DCTERMS.identifier, Literal(one.name)),
            (DCTERMS.title, Literal(one.title)),
            (DCATAPIT.referenceDoc, Literal(one.address, datatype=XSD.anyURI)),
        )
        tell(graph, address(one.address), statements)


def _source_uri(told: Told, source: m.Source) -> URIRef:
    return told.at(f"fonti/{source.id}")


def _sources(graph: Graph, told: Told, sources: Iterable[m.Source]) -> None:
    """Each source with the licence that it declares, in its own words too."""
    for source in sources:
        licence = licences.licence(source.licence)
        statements = (
            (RDF.type, PROV.Entity),
            (DCTERMS.identifier, Literal(source.id)),
            (DCTERMS.title, italian(source.title)),
            (DC.creator, italian(source.publisher)),
            (DCTERMS.license, licence.uri),
            (DCTERMS.rights, italian(source.licence)),
            (FOAF.page, address(source.address) if source.address else None),
        )
        tell(graph, _source_uri(told, source), statements)
        licences.describe(graph, licence)
