"""``./ombra coverage layer``: the status of access on a layer that an officer brings."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.commands import output
from app.commands.base import report
from app.commands.coverage.group import command, reading
from etl.i18n import _

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from etl.derive.layer_file import Layer
    from etl.derive.layers import Answers

COLUMNS = (
    *("name", "points", "persons", "assessed", "unknown", "shadow_confirmed", "shadow_confirmed_minus"),
    *("shadow_confirmed_plus", "shadow_all", "shadow_all_minus", "shadow_all_plus", "probable", "probable_all"),
    *("majority", "explanation"),
)
FileArgument = typer.Argument(
    metavar="FILE", help=_("GeoJSON, GeoPackage, Shapefile o uno ZIP con uno Shapefile, di poligoni o di punti.")
)
PeopleOption = typer.Option(
    "--people",
    help=_(
        "Colonna con le persone di ogni elemento: l'accesso si calcola lì. Senza, si sommano sui poligoni le persone"
        " del calcolo corrente."
    ),
)
NameOption = typer.Option("--name", help=_("Colonna con il nome di ogni elemento (senza: «nome», o il numero)."))
SheetOption = typer.Option("--sheet", help=_("Livello da leggere, dove un GeoPackage ne ha più d'uno."))


@command("layer", _("Somma le persone in ombra sui poligoni di un livello, o calcola l'accesso nei suoi elementi."))
def layer(
    file: Annotated[Path, FileArgument],
    type_code: Annotated[str, output.TypeOption],
    people: Annotated[str | None, PeopleOption] = None,
    name: Annotated[str | None, NameOption] = None,
    sheet: Annotated[str | None, SheetOption] = None,
    output_format: Annotated[output.Format, output.FormatOption] = output.Format.table,
    out: Annotated[Path | None, output.OutOption] = None,
) -> None:
    """Answer for every feature of a layer."""
    from app.commands.reading import computed
    from etl.derive.inputs import read_territory
    from etl.derive.layer_file import read_layer

    with computed(type_code=type_code):
        pass
    with reading() as connection:
        given = read_layer(file, territory=read_territory(connection), name=name, people=people, sheet=sheet)
        found = _answers(connection, given, type_code)
    rows = [_row(row) for row in _records(found)]
    output.write(rows, _sheet(found, given, type_code), columns=COLUMNS, output=output_format, out=out, key="name")


def _answers(connection: "Connection", given: "Layer", type_code: str) -> "Answers":
    from datetime import date

    from etl.derive import book
    from etl.derive.layers import answered, summed
    from etl.travel.choice import keep_choice

    if given.people is None:
        return summed(connection, given, type_code)
    chosen = keep_choice(book.wanted(connection), connection, report)
    return answered(connection, given, type_code, chosen.engine, today=date.today())  # noqa: DTZ011  the day here


def _records(found: "Answers") -> list[dict[str, Any]]:
    import shapely

    from etl.store.frames import plain, records

    texts = shapely.to_geojson(found.rows.geometry.to_numpy()).tolist()
    rows = records(found.rows.drop(columns="geometry"))
    told = [{name: plain(value) for name, value in row.items()} for row in rows]
    return [row | {"geojson": text, "threshold": found.threshold} for row, text in zip(told, texts, strict=True)]


def _row(row: Mapping[str, Any]) -> dict[str, Any]:
    from app.pages.reasons import reason

    name = row["name"] or _("(in nessun poligono)")
    told = None if row["reason"] is None else reason(row["reason"], row["threshold"])
    return {**row, "name": name, "explanation": told}


def _sheet(found: "Answers", given: "Layer", type_code: str) -> output.Sheet:
    headings = {
        "name": _("Elemento"),
        "points": _("Punti"),
        "persons": _("Persone"),
        "assessed": _("Valutate"),
        "shadow_confirmed": _("In ombra"),
        "shadow_all": _("anche con\nincerta"),
        "probable": _("di cui\nprobabili"),
        "unknown": _("Senza\ndati"),
        "majority": _("Stato"),
    }
    rule = _("Regola {rule}: {minutes:.0f} minuti.").format(rule=found.rule_id, minutes=found.threshold)
    title = _("Livello: {type}").format(type=type_code)
    return output.Sheet(title, headings, [rule, *_remarks(found, given)], optional=["probable"])


def _remarks(found: "Answers", given: "Layer") -> list[str]:
    if given.people is not None:
        return [
            _(
                "Persone: quelle del livello, nella quota di età che il tipo di servizio ha nel comune; per i posti"
                " competono tutti i residenti, contati una volta."
            )
        ]
    empty = int((found.rows["points"] == 0).sum())
    told = _(
        "Le persone sono quelle del calcolo corrente, ognuna nel punto del suo centro abitato, quartiere o sezione:"
        " ogni punto sta in un solo poligono."
    )
    if not empty:
        return [told]
    return [told, _("Poligoni senza alcun punto, e perciò senza cifre (non zero): {count}.").format(count=empty)]
