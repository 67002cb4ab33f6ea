"""Raw rows and their keys; a row that cannot be kept carries a mark, so that it is rejected and not lost."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from etl.clean.draft import SEPARATOR, Draft
from etl.i18n import _
from etl.identity import content_hash
from etl.issues import IssueLog
from etl.received_rows import masked
from etl.sources.base import Raw
from etl.sources.readers.table import Table
from etl.sources.tabular.fields import cell

# A column of this name in a raw row is ours: no publisher's column begins like this.
MARK = "ombra:rifiuto"
WHY = "ombra:motivo"
SHOWN = 500  # characters of a text that a remark shows
GEOMETRY = "geometry"
# Columns whose text stands in a merged cell of a row above, joined by the separator.
MERGED = "ombra:celle_unite"
BROKEN, KEYLESS = "riga_illeggibile", "chiave_mancante"


def marked(raw: Raw, kind: str, why: str) -> Raw:
    """The row with the mark that makes :func:`refused` reject it."""
    return {**raw, MARK: kind, WHY: why}


def refused(key: str, raw: Raw, log: IssueLog) -> bool:
    """Whether the row carries a mark; the reason goes to the log."""
    if MARK not in raw:
        return False
    log.rejected(key, str(raw[MARK]), str(raw[WHY]), value=raw.get("testo"))
    return True


def tell_merged(key: str, raw: Raw, log: IssueLog) -> None:
    """Remark on texts that the row has from a merged cell above it: a person may have merged cells for looks."""
    why = _("La cella è unita a quelle di una riga sopra: il loro testo vale anche qui. Meglio separarle.")
    for column in filter(None, raw.get(MERGED, "").split(SEPARATOR)):
        log.changed(key, "celle_unite", why, field=column, value="", mended=str(raw.get(column, ""))[:SHOWN])


def key_of(raw: Raw, columns: Sequence[str]) -> str:
    """The texts of the key columns joined by ``/``; empty where all of them are."""
    parts = [cell(raw, name) for name in columns]
    return "/".join(parts) if any(parts) else ""


def keyed(table: Table, columns: Sequence[str]) -> Iterator[tuple[str, Raw]]:
    """Every row of a table with its key, the broken ones too; nothing depends on the order of the rows."""
    keys: Counter[str] = Counter()
    for key, raw in _keys(table, columns):
        keys[key] += 1
        # Only rows without a key of their own, known by what they hold, are numbered: equal rows are the same to us.
        nameless = not columns or MARK in raw
        yield (f"{key}-{keys[key]}" if nameless and keys[key] > 1 else key), raw


def located(draft: Draft, crs: str | None) -> tuple[Draft, str | None]:
    """The draft with plain WKT, and the CRS: the one that the geometry names, else that of the mapping.

    >>> located({"wkt": "SRID=3003;POINT (1 2)"}, None)
    ({'wkt': 'POINT (1 2)'}, 'EPSG:3003')
    """
    match = re.match(r"SRID=(\d+);", draft.get("wkt", ""))
    if match is None:
        return dict(draft), crs
    return {**draft, "wkt": draft["wkt"][match.end() :]}, f"EPSG:{match.group(1)}"


def _with_crs(raw: dict[str, str], crs: str | None) -> Raw:
    """A row whose geometry names its CRS, where the format tells it (EWKT)."""
    if crs is None or not crs.startswith("EPSG:") or not raw.get(GEOMETRY):
        return dict(raw)
    return {**raw, GEOMETRY: f"SRID={crs.removeprefix('EPSG:')};{raw[GEOMETRY]}"}


def _keys(table: Table, columns: Sequence[str]) -> Iterable[tuple[str, Raw]]:
    for number, raw in table.rows:
        row = _with_crs(raw, table.crs)
        if number in table.merged:
            row[MERGED] = SEPARATOR.join(table.merged[number])
        if not columns:
            yield _digest(row), row
        elif key := key_of(row, columns):
            yield key, row
        else:
            why = _("La riga non ha un valore nelle colonne che la distinguono ({columns}).")
            yield f"senza-chiave-{_digest(row)}", marked(row, KEYLESS, why.format(columns=", ".join(columns)))
    for broken in table.broken:
        row = {"testo": broken.text}
        yield f"illeggibile-{_digest({**row, 'perche': broken.message})}", marked(row, BROKEN, broken.message)


def _digest(row: Raw) -> str:
    return content_hash(masked(row))[:20]  # of a hash of the whole row a code of a person could be guessed
