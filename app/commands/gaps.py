"""``./ombra gaps``: areas ranked by people without a service."""

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from app.commands import output
from app.commands.base import HELP_OPTIONS, ItalianCommand, new_cli
from etl.errors import NotFound
from etl.i18n import _

cli = new_cli()


class Supply(StrEnum):
    """The supply that the ranking is made on."""

    confermata = "confermata"
    tutta = "tutta"


class Level(StrEnum):
    """What is ranked."""

    metropolitan_city = "metropolitan_city"
    zona_omogenea = "zona_omogenea"
    asl = "asl"
    distretto = "distretto"
    municipality = "municipality"
    quarter = "quarter"
    settlement = "settlement"
    census_section = "census_section"


COLUMNS = (
    *("rank", "code", "name", "parent_name", "persons", "assessed", "shadow_confirmed", "shadow_all", "probable"),
    *("unknown", "minutes_confirmed", "minutes_low", "minutes_high", "minutes_all", "majority", "explanation"),
    *("rule_id", "act"),
)


@cli.command(
    cls=ItalianCommand,
    context_settings=HELP_OPTIONS,
    help=_(
        "Elenca le aree per persone senza servizio (zone d'ombra), sull'offerta confermata e su quella anche incerta."
    ),
)
def gaps(
    type_code: Annotated[str, output.TypeOption],
    level: Annotated[Level, typer.Option(help=_("Livello delle aree."))] = Level.municipality,
    area: Annotated[str | None, output.AreaOption] = None,
    supply: Annotated[Supply, typer.Option(help=_("Offerta su cui ordinare."))] = Supply.confermata,
    run: Annotated[str | None, output.RunOption] = None,
    output_format: Annotated[output.Format, output.FormatOption] = output.Format.table,
    out: Annotated[Path | None, output.OutOption] = None,
) -> None:
    """Rank the areas of one level for one type of service."""
    from app.commands.reading import everything, find_run
    from app.queries.gaps import gaps as query

    asked = None if run is None else find_run(run)
    statement = query(type_code=type_code, level=level.value, supply=supply.value, within=area, run=asked)
    rows = everything(statement, key="rank", type_code=type_code, area=area)
    if not rows:
        raise NotFound(_absent(level))
    explained = [_explained(row) for row in rows]
    output.write(explained, _sheet(explained, type_code), columns=COLUMNS, output=output_format, out=out, key="code")
    if output_format is output.Format.table and out is None:
        _show_rules(type_code, level, area, asked)


def _absent(level: Level) -> str:
    if level is Level.census_section:
        return _("Nessuna persona è contata nelle sezioni di censimento: caricarle e rifare il calcolo.")
    return _("Nessuna area di questo livello ha risultati.")


def _show_rules(type_code: str, level: Level, area: str | None, run: uuid.UUID | None) -> None:
    """The outcomes of the rules below the ranking: another result, never mixed with it."""
    from app.commands.reading import computed
    from app.commands.rule_tables import sheets

    with computed(type_code=type_code, area=area) as session:
        for rows, sheet in sheets(session, type_code, level.value, area, run):
            output.show(rows, sheet)


def _explained(row: dict[str, Any]) -> dict[str, Any]:
    from app.pages.reasons import reason

    # Of an area where nobody of the target group lives there is nothing to explain.
    nobody = _("Qui non abita nessuno del gruppo a cui il servizio si rivolge.")
    explanation = reason(row["reason"], row["threshold"]) if row["reason"] else nobody
    return row | {"explanation": explanation, "minutes": _minutes(row)}


def _minutes(row: Mapping[str, Any]) -> str | None:
    """``27 min (22–33), stima``: the mean, between which minutes the true one lies, and that it is no measure."""
    from app.i18n import minutes, whole

    if row["minutes_confirmed"] is None:
        return None
    told = minutes(row["minutes_confirmed"])
    if row["minutes_low"] is not None:
        told = _("{minuti} ({da}–{a})").format(minuti=told, da=whole(row["minutes_low"]), a=whole(row["minutes_high"]))
    return _("{minuti}, stima").format(minuti=told) if row["estimated"] else told


def _sheet(rows: Sequence[dict[str, Any]], type_code: str) -> output.Sheet:
    headings = {
        "rank": _("N."),
        "name": _("Area"),
        "assessed": _("Valutate"),
        "shadow_confirmed": _("In ombra"),
        "shadow_all": _("anche con\nincerta"),
        "probable": _("di cui\nprobabili"),
        "unknown": _("Senza\ndati"),
        "minutes": _("Minuti"),
        "majority": _("Stato"),
    }
    return output.Sheet(
        _("Zone d'ombra: {type}").format(type=type_code),
        headings,
        _remarks(rows),
        optional=["probable"],
        right=["minutes"],
    )


def _remarks(rows: Sequence[dict[str, Any]]) -> list[str]:
    """Rule, act, and why areas have the status that they have."""
    if not rows:
        return []
    first = rows[0]
    rule = _("Regola {rule}: {minutes:.0f} minuti ({act}).").format(
        rule=first["rule_id"], minutes=first["threshold"], act=first["act"]
    )
    supply = _("«In ombra» conta i servizi confermati; la colonna accanto anche quelli da verificare.")
    times = _("Minuti: media sulle persone, dove un servizio confermato è nel raggio calcolato.")
    if any(row["minutes_low"] is not None for row in rows):
        times += " " + _(
            "Fra parentesi la media degli estremi fra cui il tempo vero cade quattro volte su cinque: contano l'errore "
            "della stima in auto e la posizione dei servizi."
        )
    reasons = Counter((row["majority"], row["explanation"]) for row in rows if row["majority"])
    why = [f"• {status} ({count}): {text}" for (status, text), count in reasons.most_common()]
    return [rule, supply, times, *why]
