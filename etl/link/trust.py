"""How far each source is trusted for each field: read from small tables that a person can change."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from sqlalchemy import Connection, select

from etl.errors import ReferenceDataError
from etl.i18n import _
from etl.identity import ROOT, content_hash
from etl.link.fields import TRUSTED
from etl.store import models as m

FOLDER = ROOT / "data" / "linkage"
ANY = "*"
SURVEYED, DECLARED, POOR = 0, 1, 2
_SURVEY = {"rilevate": SURVEYED, "scarse": POOR}
_HEADERS = {
    "trust.csv": ("source_id", "field", "rank", "reason"),
    "general_types.csv": ("specific", "general", "reason"),
}
Line = tuple[int, dict[str, str]]


@dataclass(frozen=True)
class Trust:
    """Ranks of sources by field; the lower the better.

    Attributes
    ----------
    ranks
        By source and field; either may be ``*``, and a source may be the beginning of an identifier (``aperto-*``).
        The entry of ``*`` and ``*`` is for sources that nobody has judged.
    reasons
        Why, in Italian, by the same keys.
    positions
        How far the coordinates of a source can be trusted (:attr:`etl.sources.base.Declaration.positions`), by source.
    general
        Types of service by the more specific type that is one of them.
    """

    ranks: Mapping[tuple[str, str], int]
    reasons: Mapping[tuple[str, str], str] = field(default_factory=dict)
    positions: Mapping[str, str] = field(default_factory=dict)
    general: Mapping[str, str] = field(default_factory=dict)
    _known: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def rank(self, source_id: str, name: str) -> int:
        """Rank of a source for a field; a source named in full counts before a beginning, the longest first."""
        return self.ranks[self._entry(source_id, name)]

    def reason(self, source_id: str, name: str) -> str:
        """Why the source has its rank for the field."""
        return self.reasons.get(self._entry(source_id, name), "")

    def survey(self, source_id: str) -> int:
        """0 where the source surveys its points, 2 where they are known to be poor, else 1."""
        return _SURVEY.get(self.positions.get(source_id, ""), DECLARED)

    def _entry(self, source_id: str, name: str) -> tuple[str, str]:
        """Key of the row that counts; looked for once, because it is asked for every field of every claim."""
        if (source_id, name) not in self._known:
            self._known[source_id, name] = self._narrowest(source_id, name)
        return self._known[source_id, name]

    def _narrowest(self, source_id: str, name: str) -> tuple[str, str]:
        found = ((known, of) for known in self._names(source_id) for of in (name, ANY) if (known, of) in self.ranks)
        return next(found, (ANY, ANY))

    def _names(self, source_id: str) -> Iterator[str]:
        yield source_id
        beginnings = {known for known, _of in self.ranks if known.endswith(ANY) and known != ANY}
        yield from sorted((one for one in beginnings if source_id.startswith(one[:-1])), key=len, reverse=True)
        yield ANY


def trust(connection: Connection | None = None, *, folder: Path = FOLDER) -> Trust:
    """The tables, with what the loaded sources say of their coordinates.

    Raises
    ------
    ReferenceDataError
        A table breaks a rule; every fault at once.
    """
    read = _tables(folder)
    if connection is None:
        return read
    statement = select(m.Source.id, m.Source.positions).where(m.Source.positions.is_not(None))
    positions = {source: kind for source, kind in connection.execute(statement) if kind is not None}
    return Trust(read.ranks, read.reasons, positions, read.general)


def digest(*, folder: Path = FOLDER) -> str:
    """Hash of the tables: what is published is made anew where they have changed."""
    read = _tables(folder)
    return content_hash([sorted((*key, rank) for key, rank in read.ranks.items()), dict(read.general)])


@cache
def _tables(folder: Path) -> Trust:
    faults: list[str] = []
    lines = {name: _lines(folder / name, faults) for name in _HEADERS}
    ranks, reasons = _ranks(lines["trust.csv"], faults)
    general = _general(lines["general_types.csv"], faults)
    if (ANY, ANY) not in ranks:
        faults.append(_("trust.csv: manca la riga *,* con il valore delle fonti che nessuno ha valutato."))
    if faults:
        raise ReferenceDataError(_("Le tabelle della fiducia nelle fonti non sono corrette."), faults)
    return Trust(ranks, reasons, {}, general)


def _lines(file: Path, faults: list[str]) -> list[Line]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream)
            if tuple(reader.fieldnames or ()) == _HEADERS[file.name]:
                return [(reader.line_num, row) for row in reader]
    except (OSError, UnicodeDecodeError):
        faults.append(_("{file}: il file manca o non si legge: serve un CSV in UTF-8.").format(file=file.name))
        return []
    columns = ",".join(_HEADERS[file.name])
    faults.append(_("{file}: la prima riga deve essere {columns}.").format(file=file.name, columns=columns))
    return []


def _ranks(lines: list[Line], faults: list[str]) -> tuple[dict[tuple[str, str], int], dict[tuple[str, str], str]]:
    ranks: dict[tuple[str, str], int] = {}
    reasons: dict[tuple[str, str], str] = {}
    for number, row in lines:
        key = (row["source_id"], row["field"])
        where = _("trust.csv, riga {riga}: ").format(riga=number)
        if row["field"] not in TRUSTED | {ANY}:
            known = ", ".join(sorted(TRUSTED))
            faults.append(where + _("«{campo}» non è un campo: {noti}, *.").format(campo=row["field"], noti=known))
        if key in ranks:
            faults.append(where + _("fonte e campo sono già in un'altra riga."))
        if not (row["rank"] or "").isdecimal() or not row["reason"]:
            faults.append(where + _("servono un numero intero in rank e un motivo in reason."))
            continue
        ranks[key], reasons[key] = int(row["rank"]), row["reason"]
    return ranks, reasons


def _general(lines: list[Line], faults: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for number, row in lines:
        if not row["specific"] or not row["general"] or row["specific"] == row["general"] or row["specific"] in found:
            why = _("general_types.csv, riga {riga}: servono due tipi diversi, il primo non ripetuto.")
            faults.append(why.format(riga=number))
        found[row["specific"]] = row["general"]
    return found
