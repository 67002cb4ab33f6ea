"""``./ombra overlaps``: groups of services that address the same people, as proposed coordination tables."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any

from app.commands import output
from app.commands.base import HELP_OPTIONS, ItalianCommand, new_cli, screen
from etl.i18n import _

cli = new_cli()

_MEMBERS = ("names", "bodies", "municipalities", "zones", "marginal", "marginal_all")
_REASONS = ("minutes", "joint_capacity", "needed_capacity", "unit", "users_differ", "hours_differ", "requirements")
COLUMNS = (
    *("rank", "id", "type", "kind", "services", "service_ids", *_MEMBERS, "persons", "jaccard", *_REASONS),
    *("planned", "uncertain", "hours_unknown", "exact", "why"),
)
Row = dict[str, Any]


@cli.command(
    cls=ItalianCommand,
    context_settings=HELP_OPTIONS,
    help=_("Elenca i gruppi di servizi che si rivolgono alle stesse persone: proposte di tavoli di coordinamento."),
)
def overlaps(
    type_code: Annotated[str | None, output.TypeOption] = None,
    area: Annotated[str | None, output.AreaOption] = None,
    run: Annotated[str | None, output.RunOption] = None,
    output_format: Annotated[output.Format, output.FormatOption] = output.Format.table,
    out: Annotated[Path | None, output.OutOption] = None,
) -> None:
    """List the groups, of one type or of all."""
    from app.commands.reading import computed, everything, find_run
    from app.queries.coordination import members
    from app.queries.coverage import overlaps as query

    asked = None if run is None else find_run(run)
    rows = everything(query(type_code=type_code, within=area, run=asked), key="rank", type_code=type_code, area=area)
    with computed() as session:
        seats = [row._asdict() for row in session.execute(members(type_code=type_code, run=asked))]
    told = [_told(row, found) for row, found in _seated(rows, seats)]
    if not told and output_format is output.Format.table and out is None:
        screen.print(_nothing(type_code, area), highlight=False)
        return
    output.write(told, _sheet(), columns=COLUMNS, output=output_format, out=out, key="id")


def _nothing(type_code: str | None, area: str | None) -> str:
    """Not an error: that nobody overlaps is an answer."""
    what = _("Nessun gruppo di servizi si rivolge alle stesse persone{type}{area}.").format(
        type="" if type_code is None else _(", per il tipo «{code}»").format(code=type_code),
        area="" if area is None else _(", nell'area {code}").format(code=area),
    )
    why = _("Contano solo i servizi conosciuti, con un luogo, che condividono almeno metà del bacino.")
    return f"{what}\n{why}"


def _seated(rows: Iterable[Row], seats: Iterable[Row]) -> list[tuple[Row, list[Row]]]:
    """Each group with its services, in the order of its ``service_ids``."""
    by_group: dict[Any, dict[Any, list[Row]]] = {}
    for seat in seats:
        by_group.setdefault(seat["group"], {}).setdefault(seat["service_id"], []).append(seat)
    return [
        (row, [_one(by_group[row["id"]][service]) for service in row["service_ids"] if service in by_group[row["id"]]])
        for row in rows
    ]


def _one(places: list[Row]) -> Row:
    """A service with all its places."""
    return places[0] | {name: _distinct(place[name] for place in places) for name in ("municipality", "zone")}


def _distinct(values: Iterable[Any]) -> list[Any]:
    return list(dict.fromkeys(value for value in values if value is not None))


def _told(row: Row, seats: list[Row]) -> Row:
    told = row | {
        "names": [seat["name"] for seat in seats],
        "bodies": _distinct(seat["body"] for seat in seats),
        "municipalities": _distinct(town for seat in seats for town in seat["municipality"]),
        "zones": _distinct(zone for seat in seats for zone in seat["zone"]),
        # As many as there are names, empty for services that are not open yet.
        "marginal": [_figure(seat["marginal"]) for seat in seats],
        "marginal_all": [_figure(seat["marginal_all"]) for seat in seats],
        "seats": [f"• {_seat(seat)}" for seat in seats],
    }
    return told | {"why": _why(told), "shared": f"{row['jaccard']:.0%}"}


def _figure(persons: float | None) -> int | str:
    return "" if persons is None else round(persons)


def _seat(seat: Row) -> str:
    """A service, its body, and for how many people it is the only one."""
    named = " · ".join(text for text in (seat["name"], seat["body"]) if text)
    if seat["marginal"] is None:
        return _("{service} (in programma)").format(service=named)
    alone = seat["marginal_all"] if seat["supply_status"] != "attivo" else seat["marginal"]
    if round(alone) == 0:
        return named
    return _("{service} (unico per {persons} persone)").format(service=named, persons=f"{alone:,.0f}".replace(",", "."))


def _sheet() -> output.Sheet:
    headings = {
        "rank": _("N."),
        "type": _("Tipo"),
        "seats": _("Al tavolo: servizio, ente"),
        "zones": _("Zone"),
        "persons": _("Persone"),
        "shared": _("Bacino\ncomune"),
        "why": _("Perché"),
    }
    remarks = [
        _("Ciascuno condivide almeno metà del bacino con ogni altro del gruppo: proposte, non giudizi."),
        _("«Unico per»: persone che non hanno altro servizio entro il limite; non dice che un servizio sia di troppo."),
    ]
    return output.Sheet(_("Sovrapposizioni e tavoli di coordinamento"), headings, remarks)


def _why(row: Mapping[str, Any]) -> list[str]:
    """Why the services of a group should talk to each other, and what is not sure of it."""
    remarks = {
        "planned": _("alcuni programmati"),
        "uncertain": _("alcuni da verificare"),
        "hours_unknown": _("orari non noti: la coincidenza è presunta"),
        "requirements": _("alcuni hanno requisiti propri, da confrontare"),
    }
    told = [_reason(row), *(text for name, text in remarks.items() if row[name])]
    return told if row["exact"] else [*told, _("gruppo trovato per approssimazione: potrebbe essere più grande")]


def _reason(row: Mapping[str, Any]) -> str:
    if row["kind"] == "complementari":
        differ = {"users_differ": _("utenti"), "hours_differ": _("orari")}
        what = _(" e ").join(text for name, text in differ.items() if row[name])
        return _("complementari: stesso bacino, {what} diversi").format(what=what or _("orari"))
    if row["kind"] == "da_coordinare":
        half = f"{(row['threshold'] or 0.0) / 2:g}".replace(".", ",")
        return _("da coordinare: entro {minutes} min l'uno dall'altro; quanta capacità serva non è noto").format(
            minutes=half
        )
    if row["joint_capacity"] is None:
        return _("capacità oltre l'obiettivo")
    joint, needed = (f"{row[name]:.1f}".replace(".", ",") for name in ("joint_capacity", "needed_capacity"))
    return _("capacità oltre l'obiettivo: {joint} ({unit}), ne servono {needed}").format(
        joint=joint, needed=needed, unit=row["unit"] or "–"
    )
