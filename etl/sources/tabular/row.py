"""A cleaned row on its way to a record: reads its texts as dates and numbers, and tells what it cannot use."""

import math
from dataclasses import dataclass
from datetime import date

from etl.clean.draft import Draft
from etl.i18n import _
from etl.issues import IssueLog
from etl.sources.tabular.editions import year
from etl.sources.tabular.mapping import Mapping


@dataclass(frozen=True)
class Row:
    """A cleaned row on its way to a record; ``log`` holds what was said of this row and of no other."""

    key: str
    draft: Draft
    mapping: Mapping
    edition: str
    log: IssueLog

    def get(self, field: str) -> str | None:
        """The text of a field, or none."""
        return self.draft.get(field) or None

    def date(self, field: str) -> date | None:
        """A date as cleaning leaves it (ISO)."""
        told = self.get(field)
        try:
            return None if told is None else date.fromisoformat(told)
        except ValueError:
            self._drop(field, "data_illeggibile", _("La data non si legge: scriverla come AAAA-MM-GG."))
            return None

    def number(self, field: str) -> float | None:
        """A finite number."""
        told = self.get(field)
        if told is None:
            return None
        try:
            value = float(told)
        except ValueError:
            value = math.nan
        if math.isfinite(value):
            return value
        self._drop(field, "numero_illeggibile", _("Non è un numero."))
        return None

    def one_of(self, field: str, allowed: frozenset[str], default: str) -> str:
        """A text out of a few; any other gives the default and a remark."""
        told = self.get(field)
        if told is None or told in allowed:
            return told or default
        why = _("Valore non previsto; i valori sono: {allowed}.").format(allowed=", ".join(sorted(allowed)))
        self._drop(field, "valore_non_previsto", why)
        return default

    def year(self) -> int | None:
        """The year of the evidence: the row's own, else the edition's."""
        own = self.number("evidence_year")
        return year(self.edition) if own is None else int(own)

    def _drop(self, field: str, kind: str, why: str) -> None:
        self.log.rejected(self.key, kind, why, field=field, value=self.draft[field])
