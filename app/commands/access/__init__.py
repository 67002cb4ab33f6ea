"""``./ombra access``: scores of access of each area, with plain minutes beside them."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.commands import output
from app.commands.access.options import COST, FIELDS, PER, SCORES, Decay, Measure
from app.commands.access.sheet import sheet
from app.commands.base import HELP_OPTIONS, ItalianCommand, new_cli, report
from app.commands.gaps import Level
from etl.errors import NotFound
from etl.i18n import _

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from etl.derive.registry import Registry
    from geo.decay import Decay as Weights

cli = new_cli()


COLUMNS = (
    *("rank", "code", "name", "parent_name", "persons", "minutes", "far", *SCORES, COST),
    *("unit", "decay", "threshold", "complete", "rule_id", "act"),
)


@cli.command(
    cls=ItalianCommand,
    context_settings=HELP_OPTIONS,
    help=_("Elenca le aree per accesso a un servizio: minuti e punteggi che tengono conto di quanti se lo contendono."),
)
def access(
    type_code: Annotated[str, output.TypeOption],
    level: Annotated[Level, typer.Option(help=_("Livello delle aree."))] = Level.municipality,
    area: Annotated[str | None, output.AreaOption] = None,
    measure: Annotated[Measure, typer.Option(help=_("Punteggio da mostrare e su cui ordinare."))] = Measure.e2sfca,
    decay: Annotated[
        Decay, typer.Option(help=_("Peso dei minuti; «zone» è già calcolato, gli altri si calcolano ora."))
    ] = Decay.zone,
    output_format: Annotated[output.Format, output.FormatOption] = output.Format.table,
    out: Annotated[Path | None, output.OutOption] = None,
) -> None:
    """Rank the areas of one level by a score for one type of service, the worst first."""
    rows = _rows(type_code, level, area, FIELDS[measure], decay)
    if not rows:
        raise NotFound(_nothing(type_code, level))
    output.write(rows, sheet(rows, type_code, measure), columns=COLUMNS, output=output_format, out=out, key="code")


def _nothing(type_code: str, level: Level) -> str:
    why = _("Nessun punteggio per «{type}» al livello «{level}»: nessun servizio confermato, o nessuna area.")
    return why.format(type=type_code, level=level.value)


def _rows(type_code: str, level: Level, area: str | None, measure: str, decay: Decay) -> list[dict[str, Any]]:
    from app.commands.reading import MOST_ROWS, computed
    from app.paging import PageRequest, paginate
    from app.queries.scores import scores
    from etl.derive.registry import read_registry

    with computed() as session:
        _require_known(session, type_code, area)
        registry = read_registry(session.connection())
        source = None if decay is Decay.zone else _computed_now(session, type_code, registry, decay)
        statement = scores(type_code=type_code, level=level.value, measure=measure, within=area, source=source)
        page = paginate(session, statement, PageRequest(MOST_ROWS), key="rank")
        told = {"unit": _unit(session, type_code, registry), "decay": decay.value}
        return [_readable(row._asdict()) | told for row in page.rows]


def _require_known(session: "Session", type_code: str, area: str | None) -> None:
    """Refuse a type and an area that do not exist, both at once."""
    from app.deps import known_type
    from app.queries.areas import by_code

    faults = []
    try:
        known_type(session, type_code)
    except NotFound as error:
        faults.append(f"--type: {error}")
    if area is not None and session.execute(by_code(area)).first() is None:
        faults.append(_("--area: nessuna area ha il codice «{code}»; si veda ./ombra gaps.").format(code=area))
    if faults:
        raise NotFound("\n".join(faults))


def _readable(row: dict[str, Any]) -> dict[str, Any]:
    """Scores per person become scores per thousand, as people say them."""
    scaled = {f"{name}_per_{PER}": row[name] for name in FIELDS.values() if name != COST}
    return row | {name: None if value is None else value * PER for name, value in scaled.items()}


def _unit(session: "Session", type_code: str, registry: "Registry") -> str:
    """What the scores count: the unit of the rule where it is known of every confirmed service, otherwise services."""
    from app.queries.scores import confirmed
    from etl.derive.cases import capacity_standard
    from etl.store import models as m

    standard = capacity_standard(registry, type_code)
    kind = session.get_one(m.ServiceType, type_code)
    unit = kind.capacity_unit if standard is None else standard.capacity_unit
    services, known = session.execute(confirmed(type_code, unit)).one()
    return unit if unit not in (None, "", "sede") and services == known else _("sedi")


def _computed_now(session: "Session", type_code: str, registry: "Registry", decay: Decay) -> Any:  # noqa: ANN401
    """Scores with another decay, in a table that lasts as long as the connection."""
    from app.queries.scores import kept_for_now
    from etl.derive.scores import computed_now

    weights = _weights(decay, registry.kinds[type_code].threshold)
    saying = _("Calcolo i punteggi con il decadimento «{decay}»: non si salvano.")
    report(saying.format(decay=decay.value))
    return kept_for_now(session, computed_now(session.connection(), type_code, weights, progress=report))


def _weights(decay: Decay, threshold: float) -> "Weights":
    """The decay of a name; the smooth ones have half the threshold as their scale and end at it."""
    from geo.decay import exponential, gaussian, step, thirds

    found: dict[Decay, Weights] = {
        Decay.zone: thirds(threshold),
        Decay.gradino: step(threshold),
        Decay.gaussiana: gaussian(threshold / 2, threshold=threshold),
        Decay.esponenziale: exponential(threshold / 2, threshold=threshold),
    }
    return found[decay]
