"""Ask a server for a file: politely, again where it makes sense, and never more than is wanted."""

import hashlib
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx2
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt

from etl.fetching.keeping import FetchFailed
from etl.fetching.manners import AGENT, Manners, retry_after
from etl.i18n import _
from etl.progress import Progress, silent

AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
TOLD_EVERY = 16 * 1024**2  # bytes between two steps of progress
SCHEMES = frozenset({"http", "https"})


class _TryAgain(FetchFailed):
    """A failure that may pass; ``after`` is how many seconds the server asked to wait."""

    def __init__(self, message: str, after: float | None = None) -> None:
        self.after = after
        super().__init__(message)


@dataclass(frozen=True)
class Wanted:
    """What to ask for: address, form data for a POST, headers of validators, and where to receive it."""

    address: str
    into: Path
    form: Mapping[str, str] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """What came: nothing new (304), or ``size`` bytes with their SHA-256."""

    unchanged: bool
    size: int = 0
    sha256: str = ""
    etag: str | None = None
    last_modified: str | None = None
    content_type: str | None = None


class Polite:
    """One request at a time, with a pause between two to the same host."""

    def __init__(self, manners: Manners, progress: Progress = silent) -> None:
        self.manners = manners
        self.progress = progress
        self._ended: dict[str, float] = {}
        self._not_found: set[str] = set()
        timeout = httpx2.Timeout(manners.read, connect=manners.connect)
        self._client = httpx2.Client(timeout=timeout, headers={"User-Agent": AGENT}, follow_redirects=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    @property
    def offline(self) -> bool:
        """Whether the network seems to lack: two hosts in a row were not found."""
        return len(self._not_found) > 1

    def receive(self, wanted: Wanted) -> Answer:
        """Bytes of an address into a file, as received but for the compression of the transport.

        Network failures and answers that may pass (429, 5xx) are tried again, a host that is not found is not.

        Raises
        ------
        FetchFailed
            In Italian: what the server answered, and what to do.
        """
        retrying = Retrying(
            stop=stop_after_attempt(self.manners.attempts),
            wait=self._wait,
            retry=retry_if_exception_type(_TryAgain),
            before_sleep=self._tell,
            reraise=True,
        )
        try:
            return retrying(self._once, wanted)
        except BaseException:
            # What was received of a file that failed is no file.
            wanted.into.unlink(missing_ok=True)
            raise

    def _wait(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        asked = error.after if isinstance(error, _TryAgain) else None
        return asked if asked is not None else self.manners.backoff * 2 ** (state.attempt_number - 1)

    def _tell(self, state: RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome else None
        wait = state.next_action.sleep if state.next_action else 0
        text = _("  {motivo} Nuovo tentativo fra {secondi:.0f} s.")
        self.progress(text.format(motivo=brief(str(error), state.args[0].address), secondi=wait))

    def _once(self, wanted: Wanted) -> Answer:
        try:
            request = self._request(wanted)
            for _hop in range(self.manners.redirects + 1):
                response = self._send(request)
                try:
                    if not response.has_redirect_location:
                        return self._read(response, wanted)
                    request = _next(response)
                finally:
                    response.close()
                    self._ended[response.request.url.host] = time.monotonic()
        except httpx2.TransportError as error:
            if _is_not_found(error):
                self._not_found.add(request.url.host)
                why = _("{indirizzo}: il server «{server}» non si trova: controllare la rete e l'indirizzo.")
                raise FetchFailed(why.format(indirizzo=wanted.address, server=request.url.host)) from None
            why = _("{indirizzo}: il server non risponde o interrompe ({motivo}).")
            raise _TryAgain(why.format(indirizzo=wanted.address, motivo=_reason(error))) from None
        except (httpx2.RequestError, httpx2.InvalidURL) as error:
            why = _("{indirizzo}: la richiesta non è possibile ({motivo}): controllare l'indirizzo.")
            raise FetchFailed(why.format(indirizzo=wanted.address, motivo=_reason(error))) from None
        why = _("{indirizzo}: troppi rinvii da un indirizzo all'altro: cercare quello nuovo del file.")
        raise FetchFailed(why.format(indirizzo=wanted.address))

    def _request(self, wanted: Wanted) -> httpx2.Request:
        method = "POST" if wanted.form is not None else "GET"
        form = dict(wanted.form) if wanted.form is not None else None
        request = self._client.build_request(method, wanted.address, data=form, headers=dict(wanted.headers))
        _require_web(request.url, wanted.address)
        return request

    def _send(self, request: httpx2.Request) -> httpx2.Response:
        since = time.monotonic() - self._ended.get(request.url.host, float("-inf"))
        if since < self.manners.pause:
            time.sleep(self.manners.pause - since)
        response = self._client.send(request, stream=True)
        self._not_found.clear()
        return response

    def _read(self, response: httpx2.Response, wanted: Wanted) -> Answer:
        if response.status_code == 304:
            return Answer(unchanged=True)
        _require_success(response, wanted.address, self.manners.patience)
        _require_no_page(response, wanted)
        size, sha256 = self._pour(response, wanted)
        if not size:
            raise FetchFailed(_("{indirizzo}: la risposta è vuota.").format(indirizzo=wanted.address))
        told = response.headers
        return Answer(False, size, sha256, told.get("ETag"), told.get("Last-Modified"), told.get("Content-Type"))

    def _pour(self, response: httpx2.Response, wanted: Wanted) -> tuple[int, str]:
        largest, started = self.manners.largest, time.monotonic()
        length = response.headers.get("Content-Length", "")
        if length.isdecimal() and int(length) > largest:
            raise FetchFailed(_too_large(wanted.address, largest))
        size, told, sha256 = 0, 0, hashlib.sha256()
        with wanted.into.open("wb") as stream:
            for chunk in response.iter_bytes():
                size += len(chunk)
                if size > largest:
                    raise FetchFailed(_too_large(wanted.address, largest))
                if time.monotonic() - started > self.manners.whole:
                    why = _("{indirizzo}: dopo {secondi:.0f} s il file non è ancora completo: riprovare più tardi.")
                    raise FetchFailed(why.format(indirizzo=wanted.address, secondi=self.manners.whole))
                stream.write(chunk)
                sha256.update(chunk)
                if size - told >= TOLD_EVERY:
                    told = size
                    self.progress(_("  ricevuti {megabyte} MB").format(megabyte=size // 1024**2))
        return size, sha256.hexdigest()


def brief(message: str, address: str) -> str:
    """A message without the address that it begins with, where that is told beside it."""
    return message.removeprefix(f"{address}: ")


def _is_not_found(error: BaseException | None) -> bool:
    """Whether the resolution of a name failed, however deep the libraries have wrapped that."""
    while error is not None:
        if isinstance(error, socket.gaierror):
            return True
        error = error.__cause__ or error.__context__
    return False


def _reason(error: Exception) -> str:
    """What happened, in Italian: the libraries say it in English, with numbers of the system."""
    match error:
        case httpx2.TimeoutException():
            return _("tempo scaduto")
        case httpx2.ConnectError():
            return _("la connessione non riesce")
        case httpx2.NetworkError() | httpx2.RemoteProtocolError():
            return _("la connessione si è interrotta")
        case httpx2.ProxyError():
            return _("il proxy rifiuta")
        case _:
            return _("richiesta o risposta non valida")


def _too_large(address: str, largest: int) -> str:
    why = _("{indirizzo}: il file supera {massimo} MB: cercarne uno per il solo territorio che serve.")
    return why.format(indirizzo=address, massimo=largest // 1024**2)


def _require_web(url: httpx2.URL, address: str) -> None:
    if url.scheme not in SCHEMES or not url.host:
        why = _("{indirizzo}: porta a «{altro}», che non è un indirizzo http o https: non è stato seguito.")
        raise FetchFailed(why.format(indirizzo=address, altro=str(url)[:200]))


def _next(response: httpx2.Response) -> httpx2.Request:
    request = response.next_request
    if request is None:
        why = _("{indirizzo}: rinvia a un indirizzo che non si capisce.")
        raise FetchFailed(why.format(indirizzo=response.request.url))
    _require_web(request.url, str(response.request.url))
    return request


def _require_success(response: httpx2.Response, address: str, patience: float) -> None:
    status = response.status_code
    if status == 200:
        return
    names = {"indirizzo": address, "stato": status}
    if status not in AGAIN:
        why = {
            401: _("{indirizzo}: il server chiede un accesso ({stato}): scaricare il file a mano."),
            403: _("{indirizzo}: il server rifiuta la richiesta ({stato}): scaricare il file a mano."),
            404: _("{indirizzo}: il file non c'è più ({stato}): cercare il nuovo indirizzo presso l'ente."),
            410: _("{indirizzo}: il file non c'è più ({stato}): cercare il nuovo indirizzo presso l'ente."),
        }.get(status, _("{indirizzo}: risposta inattesa del server ({stato})."))
        raise FetchFailed(why.format(**names))
    after = retry_after(response.headers.get("Retry-After")) if status in {429, 503} else None
    if after is not None and after > patience:
        why = _("{indirizzo}: il server chiede di tornare fra {secondi:.0f} s ({stato}): riprovare più tardi.")
        raise FetchFailed(why.format(secondi=after, **names))
    raise _TryAgain(_("{indirizzo}: il server è occupato o in errore ({stato}).").format(**names), after)


def _require_no_page(response: httpx2.Response, wanted: Wanted) -> None:
    kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind in {"text/html", "application/xhtml+xml"} and not wanted.into.stem.lower().endswith((".html", ".htm")):
        why = _("{indirizzo}: risponde con una pagina web invece del file: cercare il nuovo indirizzo presso l'ente.")
        raise FetchFailed(why.format(indirizzo=wanted.address))
