"""The three forms in which linked data are written, and which of them a request asks for."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from rdflib import Graph
from starlette.exceptions import HTTPException

from etl.i18n import _


@dataclass(frozen=True)
class Form:
    """A form: the ending of its files, its media type, the name that rdflib has for it."""

    ending: str
    media_type: str
    writer: str


TURTLE = Form("ttl", "text/turtle", "turtle")
JSON_LD = Form("jsonld", "application/ld+json", "json-ld")
RDF_XML = Form("rdf", "application/rdf+xml", "xml")
FORMS = (TURTLE, JSON_LD, RDF_XML)


def written(graph: Graph, form: Form) -> str:
    """A graph as text."""
    options: dict[str, Any] = {"auto_compact": True, "ensure_ascii": False} if form is JSON_LD else {}
    text: str = graph.serialize(format=form.writer, encoding=None, **options)
    return text


def wanted(accept: str, *, first: Form = TURTLE) -> Form:
    """The form that an ``Accept`` header (RFC 9110, 12.5.1) prefers; ``first`` where it takes any.

    Raises
    ------
    HTTPException
        406: it takes none of them.

    >>> wanted("text/html, application/ld+json;q=0.9, */*;q=0.1").ending, wanted("").ending
    ('jsonld', 'ttl')
    """
    ranges = _ranges(accept)
    offered = sorted(FORMS, key=lambda form: form is not first)
    best = max(offered, key=lambda form: _weight(form, ranges))
    if _weight(best, ranges) <= 0:
        told = _("Formati disponibili: {formats}.").format(formats=", ".join(form.media_type for form in FORMS))
        raise HTTPException(HTTPStatus.NOT_ACCEPTABLE, told)
    return best


def _ranges(accept: str) -> dict[str, float]:
    """The weight of each range of media types."""
    found: dict[str, float] = {}
    for part in (accept or "*/*").split(","):
        name, *parameters = (word.strip().lower() for word in part.split(";"))
        weights = [word[2:] for word in parameters if word.startswith("q=")]
        found[name] = _number(weights[0]) if weights else 1.0
    return found


def _number(text: str) -> float:
    try:
        return min(max(float(text), 0.0), 1.0)
    except ValueError:
        return 1.0


def _weight(form: Form, ranges: dict[str, float]) -> float:
    """The weight of the narrowest range that holds the form; nothing where none does."""
    kind = form.media_type.partition("/")[0]
    told = (ranges.get(name) for name in (form.media_type, f"{kind}/*", "*/*"))
    return next((weight for weight in told if weight is not None), 0.0)
