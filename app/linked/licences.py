"""Licences: as sources declare them, as the national vocabulary has them, and the one that binds what is made of many.

No data set may be offered more freely than any of its sources allows.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import IntEnum

from rdflib import Graph, Literal, URIRef
from rdflib.namespace import DCTERMS, FOAF, OWL, RDF, XSD

from app.linked.vocabulary import DCATAPIT, LICENCE_TYPE, LICENCES, tell


class Freedom(IntEnum):
    """How much a licence asks of who uses the data; the more, the higher."""

    NOTHING = 0
    ATTRIBUTION = 1
    SAME_LICENCE = 2
    UNKNOWN = 3


_TYPES = {
    Freedom.NOTHING: LICENCE_TYPE.PublicDomain,
    Freedom.ATTRIBUTION: LICENCE_TYPE.Attribution,
    Freedom.SAME_LICENCE: LICENCE_TYPE["ViralEffect-ShareAlike"],
    Freedom.UNKNOWN: LICENCE_TYPE.UnknownIPR,
}


@dataclass(frozen=True)
class Licence:
    """A licence: its name in the vocabulary, what it asks, its title, version and text."""

    term: str
    freedom: Freedom
    name: str
    version: str | None = None
    text: str | None = None

    @property
    def uri(self) -> URIRef:
        """Its identifier in the controlled vocabulary of licences."""
        return LICENCES[self.term]


CC_BY = Licence(
    "A21_CCBY40",
    Freedom.ATTRIBUTION,
    "Creative Commons Attribuzione 4.0 Internazionale (CC BY 4.0)",
    "4.0",
    "https://creativecommons.org/licenses/by/4.0/",
)
UNKNOWN = Licence("C11_Unknown", Freedom.UNKNOWN, "Licenza Sconosciuta")
# By the word (SPDX where it has one) that declarations of sources use.
KNOWN = {
    "CC0-1.0": Licence(
        "A11_CCO10",
        Freedom.NOTHING,
        "Creative Commons CC0 1.0 Universale - Public Domain Dedication (CC0 1.0)",
        "1.0",
        "https://creativecommons.org/publicdomain/zero/1.0/",
    ),
    "CC-BY-4.0": CC_BY,
    "IODL-2.0": Licence(
        "A29_IODL20",
        Freedom.ATTRIBUTION,
        "Italian Open Data License 2.0 (IODL 2.0)",
        "2.0",
        "https://www.dati.gov.it/content/italian-open-data-license-v20",
    ),
    "CC-BY-SA-4.0": Licence(
        "A31_CCBYSA40",
        Freedom.SAME_LICENCE,
        "Creative Commons Attribuzione-Condividi allo stesso modo 4.0 Internazionale (CC BY-SA 4.0)",
        "4.0",
        "https://creativecommons.org/licenses/by-sa/4.0/",
    ),
    "ODbL-1.0": Licence(
        "A310_ODBL",
        Freedom.SAME_LICENCE,
        "Open Data Commons Open Database License 1.0 (ODbL)",
        "1.0",
        "https://opendatacommons.org/licenses/odbl/1-0/",
    ),
}


def licence(declared: str) -> Licence:
    """The licence that a source declares; what is not declared, or not in a known word, gives no permission."""
    return KNOWN.get(declared, UNKNOWN)


def binding(declared: Iterable[str]) -> Licence:
    """The licence of what is made of data under these licences: never freer than the strictest of them.

    Two licences that each demand themselves for the whole cannot both be kept, and no source at all permits nothing:
    both are unknown. Several that ask for attribution alone are kept together by CC BY 4.0.

    >>> binding(["CC0-1.0", "CC-BY-4.0", "ODbL-1.0"]).term, binding(["CC-BY-4.0", "non dichiarata"]).term
    ('A310_ODBL', 'C11_Unknown')
    """
    found = {licence(word) for word in declared}
    strictest = max((one.freedom for one in found), default=Freedom.UNKNOWN)
    return _common([one for one in found if one.freedom is strictest], strictest)


def _common(strict: Collection[Licence], freedom: Freedom) -> Licence:
    if len(strict) == 1:
        return next(iter(strict))
    return CC_BY if freedom is Freedom.ATTRIBUTION else UNKNOWN


def describe(graph: Graph, one: Licence) -> None:
    """Add a licence to a graph, as the profile describes it."""
    text = None if one.text is None else Literal(one.text, datatype=XSD.anyURI)
    told = (
        (RDF.type, DCATAPIT.LicenseDocument),
        (RDF.type, DCTERMS.LicenseDocument),
        (DCTERMS.type, _TYPES[one.freedom]),
        (FOAF.name, Literal(one.name, lang="it")),
        (OWL.versionInfo, None if one.version is None else Literal(one.version)),
        (DCATAPIT.referenceDoc, text),
    )
    tell(graph, one.uri, told)
