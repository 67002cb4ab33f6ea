"""``./ombra scenario compare``: what a scenario does, against today or against another scenario."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.commands import output
from app.commands.base import notes, report
from app.commands.coverage.group import short
from app.commands.etl.group import database
from app.commands.gaps import Level
from app.commands.scenario import group
from app.commands.scenario.sheets import COLUMNS, KEYS, on_screen
from etl.errors import OmbraError
from etl.i18n import _

if TYPE_CHECKING:
    from app.queries.differences import Asked
    from app.queries.kinds import AnySelect
    from etl.derive.scenario import Changes

SHOWN = 20  # rows of each table on the screen


class View(StrEnum):
    """What is compared."""

    aree = "aree"
    stati = "stati"
    regole = "regole"
    punti = "punti"


OtherArgument = typer.Argument(metavar="NOME2", help=_("Scenario da confrontare con il primo; senza, NOME con oggi."))
ViewOption = typer.Option(
    "--view",
    help=_(
        "aree (persone per comune o altra area), stati (cambi di stato), regole (esiti), punti (dove abitano le persone"
        " per cui cambia qualcosa). Senza: tutto, sullo schermo; le aree, in un file."
    ),
)
LevelOption = typer.Option(help=_("Livello delle aree; senza: comuni, e zone omogenee per gli stati."))


@group.command("compare", _("Confronta uno scenario con i servizi di oggi, o con un altro scenario."))
def compare(
    name: Annotated[str, group.NameArgument],
    other: Annotated[str | None, OtherArgument] = None,
    type_code: Annotated[str | None, output.TypeOption] = None,
    view: Annotated[View | None, ViewOption] = None,
    level: Annotated[Level | None, LevelOption] = None,
    area: Annotated[str | None, output.AreaOption] = None,
    output_format: Annotated[output.Format, output.FormatOption] = output.Format.table,
    out: Annotated[Path | None, output.OutOption] = None,
) -> None:
    """Compare a scenario."""
    changes, asked = _computed(name, other, type_code, area)
    _cautions(asked)
    title = _title(name, other)
    if view is None and output_format is output.Format.table and out is None:
        _show_everything(changes, asked, title, level)
        return
    chosen = view or View.aree
    rows = _rows(_statement(chosen, asked, level), asked)
    if output_format is output.Format.table and out is None:
        output.show(*on_screen(chosen.value, rows, title))
        return
    columns, key = COLUMNS[chosen.value], KEYS[chosen.value]
    output.write(rows, output.Sheet(title, {}), columns=columns, output=output_format, out=out, key=key)


def _title(name: str, other: str | None) -> str:
    if other is None:
        return _("Da oggi allo scenario «{nome}»").format(nome=name)
    return _("Dallo scenario «{nome}» allo scenario «{altro}»").format(nome=name, altro=other)


def _computed(name: str, other: str | None, type_code: str | None, area: str | None) -> "tuple[Changes, Asked]":
    """The changes that make the difference, and the two runs; both are computed where they have not been."""
    from app.queries.differences import Asked
    from etl.derive.scenario import Changes, book
    from etl.derive.scenario.compute import compute

    names = [name] if other is None else [name, other]
    if other == name:
        raise OmbraError(_("Sono lo stesso scenario: indicarne due, o uno solo da confrontare con oggi."))
    with database() as engine:
        base, made = compute(engine, names, progress=report)
        with engine.connect() as connection:
            written = [book.find(connection, one).changes for one in names]
    for one in made:
        if one.note is not None:
            notes.print(one.note, style="yellow", highlight=False)
    both = Changes(tuple({change: None for changes in written for change in changes}))
    former, later = (base, made[0].run_id) if other is None else (made[0].run_id, made[1].run_id)
    return both, Asked(former=former, later=later, type_code=type_code, within=area)


def _statement(view: View, asked: "Asked", level: Level | None) -> "AnySelect":
    from app.queries import differences

    if view is View.stati:
        return differences.statuses(asked, level=(level or Level.zona_omogenea).value)
    if view is View.regole:
        return differences.rules(asked)
    if view is View.punti:
        return differences.points(asked)
    return differences.areas(asked, level=(level or Level.municipality).value)


def _rows(statement: "AnySelect", asked: "Asked") -> list[dict[str, Any]]:
    from app.commands.reading import everything

    return everything(statement, key="rank", type_code=asked.type_code, area=asked.within)


def _show_everything(changes: "Changes", asked: "Asked", title: str, level: Level | None) -> None:
    from app.commands.scenario.sheets import effects

    output.show(*effects(_reached(changes, asked), title))
    whole = _rows(_statement(View.aree, asked, _widest(asked)), asked)
    output.show(*on_screen("tipi", whole, _("In tutto") if asked.within is None else _("Nell'area")))
    for view, heading in (
        (View.stati, _("Persone il cui stato cambia")),
        (View.regole, _("Regole con un altro esito, valore o carenza")),
        (View.aree, _("Dove")),
    ):
        rows = _rows(_statement(view, asked, level), asked)
        if rows:
            output.show(*on_screen(view.value, rows[:SHOWN], heading, left=len(rows) - SHOWN))


def _widest(asked: "Asked") -> Level:
    """The level of the area that was asked for, or of the whole."""
    from app.commands.reading import computed
    from app.queries.areas import by_code

    if asked.within is None:
        return Level.metropolitan_city
    with computed(area=asked.within) as session:
        return Level(session.execute(by_code(asked.within)).scalars().all()[0].level)


def _cautions(asked: "Asked") -> None:
    """What a reader of any comparison must know: what the times are, and that pages may show other data."""
    from sqlalchemy import select

    from app.commands.reading import computed
    from etl.derive.variant import BASE
    from etl.store import models as m

    run = m.CoverageRun
    with computed() as session:
        engine = session.execute(select(run.engine).where(run.id == asked.later)).scalar_one()
        former = session.execute(select(run.current, run.inputs).where(run.id == asked.former)).one()
    if engine == "estimate":
        notes.print(
            _(
                "Tempi stimati dalla distanza in linea d'aria: da una valle all'altra possono essere molto più lunghi."
                " Con una rete stradale: ./ombra coverage run --engine network --file FILE, poi di nuovo qui."
            ),
            style="yellow",
            highlight=False,
        )
    if not former.current and BASE not in former.inputs:
        why = _("Il calcolo corrente è di altri dati: «oggi» qui è il calcolo {numero}, degli stessi dati di adesso.")
        notes.print(why.format(numero=short(asked.former)), style="yellow", highlight=False)


def _reached(changes: "Changes", asked: "Asked") -> list[dict[str, Any]]:
    """Each change with the people whom its service reaches in both runs, and those who have no other."""
    import uuid

    from app.commands.reading import computed
    from app.commands.scenario.show import readable
    from app.queries.scenarios import reaches

    ids = [uuid.UUID(one.service) for one in changes]
    with computed() as session:
        told = [
            {row.service_id: row for row in session.execute(reaches(run, ids))} for run in (asked.former, asked.later)
        ]
    named, figures = zip(("former", "later"), told, strict=True), ("persons", "marginal", "marginal_all")
    columns = {f"{name}_{when}": (name, reach) for when, reach in named for name in figures}
    return [
        row | {column: getattr(reach.get(service), name, None) for column, (name, reach) in columns.items()}
        for row, service in zip(readable(changes), ids, strict=True)
    ]
