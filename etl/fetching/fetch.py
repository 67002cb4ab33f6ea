"""Fetch the files of sources from their publishers: bytes as received, nothing is parsed.

A file that fails leaves the one that was there before, and does not stop the others.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from etl.fetching.client import Answer, Polite, Wanted, brief
from etl.fetching.keeping import FetchFailed, Shelf, Sidecar, require_plain_name, shelf
from etl.fetching.manners import Manners
from etl.fetching.pages import Page, is_page_name, page_address, page_name, read_page, require_same_list
from etl.i18n import _
from etl.progress import Progress, silent
from etl.sources.base import Download, Source

State = Literal["nuovo", "aggiornato", "invariato", "fallito"]


@dataclass(frozen=True)
class Fetched:
    """What became of a download: its state, its files (several where it has pages) and bytes, why it failed.

    ``name`` tells how many they are where several downloads of a source were not even tried.
    """

    source_id: str
    name: str
    address: str
    state: State
    files: tuple[Path, ...] = ()
    bytes: int = 0
    message: str | None = None


def fetch(
    sources: Sequence[Source],
    folder: Path,
    *,
    progress: Progress = silent,
    manners: Manners | None = None,
) -> list[Fetched]:
    """Fetch all downloads of the sources into ``folder/<source id>/<name>``, one after the other.

    A server that says that nothing has changed (304), or sends the same bytes, leaves the file untouched. Once two
    hosts in a row are not found the network seems to lack, and each source that is left fails at once, as a whole.
    """
    found: list[Fetched] = []
    with Polite(manners or Manners(), progress) as polite:
        for source in sources:
            left = list(source.declaration.downloads)
            while left and not polite.offline:
                found.append(_fetch_one(polite, source.declaration.id, left.pop(0), folder))
            if left:
                found.append(_not_tried(polite, source.declaration.id, left))
    return found


def _not_tried(polite: Polite, source_id: str, left: Sequence[Download]) -> Fetched:
    fetched = _failed(source_id, left[0], _("Sembra che manchi la rete: riprovare quando c'è."))
    polite.progress(_("{fonte}: non scaricata. {motivo}").format(fonte=source_id, motivo=fetched.message))
    return fetched if len(left) == 1 else replace(fetched, name=_("{numero} file").format(numero=len(left)))


def _fetch_one(polite: Polite, source_id: str, download: Download, folder: Path) -> Fetched:
    polite.progress(_("{fonte}: scarico {nome}…").format(fonte=source_id, nome=download.name))
    try:
        require_plain_name(download.name)
        with shelf(folder, source_id) as place:
            get = _fetch_pages if download.paging == "hsds" else _fetch_file
            fetched = get(polite, source_id, download, place)
    except FetchFailed as error:
        fetched = _failed(source_id, download, str(error))
    except OSError as error:
        why = _("Non si può scrivere il file ({motivo}): controllare spazio e permessi.")
        fetched = _failed(source_id, download, why.format(motivo=error.strerror or error))
    polite.progress(_told(fetched))
    return fetched


def _failed(source_id: str, download: Download, message: str) -> Fetched:
    message = brief(message, download.address)
    return Fetched(source_id, download.name, download.address, "fallito", message=message)


def _told(fetched: Fetched) -> str:
    if fetched.state == "fallito":
        return _("  non riuscito da {indirizzo}: {motivo}").format(indirizzo=fetched.address, motivo=fetched.message)
    return _("  {stato}, {byte} byte").format(stato=fetched.state, byte=fetched.bytes)


def _fetch_file(polite: Polite, source_id: str, download: Download, place: Shelf) -> Fetched:
    there = place.file(download.name).exists()
    answer = _receive(polite, download, download.address, download.name, place)
    changed = not answer.unchanged and place.keep(download.name, _sidecar(download.address, answer))
    state: State = ("aggiornato" if there else "nuovo") if changed else "invariato"
    file = place.file(download.name)
    return Fetched(source_id, download.name, download.address, state, (file,), file.stat().st_size)


def _receive(polite: Polite, download: Download, address: str, name: str, place: Shelf) -> Answer:
    known = place.sidecar(name)
    headers = {}
    # The answer to a form is not a state of its address, and other addresses have other validators.
    if known is not None and known.address == address and download.form is None:
        validators = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
        headers = {header: value for header, value in validators.items() if value}
    return polite.receive(Wanted(address, place.part(name), form=download.form, headers=headers))


def _sidecar(address: str, answer: Answer) -> Sidecar:
    return Sidecar(
        address=address,
        sha256=answer.sha256,
        bytes=answer.size,
        received_at=datetime.now(UTC).isoformat(timespec="seconds"),
        etag=answer.etag,
        last_modified=answer.last_modified,
        content_type=answer.content_type,
    )


def _fetch_pages(polite: Polite, source_id: str, download: Download, place: Shelf) -> Fetched:
    """Receive all pages before any takes its place: a list that breaks off leaves the old one."""
    answers: dict[str, tuple[str, Answer]] = {}
    old = [file.name for file in place.root.iterdir() if is_page_name(file.name, download.name)]
    try:
        _receive_pages(polite, download, place, answers)
    except BaseException:
        for name in answers:
            place.part(name).unlink(missing_ok=True)
        raise
    fresh = {name: found for name, found in answers.items() if not found[1].unchanged}
    changed = [name for name, (address, answer) in fresh.items() if place.keep(name, _sidecar(address, answer))]
    stale = [name for name in old if name not in answers]
    for name in stale:
        place.drop(name)
    state: State = ("aggiornato" if old else "nuovo") if changed or stale else "invariato"
    files = tuple(place.file(name) for name in answers)
    size = sum(file.stat().st_size for file in files)
    return Fetched(source_id, download.name, download.address, state, files, size)


def _receive_pages(polite: Polite, download: Download, place: Shelf, answers: dict[str, tuple[str, Answer]]) -> None:
    first: Page | None = None
    number, size = 1, 0
    while first is None or number <= first.total_pages:
        address, name = page_address(download.address, number), page_name(download.name, number)
        answer = _receive(polite, download, address, name, place)
        answers[name] = address, answer
        content = (place.file(name) if answer.unchanged else place.part(name)).read_bytes()
        page = read_page(content, number, address)
        first = first or page
        require_same_list(first, page, address, polite.manners)
        size += len(content)
        if size > polite.manners.largest:
            why = _("{indirizzo}: l'elenco supera {massimo} MB.")
            raise FetchFailed(why.format(indirizzo=address, massimo=polite.manners.largest // 1024**2))
        polite.progress(_("  pagina {numero} di {totale}").format(numero=number, totale=first.total_pages))
        number += 1
