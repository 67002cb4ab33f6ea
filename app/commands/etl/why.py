"""``./ombra etl why``: where the published values of a service come from, and those that lost."""

import json
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.commands import output
from app.commands.etl import naming
from app.commands.etl.group import command, database
from app.commands.etl.tables import day_told
from etl.i18n import _

if TYPE_CHECKING:
    from app.reports.provenance import Field, Telling


class Form(StrEnum):
    """How the answer comes out."""

    table = "table"
    csv = "csv"
    json = "json"


FormOption = typer.Option("--format", help=_("table, csv o json."))
COLUMNS = (
    *("field", "value", "survives", "rule", "why", "source_id", "source", "told_on"),
    *("evidence", "evidence_year", "author", "note"),
)


@command("why", _("Dice da dove viene ogni valore pubblicato di un servizio, perché vale e quali valori hanno perso."))
def why(
    service: Annotated[str, naming.ServiceArgument],
    field: Annotated[str | None, naming.FieldArgument] = None,
    output_format: Annotated[Form, FormOption] = Form.table,
) -> None:
    """Show where values come from."""
    from sqlalchemy.orm import Session

    from app.reports.provenance import field_name, fields

    wanted = None if field is None else naming.field(field)
    with database() as engine, engine.connect() as connection, Session(connection) as session:
        service_id = naming.service(connection, service)
        name = _known_name(session, service_id)
        found = fields(session, service_id, wanted)
    if output_format is not Form.table:
        _give_out(found, output_format)
        return
    title = _("{nome} ({id})").format(nome=name, id=service_id)
    absent = (
        _("Nessuna fonte dice nulla di questo campo.") if wanted else _("Nessuna fonte dice nulla di questo servizio.")
    )
    rows = [row for one in found for row in _rows(one, field_name(one.field))]
    output.show(rows, output.Sheet(title, _headings(), [] if rows else [absent]))


def _known_name(session: Any, service_id: Any) -> str:  # noqa: ANN401  imported where they are used
    from app.queries.origins import known
    from etl.errors import NotFound

    row = session.execute(known(service_id)).first()
    if row is None:
        raise NotFound(_("Nessun servizio ha l'identificativo {id}.").format(id=service_id))
    return str(row.name)


def _headings() -> dict[str, str]:
    names = {"field": _("Campo"), "value": _("Valore"), "state": _("Vale")}
    return names | {"source": _("Fonte e data"), "why": _("Perché")}


def _rows(found: "Field", name: str) -> list[dict[str, Any]]:
    """A line for each value that is told of a field, sources that say it alike together; the name on the first."""
    alike: dict[tuple[str, bool, str], list[Telling]] = {}
    for telling in found.tellings:
        alike.setdefault((telling.text, telling.survives, telling.why), []).append(telling)
    return [
        {
            "field": "" if turn else name,
            "value": text,
            "state": _("sì") if survives else _("no"),
            "source": "\n".join(f"{_source(one)} ({_dated(one)})" for one in tellings),
            "why": why,
        }
        for turn, ((text, survives, why), tellings) in enumerate(alike.items())
    ]


def _source(telling: "Telling") -> str:
    if not telling.by_hand:
        return telling.source
    told = _("{fonte}, da {autore}").format(fonte=telling.source, autore=telling.author)
    return f"{told}: {telling.note}" if telling.note else told


def _dated(telling: "Telling") -> str:
    return _("senza data") if telling.told_on is None else day_told(telling.told_on)


def _give_out(found: list["Field"], form: Form) -> None:
    from app.api.output import table
    from etl.link.fields import as_text

    rows = [{name: getattr(telling, name) for name in COLUMNS} for one in found for telling in one.tellings]
    if form is Form.json:
        output.give_out(json.dumps(rows, ensure_ascii=False, indent=1, default=str), None)
        return
    output.give_out(table([row | {"value": as_text(row["field"], row["value"])} for row in rows], COLUMNS), None)
