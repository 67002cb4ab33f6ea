"""The municipality of today, from any of its ISTAT code, its cadastral code and its name."""

from functools import lru_cache
from typing import NamedTuple

from etl.clean.draft import Draft
from etl.clean.step import Context, Remark, Work, merged
from etl.reference.municipalities import Municipalities, Recognised, municipalities

FIELDS = ("istat_code", "cadastral_code", "municipality")


class _Told(NamedTuple):
    """What a row says of its municipality."""

    istat: str | None
    cadastral: str | None
    name: str | None


def find_municipality(draft: Draft, _context: Context) -> Work:
    """``istat_code`` of today's municipality; absent, with a remark that ends the record, where none is recognised.

    Codes go before names. A code and a name that disagree are told as doubtful.
    """
    told = _Told(*(draft.get(field) for field in FIELDS))
    if not any(told):
        return Work(draft)
    found, remarks = _find(told)
    if found is None:
        return Work(merged(draft, {"istat_code": ""}), remarks)
    return Work(merged(draft, {"istat_code": found.code}), remarks)


@lru_cache(maxsize=20_000)
def _find(told: _Told) -> tuple[Recognised | None, tuple[Remark, ...]]:
    known = municipalities()
    said = " / ".join(filter(None, told))
    found = known.recognise(istat=told.istat, cadastral=told.cadastral, name=told.name)
    if found is None:
        outside = known.outside(istat=told.istat, cadastral=told.cadastral, name=told.name)
        kind = "fuori_territorio" if outside else "comune_sconosciuto"
        return None, (Remark(kind, "scartato", said, field="istat_code"),)
    remarks = []
    if _disagree(known, told, found):
        remarks.append(Remark("comune_discorde", "dubbio", said, detail=found.name, field="istat_code"))
    if found.former:
        remarks.append(Remark("comune_soppresso", "dubbio", found.former, detail=found.name, field="istat_code"))
    return found, tuple(remarks)


def _disagree(known: Municipalities, told: _Told, found: Recognised) -> bool:
    """Whether a code or the name, taken alone, says another municipality, ours or not."""
    alone = [
        known.recognise(istat=told.istat) if told.istat else None,
        known.recognise(cadastral=told.cadastral) if told.cadastral else None,
        known.recognise(name=told.name) if told.name else None,
    ]
    if any(answer and answer.code != found.code for answer in alone):
        return True
    return found.by != "name" and told.name is not None and known.outside(name=told.name)
