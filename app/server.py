"""Start the web server, in the foreground or detached, and stop it."""

import argparse
import errno
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path

from app.running import Running, announced, forget, running, started
from etl.errors import OmbraError
from etl.i18n import _

READY_SECONDS = 60.0
STOP_SECONDS = 15.0
LOG_LIMIT = 10 * 2**20  # bytes; a longer log is put aside at the next start


class ServerError(OmbraError):
    """The web server cannot start or stop."""


def listen(host: str, port: int) -> socket.socket:
    """Socket that listens at this address.

    Raises
    ------
    ServerError
        The port is taken, needs more rights, or the host is not of this machine.
    """
    try:
        family, kind, _proto, _name, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            listener.listen(100)
        except OSError:
            listener.close()
            raise
    except OSError as error:
        raise ServerError(
            _("Non posso ascoltare su {host}, porta {porta}: {motivo}.").format(
                host=host, porta=port, motivo=_reason(error)
            )
        ) from error
    return listener


def start_detached(state: Path, *, host: str, port: int) -> Running:
    """Start a server that outlives this process; returns when it answers.

    Raises
    ------
    ServerError
        It ended or did not answer within a minute; the message holds the end of its log.
    """
    state.mkdir(parents=True, exist_ok=True)
    log = state / "server.log"
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        log.replace(log.with_suffix(".log.old"))
    process = _spawn(state, log, host, port)
    limit = time.monotonic() + READY_SECONDS
    while time.monotonic() < limit and process.poll() is None:
        found = running(state)
        if found is not None and found.pid == process.pid and _healthy(found):
            process.returncode = 0  # it is left to itself: without this Python would complain that it still runs
            return found
        time.sleep(0.1)
    process.kill()
    process.wait()
    rival = running(state)
    if rival is not None and (rival.host, rival.port) == (host, port) and _healthy(rival):
        return rival  # another "up" of the same clone was quicker
    raise ServerError(
        _("Il servizio web non parte. Ultime righe di «{log}»:\n{righe}").format(log=log, righe=_end_of(log))
    )


def serve(state: Path, *, host: str, port: int) -> None:
    """Serve in this process until it is stopped.

    Raises
    ------
    ServerError
        The address is taken or the application does not start.
    """
    import uvicorn

    state.mkdir(parents=True, exist_ok=True)
    config = uvicorn.Config(
        "app.main:create_app",
        factory=True,
        access_log=False,  # addresses of visitors are personal data that nobody needs
        log_level="warning",
        server_header=False,
        proxy_headers=False,  # whom to believe about a client is a setting of the application
        timeout_graceful_shutdown=5,
    )
    web = uvicorn.Server(config)
    # Listening comes before the announcement: who does not get the port must not be taken for the server.
    with listen(host, port) as listener, announced(state, host, port), suppress(KeyboardInterrupt):
        web.run(sockets=[listener])
    if not web.started:
        raise ServerError(_("Il servizio web non è partito: il motivo è scritto qui sopra."))


def stop(state: Path) -> bool:
    """Stop the server of this state folder; true if one was running.

    Raises
    ------
    ServerError
        It belongs to another user, or does not end.
    """
    found = running(state)
    if found is None:
        return False
    for sign in (signal.SIGTERM, signal.SIGKILL):
        _signal(found, sign)
        limit = time.monotonic() + STOP_SECONDS
        while time.monotonic() < limit:
            if started(found.pid) != found.started:
                forget(state, found)
                return True
            time.sleep(0.05)
    raise ServerError(_("Il servizio web (processo {pid}) non si ferma.").format(pid=found.pid))


def _spawn(state: Path, log: Path, host: str, port: int) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-P", "-m", "app.server", "--state", str(state), "--host", host, "--port", str(port)]
    with log.open("ab") as output:
        return subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True, cwd="/"
        )


def _signal(found: Running, sign: signal.Signals) -> None:
    try:
        os.kill(found.pid, sign)
    except ProcessLookupError:
        return
    except PermissionError:
        raise ServerError(
            _("Il servizio web (processo {pid}) è di un altro utente: fermarlo con quell'utente.").format(pid=found.pid)
        ) from None


def _healthy(found: Running) -> bool:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # a proxy must not stand in between
    with suppress(urllib.error.URLError, OSError), direct.open(f"{found.url}/health", timeout=5) as answer:
        return bool(answer.status == 200)
    return False


def _end_of(log: Path, lines: int = 15) -> str:
    with log.open(encoding="utf-8", errors="replace") as text:
        return "".join(f"  {line}" for line in text.readlines()[-lines:]).rstrip()


def _reason(error: OSError) -> str:
    if isinstance(error, socket.gaierror):
        return _("questo nome non è di questa macchina")
    known = {
        errno.EADDRINUSE: _("la porta è già occupata da un altro programma; sceglierne un'altra con --port"),
        errno.EACCES: _("per le porte fino a 1023 serve l'amministratore; sceglierne un'altra con --port"),
        errno.EADDRNOTAVAIL: _("questo indirizzo non è di questa macchina"),
    }
    return known.get(error.errno or 0, str(error))


def _main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("--host", required=True)
    parser.add_argument("--port", type=int, required=True)
    options = parser.parse_args()
    try:
        serve(options.state, host=options.host, port=options.port)
    except OmbraError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    _main()
