"""How a proposed mapping looks on the screen: the text, its first rows, what is left to a person."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from app.commands.base import screen
from etl.i18n import _

if TYPE_CHECKING:
    from etl.record import Record
    from etl.sources.tabular.propose import FirstRow, Proposal

# What is told of a record that would be loaded, in this order, where it is there.
TOLD = (
    *("service_type", "name", "organization", "tax_id", "municipality", "address", "postal_code", "latitude"),
    *("longitude", "phones", "email", "url", "osm_hours", "opening_hours", "capacities", "year", "code", "value"),
)


def show(proposal: "Proposal", text: str, doubts: Sequence[str], faults: Sequence[str]) -> None:
    """Show how the file was read, the mapping, its first rows and what is to be checked."""
    how = proposal.opened.table
    delimiter = how.delimiter and _("separatore «{segno}»").format(segno=how.delimiter.replace("\t", "tab"))
    told = [proposal.opened.format, how.encoding, delimiter, how.sheet, how.crs]
    line(_("Letto come: {modo}.").format(modo=", ".join(part for part in told if part)))
    screen.rule(_("Mappatura proposta"), align="left")
    line(text)
    if proposal.first:
        screen.rule(_("Le prime righe, come saranno lette"), align="left")
        for row in proposal.first:
            _show_row(row)
    if doubts or faults:
        screen.rule(_("Da controllare"), align="left")
    for doubt in doubts:
        line(f"• {doubt}")
    for fault in faults:
        line(_("• Da mettere a posto: {difetto}").format(difetto=fault))


def line(text: str, *, style: str | None = None) -> None:
    """A line as it is: the terminal breaks it where it must, a pipe does not."""
    screen.print(text, style=style, highlight=False, markup=False, soft_wrap=True)


def _show_row(row: "FirstRow") -> None:
    # A figure that could not be read is told among the remarks.
    records = [record for record in row.records if not _unread(record)]
    where = _("  riga {numero}: ").format(numero=row.number)
    if not records:
        line(where + _("scartata"))
    for record in records:
        line(f"{where}{_told(record)}")
    for issue in row.issues:
        change = "" if issue.value is None else f" «{issue.value}»"
        mended = "" if issue.mended is None else f" → «{issue.mended}»"
        line(f"    {issue.message}{change}{mended}", style="dim")


def _unread(record: "Record") -> bool:
    value = getattr(record, "value", None)
    return isinstance(value, float) and math.isnan(value)


def _told(record: "Record") -> str:
    from app.reports import words

    values: dict[str, Any] = {name: getattr(record, name, None) for name in TOLD}
    told = {name: _of_field(name, value) for name, value in values.items() if value not in (None, (), "")}
    return "; ".join(f"{words.field(name)}: {value}" for name, value in told.items())


def _of_field(name: str, value: object) -> str:
    """A municipality by name and code; anything else plainly."""
    from etl.reference.municipalities import municipalities

    known = municipalities().recognise(istat=str(value)) if name in ("municipality", "code") else None
    return _plain(value) if known is None else f"{known.name} ({value})"


def _plain(value: object) -> str:
    from etl.record import Capacity

    if isinstance(value, tuple):
        return ", ".join(map(_plain, value))
    if isinstance(value, Capacity):
        return f"{_plain(value.maximum)} {value.unit}"
    # Never with an exponent, and with the sign that an Italian reader expects.
    return f"{value:.6f}".rstrip("0").rstrip(".").replace(".", ",") if isinstance(value, float) else str(value)
