"""``./ombra standards``: every rule of the registry, whether it is evaluated and why not."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.commands import output
from app.commands.base import HELP_OPTIONS, ItalianCommand, new_cli
from etl.i18n import _

if TYPE_CHECKING:
    from app.standards.reading import Listed

cli = new_cli()

COLUMNS = (
    *("id", "title", "service_types", "kind", "thresholds", "minimum", "objective", "unit", "geography", "condition"),
    *("act", "article", "verification", "law", "evaluated", "why_not"),
)


class Format(StrEnum):
    """How the list comes out."""

    table = "table"
    csv = "csv"


@cli.command(
    cls=ItalianCommand,
    context_settings=HELP_OPTIONS,
    help=_("Elenca le regole raccolte: atto, articolo, verifica, soglie, se sono valutate e, se no, perché."),
)
def standards(
    type_code: Annotated[str | None, output.TypeOption] = None,
    output_format: Annotated[Format, typer.Option("--format", help=_("table o csv."))] = Format.table,
    out: Annotated[Path | None, output.OutOption] = None,
) -> None:
    """List the rules."""
    from app.commands.reading import computed
    from app.standards.reading import listed

    with computed(type_code=type_code) as session:
        rows = [_row(one) for one in listed(session, type_code=type_code)]
    # A working criterion for each type: told one by one only where somebody asks for a type, or for a file.
    shown = rows if type_code or output_format is Format.csv else [row for row in rows if row["code"] != "accesso"]
    chosen = output.Format(output_format.value)
    output.write(shown, _sheet(rows), columns=COLUMNS, output=chosen, out=out, key="id")


def _row(one: "Listed") -> dict[str, Any]:
    from app.pages import reasons
    from app.standards import words

    plain = {column.name: getattr(one.rule, column.name) for column in one.rule.__table__.columns}
    why = None if one.why_not is None else reasons.said(words.WHY_NOT, one.why_not)
    act = plain["act"] if plain["article"] is None else f"{plain['act']}, {plain['article']}"
    return plain | {
        "title": plain["title_it"],
        "thresholds": words.thresholds(plain),
        "condition": words.conditions(plain["area_condition"]),
        "cited": act,
        "verified": reasons.said(words.VERIFIED, plain["verification"]),
        "evaluated": why is None,
        "why_not": why,
        "outcome": _outcome(plain["geography"], why),
        "code": one.why_not,
    }


def _outcome(geography: str, why: str | None) -> str:
    from app.pages import reasons

    if why is not None:
        return _("non valutata: {motivo}").format(motivo=why)
    return _("valutata per {unita}").format(unita=reasons.geography(geography))


def _sheet(rows: list[dict[str, Any]]) -> output.Sheet:
    headings = {
        "id": _("Regola"),
        "title": _("Titolo"),
        "thresholds": _("Soglie"),
        "cited": _("Atto"),
        "verified": _("Verifica"),
        "outcome": _("Esito"),
    }
    evaluated = sum(row["evaluated"] for row in rows)
    criteria = sum(row["code"] == "accesso" for row in rows)
    text = _("{valutate} regole valutate per unità, {altre} no; {criteri} criteri di lavoro, che non sono norme.")
    said = text.format(valutate=evaluated, altre=len(rows) - evaluated - criteria, criteri=criteria)
    return output.Sheet(_("Regole"), headings, [said], whole=["id"])
