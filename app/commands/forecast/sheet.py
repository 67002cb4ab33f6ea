"""The forecast as a table on the screen or a file."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from app.commands import output
from app.commands.forecast.options import Ask, By, words
from etl.i18n import _

if TYPE_CHECKING:
    from etl.derive.registry import Band

Row = Mapping[str, Any]


def show(ask: Ask, band: "Band") -> None:
    """Give out the forecast."""
    from app.api.schemas import ForecastProperties

    rows = _rows(ask, band)
    if ask.on_screen:
        output.show(*_table(rows, ask, band))
    else:
        columns = list(ForecastProperties.model_fields)
        output.write(rows, output.Sheet("", {}), columns=columns, output=ask.output, out=ask.out, key="rank")


def _rows(ask: Ask, band: "Band") -> list[dict[str, Any]]:
    from app.commands.reading import computed, everything
    from app.queries.forecast import forecasts
    from app.reports.forecast import Asked, figures
    from etl.errors import NotFound

    asked = Asked(by=ask.by.value, years=ask.years, assumptions=ask.assumption.codes, band=band, within=ask.area)
    with computed(area=ask.area) as session:
        found = figures(session.connection(), asked)
    by_age = ask.by is By.age
    statement = forecasts(found, within=None if by_age else ask.area, drawn=not by_age)
    rows = everything(statement, key="rank", type_code=None, area=ask.area)
    if not rows:
        why = _("Nessuna riga: in quest'area non ce n'è nessuna di quelle di --by {cosa}.")
        raise NotFound(why.format(cosa=ask.by.value))
    return [{"geojson": None} | row for row in rows]


def _table(rows: Sequence[Row], ask: Ask, band: "Band") -> tuple[list[dict[str, Any]], output.Sheet]:
    years = sorted({row["year"] for row in rows})
    codes = list(dict.fromkeys(row["assumption"] for row in rows))
    lines = [_line(list(group), years, codes, ask) for _key, group in groupby(rows, key=_subject)]
    if len(lines) > 1:
        lines.append(_line(_total(rows), years, codes, ask) | {"name": _("Totale")})
    several = len(codes) > 1
    headings = {"name": _("Età") if ask.by is By.age else _("Area"), "launch": str(rows[0]["launch_year"])}
    for year in years:
        headings |= {f"persons_{year}": str(year), f"percent_{year}": "%"}
        if several:
            headings[f"range_{year}"] = _("{anno}, fra gli\nscenari").format(anno=year)
    right = [name for name in headings if name.startswith(("percent_", "range_"))]
    return lines, output.Sheet(_title(ask, band), headings, _remarks(rows, years, codes), right=right)


def _subject(row: Row) -> tuple[str, int | None]:
    return row["code"], row["age_min"]


def _line(rows: Sequence[Row], years: Sequence[int], codes: Sequence[str], ask: Ask) -> dict[str, Any]:
    """One subject: persons counted, and of each year the first scenario, its change, and the least and most of all."""
    from app.commands.kpi import figure

    told = {(row["year"], row["assumption"]): row for row in rows}
    line: dict[str, Any] = {"name": ages(rows[0]) if ask.by is By.age else rows[0]["name"]}
    line["launch"] = rows[0]["persons_launch"]
    for year in years:
        every = [told[year, code]["persons"] for code in codes]
        line[f"persons_{year}"] = every[0]
        line[f"percent_{year}"] = _percent(told[year, codes[0]]["change_percent"])
        line[f"range_{year}"] = f"{figure(min(every), '')} – {figure(max(every), '')}"
    return line


def _percent(value: float | None) -> str:
    from app.commands.kpi import figure

    # Adding 0 makes no -0,0 of what is rounded to nothing.
    return figure(None if value is None else round(value, 1) + 0.0, "%", sign=True).removesuffix(" %")


def _total(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """A row for each year and scenario that sums those of all subjects."""
    sums: dict[tuple[int, str], dict[str, Any]] = {}
    for row in rows:
        start = dict(row) | {"persons": 0.0, "persons_launch": 0.0}
        total = sums.setdefault((row["year"], row["assumption"]), start)
        for name in ("persons", "persons_launch"):
            total[name] += row[name]
    for total in sums.values():
        before = total["persons_launch"]
        total["change_percent"] = 100.0 * (total["persons"] / before - 1.0) if before else None
    return list(sums.values())


def ages(row: Row) -> str:
    """A group of ages, as 0-2 or 90+."""
    low, high = row["age_min"] or 0, row["age_max"]
    return f"{low}+" if high is None else f"{low}-{high}" if low < high else f"{low}"


def _title(ask: Ask, band: "Band") -> str:
    from etl.derive.forecast import LABEL

    who = {None: _("residenti"), "F": _("donne"), "M": _("uomini")}[band.sex]
    if band.age_min is not None or band.age_max is not None:
        who += " " + _("di {eta} anni").format(eta=ages({"age_min": band.age_min, "age_max": band.age_max}))
    if ask.type_code is not None:
        who += f" ({ask.type_code})"
    return _("Previsione ({etichetta}): {chi}").format(etichetta=LABEL, chi=who)


def _remarks(rows: Sequence[Row], years: Sequence[int], codes: Sequence[str]) -> list[str]:
    from app.commands.kpi import figure

    totals = {(row["year"], row["assumption"]): row["persons"] for row in _total(rows)}
    launch = rows[0]["launch_year"]
    origin = _("Metodo di Hamilton e Perry sui residenti al 1° gennaio {prima} e {dopo}: due anni soli, nessuna serie.")
    lines = [origin.format(prima=launch - 1, dopo=launch)]
    if len(codes) > 1:
        lines.append(_("Persone e %: scenario {scenario}.").format(scenario=codes[0]))
        lines.append(_("«Fra gli scenari»: il minimo e il massimo; non è un intervallo di confidenza."))
    for code in codes:
        sums = ", ".join(f"{year}: {figure(totals[year, code], '')}" for year in years)
        lines.append(f"• {code} ({sums}): {words()[code]}.")
    return lines
