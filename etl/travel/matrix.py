"""The engine on a table of minutes: a file of any router, or the official times that are loaded."""

import hashlib
from pathlib import Path
from typing import Any

import pandas as pd
from sqlalchemy import Connection, String, cast, collate, select

from etl.errors import SourceError
from etl.i18n import _
from etl.identity import content_hash
from etl.progress import Progress, silent
from etl.sources.readers.content import Unreadable
from etl.store import models as m
from etl.store.frames import read_frame
from etl.travel import matrix_file, matrix_rows, places
from etl.travel.matrix_columns import layout
from geo.travel.matrix import Matrix

_CHUNK = 1 << 20
_MOST_KNOWN = 0.5


def read(path: Path, connection: Connection | None = None, *, progress: Progress = silent) -> Matrix:
    """The engine on a CSV or Parquet file with one row for each pair of origin and destination.

    Columns ``origin``, ``destination``, ``minutes``, and perhaps ``low``, ``high``, ``mode``, ``percentile``,
    ``departure``, ``window``, under these names or those of :data:`etl.travel.matrix_columns.COLUMNS`. Identifiers are
    ISTAT codes of municipalities, or Ombra's own of demand points and of services at a place
    (:mod:`etl.travel.places`). An empty cell, or no row, is a pair that cannot be travelled. Without a mode the minutes
    hold for everybody, but for ISTAT's own layout, which is by car.

    Parameters
    ----------
    connection
        Where given, a table that knows hardly any of the loaded places is refused.

    Raises
    ------
    SourceError
        The file cannot be used; every fault is told, with the lines.
    """
    try:
        found = layout(matrix_file.header(path))
        if found.faults:
            raise _unusable(path, found.faults)
        wanted = list(dict.fromkeys(found.columns.values()))
        made = matrix_rows.rows(matrix_file.cells(path, wanted), found)
    except Unreadable as error:
        raise _unusable(path, error.faults) from None
    faults = made.faults
    if connection is not None and made.by == "point" and not faults:
        faults = _strangers(made.pairs, connection, progress)
    if faults:
        raise _unusable(path, faults)
    progress(_told(path, made))
    provenance: dict[str, Any] = {"sha256": _digest(path), "left_out": made.counts} | made.told
    return Matrix(pairs=made.pairs, by=made.by, mode=made.mode, provenance=provenance)


def from_store(connection: Connection, *, mode: str = "car") -> Matrix:
    """The engine on the loaded minutes between municipalities (table ``travel_time``, ISTAT).

    Of several sources the first by the letters of its name, in whatever language the database sorts; the same way in
    both directions only where the source has both.

    Raises
    ------
    SourceError
        None are loaded.
    """
    ways = read_frame(
        connection,
        select(
            m.TravelTime.source_id,
            cast(m.TravelTime.origin_id, String).label("origin"),
            cast(m.TravelTime.destination_id, String).label("destination"),
            m.TravelTime.minutes,
        )
        .where(m.TravelTime.mode == mode, m.TravelTime.origin_id != m.TravelTime.destination_id)
        .order_by(collate(m.TravelTime.source_id, "C"), m.TravelTime.origin_id, m.TravelTime.destination_id),
    )
    if not len(ways):
        why = _("Nessun tempo fra comuni è caricato: caricare prima le matrici delle distanze di ISTAT.")
        raise SourceError(_("La tabella dei tempi non si può usare."), [why])
    source = str(ways["source_id"].iloc[0])
    pairs = ways.loc[ways["source_id"] == source, ["origin", "destination", "minutes"]].reset_index(drop=True)
    provenance = {"source": source, "sha256": content_hash(pairs.to_dict("list"))}
    return Matrix(pairs=pairs, by="municipality", mode=mode, provenance=provenance)


def _strangers(pairs: pd.DataFrame, connection: Connection, progress: Progress) -> list[str]:
    """Identifiers that are nothing's here: some are services that were closed since, most are another directory's."""
    faults = []
    for column, known in (("origin", places.origin_ids(connection)), ("destination", places.service_ids(connection))):
        found = set(pairs[column])
        # Services are origins too, where the way from one to another is asked for.
        strange = sorted(found - known)
        if len(strange) > _MOST_KNOWN * len(found):
            why = _("{quanti} identificativi su {tutti} della colonna «{colonna}» non sono di qui: {quali}…")
            text = why.format(quanti=len(strange), tutti=len(found), colonna=column, quali=", ".join(strange[:5]))
            faults.append(text)
        elif strange:
            why = _("{quanti} identificativi della colonna «{colonna}» non sono più di nessun luogo: li tralascio")
            progress(why.format(quanti=len(strange), colonna=column))
    return faults


def _told(path: Path, made: matrix_rows.Rows) -> str:
    kind = _("fra comuni") if made.by == "municipality" else _("fra punti")
    text = _("Tabella dei tempi «{file}»: {coppie} coppie {sorta}, modo {modo}; {vuote} senza percorso")
    return text.format(
        file=path.name, coppie=len(made.pairs), sorta=kind, modo=made.mode, vuote=made.counts["unreachable"]
    )


def _unusable(path: Path, faults: "list[str] | tuple[str, ...]") -> SourceError:
    return SourceError(_("La tabella dei tempi «{file}» non si può usare.").format(file=path.name), list(faults))


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
