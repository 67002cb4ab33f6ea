"""Tables of the commands on sources: what a run did, as people read it in a terminal and in a pipe."""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import typer

from app.commands import output
from app.commands.base import screen
from etl.i18n import _

if TYPE_CHECKING:
    from uuid import UUID

    from etl.outcome import Event, FileOutcome, Outcome, SourceOutcome, Unclaimed

WIDEST_NAME = 24  # characters of a file's name on one line: what six other columns leave of 80
SHOWN = 50  # differences of a source that are listed


class Form(StrEnum):
    """How a list comes out."""

    table = "table"
    csv = "csv"


FormOption = typer.Option("--format", help=_("table o csv."))
EVENT_COLUMNS = ("source_id", "event", "entity", "entity_id", "name", "field", "before", "after")


def moment(value: datetime) -> str:
    """Date and time in figures, in the territory's own time: ``22/11/2026 16:05``."""
    from babel.dates import format_datetime, get_timezone

    from app.i18n import TIME_ZONE

    return format_datetime(value, "dd/MM/y HH:mm", tzinfo=get_timezone(TIME_ZONE), locale="it")


def day_told(day: date) -> str:
    """A day in figures, ``05/03/2026``; of what is dated by its year only, which is kept as its first day, the year."""
    return str(day.year) if (day.month, day.day) == (1, 1) else day.strftime("%d/%m/%Y")


def show_outcome(outcome: "Outcome", *, most: int | None = SHOWN) -> None:
    """Files, files of nobody, what changed; of a dry run, or with ``most`` None, the differences too."""
    if outcome.files:
        _show_files(outcome.files, dry_run=outcome.dry_run)
    if outcome.unclaimed:
        _show_unclaimed(outcome.unclaimed)
    if not outcome.files and not outcome.unclaimed:
        screen.print(_("Nella cartella non c'è nessun file."))
    show_changes(outcome, most=most)


def show_changes(outcome: "Outcome", *, most: int | None = SHOWN) -> None:
    """What changed by source; of a dry run, or with ``most`` None, the differences too."""
    # Sources without a file here were only placed anew: they are worth a line where that moved something.
    asked = {file.source_id for file in outcome.files}
    told = [one for one in outcome.sources if one.source_id in asked or one.events or not outcome.files]
    if told:
        _show_sources(told, dry_run=outcome.dry_run)
    if outcome.dry_run or most is None:
        for source in outcome.sources:
            _show_events(source, most)
    screen.print(_closing(outcome), highlight=False)


def _closing(outcome: "Outcome") -> str:
    if outcome.dry_run:
        return _("Prova: nulla è stato scritto. Senza --dry-run si carica davvero.")
    return _("Caricato.") if outcome.changed else _("Nessun cambiamento: il database era già così.")


def _show_files(files: "Sequence[FileOutcome]", *, dry_run: bool) -> None:
    headings = {"name": _("File"), "source": _("Fonte"), "state": _("Esito")}
    headings |= {"read": _("Lette"), "accepted": _("Accet-\ntate"), "rejected": _("Scar-\ntate")}
    names = _short([file.name for file in files])
    rows = [
        {
            "name": names[file.name],
            "source": f"{file.source_id}\n{file.edition}" if file.edition else file.source_id,
            "state": _("da caricare") if dry_run and file.state == "caricato" else file.state,
            "read": file.read,
            "accepted": file.accepted,
            "rejected": file.rejected,
        }
        for file in files
    ]
    total = _("{lette} righe lette = {accettate} accettate + {scartate} scartate.").format(
        lette=sum(file.read for file in files),
        accettate=sum(file.accepted for file in files),
        scartate=sum(file.rejected for file in files),
    )
    faults = [f"{file.name}: {fault}" for file in files for fault in file.faults]
    output.show(rows, output.Sheet(_("File"), headings, [total, *faults], whole=["name", "source"]))


def _short(names: "Sequence[str]") -> dict[str, str]:
    """The last part of each path; the whole path where two end alike."""
    last = {name: name.rpartition("/")[2] for name in names}
    alike = {end for end, count in Counter(last.values()).items() if count > 1}
    return {name: _lines(name if end in alike else end) for name, end in last.items()}


def _lines(name: str) -> str:
    """A file's name on lines that end at its signs, as far as it has any: no word is broken.

    >>> print(_lines("elenco-delle-farmacie-2018.csv"))
    elenco-delle-farmacie-
    2018.csv
    """
    lines = [""]
    for part in re.findall(r"[^-_/ ]*[-_/ ]|[^-_/ ]+", name):
        if len(lines[-1] + part) > WIDEST_NAME and lines[-1]:
            lines.append("")
        lines[-1] += part
    return "\n".join(lines)


def _show_unclaimed(files: "Sequence[Unclaimed]") -> None:
    explained = [{"name": file.name, "why": "\n".join(file.reasons)} for file in files if file.reasons]
    if explained:
        headings = {"name": _("File"), "why": _("Perché")}
        output.show(explained, output.Sheet(_("File respinti: hanno il nome di una fonte e non sono suoi"), headings))
    unknown = [file.name for file in files if not file.reasons]
    if unknown:
        title = _("Nessuna fonte conosce il nome di questi file ({numero}), che non sono stati aperti:")
        screen.print(f"\n{title.format(numero=len(unknown))}", style="bold", highlight=False)
        for name in unknown:
            screen.print(f"  {name}", highlight=False, markup=False)
        screen.print(_("Per una base di dati nuova: ./ombra etl new-source FILE"), highlight=False)


def _show_sources(sources: "Sequence[SourceOutcome]", *, dry_run: bool) -> None:
    from app.reports import words

    rows = [{"id": one.source_id, "issues": one.issues, "doubts": one.doubts} | _happened(one) for one in sources]
    headings = {"id": _("Fonte"), **{event: _broken(event) for event in words.EVENTS}}
    headings |= {"issues": _("Segna-\nlazioni"), "doubts": _("Da con-\ntrollare")}
    title = _("Che cosa cambierebbe") if dry_run else _("Che cosa è cambiato")
    doubtful = [one.source_id for one in sources if one.doubts]
    remarks = [_("Che cosa c'è da controllare: ./ombra etl report --source ID")] if doubtful and not dry_run else []
    output.show(rows, output.Sheet(f"\n{title}", headings, remarks, optional=list(words.EVENTS), whole=["id"]))


def _happened(source: "SourceOutcome") -> dict[str, int]:
    """Things by event; of bulk contents, of which no events are told, rows."""
    from app.reports import words

    bulk: Mapping[str, str] = {"nuovo": "new", "modificato": "changed", "chiuso": "closed"}
    told = {event: source.count(event) for event in words.EVENTS}  # type: ignore[arg-type]
    if source.events:
        return told
    return told | {event: source.counts.get(name, 0) for event, name in bulk.items()}


def _broken(event: str) -> str:
    """Headings on two lines, so that seven fit in 80 columns."""
    from app.reports import words

    breaks = {
        "rinominato": _("rino-\nminati"),
        "spostato": _("spo-\nstati"),
        "riposizionato": _("riposi-\nzionati"),
        "modificato": _("modi-\nficati"),
        "riaperto": _("ria-\nperti"),
    }
    return breaks.get(event, words.said(words.EVENTS, event))


def _show_events(source: "SourceOutcome", most: int | None) -> None:
    from app.reports import words

    if not source.events:
        return
    names: dict[str, set[UUID]] = defaultdict(set)
    for event in source.events:
        names[event.name].add(event.entity_id)
    screen.print(f"\n{source.title} ({source.source_id})", style="bold", highlight=False)
    for event in sorted(source.events, key=_as_read)[:most]:
        told = words.change(event.kind, event.field, event.before, event.after)
        name = f"{event.name} ({event.place})" if event.place and len(names[event.name]) > 1 else event.name
        screen.print(f"  {name}: {told}", highlight=False, markup=False)
    left = len(source.events) - len(source.events[:most])
    if left:
        screen.print(_("  … e altre {numero}: --all, oppure tutte in un file con --out.").format(numero=left))


def _as_read(event: "Event") -> tuple[object, ...]:
    """Names as people sort them, numbers in them by their size, then places; what happened to one thing together."""
    parts = re.split(r"(\d+)", event.name.casefold())  # text and digits take turns, so that each meets its like
    return [int(part) if part.isdecimal() else part for part in parts], event.place, event


def event_rows(outcome: "Outcome") -> list[dict[str, Any]]:
    """Every difference as a row of a table."""
    return [_event_row(event) for source in outcome.sources for event in sorted(source.events, key=_as_read)]


def _event_row(event: "Event") -> dict[str, Any]:
    return {name: getattr(event, name, None) for name in EVENT_COLUMNS} | {"event": event.kind}
