"""Errors of the estimate beside those of simpler ones, on the same unseen pairs."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from etl.progress import Progress
from geo.arrays import Bools, Floats, floats
from geo.travel.prediction import COVERAGE, prediction_interval
from geo.travel.terrain import TERRAIN
from tests.bench.kit.shapes import Cell, Ratio, Sheets, Table, Target
from tests.bench.travel import fit, folds, forms
from tests.bench.travel.scores import SIDES, Scores, spread

_COMPARED = (forms.TERRAIN, forms.THREE, forms.PUBLISHED, forms.FIFTY)
_ZONES = {"pianura": "pianura", "collina_interna": "collina", "montagna_interna": "montagna"}
_IN_SAMPLE = "I coefficienti pubblicati vengono da queste stesse coppie: il loro errore è un po' troppo piccolo."


def measure(pairs: pd.DataFrame, sheets: Sheets, progress: Progress) -> None:
    """Fill the sheets from the pairs of :func:`tests.bench.travel.material.pairs`."""
    official = floats(pairs["minutes"])
    schemes = {
        "a caso, 10 volte 10 parti": folds.at_random(len(pairs)),
        "senza una zona omogenea": folds.by(pairs["zone"]),
        "senza un polo": folds.by(pairs["destination"]),
    }
    scored: dict[str, dict[str, Scores]] = {}
    for name, scheme in schemes.items():
        progress(f"travel: {name}")
        scored[name] = {form.name: Scores(folds.unseen(form, pairs, scheme), official) for form in _COMPARED}
        sheets.tables.append(_errors(f"Coppie mai viste, {name} ({len(pairs)} coppie)", scored[name]))
    first, *_others = scored.values()
    sheets.tables.append(_by_zone(first, pairs))
    sheets.tables.append(_coverage(scored))
    _judge(first, sheets)
    sheets.targets.append(Target("coefficienti nel codice contro ricalcolati", _distance(pairs), "<=", 0.011))
    sheets.remarks.append("Media, e fra parentesi l'intervallo del 95 % (bootstrap sulle coppie).")
    sheets.remarks.append(
        "Le coppie vanno da un comune al suo polo, che sta in pianura o ai piedi dei colli: dei tragitti fra due valli "
        "e di quelli dentro una città non si sa nulla."
    )


def _errors(title: str, scored: Mapping[str, Scores]) -> Table:
    columns = ["stima", "errore assoluto (min)", "errore medio (min)"]
    columns += [f"dalla parte sbagliata di {limit:g} min" for limit in SIDES]
    rows: list[list[Cell]] = []
    for name, found in scored.items():
        figures = [found.absolute, found.signed, *(found.wrong_side(limit) for limit in SIDES)]
        rows.append([name, *(str(spread(figure)) for figure in figures)])
    return Table(title, columns, rows, [_IN_SAMPLE])


def _by_zone(scored: Mapping[str, Scores], pairs: pd.DataFrame) -> Table:
    columns = ["partenza in", "coppie", *(f"{name}: errore assoluto, medio" for name in scored)]
    rows: list[list[Cell]] = []
    for zone, said in _ZONES.items():
        here = (pairs["altimetric_zone"] == zone).to_numpy(dtype=np.bool_)
        rows.append([said, int(here.sum()), *(_both(found, here) for found in scored.values())])
    return Table("Per classe altimetrica del comune di partenza, coppie mai viste a caso", columns, rows)


def _both(found: Scores, here: Bools) -> str:
    return f"{found.absolute[here].mean():.2f}, {found.signed[here].mean():+.2f}".replace(".", ",")


def _coverage(scored: Mapping[str, Mapping[str, Scores]]) -> Table:
    rows: list[list[Cell]] = []
    for name, forms_of in scored.items():
        found = forms_of[forms.TERRAIN.name]
        low, high = prediction_interval(found.minutes)
        inside = ((low <= found.official) & (found.official <= high)).mean(axis=0)
        rows.append([name, str(spread(inside)), float((high - low).mean())])
    title = f"Intervallo di previsione al {COVERAGE:.0%} della stima con rilievo".replace("%", " %")
    remark = "Le fasce vengono dalle prime coppie; sulle zone e sui poli lasciati fuori si vede quanto tengono."
    return Table(title, ["coppie mai viste", "tempi ufficiali dentro", "ampiezza media (min)"], rows, [remark], 1)


def _judge(scored: Mapping[str, Scores], sheets: Sheets) -> None:
    """Better than the three pieces alone, in their published and in their refitted form, and not by chance."""
    ours = scored[forms.TERRAIN.name]
    for peer in (forms.THREE, forms.PUBLISHED):
        other = scored[peer.name]
        sheets.ratios.append(Ratio(f"errore assoluto su {peer.name}", ours.absolute.mean(), other.absolute.mean()))
        better = spread(ours.absolute - other.absolute)
        sheets.targets.append(Target(f"errore assoluto contro {peer.name} (min, estremo alto)", better.high, "<=", 0.0))
        for limit in SIDES:
            name = f"dalla parte sbagliata di {limit:g} min contro {peer.name}"
            sheets.targets.append(_not_worse(name, ours.wrong_side(limit), other.wrong_side(limit)))


def _not_worse(name: str, ours: Floats, other: Floats) -> Target:
    return Target(name, float(ours.mean()), "<=", float(other.mean()))


def _distance(pairs: pd.DataFrame) -> float:
    """The largest difference between a committed coefficient and the one that the command finds."""
    found = fit.coefficients(pairs)
    committed = [*TERRAIN.curve.rates, TERRAIN.rugged, TERRAIN.climb]
    return float(np.abs(np.subtract(committed, [*found.curve.rates, found.rugged, found.climb])).max())
