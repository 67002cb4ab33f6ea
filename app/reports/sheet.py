"""The report as a table for spreadsheets: Italian headings, one scale for score and parts."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from app.api.output import table
from app.i18n import TIME_ZONE
from app.reports import words
from app.reports.model import SourceReport
from etl.i18n import _
from etl.quality import PARTS
from etl.quality.table import EVENTS

Cell = str | int | None
Row = dict[str, Cell]


def rows(found: Sequence[SourceReport]) -> list[Row]:
    """One row a source, its cells by their headings; score and parts from 0 to 100, times to the minute."""
    return [_declared(one) | _counts(one) | _quality(one) for one in found]


def csv(found: Sequence[SourceReport]) -> str:
    """The rows as CSV text with a header; empty where there is no source at all."""
    told = rows(found)
    return table(told, list(told[0])) if told else ""


def _declared(one: SourceReport) -> Row:
    return {
        _("Codice"): one.id,
        _("Fonte"): one.title,
        _("Pubblica"): one.publisher,
        _("Licenza"): one.licence,
        _("Contiene"): one.content,
        _("Territorio"): one.territory,
        _("Indirizzo"): one.address,
        _("Nota"): one.note,
        _("Data dichiarata"): one.reference_date,
        _("Rinnovo in giorni"): one.refresh_days,
        _("Edizione caricata"): one.edition,
        _("Caricata"): _moment(one.loaded_at),
    }


def _counts(one: SourceReport) -> Row:
    loaded = one.loaded
    happened: Row = {
        words.said(words.EVENTS, event).capitalize(): one.events.get(event, 0) if loaded else None for event in EVENTS
    }
    told: Row = {
        _("Segnalazioni: {esito}").format(esito=words.said(words.SEVERITIES, code)): (
            one.severities.get(code, 0) if loaded else None
        )
        for code in words.SEVERITIES
    }
    counts: Row = {_("Righe lette"): one.read, _("Accettate"): one.accepted, _("Scartate"): one.rejected}
    return counts | {_("Servizi o enti pubblici"): one.things} | happened | {_("Segnalazioni"): one.issues} | told


def _quality(one: SourceReport) -> Row:
    parts = {part.code: part.hundredths for part in one.parts}
    late = None if one.overdue is None else _("sì") if one.overdue else _("no")
    return {
        _("Età in giorni"): one.age_days,
        _("Da rinnovare"): late,
        _("Qualità su 100"): one.points,
        **{_("{parte} su 100").format(parte=words.said(words.PARTS, code)): parts.get(code) for code in PARTS},
    }


def _moment(value: datetime | None) -> str | None:
    """Date and time where the territory lives, as spreadsheets read them: ``2026-11-22 16:05``."""
    return None if value is None else value.astimezone(ZoneInfo(TIME_ZONE)).strftime("%Y-%m-%d %H:%M")
