"""``./ombra site``: where a service should open, out of existing public buildings or of a layer."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.commands import output
from app.commands.base import HELP_OPTIONS, ItalianCommand, new_cli, report, screen
from app.commands.coverage.run import Engine
from app.commands.gaps import Supply
from etl.errors import OmbraError
from etl.i18n import _

if TYPE_CHECKING:
    import uuid

    from etl.derive.siting.propose import Sources

cli = new_cli()

COLUMNS = (
    *("position", "municipality_code", "municipality", "zone", "name", "address", "kind", "body", "gained"),
    *("gained_confirmed", "gained_all", "probable", "assigned", "type", "model", "supply", "demand", "threshold"),
    *("rule_id", "persons", "served", "remaining", "unreachable", "unknown", "objective", "bound", "exact", "gap"),
    *("alternatives", "siting", "run_id", "key"),
)


class Model(StrEnum):
    """What the best choice is."""

    mclp = "mclp"
    lscp = "lscp"
    p_median = "p-median"
    p_center = "p-center"


class Demand(StrEnum):
    """Whose access counts."""

    shadow = "shadow"
    no_service = "no-service"
    everyone = "everyone"


class Class(StrEnum):
    """Classes of municipality."""

    minori = "minori"
    citta = "citta"
    piccole_citta_sobborghi = "piccole_citta_sobborghi"
    rurale = "rurale"


CountOption = typer.Option("-k", "--count", help=_("Quante sedi proporre (lscp cerca da sé quante ne bastano)."))
ModelOption = typer.Option(
    "--model",
    help=_(
        "mclp: più persone entro la soglia; lscp: meno sedi che servono tutti; p-median: meno minuti in tutto;"
        " p-center: meno minuti per il più lontano."
    ),
)
DemandOption = typer.Option(
    "--demand",
    help=_(
        "shadow: chi è in ombra (elenco completo e nessun servizio entro la soglia); no-service: chi non ha servizi"
        " entro la soglia, anche dove l'elenco non è completo; everyone: tutti."
    ),
)
CapacityOption = typer.Option("--capacity", help=_("Persone che ogni sede può servire; senza, quante ne vengono."))
CandidatesOption = typer.Option(
    "--candidates",
    help=_(
        "Livello con i luoghi possibili (GeoJSON, GeoPackage, Shapefile). Senza: gli edifici pubblici già nell'atlante"
        " e, nei comuni dove non ce n'è, i centri abitati."
    ),
)
NameOption = typer.Option("--name", help=_("Colonna con il nome dei luoghi del livello."))
ClassOption = typer.Option(
    "--municipality-class",
    help=_(
        "Solo comuni di questa classe; si può ripetere. minori: né città né poli (dove la classe SNAI non è caricata è"
        " polo il comune più popoloso di ogni zona omogenea)."
    ),
)
TravelOption = typer.Option("--travel", help=_("Motore dei tempi di viaggio; senza, quello del calcolo."))
FileOption = typer.Option("--travel-file", help=_("File del motore, come per «coverage run --file»."))
RunOption = typer.Option("--run", help=_("Calcolo su cui cercare, anche di uno scenario; senza, quello corrente."))
SecondsOption = typer.Option("--seconds", help=_("Quanto cercare l'ottimo esatto; poi vale il migliore trovato."))
SaveOption = typer.Option("--save-as", help=_("Salva le sedi proposte come scenario con questo nome."))


@cli.command(
    cls=ItalianCommand,
    context_settings=HELP_OPTIONS,
    help=_("Propone dove aprire un servizio: luoghi, persone guadagnate da ciascuno, persone che restano senza."),
)
def site(  # noqa: PLR0913  one argument per option
    type_code: Annotated[str, output.TypeOption],
    *,
    count: Annotated[int, CountOption] = 1,
    model: Annotated[Model, ModelOption] = Model.mclp,
    supply: Annotated[Supply, typer.Option(help=_("Servizi che contano come aperti."))] = Supply.confermata,
    demand: Annotated[Demand, DemandOption] = Demand.shadow,
    capacity: Annotated[float | None, CapacityOption] = None,
    candidates: Annotated[Path | None, CandidatesOption] = None,
    name: Annotated[str | None, NameOption] = None,
    municipality_class: Annotated[list[Class] | None, ClassOption] = None,
    area: Annotated[str | None, output.AreaOption] = None,
    travel: Annotated[Engine | None, TravelOption] = None,
    travel_file: Annotated[Path | None, FileOption] = None,
    run: Annotated[str | None, RunOption] = None,
    seconds: Annotated[float, SecondsOption] = 60.0,
    save_as: Annotated[str | None, SaveOption] = None,
    output_format: Annotated[output.Format, output.FormatOption] = output.Format.table,
    out: Annotated[Path | None, output.OutOption] = None,
) -> None:
    """Propose sites and keep the proposal."""
    from app.commands.reading import computed
    from etl.derive.siting import Asked

    with computed():
        pass
    asked = Asked(
        type_code=type_code,
        k=count,
        model=model.value,
        supply=supply.value,
        demand=demand.value,
        capacity=capacity,
        area=area,
        classes=tuple(one.value for one in municipality_class or ()),
    )
    siting = _proposed(asked, _sources(run, travel, travel_file, candidates, name), seconds, save_as)
    _show(siting, output_format, out)
    if save_as is not None and output_format is output.Format.table and out is None:
        screen.print(_("Scenario «{nome}» salvato: ./ombra scenario compare.").format(nome=save_as), highlight=False)


def _sources(
    run: str | None, travel: Engine | None, travel_file: Path | None, candidates: Path | None, name: str | None
) -> "Sources":
    from etl.derive import book
    from etl.derive.siting.propose import Sources
    from etl.travel.choice import Choice

    faults = []
    if travel is None and travel_file is not None:
        faults.append(_("--travel-file vuole anche --travel network o --travel matrix."))
    if candidates is None and name is not None:
        faults.append(_("--name vuole anche --candidates."))
    if candidates is not None and not candidates.is_file():
        faults.append(_("Il file {file} non c'è: controllare il percorso.").format(file=candidates))
    if faults:
        raise OmbraError("\n".join(faults))
    choice = None if travel is None else Choice(travel.value, travel_file)
    return Sources(run=run or book.CURRENT, travel=choice, layer=candidates, column=name)


def _proposed(asked: Any, sources: "Sources", seconds: float, save_as: str | None) -> "uuid.UUID":  # noqa: ANN401  Asked is imported late
    from app.commands.coverage.group import writing
    from etl.derive.siting import propose
    from etl.derive.siting.scenario import save
    from geo.siting import Limits

    if not seconds > 0:
        raise OmbraError(_("--seconds è un numero di secondi maggiore di zero."))
    with writing() as connection:
        found = propose(connection, asked, sources=sources, limits=Limits(seconds=seconds), progress=report)
        if save_as is not None:
            save(connection, found, save_as)
    return found


def _show(siting: "uuid.UUID", output_format: output.Format, out: Path | None) -> None:
    from app.commands.reading import computed, everything
    from app.queries.siting import answers, proposals
    from app.reports.siting import beside, headings, kinds, remarks, title

    with computed() as session:
        answer = session.execute(answers(siting=siting)).one()._asdict()
        texts = remarks(session, answer)
    rows = everything(proposals(siting=siting), key="rank", type_code=None, area=None)
    gained = "gained_all" if answer["supply"] == "tutta" else "gained_confirmed"
    told = [row | {"gained": row[gained], "where": [one for one in (kinds(row), beside(row)) if one]} for row in rows]
    sheet = output.Sheet(title(answer), headings(answer), texts, optional=["probable"])
    output.write(told, sheet, columns=COLUMNS, output=output_format, out=out, key="key")
