"""A mapping for a file that nobody has prepared: what Ombra makes of it, its first rows, and what is doubtful."""

from collections.abc import Mapping as AnyMapping
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import ValidationError

from etl.errors import SourceError
from etl.i18n import _
from etl.identity import slug
from etl.issues import IssueEntry, IssueLog
from etl.record import Record, ServiceRecord
from etl.reference import tables
from etl.sources.tabular.guessing import content
from etl.sources.tabular.guessing.opening import MOST_ROWS, Opened, opened
from etl.sources.tabular.guessing.services import UNKNOWN
from etl.sources.tabular.guessing.writing import explained, written
from etl.sources.tabular.mapping import Column, Mapping
from etl.sources.tabular.mapping_file import check
from etl.sources.tabular.rows import keyed
from etl.sources.tabular.source import TabularSource

SHOWN = 5


@dataclass(frozen=True)
class FirstRow:
    """One of the first rows: its number in the file, raw as received, the records that it would give, the remarks.

    The type of service of a record is ``da_indicare`` where nobody has told it yet.
    """

    number: int
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
        The first rows as they would be read; empty where the mapping has not even a name or a figure to read.
    doubts
        What a person should look at, in Italian, the gravest first.
    open
        What a person must say before the mapping can be used, though it is well formed.
    """

    name: str
    text: str
    mapping: Mapping | None
    faults: tuple[str, ...]
    opened: Opened
    first: tuple[FirstRow, ...]
    doubts: tuple[str, ...]
    open: tuple[str, ...] = ()


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
        *(_("Dubbio: {doubt}").format(doubt=doubt) for doubt in (*guess.open, *guess.doubts)),
    ]
    text = written(guess.told, comments=explained(), head=head)
    doubts = _all_doubts(guess.doubts, found)
    first = _first(_readable(guess.told), found, shown)
    try:
        mapping = check(guess.told, name=name, proposed=True)
    except SourceError as error:
        return Proposal(name, text, None, error.faults, found, first, doubts, guess.open)
    return Proposal(name, text, mapping, (), found, first, doubts, guess.open)


def _readable(told: AnyMapping[str, object]) -> Mapping | None:
    """A mapping to look at rows with, though it is not usable yet; none where nothing would come of it."""
    try:
        mapping = Mapping.model_validate(told)
    except ValidationError:
        return None
    wanted = "name" in mapping.fields or mapping.kind in ("indicators", "addresses")
    return mapping if wanted else None


def _with_a_type(mapping: Mapping) -> Mapping:
    """The mapping with any type of service in the place of the one that nobody has told."""
    if not _typeless(mapping):
        return mapping
    some = Column(constant=str(tables.service_types()["code"].iloc[0]))
    return mapping.model_copy(update={"fields": {**mapping.fields, "service_type": some}})


def _typeless(mapping: Mapping) -> bool:
    told = mapping.fields.get("service_type")
    return told is not None and told.constant == UNKNOWN


def _all_doubts(doubts: Sequence[str], found: Opened) -> tuple[str, ...]:
    told = list(doubts)
    if found.table.broken:
        told.insert(0, _("{count} righe non si leggono").format(count=len(found.table.broken)))
    if len(found.table.rows) >= MOST_ROWS:
        told.append(_("guardate solo le prime {count} righe").format(count=MOST_ROWS))
    return tuple(told)


def _first(mapping: Mapping | None, found: Opened, shown: int) -> tuple[FirstRow, ...]:
    if mapping is None:
        return ()
    source, rows = TabularSource(_with_a_type(mapping)), []
    numbers = [number for number, _raw in found.table.rows] + [broken.number for broken in found.table.broken]
    for number, (key, raw) in list(zip(numbers, keyed(found.table, mapping.key), strict=True))[:shown]:
        log = IssueLog()
        records = source.parse(key, raw, mapping.edition.date or "", log)
        if _typeless(mapping):
            records = [replace(one, service_type=UNKNOWN) for one in records if isinstance(one, ServiceRecord)]
        rows.append(FirstRow(number, key, raw, tuple(records), tuple(log.entries)))
    return tuple(rows)
