"""``./ombra equity``: how equally the access to a service is shared, and whether it goes where need is."""

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.commands import output
from app.commands.base import HELP_OPTIONS, ItalianCommand, new_cli, notes
from etl.i18n import _

if TYPE_CHECKING:
    from etl.derive.equity import Asked

cli = new_cli()

Row = dict[str, Any]


class Measure(StrEnum):
    """What is shared."""

    minutes = "minutes"
    score = "score"
    shadow = "shadow"


class By(StrEnum):
    """The groups between and within which inequality is told."""

    zona = "zona"
    distretto = "distretto"


class Scaling(StrEnum):
    """How several indicators of need become one."""

    z = "z"
    ranks = "ranks"


MeasureOption = typer.Option(help=_("minutes: minuti; score: punteggio E2SFCA; shadow: quota di persone in ombra."))
NeedOption = typer.Option("--need", help=_("Indicatore di bisogno (./ombra need); più volte per un composito."))
CompositeOption = typer.Option(
    "--composite", help=_("Come unire più indicatori: z o ranks. È una scelta, non una norma.")
)
LineOption = typer.Option(
    "--line", min=0.0, help=_("Soglia della povertà di accesso: minuti, o punteggio per 100.000 persone.")
)


@cli.command(
    cls=ItalianCommand,
    context_settings=HELP_OPTIONS,
    help=_("Dice quanto è disuguale l'accesso a un servizio: fra le persone, fra le zone, rispetto al bisogno."),
)
def equity(  # noqa: PLR0913  one argument per option
    type_code: Annotated[str, output.TypeOption],
    run: Annotated[str | None, typer.Option(help=_("Nome o numero di un calcolo; senza, quello corrente."))] = None,
    measure: Annotated[Measure, MeasureOption] = Measure.minutes,
    by: Annotated[By, typer.Option(help=_("Gruppi fra cui e dentro cui misurare."))] = By.zona,
    need: Annotated[list[str] | None, NeedOption] = None,
    composite: Annotated[Scaling | None, CompositeOption] = None,
    *,
    line: Annotated[float | None, LineOption] = None,
    output_format: Annotated[output.Format, output.FormatOption] = output.Format.table,
    out: Annotated[Path | None, output.OutOption] = None,
) -> None:
    """Show the equity of one type of service, or write it by municipality."""
    from app.reports.need import choice
    from etl.derive.equity import Asked

    meant = choice(need or [], None if composite is None else composite.value)
    asked = Asked(type_code=type_code, measure=measure.value, by=by.value, need=meant, line=line)
    whole, groups, rows = _found(asked, run)
    if output_format is output.Format.table and out is None:
        _show(whole, groups, rows)
        return
    from app.api.schemas import EquityAreaProperties

    columns = list(EquityAreaProperties.model_fields)
    output.write(rows, output.Sheet("", {}), columns=columns, output=output_format, out=out, key="code")
    if whole["moran_note"]:
        notes.print(whole["moran_note"], highlight=False)


def _found(asked: "Asked", run: str | None) -> tuple[Row, list[Row], list[dict[str, Any]]]:
    """The figures of the whole, of the groups, and of the municipalities with their geometry."""
    from dataclasses import replace

    from app.commands.reading import MOST_ROWS, computed
    from app.paging import PageRequest, paginate
    from app.queries.equity import equities
    from app.reports import equity as report
    from etl.derive import book
    from etl.derive import equity as measures

    with computed(type_code=asked.type_code) as session:
        connection = session.connection()
        chosen = asked if run is None else replace(asked, run=book.find(connection, run))
        found = measures.measure(connection, chosen)
        moran, note = report.clusters(connection, found)
        listed = paginate(session, equities(report.municipalities(found, moran)), PageRequest(MOST_ROWS), key="rank")
        rows = [row._asdict() for row in listed.rows]
        return report.whole(found, moran, note), report.groups(connection, found), rows


def _show(whole: Row, groups: Sequence[Row], rows: Sequence[Row]) -> None:
    from app.reports.equity_words import sentences

    told = sentences(whole)
    title = _("Equità di accesso: {tipo}, {unita}").format(tipo=whole["type"], unita=whole["unit"])
    output.show(
        [{"text": text} for text in told.values()], output.Sheet(title, {"text": _("Che cosa dicono le cifre")})
    )
    output.show(*_group_sheet(whole, groups))
    if whole["moran"]:
        output.show(*_cluster_sheet(whole, rows))
    else:
        notes.print(whole["moran_note"], highlight=False)


def _group_sheet(whole: Row, groups: Sequence[Row]) -> tuple[list[Row], output.Sheet]:
    from app.reports.equity_words import figure, percent

    shown: list[Row] = [
        {
            "name": row["name"],
            "persons": row["persons"],
            "mean": figure(row | {"measure": whole["measure"]}, "mean"),
            **{name: _part(row[name], whole["theil"]) for name in ("theil_between", "theil_within")},
            **{name: percent(row[name]) for name in ("p0", "part_p0", "part_p1")},
        }
        for row in groups
    ]
    headings = {
        "name": _("Gruppo"),
        "persons": _("Persone"),
        "mean": _("Media"),
        "theil_between": _("Fra i gruppi"),
        "theil_within": _("Dentro"),
        "p0": _("P0"),
        "part_p0": _("parte\ndi P0"),
        "part_p1": _("parte\ndi P1"),
    }
    remark = _(
        "«Fra i gruppi» e «Dentro»: quanto il gruppo aggiunge a Theil, in parti del totale; sotto zero un gruppo che "
        "sta sotto la media. P0: quota di poveri di accesso; le parti dicono da dove vengono P0 e P1."
    )
    right = [name for name in headings if name not in ("name", "persons")]
    return shown, output.Sheet(_("Per gruppo"), headings, [remark], right=right)


def _part(value: float | None, total: float | None) -> str:
    from app.reports.equity_words import percent

    return percent(value / total if value is not None and total else None)


def _cluster_sheet(whole: Row, rows: Sequence[Row]) -> tuple[list[Row], output.Sheet]:
    from app.reports.equity_clusters import CLUSTERS, cluster, listed

    shown: list[Row] = []
    for code in CLUSTERS[whole["measure"]]:
        names = [row["name"] for row in rows if row["cluster"] == code]
        said = listed(names) if names else _("nessuno")
        shown.append({"cluster": cluster(whole["measure"], code), "count": len(names), "names": said})
    headings = {"cluster": _("Gruppo"), "count": _("Comuni"), "names": _("Quali")}
    remark = _(
        "Moran locale su {n} permutazioni; i p sono corretti perché si guardano molti comuni insieme (tasso di falsi "
        "al {alfa:.0%}). L'elenco intero è nella tabella: --format csv."
    )
    told = remark.format(n=whole["moran"]["permutations"], alfa=whole["moran"]["alpha"])
    return shown, output.Sheet(_("Comuni vicini che si somigliano"), headings, [told])
