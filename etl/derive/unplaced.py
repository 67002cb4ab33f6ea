"""Places that an engine cannot place, said aloud: the extract of roads ends before them, a table does not know them.

Their minutes are not known: they are never moved to a road that is far away, and where nothing else reaches them,
nothing is said of their people (``punto_non_collocato``).
"""

from collections.abc import Mapping
from dataclasses import replace

import geopandas as gpd
import numpy as np

from etl.derive.inputs import Inputs
from etl.derive.journeys import DENSE
from etl.i18n import _
from etl.progress import Progress
from etl.travel.choice import Chosen
from geo.arrays import FloatSeries, Labels, TextSeries
from geo.travel.matrix import Matrix
from geo.travel.network import Network
from geo.travel.table import TravelEngine

_NAMED = 5  # places named; the others are counted


def remarked(chosen: Chosen, inputs: Inputs, progress: Progress) -> Chosen:
    """The choice with a note on the points and services that its engine cannot place, told as progress too."""
    services = inputs.services[~inputs.services["area_wide"].to_numpy(dtype=bool)]
    points, names = _by_mode(inputs.points), inputs.units["name"]
    remarks = [text for text in _remarks(chosen.engine, points, services, names) if text]
    for text in remarks:
        progress(_("ATTENZIONE. {nota}").format(nota=text))
    return replace(chosen, note=" ".join([*filter(None, [chosen.note]), *remarks]) or None)


def _remarks(
    engine: TravelEngine, points: Mapping[str, gpd.GeoDataFrame], services: gpd.GeoDataFrame, names: TextSeries
) -> list[str]:
    if isinstance(engine, Network):
        far = _km(engine.farthest_m)
        told = [_points(mode, engine.unplaced(some), names, far) for mode, some in points.items()]
        return [*told, _services(engine.unplaced(services.assign(mode="car")), far)]
    if isinstance(engine, Matrix):
        unknown = [engine.unknown(some, services) for some in points.values()]
        # Whoever goes by car to one service and on foot to another is one point.
        starts = unknown[0][0].union(unknown[1][0], sort=False)
        return [_unknown_points(starts, names), _unknown_services(len(unknown[0][1]))]
    return []


def _by_mode(points: gpd.GeoDataFrame) -> dict[str, gpd.GeoDataFrame]:
    """Everybody goes to some services by car; who lives in a city, to others on foot."""
    dense = points[points["degurba"] == DENSE]
    return {_("in auto"): points.assign(mode="car"), _("a piedi"): dense.assign(mode="foot")}


def _points(mode: str, metres: FloatSeries, names: TextSeries, farthest: str) -> str:
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


def _unknown_points(points: Labels, names: TextSeries) -> str:
    if not len(points):
        return ""
    return _(
        "Punti di domanda che la tabella dei tempi non conosce: {quanti}, fra cui {quali}. Dei loro residenti non si "
        "dice nulla, se nessun servizio li raggiunge in altro modo."
    ).format(quanti=len(points), quali=", ".join(str(names.get(place, place)) for place in points[:_NAMED]))


def _unknown_services(count: int) -> str:
    if not count:
        return ""
    return _("Sedi di servizi che la tabella dei tempi non conosce: {quante}. Rifare la tabella per contarle.").format(
        quante=count
    )


def _away(metres: float) -> str:
    return _km(metres) if np.isfinite(metres) else _("nessuna strada")


def _km(metres: float) -> str:
    return _("{km} km").format(km=f"{metres / 1_000:.1f}".replace(".", ",").removesuffix(",0"))
