"""``./ombra etl new-source``: a mapping for a file that nobody has prepared."""

import shlex
import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from app.commands import output
from app.commands.base import screen
from app.commands.etl import mapping_text, proposal_view
from app.commands.etl.group import command
from app.commands.etl.mapping_text import Said
from etl.errors import OmbraError
from etl.i18n import _

DRAFT = ".bozza"  # added to the name of a mapping that cannot be used yet: one that is wrong would stop all sources
OutOption = typer.Option("--out", help=_("File della mappatura; senza, in data/sources."))
IdOption = typer.Option("--id", help=_("Identificativo della fonte: minuscole, cifre e trattini."))
TypeOption = typer.Option("--type", help=_("Codice del tipo di servizio, se già si sa."))
SheetOption = typer.Option("--sheet", help=_("Foglio o strato, se il file ne ha più d'uno."))
TitleOption = typer.Option("--title", help=_("Come si chiama l'elenco."))
PublisherOption = typer.Option("--publisher", help=_("Chi lo pubblica."))
LicenceOption = typer.Option("--licence", help=_("Con quale licenza."))
DateOption = typer.Option("--date", help=_("Di quando sono i dati: 2026, 2026-09, 2026-09-30 o 30/09/2026."))
YesOption = typer.Option("--yes", help=_("Scrive senza chiedere."))


@command("new-source", _("Guarda un file che nessuno ha preparato, propone come leggerlo e scrive la mappatura."))
def new_source(  # noqa: PLR0913  one argument per option
    file: Annotated[Path, typer.Argument(metavar="FILE", help=_("File CSV, XLSX, ODS, JSON, GeoJSON, GPKG o SHP."))],
    *,
    service_type: Annotated[str | None, TypeOption] = None,
    name: Annotated[str | None, IdOption] = None,
    title: Annotated[str | None, TitleOption] = None,
    publisher: Annotated[str | None, PublisherOption] = None,
    licence: Annotated[str | None, LicenceOption] = None,
    date: Annotated[str | None, DateOption] = None,
    sheet: Annotated[str | None, SheetOption] = None,
    out: Annotated[Path | None, OutOption] = None,
    yes: Annotated[bool, YesOption] = False,
) -> None:
    """Propose, show, ask, write; exit 1 where the mapping needs a hand first."""
    from etl.sources.catalogue import MAPPINGS
    from etl.sources.tabular.propose import propose

    said = Said(name, title, publisher, licence, date and mapping_text.edition_date(date))
    proposal = propose(file, service_type=service_type, sheet=sheet)
    if not yes and sys.stdin.isatty():
        said = _asked(said, proposal.text)
    text = mapping_text.filled(proposal.text, said)
    source_id = mapping_text.identifier(text)
    target = out or MAPPINGS / f"{source_id}.yaml"
    faults = [*mapping_text.faults(text, name=target.name), *proposal.open, *_taken(file, source_id)]
    if faults:
        target = target.with_name(target.name + DRAFT)
    if target.exists():
        why = _("{file} c'è già: scegliere un altro nome con --id o --out, o cancellarlo.")
        raise OmbraError(why.format(file=target))
    proposal_view.show(proposal, text, mapping_text.settled(proposal.doubts, said), faults)
    if not (yes or _agreed(_("Scrivere la mappatura in {file}? [s/N]").format(file=target))):
        screen.print(_("Non ho scritto nulla."))
        return
    _write(text, target)
    elsewhere = target.parent.resolve() != MAPPINGS.resolve()
    _tell_next(file, target, source_id, elsewhere=elsewhere, usable=not faults)


def _asked(said: Said, text: str) -> Said:
    """What only a person knows, asked where no option told it; an empty answer keeps what is proposed."""
    proposed = mapping_text.told(text)
    questions = {
        "title": _("Come si chiama l'elenco"),
        "publisher": _("Chi lo pubblica"),
        "licence": _("Con quale licenza"),
        "date": _("Di quando sono i dati (2026, 2026-06 o 2026-06-30; vuoto se non si sa)"),
    }
    answers = {}
    for name, question in questions.items():
        if getattr(said, name) is None:
            answer = str(typer.prompt(question, default=proposed.get(name, ""))).strip()
            answers[name] = answer or None
    if answers.get("date"):
        answers["date"] = mapping_text.edition_date(str(answers["date"]))
    return replace(said, **answers)


def _taken(file: Path, name: str) -> list[str]:
    """Faults that only the sources known already show."""
    from etl.sources.catalogue import catalogue, claim

    known = catalogue()
    found = []
    if name in {source.declaration.id for source in known}:
        found.append(_("una fonte si chiama già «{id}»: sceglierne un altro con --id").format(id=name))
    owner = claim(known, [file]).claimed.get(file)
    if owner is not None:
        why = _("il file è già della fonte «{id}»: ./ombra etl run lo carica senza bisogno di una mappatura")
        found.append(why.format(id=owner.declaration.id))
    return found


def _agreed(question: str) -> bool:
    answer = str(typer.prompt(question, default="n", show_default=False))
    return answer.strip().lower() in {_("s"), _("sì"), "si", "y", "yes"}


def _write(text: str, target: Path) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        why = _("Non si può creare la cartella {folder} ({why}): indicare un altro file con --out.")
        raise OmbraError(why.format(folder=target.parent, why=output.reason(error))) from None
    output.give_out(text, target)


def _tell_next(file: Path, target: Path, name: str, *, elsewhere: bool, usable: bool) -> None:
    """The command that comes next; of a draft, what to do first."""
    proposal_view.line(_("Scritto {file}.").format(file=target))
    mappings = f" --mappings {shlex.quote(str(target.parent))}" if elsewhere else ""
    if usable:
        proposal_view.line(_("Per vedere che cosa cambierebbe (e poi, senza --dry-run, caricare):"))
    else:
        proposal_view.line(
            _("Prima mettere a posto il file e togliere «{bozza}» dal suo nome; poi:").format(bozza=DRAFT)
        )
    proposal_view.line(f"  ./ombra etl run --dir {shlex.quote(str(file.parent))} --source {name}{mappings} --dry-run")
    if not usable:
        raise typer.Exit(1)
