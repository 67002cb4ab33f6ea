"""Where the rows of a file are: the columns of the point, its reference system, the municipality of all of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from etl.i18n import _
from etl.sources.tabular.guessing import systems
from etl.sources.tabular.guessing.fields import Match

DEGREES = "EPSG:4326"
PLACES = ("istat_code", "cadastral_code", "municipality")


@dataclass
class Placed:
    """Fields of place, the reference system of x, y and WKT, and what is doubtful about them."""

    fields: dict[str, object] = field(default_factory=dict)
    crs: str | None = None
    polygons: bool = False
    doubts: list[str] = field(default_factory=list)


def placed(columns: Mapping[str, Sequence[str]], found: Mapping[str, Match], *, told: str | None) -> Placed:
    """The point of the rows, by the columns found for it.

    Parameters
    ----------
    told
        Reference system that the format itself tells.
    """
    answer = Placed()
    points = _points(columns, found, answer)
    if len(points):
        _system(points, answer, told=told)
    if not any(name in found for name in PLACES):
        _same_municipality(points, answer)
    return answer


def _points(columns: Mapping[str, Sequence[str]], found: Mapping[str, Match], answer: Placed) -> np.ndarray:
    none = np.empty((0, 2))
    for names in (("longitude", "latitude"), ("x", "y")):
        if all(name in found for name in names):
            answer.fields.update({name: found[name].column for name in names})
    if "wkt" in found:
        answer.fields["wkt"] = found["wkt"].column
        texts = columns[found["wkt"].column]
        answer.polygons = any("POLYGON" in text[:40].upper() for text in texts[:50])
        return systems.points_of_wkt(texts)
    for x, y in (("x", "y"), ("longitude", "latitude")):
        if x in answer.fields:
            return systems.points(columns[found[x].column], columns[found[y].column])
    return none


def _system(points: np.ndarray, answer: Placed, *, told: str | None) -> None:
    fitting = systems.fitting(points)
    answer.crs = told or (fitting[0] if fitting else None)
    system = answer.crs or (DEGREES if "latitude" in answer.fields else None)
    away = 0 if system is None else systems.outside(points, system)
    if 0 < away < len(points):
        why = _("{away} punti su {count} cadono fuori dal territorio")
        answer.doubts.append(why.format(away=away, count=len(points)))
    elif told is not None and systems.inside(points, told) < 0.8:
        answer.doubts.append(_("nel sistema {crs} detto dal file i punti cadono fuori dal territorio").format(crs=told))
    elif answer.crs is None:
        answer.doubts.append(_("in nessun sistema di riferimento noto i punti cadono nella Città metropolitana"))
    if answer.crs is not None and told is None and {"x", "wkt"} & set(answer.fields):
        _doubt_alike(fitting, answer)


def _doubt_alike(fitting: Sequence[str], answer: Placed) -> None:
    alike = [system for system in fitting if system in systems.ALIKE]
    if len(alike) > 1 and answer.crs in alike:
        why = _("i punti cadono nel territorio in più sistemi ({crs}): scelto {chosen}; ED50 (EPSG:23032) dista 200 m")
        answer.doubts.append(why.format(crs=", ".join(alike), chosen=answer.crs))


def _same_municipality(points: np.ndarray, answer: Placed) -> None:
    name = systems.only_municipality(points, answer.crs) if len(points) and answer.crs is not None else None
    if name is None:
        answer.doubts.append(_("manca la colonna del comune: senza, ogni riga viene rifiutata"))
        return
    answer.fields["municipality"] = {"constant": name}
    why = _("manca la colonna del comune: tutti i punti sono a {name}, che vale per ogni riga")
    answer.doubts.append(why.format(name=name))
