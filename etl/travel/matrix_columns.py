"""Which column of a table of minutes is what, by the names that routers and ISTAT give them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from etl.i18n import _
from etl.sources.istat_tables import Columns
from etl.sources.tabular.fields import folded

MEDIAN = 50
_ISTAT_ENDS = ("Destin*", "PRO_COM_D*")

COLUMNS = Columns(
    {
        "origin": ("origin", "origin_id", "from_id", "from", "from_code", "fromId", "o_id", "Origine*", "PRO_COM_O*"),
        "destination": (
            "destination",
            "destination_id",
            "to_id",
            "to",
            "to_code",
            "toId",
            "d_id",
            "Destin*",
            "PRO_COM_D*",
        ),
        "minutes": ("minutes", "minuti", "travel_time", "travel_time_minutes", "Total_Minu*", "minut*"),
        "seconds": ("seconds", "secondi", "time", "time_s", "duration", "durata_s", "travel_time_seconds"),
        "low": ("low", "minimo", "minutes_low", "low_minutes"),
        "high": ("high", "massimo", "minutes_high", "high_minutes"),
        "mode": ("mode", "modo", "mezzo", "costing", "transport_mode"),
        "percentile": ("percentile", "percentili"),
        "departure": ("departure", "partenza", "departure_time", "departure_datetime", "ora_partenza"),
        "window": ("window", "finestra", "departure_window", "departure_time_window", "time_window"),
    },
    frozenset({"seconds", "low", "high", "mode", "percentile", "departure", "window"}),
)
"""Names by field. ``time`` and ``duration`` are seconds, as Valhalla and OSRM write them."""

TOLD_ONCE = ("percentile", "departure", "window")
_PERCENTILE = re.compile(r"travel_time_p(\d{1,2})")
_PLACES_IN_A_REQUEST = {"from_index", "to_index"}


@dataclass(frozen=True)
class Layout:
    """Column of the file by field, and what the names themselves tell."""

    columns: dict[str, str]
    in_seconds: bool = False
    percentiles: tuple[int, ...] = ()
    by_car: bool = False
    faults: list[str] = field(default_factory=list)


def layout(header: Sequence[str]) -> Layout:
    """How to read a table; what is missing stands among the faults.

    R5 writes one column for each percentile that was asked for: the median is then the time, the least and the greatest
    percentile its interval. One alone is the time.
    """
    found = {told: header[place] for told, place in COLUMNS.find(header).items()}
    by_percentile = {int(match[1]): name for name in header if (match := _PERCENTILE.fullmatch(folded(name)))}
    faults = _places(header, found)
    if "minutes" not in found and by_percentile:
        faults += _percentiles(found, by_percentile)
    in_seconds = "minutes" not in found and "seconds" in found
    if in_seconds:
        found["minutes"] = found["seconds"]
    found.pop("seconds", None)
    if "minutes" not in found and not by_percentile:
        faults.append(_("Manca la colonna dei minuti: chiamarla «minutes» (o «time», se sono secondi)."))
    by_car = folded(found.get("minutes", "")).startswith("total_minu")
    return Layout(found, in_seconds, tuple(sorted(by_percentile)), by_car, faults)


def _places(header: Sequence[str], found: dict[str, str]) -> list[str]:
    faults = [
        _("Manca la colonna «{colonna}»: aggiungerla, o dare questo nome a quella che c'è.").format(colonna=name)
        for name in ("origin", "destination")
        if name not in found
    ]
    if faults and {folded(name) for name in header} >= _PLACES_IN_A_REQUEST:
        faults.append(
            _(
                "«from_index» e «to_index» di Valhalla sono i posti nella richiesta, non identificativi: sostituirli "
                "con quelli dei punti (docs/travel.md mostra come)."
            )
        )
    return faults


def _percentiles(found: dict[str, str], by_percentile: dict[int, str]) -> list[str]:
    """Make the columns of percentiles minutes, least and greatest; what stands in the way."""
    known = sorted(by_percentile)
    if len(known) == 1:
        found["minutes"] = by_percentile[known[0]]
        return []
    if MEDIAN not in known:
        why = _("Ci sono i percentili {quali} ma non il 50: aggiungerlo, o tenere una colonna sola.")
        return [why.format(quali=", ".join(map(str, known)))]
    found["minutes"] = by_percentile[MEDIAN]
    found["low"], found["high"] = by_percentile[known[0]], by_percentile[known[-1]]
    return []
