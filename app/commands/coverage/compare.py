"""``./ombra coverage compare``: what changed between two runs, and why."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.commands import output
from app.commands.base import report
from app.commands.coverage.group import RunArgument, command, short, writing
from app.commands.coverage.show import words
from app.commands.gaps import Level
from etl.i18n import _

if TYPE_CHECKING:
    import uuid

    from sqlalchemy import Connection

    from app.queries.comparison import Pair

SHOWN = 20  # services that are named under the table

COLUMNS = (
    *("rank", "code", "name", "level", "parent_code", "parent_name", "persons_former", "persons_later"),
    *("assessed_former", "assessed_later", "unknown_former", "unknown_later", "shadow_former", "shadow_later"),
    *("change", "services", "data", "population", "standards", "travel", "method", "together", "differing"),
    "together_parts",
)


@command("compare", _("Confronta le persone in ombra di due calcoli e divide il cambiamento fra le sue cause."))
def compare(
    former: Annotated[str, RunArgument],
    later: Annotated[str, RunArgument],
    type_code: Annotated[str, output.TypeOption],
    level: Annotated[Level, typer.Option(help=_("Livello delle aree."))] = Level.zona_omogenea,
    area: Annotated[str | None, output.AreaOption] = None,
    output_format: Annotated[output.Format, output.FormatOption] = output.Format.table,
    out: Annotated[Path | None, output.OutOption] = None,
) -> None:
    """Compare two runs for one type of service."""
    from app.commands.reading import everything
    from app.queries import comparison
    from etl.derive import book

    with writing() as connection:
        runs = book.find(connection, former), book.find(connection, later)
        pair = _pair(connection, runs, type_code)
        why_not = None if pair.separated else _explain(connection, runs, type_code)
        pair = _pair(connection, runs, type_code)
        told = _services(connection, runs, type_code)
    statement = comparison.changes(pair, level=level.value, within=area)
    rows = everything(statement, key="rank", type_code=type_code, area=area)
    remarks = [*_remarks(pair), *([] if why_not is None else [why_not]), *told]
    output.write(rows, _sheet(rows, pair, remarks), columns=COLUMNS, output=output_format, out=out, key="code")


def _explain(connection: "Connection", runs: "tuple[uuid.UUID, uuid.UUID]", type_code: str) -> str | None:
    """Keep the shares of the parts; why they cannot be told apart, where they cannot."""
    from etl.derive.compare import Inseparable, explain

    try:
        explain(connection, *runs, type_code, progress=report)
    except Inseparable as error:
        return str(error)
    return None


def _pair(connection: "Connection", runs: "tuple[uuid.UUID, uuid.UUID]", type_code: str) -> "Pair":
    from app.queries.comparison import Pair, is_separated
    from etl.derive.compare import differing, read_run

    former, later = (read_run(connection, run) for run in runs)
    separated = connection.execute(is_separated(*runs, type_code)).scalar_one()
    return Pair(*runs, type_code, differing(former, later), separated)


def _services(connection: "Connection", runs: "tuple[uuid.UUID, uuid.UUID]", type_code: str) -> list[str]:
    """The services that came, went and changed, one line each."""
    from etl.derive.archive import InputsGone
    from etl.derive.changes import service_changes
    from etl.derive.compare import read_run

    former, later = (read_run(connection, run) for run in runs)
    try:
        changes = service_changes(connection, former, later, type_code)
    except InputsGone as error:
        return [_("Servizi cambiati: non si sa, {motivo}.").format(motivo=error)]
    lines = [
        f"• {change.event}: {change.name}" + (f" ({', '.join(change.what)})" if change.what else "")
        for change in changes
    ]
    more = len(lines) - SHOWN
    return lines[:SHOWN] + ([_("• e altri {n} servizi").format(n=more)] if more > 0 else [])


def _remarks(pair: "Pair") -> list[str]:
    if not pair.differing:
        return [_("I due calcoli sono fatti degli stessi dati.")]
    remarks = [_("Differiscono: {parti}.").format(parti=_listed(pair.differing))]
    if pair.together:
        remarks.append(_("«Insieme»: {parti}, non separabili.").format(parti=_listed(pair.together)))
    elif len(pair.differing) > 1:
        remarks.append(
            _("Ogni parte ha la sua quota media su tutti gli ordini possibili (Shapley); la somma è esatta.")
        )
    return remarks


def _listed(parts: Sequence[str]) -> str:
    return ", ".join(map(words, parts))


def _sheet(rows: Sequence[dict[str, Any]], pair: "Pair", remarks: Sequence[str]) -> output.Sheet:
    parts = {
        "services": _("servizi"),
        "data": _("elenchi"),
        "population": _("resi-\ndenti"),
        "standards": _("regole"),
        "travel": _("viaggio"),
        "method": _("metodo"),
        "together": _("insieme"),
    }
    headings = {
        "name": _("Area"),
        "shadow_former": _("In ombra\nprima"),
        "shadow_later": _("dopo"),
        "change": _("Cambio"),
        **parts,
    }
    title = _("Persone in ombra, {tipo}: {prima} → {dopo}").format(
        tipo=pair.type_code, prima=short(pair.former), dopo=short(pair.later)
    )
    shown = {name: text for name, text in headings.items() if name not in parts or any(row[name] for row in rows)}
    return output.Sheet(title, shown, remarks)
