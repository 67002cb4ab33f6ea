"""``./ombra forecast``: residents of the years to come, the check of the method, and runs that assume them."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.commands import output
from app.commands.base import HELP_OPTIONS, ItalianCommand, new_cli
from app.commands.forecast.options import Ask, Assumption, By
from etl.errors import OmbraError
from etl.i18n import _

if TYPE_CHECKING:
    from etl.derive.registry import Band

cli = new_cli()

YearOption = typer.Option("--year", help=_("Anno da prevedere; si può ripetere. Senza: fra 5 e fra 10 anni."))
AgeMinOption = typer.Option("--age-min", min=0, max=100, help=_("Età minima, compresa; non insieme a --type."))
AgeMaxOption = typer.Option("--age-max", min=0, max=100, help=_("Età massima, compresa; non insieme a --type."))
TypeOption = typer.Option("--type", help=_("Tipo di servizio: contano le persone a cui si rivolge."))
CheckOption = typer.Option(
    "--check", help=_("Verifica del metodo: ogni zona prevista dalle altre, fra i due anni noti.")
)
RunOption = typer.Option("--run", metavar="ANNO", help=_("Calcola zone d'ombra e regole sui residenti di quell'anno."))
NameOption = typer.Option("--name", help=_("Nome del calcolo di --run: con un nome si conserva sempre."))
ShadowOption = typer.Option("--shadow", help=_("Persone in ombra oggi e negli anni già calcolati con --run."))


@cli.command(
    cls=ItalianCommand,
    context_settings=HELP_OPTIONS,
    help=_("Prevede i residenti fino a 10 anni, per zona, comune o età. Indicativa: una sola transizione."),
)
def forecast(  # noqa: PLR0913  one argument per option
    year: Annotated[list[int] | None, YearOption] = None,
    assumption: Annotated[Assumption, typer.Option(help=_("Scenario; all: tutti."))] = Assumption.all,
    area: Annotated[str | None, output.AreaOption] = None,
    by: Annotated[By, typer.Option(help=_("Righe: zone, comuni, distretti, età o il territorio."))] = By.zona,
    type_code: Annotated[str | None, TypeOption] = None,
    age_min: Annotated[int | None, AgeMinOption] = None,
    age_max: Annotated[int | None, AgeMaxOption] = None,
    *,
    output_format: Annotated[output.Format, output.FormatOption] = output.Format.table,
    out: Annotated[Path | None, output.OutOption] = None,
    check: Annotated[bool, CheckOption] = False,
    run: Annotated[int | None, RunOption] = None,
    name: Annotated[str | None, NameOption] = None,
    shadow: Annotated[bool, ShadowOption] = False,
) -> None:
    """Forecast, check, or compute."""
    from app.commands.forecast import checking, shadows, sheet

    _require_one(check=check, run=run, name=name, shadow=shadow)
    ask = Ask(tuple(dict.fromkeys(year or ())), assumption, area, by, type_code, output_format, out)
    if check:
        checking.show(ask)
    elif run is not None:
        shadows.compute(ask, run, name)
    elif shadow:
        shadows.show(ask)
    else:
        sheet.show(ask, _band(type_code, age_min, age_max))


def _require_one(*, check: bool, run: int | None, name: str | None, shadow: bool) -> None:
    if check + shadow + (run is not None) > 1:
        raise OmbraError(_("--check, --run e --shadow sono tre domande diverse: una alla volta."))
    if name is not None and run is None:
        raise OmbraError(_("--name dà un nome al calcolo di --run: indicare anche --run ANNO."))


def _band(type_code: str | None, age_min: int | None, age_max: int | None) -> "Band":
    from app.commands.reading import computed
    from app.deps import known_type
    from etl.derive.registry import Band

    if type_code is None:
        return Band(age_min, age_max)
    if age_min is not None or age_max is not None:
        raise OmbraError(_("--type dice già le età: togliere --age-min e --age-max, oppure --type."))
    with computed() as session:
        kind = known_type(session, type_code)
        return Band(kind.age_min, kind.age_max, kind.sex)
