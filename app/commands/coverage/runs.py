"""``./ombra coverage list``: the runs that are kept."""

from typing import Annotated, Any

import typer

from app.commands import output
from app.commands.coverage.group import command, reading, short
from app.commands.etl.tables import moment
from etl.i18n import _


@command("list", _("Elenca i calcoli, il più recente per primo."))
def list_runs(
    limit: Annotated[int, typer.Option("--limit", min=1, help=_("Quanti al massimo."))] = 30,
) -> None:
    """List runs."""
    from app.queries.runs import runs

    with reading() as connection:
        found = [dict(row) for row in connection.execute(runs().limit(limit)).mappings()]
    headings = {
        "number": _("Numero"),
        "when": _("Quando"),
        "name": _("Nome"),
        "engine": _("Motore"),
        "year": _("Residenti"),
        "state": _("Stato"),
    }
    remarks = [_("I parametri di uno: ./ombra coverage show NUMERO")] if found else [_("Nessun calcolo.")]
    sheet = output.Sheet(_("Calcoli"), headings, remarks, optional=["name"], whole=["number", "when"])
    output.show([_cells(row) for row in found], sheet)


def supposed(variant: dict[str, Any]) -> str:
    """What a run with a variant is, in words."""
    kinds = {"scenario": _("scenario"), "forecast": _("previsione")}
    kind = kinds.get(variant["kind"], str(variant["kind"]))
    return kind if variant.get("name") is None else _("{prova} «{nome}»").format(prova=kind, nome=variant["name"])


def _cells(row: dict[str, Any]) -> dict[str, Any]:
    states = [
        *([_("corrente")] if row["current"] else []),
        *([supposed(row["variant"])] if row["variant"] else []),
        *([] if row["results"] else [_("solo parametri e indicatori")]),
        *([_("vedere la nota")] if row["note"] else []),
    ]
    return {
        "number": short(row["id"]),
        "when": moment(row["created_at"]),
        "name": row["name"],
        "engine": row["engine"],
        "year": "–" if row["population_year"] is None else str(row["population_year"]),
        "state": ", ".join(states),
    }
