"""``./ombra forecast --run`` and ``--shadow``: status and compliance on the residents of a year to come."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from app.commands import output
from app.commands.base import notes, report, screen
from app.commands.forecast.options import Ask, words
from etl.errors import OmbraError
from etl.i18n import _

if TYPE_CHECKING:
    from app.reports.forecast_shadow import Shadows

COLUMNS = (
    *("type", "type_name", "level", "code", "name", "year", "assumption", "run_id", "persons", "assessed", "unknown"),
    *("shadow_confirmed", "label"),
)


def compute(ask: Ask, year: int, name: str | None) -> None:
    """Make a run on the residents of a year, then show the persons in shadow of the runs there are."""
    from app.commands.coverage.group import short
    from app.commands.etl.group import database
    from etl.derive.forecast import forecast
    from etl.derive.run import Wishes, refresh

    with database() as engine:
        with engine.connect() as connection:
            variant = forecast(connection, year, ask.assumption.one)
        found = refresh(engine, wishes=Wishes(show=False, name=name), variant=variant, progress=report)
    said = (
        _("Calcolo {numero} sui residenti del {anno}, scenario {scenario}.")
        if found.fresh
        else _("Calcolo {numero} sui residenti del {anno}, scenario {scenario}: già fatto.")
    )
    screen.print(said.format(numero=short(found.run_id), anno=year, scenario=ask.assumption.one), highlight=False)
    if found.note is not None:
        notes.print(found.note, style="yellow", highlight=False)
    show(ask, also=year)


def show(ask: Ask, *, also: int | None = None) -> None:
    """Persons in shadow today and in the years that were computed: by type, or of one type by zone."""
    from app.commands.reading import computed
    from app.reports.forecast_shadow import shadowed
    from etl.derive.forecast import read

    if ask.output in (output.Format.geojson, output.Format.gpkg):
        raise OmbraError(_("Le persone in ombra per anno sono una tabella: --format table o csv."))
    by_zone = ask.type_code is not None or ask.area is not None or not ask.on_screen
    with computed(type_code=ask.type_code, area=ask.area) as session:
        connection = session.connection()
        years = sorted({*(ask.years or read(connection).horizons), *([] if also is None else [also])})
        found = shadowed(
            connection,
            assumption=ask.assumption.one,
            years=years,
            level="zona_omogenea" if by_zone else "metropolitan_city",
            type_code=ask.type_code,
            within=ask.area,
        )
    if ask.on_screen:
        rules = _rules(found)
        output.show(*_table(found, ask))
        if rules:
            output.show(rules, _rule_sheet(found))
    else:
        sheet = output.Sheet("", {})
        output.write(found.rows, sheet, columns=COLUMNS, output=output.Format.csv, out=ask.out, key="type")


def _table(found: "Shadows", ask: Ask) -> tuple[list[dict[str, Any]], output.Sheet]:
    from etl.derive.forecast import LABEL

    lines = [_line(list(group), found.years) for _key, group in groupby(found.rows, _subject)]
    # Of one type every zone is shown; of all types those in whose shadow somebody is known to be.
    shown = [line for line in lines if line["known"] or ask.type_code is not None]
    if not shown:
        raise OmbraError(_("Di nessun tipo si conoscono persone in ombra: gli elenchi non sono completi."))
    headings = {} if ask.type_code is not None else {"type_name": _("Tipo")}
    headings |= {"name": _("Area")} if ask.type_code is not None or ask.area else {}
    first, *later = found.years
    headings |= {f"persons_{year}": _("Persone\n{anno}").format(anno=year) for year in (first, found.years[-1])}
    headings |= {f"shadow_{first}": _("In ombra\noggi")} | {f"shadow_{year}": str(year) for year in later}
    headings |= {
        "change": _("Cambio"),
        f"unknown_{first}": _("Senza dati\noggi"),
        f"unknown_{later[-1]}": str(later[-1]),
    }
    title = _("Persone in ombra ({etichetta}), scenario {scenario}")
    title = title.format(etichetta=LABEL, scenario=ask.assumption.one)
    return shown, output.Sheet(title, headings, _remarks(found, ask, len(lines) - len(shown)), right=["change"])


def _subject(row: Mapping[str, Any]) -> tuple[str, str]:
    return row["type"], row["code"]


def _line(rows: Sequence[Mapping[str, Any]], years: Sequence[int]) -> dict[str, Any]:
    by_year = {row["year"]: row for row in rows}
    line: dict[str, Any] = {name: rows[0][name] for name in ("type", "type_name", "name")}
    for year in years:
        told = by_year.get(year, {})
        figures = {"persons": "persons", "shadow": "shadow_confirmed", "unknown": "unknown"}
        line |= {f"{name}_{year}": told.get(column) for name, column in figures.items()}
    line["known"] = any(line[f"shadow_{year}"] for year in years)
    return line | {"change": _change(line[f"shadow_{years[0]}"], line[f"shadow_{years[-1]}"])}


def _change(former: float | None, later: float | None) -> str:
    from app.commands.kpi import figure

    # Adding 0 makes no -0 of what is rounded to nothing.
    return figure(None if former is None or later is None else round(later - former) + 0.0, "", sign=True)


def _rules(found: "Shadows") -> list[dict[str, Any]]:
    """What units below the minimum of a rule lack together, by year; nothing where a year has none below."""
    lines: dict[str, dict[str, Any]] = {}
    for row in found.rules:
        start = {"rule_id": row["rule_id"], "title": row["title_it"], "unit": row["unit"]}
        line = lines.setdefault(row["rule_id"], start | {f"short_{year}": _("nessuna") for year in found.years})
        said = _("{quanto} in {n} unità")
        line[f"short_{row['year']}"] = said.format(
            quanto=f"{row['shortfall'] or 0:.10g}".replace(".", ","), n=row["units"]
        )
    return list(lines.values())


def _rule_sheet(found: "Shadows") -> output.Sheet:
    from etl.derive.forecast import LABEL

    first, *later = found.years
    headings = {"rule_id": _("Regola"), "title": _("Che cosa"), f"short_{first}": _("Oggi")}
    headings |= {f"short_{year}": str(year) for year in later}
    title = _("Quanto manca al minimo delle regole ({etichetta})").format(etichetta=LABEL)
    return output.Sheet(title, headings, whole=["rule_id"])


def _remarks(found: "Shadows", ask: Ask, unknown: int) -> list[str]:
    from app.commands.coverage.show import words as parts

    scenario = ask.assumption.one
    lines = [f"{scenario}: {words()[scenario]}."]
    lines.append(_("Servizi, luoghi e regole di oggi; dentro ogni comune la gente abita dove abita oggi."))
    if unknown:
        lines.append(_("Non mostrate: {n} righe in cui non si sa di nessuno in ombra.").format(n=unknown))
    if found.others:
        said = _("I calcoli differiscono anche per: {parti}. Rifarli perché dicano solo dei residenti.")
        lines.append(said.format(parti=", ".join(map(parts, found.others))))
    for year in found.missing:
        said = _("{anno}: manca il calcolo, ./ombra forecast --run {anno} --assumption {scenario}")
        lines.append(said.format(anno=year, scenario=scenario))
    return lines
