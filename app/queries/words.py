"""Full text on the listing of services: Italian stems, words that people use instead, slips of the pen.

A service is found where its words hold all those asked (PostgreSQL full text, stems of ``italian``, accents left
out), where its type is what people mean by them (:mod:`app.nearby.needs`), or where a piece of its text looks like
them (``pg_trgm``, ``word_similarity`` of 0.6 and more: the module's own threshold, which its index knows).
"""

import re
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, String, bindparam, case, func, literal_column, or_

from app.nearby.needs import mended, types_of
from etl.locate.address import fold

# The same stems as those of the listing: what is asked comes here without accents already.
_ITALIAN: ColumnElement[Any] = literal_column("'italian'::regconfig")
_SURE = 0.6  # agreement with what people call a type from which on all its services are meant
_LATER = 0.05  # of the rank, for each place that a type comes after the best
_WITHOUT = re.compile(r"(?:^|\s)-\w")  # "consultorio -pediatrico"

# Columns of the listing by name: they join whatever statement selects from it.
_TYPE: ColumnElement[str] = literal_column("service_listing.service_type_code", String)
_DOCUMENT: ColumnElement[str] = literal_column("service_listing.document", String)
_SEARCH: ColumnElement[Any] = literal_column("service_listing.search")

Matching = tuple[ColumnElement[bool], ColumnElement[float]]


def matching(text: str) -> Matching:
    """Whether a row of ``service_listing`` answers the words, and how well: the higher, the better.

    The words are those of a search engine: all of them, ``"one after the other"``, ``this or that``, ``-without``.
    """
    told = values(text)
    return _matching({name: bindparam(None, told[name], type_=kind) for name, kind in _TYPES.items()})


def prepared_matching() -> Matching:
    """The same for a statement that is compiled once; its parameters are those of :func:`values`."""
    return _matching({name: bindparam(name, type_=kind) for name, kind in _TYPES.items()})


def values(text: str, *, alike: bool = True) -> dict[str, Any]:
    """What :func:`prepared_matching` is asked with, by the names of its parameters.

    ``alike``: look for likeness of letters too, which among a million services takes as long as all the rest.
    """
    # What must not be there can only be told of whole words, not of types and of likeness.
    plain = "" if _WITHOUT.search(text) else text
    return {
        "words": fold(text),
        "mended_words": mended(plain),
        "like_words": fold(plain) if alike else None,
        "word_types": list(types_of(plain, least=_SURE)),
    }


_TYPES: dict[str, Any] = {
    "words": String(),
    "mended_words": String(),
    "like_words": String(),
    "word_types": ARRAY(String()),
}


def _matching(told: dict[str, Any]) -> Matching:
    types, like, kind = told["word_types"], told["like_words"], _TYPE
    mended_query = func.plainto_tsquery(_ITALIAN, told["mended_words"])
    asked = func.websearch_to_tsquery(_ITALIAN, told["words"]).op("||")(mended_query)
    of_type = kind == func.any(types)
    condition = or_(
        _SEARCH.op("@@", is_comparison=True)(asked),
        of_type,
        like.op("<%", is_comparison=True)(_DOCUMENT),
    )
    meant = case((of_type, 1 - _LATER * func.array_position(types, kind)), else_=0.0)
    return condition, meant + func.ts_rank(_SEARCH, asked) + func.coalesce(func.word_similarity(like, _DOCUMENT), 0.0)
