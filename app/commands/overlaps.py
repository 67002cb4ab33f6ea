"""``./ombra overlaps``: groups of services that address the same people."""

from pathlib import Path
from typing import Annotated, Any

from app.commands import output
from app.commands.base import HELP_OPTIONS, ItalianCommand, new_cli
from etl.i18n import _

cli = new_cli()


COLUMNS = (
    *("rank", "id", "type", "kind", "services", "names", "persons", "jaccard", "planned", "uncertain"),
    *("hours_unknown", "exact"),
)


@cli.command(
    cls=ItalianCommand,
    context_settings=HELP_OPTIONS,
    help=_("Elenca i gruppi di servizi che si rivolgono alle stesse persone: proposte di tavoli di coordinamento."),
)
def overlaps(
    type_code: Annotated[str | None, output.TypeOption] = None,
    area: Annotated[str | None, output.AreaOption] = None,
    output_format: Annotated[output.Format, output.FormatOption] = output.Format.table,
    out: Annotated[Path | None, output.OutOption] = None,
) -> None:
    """List the groups, of one type or of all."""
    from app.commands.reading import everything
    from app.queries.coverage import overlaps as query

    rows = everything(query(type_code=type_code, within=area), key="rank", type_code=type_code, area=area)
    output.write(
        [row | {"remarks": _remarks(row), "shared": f"{row['jaccard']:.0%}"} for row in rows],
        _sheet(),
        columns=COLUMNS,
        output=output_format,
        out=out,
        key="id",
    )


def _sheet() -> output.Sheet:
    headings = {
        "rank": _("N."),
        "type": _("Tipo"),
        "names": _("Servizi"),
        "persons": _("Persone"),
        "shared": _("Bacino\ncomune"),
        "remarks": _("Da sapere"),
    }
    remark = _("Ciascuno condivide almeno metà del bacino con ogni altro del gruppo: proposte, non giudizi.")
    return output.Sheet(_("Sovrapposizioni e tavoli di coordinamento"), headings, [remark])


def _remarks(row: dict[str, Any]) -> list[str]:
    kinds = {"sovrapposti": _("capacità oltre l'obiettivo"), "da_coordinare": _("da coordinare")}
    told = {
        "planned": _("alcuni programmati"),
        "uncertain": _("alcuni da verificare"),
        "hours_unknown": _("orari non noti"),
    }
    return [kinds[row["kind"]], *(text for name, text in told.items() if row[name])]
