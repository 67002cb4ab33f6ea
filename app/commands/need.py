"""``./ombra need``: indicators of need by area, and tables of them that an officer brings."""

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.commands import output
from app.commands.base import HELP_OPTIONS, ItalianCommand, new_cli, report
from app.commands.equity import CompositeOption, Scaling
from etl.errors import NotFound, OmbraError
from etl.i18n import _

if TYPE_CHECKING:
    from etl.derive.need import Need

cli = new_cli()

Row = dict[str, Any]


class Level(StrEnum):
    """The areas that ages are counted for."""

    metropolitan_city = "metropolitan_city"
    zona_omogenea = "zona_omogenea"
    asl = "asl"
    distretto = "distretto"
    municipality = "municipality"


class Decimal(StrEnum):
    """The decimal sign of a table."""

    comma = ","
    point = "."


IndicatorOption = typer.Option(
    "--indicator", help=_("Codice di un indicatore; più volte per un composito, con il peso: reddito=-1.")
)
LoadOption = typer.Option(
    "--load", help=_("Carica una tabella CSV: area (codice ISTAT), anno, nome, valore, unita, fonte; livello se serve.")
)
DecimalOption = typer.Option("--decimal", help=_("Segno dei decimali della tabella, se le cifre non lo dicono."))


@cli.command(
    cls=ItalianCommand,
    context_settings=HELP_OPTIONS,
    help=_("Indicatori di bisogno per area: dalle età dei residenti e da tabelle. Senza --indicator li elenca."),
)
def need(
    indicator: Annotated[list[str] | None, IndicatorOption] = None,
    level: Annotated[Level, typer.Option(help=_("Livello delle aree."))] = Level.municipality,
    area: Annotated[str | None, output.AreaOption] = None,
    composite: Annotated[Scaling | None, CompositeOption] = None,
    load: Annotated[Path | None, LoadOption] = None,
    decimal: Annotated[Decimal | None, DecimalOption] = None,
    *,
    output_format: Annotated[output.Format, output.FormatOption] = output.Format.table,
    out: Annotated[Path | None, output.OutOption] = None,
) -> None:
    """List indicators, show one by area, or load a table."""
    if load is not None:
        _load(load, decimal)
    elif not indicator:
        if output_format is not output.Format.table or out is not None or composite is not None:
            raise OmbraError(_("Indicare quale indicatore, con --indicator: ./ombra need li elenca."))
        _list()
    else:
        _show(indicator, composite, level, area, output_format, out)


def _load(path: Path, decimal: Decimal | None) -> None:
    from app.commands.etl.group import database
    from etl.pipeline import today_here
    from etl.reference.indicators import load

    sign = None if decimal is None else decimal.value
    with database() as engine:
        done = load(engine, path, today=today_here(), decimal=sign, progress=report)
    said = _("Caricate {n} cifre ({nomi}) da {fonti}; {cambiate} non erano così.")
    fonti, nomi = ", ".join(done.sources), ", ".join(done.indicators)
    report(said.format(n=done.figures, nomi=nomi, fonti=fonti, cambiate=done.changed))


def _list() -> None:
    from app.commands.reading import computed
    from app.reports.need import catalogue

    with computed() as session:
        rows = catalogue(session.connection())
    shown = [row | {"said": row["note"] or row["formula"], "year": str(row["year"] or "")} for row in rows]
    headings = {
        "code": _("Indicatore"),
        "title": _("Nome"),
        "said": _("Che cosa dice"),
        "unit": _("Unità"),
        "year": _("Anno"),
    }
    remark = _("Nessun indicatore è una norma. Cifre per area: ./ombra need --indicator CODICE --level LIVELLO.")
    output.show(shown, output.Sheet(_("Indicatori di bisogno"), headings, [remark], whole=["code"]))


def _show(
    indicator: Sequence[str],
    composite: Scaling | None,
    level: Level,
    area: str | None,
    output_format: output.Format,
    out: Path | None,
) -> None:
    from app.api.schemas import NeedProperties
    from app.commands.reading import computed, everything
    from app.queries.need import needs
    from app.reports.need import choice, values
    from etl.derive.need import read

    meant = choice(indicator, None if composite is None else composite.value)
    with computed(area=area) as session:
        found = read(session.connection(), meant, level.value)
    rows = everything(needs(values(found), within=area), key="rank", type_code=None, area=area)
    if not rows:
        raise NotFound(_("Nessuna area di questo livello."))
    columns = list(NeedProperties.model_fields)
    output.write(rows, _sheet(rows, found), columns=columns, output=output_format, out=out, key="code")


def _sheet(rows: list[dict[str, Any]], found: "Need") -> output.Sheet:
    from app.i18n import decimal
    from app.reports.need import about

    composite = found.choice.scaling is not None
    for row in rows:
        row["said"] = "–" if row["value"] is None else decimal(row["value"], 2 if composite else 1)
    headings = {"rank": _("N."), "name": _("Area"), "parent_name": _("In"), "said": _("Valore")}
    if any(row["denominator"] is not None for row in rows):
        headings |= {"numerator": _("Persone"), "denominator": _("su")}
    headings["third"] = _("Terzo")
    parts = [about(part) for part in found.parts]
    remarks = [f"• {part['title']} ({part['year']}): {part['formula']}." for part in parts]
    if composite:
        remarks.append(_("Il composito è una scelta di chi lo chiede, non una norma."))
    remarks.append(_("Terzo: 3 i valori più alti. «–»: l'indicatore non dice nulla, e non è zero."))
    return output.Sheet(_("Bisogno: {cosa}").format(cosa=found.choice.label), headings, remarks, right=["said"])
