"""``./ombra near``: services near a place, by minutes."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.commands import output
from app.commands.base import HELP_OPTIONS, ItalianCommand, new_cli
from etl.errors import OmbraError
from etl.i18n import _

if TYPE_CHECKING:
    from app.api.nearby import Answer
    from app.api.schemas.nearby import NearbyAsked

cli = new_cli()

_POINT = 2


@cli.command(
    cls=ItalianCommand,
    context_settings=HELP_OPTIONS,
    help=_("Elenca i servizi vicini a un luogo, dal più breve tempo di viaggio stimato; se nulla va bene dice perché."),
)
def near(  # noqa: PLR0913, PLR0917 - one argument per option
    at: Annotated[str | None, typer.Option(help=_("Punto «latitudine,longitudine» in gradi."))] = None,
    place: Annotated[str | None, typer.Option(help=_("Comune, quartiere o frazione."))] = None,
    address: Annotated[str | None, typer.Option(help=_("Indirizzo con il comune."))] = None,
    type_codes: Annotated[
        list[str] | None, typer.Option("--type", help=_("Codice di un tipo di servizio; anche più volte."))
    ] = None,
    need: Annotated[str | None, typer.Option(help=_("Bisogno in parole semplici: «mangiare»."))] = None,
    words: Annotated[str | None, typer.Option("--words", help=_("Parole del nome, dell'ente o del tipo."))] = None,
    age: Annotated[int | None, typer.Option(help=_("Età della persona a cui serve."))] = None,
    group: Annotated[str | None, typer.Option(help=_("Area di utenza, per esempio ELD."))] = None,
    language: Annotated[str | None, typer.Option(help=_("Lingua parlata, per esempio ar."))] = None,
    free: Annotated[bool, typer.Option("--free", help=_("Solo gratuiti."))] = False,
    accessible: Annotated[bool, typer.Option("--accessible", help=_("Solo senza barriere."))] = False,
    open_at: Annotated[str | None, typer.Option(help=_("Aperto in un momento, o «ora»."))] = None,
    residence: Annotated[str | None, typer.Option(help=_("Codice ISTAT del comune di residenza."))] = None,
    mode: Annotated[str | None, typer.Option(help=_("car, foot o bike; senza, il modo usuale."))] = None,
    minutes: Annotated[float | None, typer.Option(help=_("Al più questi minuti."))] = None,
    radius: Annotated[float | None, typer.Option(help=_("Al più questi chilometri in linea d'aria."))] = None,
    limit: Annotated[int, typer.Option(help=_("Quanti servizi al massimo."))] = 20,
    output_format: Annotated[output.Format, output.FormatOption] = output.Format.table,
    out: Annotated[Path | None, output.OutOption] = None,
) -> None:
    """Find, rank and give out."""
    told: dict[str, Any] = {"place": place, "address": address, "type": type_codes, "need": need, "q": words}
    told |= {"age": age, "group": group, "language": language, "open_at": open_at, "residence": residence}
    told |= {"mode": mode, "minutes": minutes, "radius": radius, "free": free, "accessible": accessible, "limit": limit}
    asked = _asked({name: value for name, value in (told | _point(at)).items() if value is not None})
    answer = asyncio.run(_answer(asked))
    from app.api.schemas.nearby import NearbyProperties

    columns = list(NearbyProperties.model_fields)
    output.write(_rows(answer, output_format), _sheet(answer), columns=columns, output=output_format, out=out, key="id")


def _point(at: str | None) -> dict[str, str]:
    if at is None:
        return {}
    parts = [part.strip() for part in at.split(",")]
    if len(parts) != _POINT:
        raise OmbraError(_("--at: servono due numeri, «latitudine,longitudine»; ricevuto «{testo}».").format(testo=at))
    return {"lat": parts[0], "lon": parts[1]}


def _asked(told: Mapping[str, Any]) -> "NearbyAsked":
    from fastapi.exceptions import RequestValidationError
    from pydantic import ValidationError

    from app.api.schemas.nearby import NearbyAsked
    from app.faults import faults_of

    try:
        return NearbyAsked.model_validate(told)
    except ValidationError as error:
        found = [{**fault, "loc": ("query", *fault["loc"])} for fault in error.errors()]
        faults = [f"{one['parameter']}: {one['problem']}" for one in faults_of(RequestValidationError(found))]
        raise OmbraError("; ".join(faults)) from None


async def _answer(asked: "NearbyAsked") -> "Answer":
    from app.api.nearby import answered
    from app.hot.pool import opened
    from app.nearby.known import read
    from app.settings import WebSettings
    from etl.store.driver_errors import translated_errors
    from etl.store.engine import connect

    engine = connect()
    engine.dispose()
    with translated_errors(engine.url):
        async with opened(engine.url, WebSettings()) as hot:
            return await answered(hot, asked, await read(hot))


def _rows(answer: "Answer", output_format: output.Format) -> list[dict[str, Any]]:
    rows = answer.rows()
    return [row | _shown(row) for row in rows] if output_format is output.Format.table else rows


def _shown(row: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of the screen that are made of several."""
    from app.telephones import listed

    way = (
        _("protetto")
        if row["minutes"] is None
        else f"{row['minutes']:.0f} ({row['minutes_low']:.0f}–{row['minutes_high']:.0f})"
    )
    where = row["municipality"] or row["zone"]
    return {"phone": listed(row["phone"]), "way": way, "where": where, "because": "; ".join(row["why"][1:])}


def _sheet(answer: "Answer") -> output.Sheet:
    begin = answer.begin.told(answer.found.asked.origin)
    place = begin["place"] or f"{begin['lat']:.5f}, {begin['lon']:.5f}"
    headings = {
        "way": _("Minuti"),
        "name": _("Servizio"),
        "type_name": _("Tipo"),
        "where": _("Dove"),
        "phone": _("Telefono"),
        "because": _("Perché"),
    }
    title = _("Servizi vicini a {luogo} ({comune})").format(luogo=place, comune=begin["municipality"] or "–")
    return output.Sheet(title, headings, _remarks(answer), optional=["phone", "because"], right=["way"])


def _remarks(answer: "Answer") -> list[str]:
    told = [_("Minuti stimati; fra parentesi l'intervallo in cui il tempo vero cade.")] if answer.services else []
    if answer.nothing is not None:
        told.append(answer.nothing["why"])
        nearest = answer.nothing["nearest"]
        if nearest is not None and nearest.get("name"):
            missed = ", ".join(one["asks"] for one in nearest["failed"])
            text = _("Il più vicino è «{nome}», a {minuti:.0f} minuti: non soddisfa «{filtri}».")
            told.append(text.format(nome=nearest["name"], minuti=nearest["minutes"], filtri=missed))
    return told
