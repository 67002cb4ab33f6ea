"""Places that a road network cannot place, said aloud: the extract ends before them, or no road leads near them.

Their minutes are not known: they are never moved to a road that is far away, and where nothing else reaches them,
nothing is said of their people (``punto_non_collocato``).
"""

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd

from etl.derive.inputs import Inputs
from etl.derive.journeys import DENSE
from etl.i18n import _
from etl.progress import Progress
from etl.travel.choice import Chosen
from geo.arrays import FloatSeries
from geo.travel.network import Network

_NAMED = 5  # places named; the others are counted


def remarked(chosen: Chosen, inputs: Inputs, progress: Progress) -> Chosen:
    """The choice with a note on the points and services that its engine cannot place, told as progress too."""
    engine = chosen.engine
    if not isinstance(engine, Network):
        return chosen
    names, farthest = inputs.units["name"], _km(engine.farthest_m)
    told = [_points(name, engine.unplaced(points), names, farthest) for name, points in _by_mode(inputs.points).items()]
    services = inputs.services[~inputs.services["area_wide"].to_numpy(dtype=bool)]
    told.append(_services(engine.unplaced(services.assign(mode="car")), farthest))
    remarks = [text for text in told if text]
    for text in remarks:
        progress(_("ATTENZIONE. {nota}").format(nota=text))
    return replace(chosen, note=" ".join([*filter(None, [chosen.note]), *remarks]) or None)


def _by_mode(points: gpd.GeoDataFrame) -> dict[str, gpd.GeoDataFrame]:
    """Everybody goes to some services by car; who lives in a city, to others on foot."""
    dense = points[points["degurba"] == DENSE]
    return {_("in auto"): points.assign(mode="car"), _("a piedi"): dense.assign(mode="foot")}


def _points(mode: str, metres: FloatSeries, names: "pd.Series[str]", farthest: str) -> str:
    if not len(metres):
        return ""
    listed = metres.sort_values(ascending=False, kind="stable")
    shown = [f"{names.get(place, place)} ({_away(far)})" for place, far in listed.iloc[:_NAMED].items()]
    return _(
        "Punti di domanda senza una strada entro {limite} {modo}: {quanti}, fra cui {quali}. Non sono collocati: dei "
        "loro residenti non si dice nulla, se non li serve chi viene da loro. Serve forse un estratto più ampio."
    ).format(limite=farthest, modo=mode, quanti=len(metres), quali=", ".join(shown))


def _services(metres: FloatSeries, farthest: str) -> str:
    if not len(metres):
        return ""
    return _(
        "Sedi di servizi senza una strada entro {limite} in auto: {quante}; la più vicina a una strada ne dista "
        "{minimo}. Non sono collocate: nessuno le raggiunge."
    ).format(limite=farthest, quante=len(metres), minimo=_away(float(metres.min())))


def _away(metres: float) -> str:
    return _km(metres) if np.isfinite(metres) else _("nessuna strada")


def _km(metres: float) -> str:
    return _("{km} km").format(km=f"{metres / 1_000:.1f}".replace(".", ",").removesuffix(",0"))
