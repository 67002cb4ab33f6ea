"""``./ombra etl sources``: the sources that Ombra can read, and what is loaded of them."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from app.commands import output
from app.commands.etl.group import MappingsOption, command, database, database_exists, known
from app.commands.etl.tables import Form, FormOption, moment
from etl.i18n import _, ngettext

if TYPE_CHECKING:
    from etl.outcome import PastRun
    from etl.sources.base import Declaration

COLUMNS = (
    *("id", "title", "publisher", "licence", "kind", "service_types", "territory", "refresh_days"),
    *("edition", "loaded_at", "address", "downloads"),
)


@command("sources", _("Elenca le fonti: chi le pubblica, con quale licenza, quando sono state caricate, come averle."))
def sources(
    mappings: Annotated[Path | None, MappingsOption] = None,
    form: Annotated[Form, FormOption] = Form.table,
    out: Annotated[Path | None, output.OutOption] = None,
) -> None:
    """List the catalogue."""
    from app.api.output import table

    latest = _latest() if database_exists() else {}
    rows = [_row(source.declaration, latest.get(source.declaration.id)) for source in known(mappings)]
    if form is Form.csv:
        output.give_out(table(rows, COLUMNS), out)
        return
    remark = _("«fetch»: la scarica ./ombra etl fetch --source ID. «a mano»: indirizzi con --format csv o su /fonti.")
    headings = {
        "source": _("Fonte"),
        "content": _("Che cosa, licenza, rinnovo"),
        "last": _("Caricata"),
        "how": _("Come"),
    }
    output.show([_cells(row) for row in rows], output.Sheet(_("Fonti"), headings, [remark]))


def _latest() -> "dict[str, PastRun]":
    """The latest run of each source."""
    from etl.history import history

    with database() as engine, engine.connect() as connection:
        found = history(connection, limit=100_000)
    return {run.source_id: run for run in reversed(found)}


def _row(declared: "Declaration", run: "PastRun | None") -> dict[str, Any]:
    told = {name: getattr(declared, name) for name in COLUMNS if hasattr(declared, name)}
    return told | {
        "service_types": list(declared.service_types),
        "downloads": [download.address for download in declared.downloads],
        "edition": None if run is None else run.edition,
        "loaded_at": None if run is None or run.state == "ritirato" else run.started_at,
    }


def _cells(row: dict[str, Any]) -> dict[str, Any]:
    from app.reports import words

    refresh = row["refresh_days"]
    renewed = _("rinnovo non dichiarato")
    if refresh is not None:
        renewed = ngettext("ogni giorno", "ogni {numero} giorni", refresh).format(numero=refresh)
    loaded = row["loaded_at"]
    return {
        "source": f"{row['id']}\n{row['title']}\n{row['publisher']}",
        "content": "\n".join(
            [_listed(words.said(words.KINDS, row["kind"]), row["service_types"]), row["licence"], renewed]
        ),
        "last": _("mai") if loaded is None else f"{moment(loaded).split()[0]}\n{row['edition'] or ''}".rstrip(),
        "how": "fetch" if row["downloads"] else _("a mano"),
    }


def _listed(kind: str, types: list[str]) -> str:
    return f"{kind}: {', '.join(types)}" if types else kind
