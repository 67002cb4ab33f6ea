"""``./ombra etl history``: what was loaded when."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.commands import output
from app.commands.etl.group import command, database
from app.commands.etl.tables import moment
from etl.i18n import _

if TYPE_CHECKING:
    from etl.outcome import PastRun

SHORT = 8  # characters of a run's number that people copy


@command("history", _("Elenca i caricamenti, il più recente per primo."))
def history(
    source: Annotated[str | None, typer.Option("--source", help=_("Solo di questa fonte."))] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help=_("Quanti al massimo."))] = 30,
) -> None:
    """List runs."""
    from etl.history import history as read

    with database() as engine, engine.connect() as connection:
        runs = read(connection, source, limit)
    headings = {"run": _("Numero"), "when": _("Quando"), "source": _("Fonte"), "state": _("Esito")}
    headings |= {"read": _("Lette"), "accepted": _("Accet-\ntate"), "rejected": _("Scar-\ntate"), "files": _("File")}
    remark = _("Per tornare a prima di un caricamento: ./ombra etl rollback NUMERO")
    sheet = output.Sheet(_("Caricamenti"), headings, [remark] if runs else [_("Nessun caricamento.")], whole=["run"])
    output.show([_cells(run) for run in runs], sheet)


def _cells(run: "PastRun") -> dict[str, Any]:
    from app.reports import words

    state = _("annullato") if run.undone else words.said(words.STATES, run.state)
    return {
        "run": str(run.run_id)[:SHORT],
        "when": moment(run.started_at),
        "source": f"{run.source_id}\n{run.edition}" if run.edition else run.source_id,
        "state": state,
        "files": "\n".join(name.rpartition("/")[2] for name in run.files),
        **{name: run.counts.get(name) for name in ("read", "accepted", "rejected")},
    }
