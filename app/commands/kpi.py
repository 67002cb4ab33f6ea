"""``./ombra kpi``: the indicators of the plan in a run, and against another."""

import uuid
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from app.commands import output
from app.commands.base import HELP_OPTIONS, ItalianCommand, new_cli, report
from etl.errors import NotFound
from etl.i18n import _

cli = new_cli()

COLUMNS = (
    *("id", "title_it", "area_level", "area_code", "area_name", "value", "unit", "numerator", "denominator", "note"),
    *("explanation", "direction", "target", "target_source", "actions", "formula", "service_types", "evaluated_at"),
    *("former_value", "change", "trend", "comparable", "parts", "differing"),
)


class Format(StrEnum):
    """How the list comes out: an indicator has no geometry of its own."""

    table = "table"
    csv = "csv"


class Level(StrEnum):
    """The areas that indicators are told for."""

    metropolitan_city = "metropolitan_city"
    zona_omogenea = "zona_omogenea"


RunOption = typer.Option(help=_("Nome o numero di un calcolo."))
CompareOption = typer.Option(help=_("Nome o numero del calcolo di prima, con cui confrontare."))
LevelOption = typer.Option(help=_("Livello delle aree; senza, il territorio intero o quello di --area."))
FormatOption = typer.Option("--format", help=_("table o csv."))


@cli.command(
    cls=ItalianCommand,
    context_settings=HELP_OPTIONS,
    help=_("Gli indicatori del piano (data/reference/kpi.csv) in un calcolo, anche a confronto con un altro."),
)
def kpi(
    run: Annotated[str, RunOption] = "corrente",
    compare: Annotated[str | None, CompareOption] = None,
    area: Annotated[str | None, output.AreaOption] = None,
    level: Annotated[Level | None, LevelOption] = None,
    output_format: Annotated[Format, FormatOption] = Format.table,
    out: Annotated[Path | None, output.OutOption] = None,
) -> None:
    """Show the indicators of a run."""
    from app.commands.reading import computed
    from app.reports.kpi import values

    asked, former = _find(run, area), None if compare is None else _find(compare, area)
    shown = level or (None if area else Level.metropolitan_city)
    if former is not None:
        _separate(former, asked)
    with computed() as session:
        rows = values(session.connection(), run=asked, former=former, within=area, level=shown)
    if not rows:
        raise NotFound(_("Nessun indicatore per quest'area: si calcolano per il territorio e per zona omogenea."))
    sheet = _sheet(rows, compared=former is not None)
    if output_format is Format.table and out is None:
        output.show([_worded(row) for row in rows], sheet)
    else:
        output.write(rows, sheet, columns=COLUMNS, output=output.Format.csv, out=out, key="id")


def _find(run: str, area: str | None) -> uuid.UUID:
    from app.commands.reading import computed
    from etl.derive import book

    with computed(area=area) as session:
        return book.find(session.connection(), run)


def _separate(former: uuid.UUID, later: uuid.UUID) -> None:
    """Keep the causes of each change in persons in shadow, where the inputs of both runs are still there."""
    from app.commands.coverage.group import writing
    from app.reports.kpi import to_separate
    from etl.derive.compare import Inseparable, explain

    with writing() as connection:
        for type_code in to_separate(connection, former, later):
            try:
                explain(connection, former, later, type_code, progress=report)
            except Inseparable as error:
                report(str(error))


def _worded(row: Mapping[str, Any]) -> dict[str, Any]:
    told = {name: figure(row[name], row["unit"]) for name in ("value", "former_value")}
    out_of = "" if row["value"] is None else figure(row["denominator"], "")
    target = "" if row["target"] is None else figure(row["target"], row["unit"])
    change = figure(row["change"], row["unit"], sign=True)
    words = {"change": change, "trend": _trend(row["trend"]), "why": _why(row), "target": target, "denominator": out_of}
    return dict(row) | told | words


def _trend(trend: str | None) -> str:
    words = {
        "meglio": _("meglio"),
        "peggio": _("peggio"),
        "uguale": _("uguale"),
        "non_confrontabile": _("non si confronta"),
    }
    return "" if trend is None else words[trend]


def _why(row: Mapping[str, Any]) -> str:
    """What the value leaves out, and what its change is made of."""
    from app.commands.coverage.show import words

    parts = (row["parts"] or {}).items()
    causes = [f"{_('insieme') if part == 'together' else words(part)} {figure(n, '', sign=True)}" for part, n in parts]
    return "; ".join(([row["explanation"]] if row["explanation"] else []) + causes)


def _sheet(rows: Sequence[Mapping[str, Any]], *, compared: bool) -> output.Sheet:
    from app.commands.coverage.show import words

    areas = {row["area_name"] for row in rows}
    one_area = len(areas) == 1
    title = _("Indicatori del piano: {area}").format(area=areas.pop()) if one_area else _("Indicatori del piano")
    beside = {"former_value": _("Prima"), "value": _("Dopo"), "change": _("Cambio"), "trend": _("Andamento")}
    alone = {"value": _("Valore"), "denominator": _("su"), "target": _("Da\nraggiungere")}
    headings = {
        "title_it": _("Indicatore"),
        **({} if one_area else {"area_name": _("Area")}),
        **(beside if compared else alone),
        "why": _("Perché") if compared else _("Nota"),
    }
    remarks = []
    if compared:
        parts = ", ".join(map(words, rows[0]["differing"])) or _("nulla")
        remarks = [_("Fra i due calcoli cambiano: {parti}.").format(parti=parts)]
    right = ("value", "former_value", "change", "target", "denominator")
    return output.Sheet(title, headings, remarks, optional=["target", "why"], right=right)


def figure(value: float | None, unit: str, *, sign: bool = False) -> str:
    """A figure with its unit, in Italian: shares with a decimal, the rest whole; a dash where there is none.

    >>> figure(1234.4, "persone"), figure(12.345, "%", sign=True), figure(None, "%")
    ('1.234', '+12,3 %', '–')
    """
    if value is None:
        return "–"
    decimals = 1 if unit == "%" else 0
    text = f"{value:{'+' if sign else ''},.{decimals}f}".translate(str.maketrans(",.", ".,"))
    return f"{text} %" if unit == "%" else text
