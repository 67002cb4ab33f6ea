"""How far a list is believed to be the whole of what it lists: never further than its rows and its date show."""

from collections.abc import Sequence

import pandas as pd

from etl.i18n import _
from etl.record import Record, ServiceRecord
from etl.sources.base import Completeness
from etl.sources.builtin import OLDEST_FRESH_YEAR

COLUMNS = (
    *("service_type", "territory_level", "territory_code"),
    *("complete", "listed", "official_total", "official_year", "note"),
)


def coverage(complete: Sequence[Completeness], records: Sequence[Record]) -> pd.DataFrame:
    """Completeness by type and territory; columns as :meth:`etl.sources.base.Source.coverage` says.

    A list whose rows name fewer municipalities than declared is an extract. Who cut it may have kept only a few rows of
    a town: it is complete nowhere, unless it is declared to be cut by town; then it is complete for each municipality
    that it names and for no other. One whose edition is undated, or older than ``OLDEST_FRESH_YEAR``, is complete
    nowhere. Rows that were rejected lessen all this: :func:`etl.coverage.lessened`.
    """
    services = [record for record in records if isinstance(record, ServiceRecord)]
    found = [row for told in complete for row in _rows(told, services)]
    return pd.DataFrame(found, columns=list(COLUMNS)).astype({"complete": bool})


def _rows(told: Completeness, services: Sequence[ServiceRecord]) -> list[dict[str, object]]:
    listed = [record for record in services if record.service_type == told.service_type]
    if not listed:
        return []
    named = sorted({record.municipality for record in listed})
    extract = len(named) < told.municipalities
    doubt = _doubt(listed) or (_cut(told, len(named)) if extract and not told.by_town else None)
    if doubt is not None or not extract:
        return [_row(told, told.level, told.code, listed, doubt=doubt)]
    note = _("Estratto: vale per i soli comuni che nomina.")
    return [
        _row(told, "municipality", code, [one for one in listed if one.municipality == code], note=note)
        for code in named
    ]


def _cut(told: Completeness, named: int) -> str:
    why = _("Estratto: nomina {named} comuni, l'elenco intero almeno {municipalities}; non prova che manchi qualcosa.")
    return why.format(named=named, municipalities=told.municipalities)


def _doubt(listed: Sequence[ServiceRecord]) -> str | None:
    years = [record.evidence_year for record in listed if record.evidence_year is not None]
    if not years:
        return _("Elenco senza data: non prova che manchi qualcosa.")
    if max(years) < OLDEST_FRESH_YEAR:
        return _("Elenco del {year}: troppo vecchio per provare che manchi qualcosa oggi.").format(year=max(years))
    return None


def _row(
    told: Completeness,
    level: str,
    code: str,
    listed: Sequence[ServiceRecord],
    *,
    doubt: str | None = None,
    note: str | None = None,
) -> dict[str, object]:
    whole = level == told.level and code == told.code
    notes = [text for text in (doubt, note, told.note) if text]
    return {
        "service_type": told.service_type,
        "territory_level": level,
        "territory_code": code,
        "complete": doubt is None,
        "listed": sum(record.supply_status != "chiuso" for record in listed),
        "official_total": told.official_total if whole else None,
        "official_year": told.official_year if whole else None,
        "note": " ".join(notes) or None,
    }
