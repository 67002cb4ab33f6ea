"""A mapping for a file that nobody has prepared: what Ombra makes of it, its first rows, and what is doubtful."""

from collections.abc import Mapping as AnyMapping
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from etl.errors import SourceError
from etl.i18n import _
from etl.identity import slug
from etl.issues import IssueEntry, IssueLog
from etl.record import Record
from etl.sources.tabular.guessing import content
from etl.sources.tabular.guessing.opening import MOST_ROWS, Opened, opened
from etl.sources.tabular.guessing.writing import explained, written
from etl.sources.tabular.mapping import Mapping
from etl.sources.tabular.mapping_file import check
from etl.sources.tabular.rows import keyed
from etl.sources.tabular.source import TabularSource

SHOWN = 5


@dataclass(frozen=True)
class FirstRow:
    """One of the first rows: raw as received, the records that it would give, the remarks made on the way."""

    key: str
    raw: AnyMapping[str, object]
    records: tuple[Record, ...]
    issues: tuple[IssueEntry, ...]


@dataclass(frozen=True)
class Proposal:
    """A proposed source.

    Parameters
    ----------
    name
        Name for the mapping file (``farmacie.yaml``).
    text
        YAML with comments, to be kept in a folder of mappings once the doubts are settled.
    mapping
        The same as read back; none where it is not usable yet, and then ``faults`` say why.
    opened
        How the file was read: format, row of the headings, encoding, delimiter, sheet.
    first
        The first rows as they would be read; empty without a mapping.
    doubts
        What a person should look at, in Italian, the gravest first.
    """

    name: str
    text: str
    mapping: Mapping | None
    faults: tuple[str, ...]
    opened: Opened
    first: tuple[FirstRow, ...]
    doubts: tuple[str, ...]


def propose(file: Path, *, service_type: str | None = None, sheet: str | None = None, shown: int = SHOWN) -> Proposal:
    """Look at a file and propose how to read it.

    Parameters
    ----------
    service_type
        Code of what the file lists, where a person already knows.
    sheet
        Of a spreadsheet with several sheets, or layer of a GeoPackage; the first by default.
    shown
        How many of the first rows to read with the mapping.

    Raises
    ------
    SourceError
        The file cannot be read as a table.
    """
    found = opened(file, sheet=sheet)
    guess = content.guessed(file.name, found, service_type=service_type)
    name = f"{slug(file.stem) or 'fonte'}.yaml"
    head = [
        _("Mappatura proposta da Ombra per {file}: controllare ogni riga prima di usarla.").format(file=file.name),
        *(_("Dubbio: {doubt}").format(doubt=doubt) for doubt in guess.doubts),
    ]
    text = written(guess.told, comments=explained(), head=head)
    try:
        mapping = check(guess.told, name=name)
    except SourceError as error:
        return Proposal(name, text, None, error.faults, found, (), guess.doubts)
    return Proposal(name, text, mapping, (), found, _first(mapping, found, shown), _all_doubts(guess.doubts, found))


def _all_doubts(doubts: Sequence[str], found: Opened) -> tuple[str, ...]:
    told = list(doubts)
    if found.table.broken:
        told.insert(0, _("{count} righe non si leggono").format(count=len(found.table.broken)))
    if len(found.table.rows) >= MOST_ROWS:
        told.append(_("guardate solo le prime {count} righe").format(count=MOST_ROWS))
    return tuple(told)


def _first(mapping: Mapping, found: Opened, shown: int) -> tuple[FirstRow, ...]:
    source = TabularSource(mapping)
    rows = []
    for key, raw in list(keyed(found.table, mapping.key))[:shown]:
        log = IssueLog()
        records = source.parse(key, raw, mapping.edition.date or "", log)
        rows.append(FirstRow(key, raw, tuple(records), tuple(log.entries)))
    return tuple(rows)
