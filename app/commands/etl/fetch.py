"""``./ombra etl fetch``: the publishers' files, as received."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.commands import output
from app.commands.base import report, screen
from app.commands.etl.group import MappingsOption, SourceOption, command, known, received
from etl.errors import OmbraError
from etl.i18n import _

if TYPE_CHECKING:
    from etl.fetching.fetch import Fetched

THOUSAND = 1000


@command("fetch", _("Scarica i file delle fonti che hanno un indirizzo, così come sono; chi non è cambiato resta."))
def fetch(
    source: Annotated[list[str] | None, SourceOption] = None,
    to: Annotated[Path | None, typer.Option("--to", help=_("Cartella in cui scriverli."))] = None,
    mappings: Annotated[Path | None, MappingsOption] = None,
) -> None:
    """Fetch into a folder; exit 1 where a file could not be had."""
    from etl.fetching.fetch import fetch as fetch_all

    chosen = known(mappings, source or [])
    having = [one for one in chosen if one.declaration.downloads]
    if source and not having:
        raise OmbraError(_("Queste fonti non hanno un file da scaricare: si veda «Come» in ./ombra etl sources."))
    folder = to or received()
    found = fetch_all(having, folder, progress=report)
    _show(found)
    screen.print(_("I file sono in {folder}. Per caricarli: {command}").format(folder=folder, command=_next(to)))
    if any(one.state == "fallito" for one in found):
        raise typer.Exit(1)


def _next(to: Path | None) -> str:
    return "./ombra etl run" if to is None else f"./ombra etl run --dir {to}"


def _show(found: "Sequence[Fetched]") -> None:
    headings = {"source": _("Fonte"), "name": _("File"), "state": _("Esito"), "size": _("kB"), "message": _("Perché")}
    rows = [
        {
            "source": one.source_id,
            "name": one.name,
            "state": one.state,
            "size": round(one.bytes / THOUSAND),
            "message": one.message,
        }
        for one in found
    ]
    output.show(rows, output.Sheet(_("File scaricati"), headings, optional=["message"]))
