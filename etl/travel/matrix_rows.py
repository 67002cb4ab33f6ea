"""The rows of a table of minutes become pairs; every fault is told by the lines on which it stands."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from etl.i18n import _
from etl.identity import uid
from etl.reference.municipalities import municipalities
from etl.reference.municipality_names import istat_code
from etl.sources.tabular.figures import MISSING
from etl.travel.matrix_columns import TOLD_ONCE, Layout
from geo.arrays import AnySeries, Bools, Floats

ANY_MODE = "any"
LONGEST = 24 * 60.0  # minutes: who needs more than a day does not get there
_SHOWN = 5
_NULL_OF_R5 = float(2**31 - 1)
_MODES = {
    **dict.fromkeys(("car", "auto", "driving", "drive", "automobile"), "car"),
    **dict.fromkeys(("foot", "walk", "walking", "pedestrian", "piedi", "a piedi"), "foot"),
    **dict.fromkeys(("bike", "bicycle", "cycling", "bici", "bicicletta"), "bike"),
    **dict.fromkeys(("transit", "public_transport", "tpl", "trasporto pubblico", "mezzi pubblici"), "transit"),
}


@dataclass
class Rows:
    """Pairs as :class:`geo.travel.matrix.Matrix` takes them, and what was found on the way."""

    pairs: pd.DataFrame = field(default_factory=pd.DataFrame)
    by: str = "point"
    mode: str = ANY_MODE
    told: dict[str, Any] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def rows(cells: pd.DataFrame, layout: Layout) -> Rows:
    """Pairs out of the cells of a file; not usable where there are faults."""
    made = Rows()
    ends = {name: _text(cells[layout.columns[name]]) for name in ("origin", "destination")}
    for name, texts in ends.items():
        made.faults += _at(texts.eq("").to_numpy(), _("«{colonna}» è vuota").format(colonna=layout.columns[name]))
    minutes = _minutes(cells, layout, "minutes", made)
    reached = ~np.isnan(minutes)
    made.counts["unreachable"] = int((~reached).sum())
    frame = pd.DataFrame(ends | {"minutes": minutes})
    for name in ("low", "high"):
        if name in layout.columns:
            frame[name] = _minutes(cells, layout, name, made)
    if {"low", "high"} <= set(frame.columns):
        _check_order(frame, reached, made)
    made.faults += _at(
        frame.duplicated(["origin", "destination"]).to_numpy(),
        _("la coppia di partenza e arrivo è già in una riga sopra: tenerne una"),
    )
    _told_once(cells, layout, made)
    _identify(frame, reached, made)
    return made


def _minutes(cells: pd.DataFrame, layout: Layout, name: str, made: Rows) -> Floats:
    """Minutes of a column; NaN where nothing is told, which is how routers write that there is no way."""
    column = layout.columns[name]
    values = _numbers(cells[column])
    minutes: Floats = np.where(values == _NULL_OF_R5, np.nan, values) / (60.0 if layout.in_seconds else 1.0)
    texts = _text(cells[column]).str.casefold()
    bad = {
        _("«{colonna}» non è un numero"): np.isnan(values) & ~texts.isin(MISSING | {"<na>", "none"}).to_numpy(),
        _("«{colonna}» è infinita: dove non si arriva lasciare la cella vuota"): np.isinf(minutes),
        _("«{colonna}» è sotto zero"): minutes < 0,
        _("«{colonna}» supera un giorno: se sono secondi chiamarla «time»"): (minutes > LONGEST) & np.isfinite(minutes),
    }
    for what, mask in bad.items():
        made.faults += _at(np.asarray(mask, dtype=np.bool_), what.format(colonna=column))
    return minutes


def _check_order(frame: pd.DataFrame, reached: Bools, made: Rows) -> None:
    """Bounds on both sides of the time. Where the greatest is empty some departures get there never: it is a day."""
    frame["low"] = frame["low"].fillna(frame["minutes"])
    frame["high"] = frame["high"].fillna(LONGEST)
    crossed = ((frame["low"] > frame["minutes"]) | (frame["high"] < frame["minutes"])).to_numpy() & reached
    made.faults += _at(crossed, _("il minimo supera il tempo, o il massimo non lo raggiunge"))


def _told_once(cells: pd.DataFrame, layout: Layout, made: Rows) -> None:
    """Mode, percentile and window: one for the whole file."""
    for name in ("mode", *TOLD_ONCE):
        if name not in layout.columns:
            continue
        found = sorted(set(_text(cells[layout.columns[name]])) - {""})
        if len(found) > 1:
            why = _("«{colonna}» ha più valori ({valori}): dividere il file, uno per valore.")
            made.faults.append(why.format(colonna=layout.columns[name], valori=", ".join(found[:_SHOWN])))
        elif found:
            made.told[name] = found[0]
    mode = made.told.pop("mode", "car" if layout.by_car else ANY_MODE)
    made.mode = _MODES.get(mode.casefold(), mode.casefold())
    if layout.percentiles:
        made.told["percentiles"] = list(layout.percentiles)


def _identify(frame: pd.DataFrame, reached: Bools, made: Rows) -> None:
    """Put Ombra's identifiers in the place of codes of municipalities; drop what is not to be reached."""
    codes = pd.unique(pd.concat([frame["origin"], frame["destination"]]))
    numeric = {text for text in codes if istat_code(text) is not None}
    if numeric and len(numeric) < len(set(codes) - {""}):
        why = _("Ci sono codici ISTAT ({codici}) e altri identificativi ({altri}): usarne di una sorta sola.")
        made.faults.append(why.format(codici=_some(numeric), altri=_some(set(codes) - numeric - {""})))
        return
    made.by = "municipality" if numeric else "point"
    kept = frame[reached]
    if numeric:
        kept = _municipal(kept, numeric, made)
    made.pairs = kept.reset_index(drop=True)
    if not len(kept) and not made.faults:
        made.faults.append(_("Nessuna riga ha minuti fra due luoghi del territorio: il file è di un altro luogo?"))


def _municipal(frame: pd.DataFrame, codes: set[str], made: Rows) -> pd.DataFrame:
    """Ways between two municipalities of today; those of parts of one are averaged, those within one are left out."""
    known = {code: found.code for code in codes if (found := municipalities().recognise(istat=code)) is not None}
    strange = {code for code in codes - set(known) if not municipalities().outside(istat=code)}
    if strange:
        why = _("Codici che non sono di un comune: {codici}. Correggerli, o togliere le righe.")
        made.faults.append(why.format(codici=_some(strange)))
    here = frame.assign(origin=frame["origin"].map(known), destination=frame["destination"].map(known))
    inside = here.dropna(subset=["origin", "destination"])
    apart = inside[inside["origin"] != inside["destination"]]
    made.counts["outside"] = len(here) - len(inside)
    made.counts["same_municipality"] = len(inside) - len(apart)
    ids: Mapping[str, str] = {code: str(uid("area", "municipality", code)) for code in set(known.values())}
    mean = apart.groupby(["origin", "destination"], as_index=False).mean()
    return mean.assign(origin=mean["origin"].map(ids), destination=mean["destination"].map(ids))


def _text(values: AnySeries) -> "pd.Series[str]":
    """Cells as text without outer blanks; whole numbers, which Parquet may hold, without decimals."""
    if pd.api.types.is_float_dtype(values):
        values = values.astype("Float64").convert_dtypes()
    return values.astype("str").fillna("").str.strip()


def _numbers(values: AnySeries) -> Floats:
    if not pd.api.types.is_numeric_dtype(values):
        texts = values.astype("str").str.strip()
        # With a comma for the decimals, points part the thousands.
        comma = texts.str.contains(",", regex=False, na=False)
        texts = texts.mask(comma, texts.str.replace(".", "", regex=False).str.replace(",", ".", regex=False))
        values = pd.to_numeric(texts, errors="coerce")
    return values.to_numpy(dtype=np.float64, na_value=np.nan)


def _at(mask: Bools, what: str) -> list[str]:
    """One fault, with the first lines as a person counts them in the file: the header is line 1."""
    if not mask.any():
        return []
    lines = _some((np.flatnonzero(mask) + 2).tolist())
    return [_("{cosa} (righe {righe}; in tutto {quante}).").format(cosa=what, righe=lines, quante=int(mask.sum()))]


def _some(values: "set[str] | list[int]") -> str:
    told = [str(value) for value in (sorted(values) if isinstance(values, set) else values)]
    return ", ".join(told[:_SHOWN]) + ("…" if len(told) > _SHOWN else "")
