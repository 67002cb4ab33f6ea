"""All pages of a list of the HSDS API, each kept as a file.

Open Referral HSDS 3.1, API reference: ``total_items``, ``total_pages``, ``page_number``, ``contents``.
"""

import json
import re
from dataclasses import dataclass
from pathlib import PurePath

import httpx2

from etl.fetching.keeping import FetchFailed
from etl.fetching.manners import Manners
from etl.i18n import _


@dataclass(frozen=True)
class Page:
    """What a page says of its list."""

    total_items: int | None
    total_pages: int


def page_address(address: str, number: int) -> str:
    """Address of a page of a list, from 1."""
    return str(httpx2.URL(address).copy_set_param("page", number))


def page_name(name: str, number: int) -> str:
    """Name under which a page is kept: ``services.json`` as ``services-0001.json``."""
    path = PurePath(name)
    return f"{path.stem}-{number:04d}{path.suffix}"


def is_page_name(name: str, of: str) -> bool:
    """Whether a file is a page of the list that is kept under the name ``of``."""
    path = PurePath(of)
    return re.fullmatch(re.escape(path.stem) + r"-\d{4,}" + re.escape(path.suffix), name) is not None


def read_page(content: bytes, number: int, address: str) -> Page:
    """What page ``number`` says of its list.

    Raises
    ------
    FetchFailed
        It is no page of an HSDS list, or another page than the one asked for.
    """
    try:
        told = json.loads(content)
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict) or not isinstance(told.get("contents"), list) or not _is_count(told, "total_pages"):
        why = _("{indirizzo}: non è una pagina di un elenco HSDS 3 (mancano «total_pages» e «contents»).")
        raise FetchFailed(why.format(indirizzo=address))
    if _is_count(told, "page_number") and told["page_number"] != number:
        why = _("{indirizzo}: risponde con la pagina {avuta} invece della {voluta}: il server ignora «page».")
        raise FetchFailed(why.format(indirizzo=address, avuta=told["page_number"], voluta=number))
    return Page(told["total_items"] if _is_count(told, "total_items") else None, told["total_pages"])


def _is_count(told: dict[str, object], name: str) -> bool:
    value = told.get(name)
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def require_same_list(first: Page, page: Page, address: str, manners: Manners) -> None:
    """Pages of two states of a list would lose or repeat entries.

    Raises
    ------
    FetchFailed
        The totals have changed since the first page, or there are too many pages.
    """
    if first.total_pages > manners.pages:
        why = _("{indirizzo}: {pagine} pagine, il massimo è {massimo}: chiedere pagine più lunghe (per_page).")
        raise FetchFailed(why.format(indirizzo=address, pagine=first.total_pages, massimo=manners.pages))
    if page != first:
        why = _("{indirizzo}: l'elenco è cambiato mentre si scaricava: riprovare.")
        raise FetchFailed(why.format(indirizzo=address))
