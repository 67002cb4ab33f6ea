"""Services that come to people: at home, travelling or remote. They cover an area and use no travel time."""

import numpy as np
import pandas as pd

from geo.arrays import AnySeries, BoolSeries, Labels, Positions, bools
from geo.checks import columns, known_labels, require, same_labels
from geo.travel.table import TravelTable


def service_area(
    origins_areas: pd.DataFrame, services_areas: pd.DataFrame, *, origins: Labels, services: Labels
) -> TravelTable:
    """A table with one pair, of 0 minutes, for every origin that lies in an area served by the service.

    `origins_areas` has the columns `origin` and `area` (a point may lie in many: municipality, zone, district);
    `services_areas` has `service` and `area`. Several shared areas make one pair. A service without any area covers
    nobody here: whether that means no data is for the caller to say. The engine is called 'area', the times are
    certain and the cutoff is infinite.

    Raises :class:`InvalidInput` for missing columns and for labels that are not in `origins` or `services`.

    >>> served = service_area(
    ...     pd.DataFrame({"origin": ["town", "village"], "area": ["001", "002"]}),
    ...     pd.DataFrame({"service": ["home care"], "area": ["001"]}),
    ...     origins=pd.Index(["town", "village"]), services=pd.Index(["home care"]))
    >>> served.counts().to_dict()
    {'town': 1, 'village': 0}
    """
    require(
        columns(origins_areas, ["origin", "area"], where="origins_areas"),
        known_labels(origins_areas.get("origin"), origins, where="origins_areas.origin", of="origins"),
        columns(services_areas, ["service", "area"], where="services_areas"),
        known_labels(services_areas.get("service"), services, where="services_areas.service", of="services"),
    )
    pairs = _named(origins_areas, "origin").merge(_named(services_areas, "service"), on="area")
    pairs = pairs.drop_duplicates(["origin", "service"])
    return TravelTable.from_pairs(
        origins,
        services,
        origin=_positions(origins, pairs["origin"]),
        service=_positions(services, pairs["service"]),
        minutes=np.zeros(len(pairs)),
        cutoff=np.inf,
        engine="area",
        estimated=False,
    )


def restrict(
    travel: TravelTable,
    origins_areas: pd.DataFrame,
    services_areas: pd.DataFrame,
    *,
    exempt: BoolSeries | None = None,
) -> TravelTable:
    """`travel` without the pairs of a service and an origin outside its service area, however near.

    The frames are those of :func:`service_area`. A service that `services_areas` does not name is open to everybody and
    keeps all its pairs; one that it names serves the origins in its areas only (a consortium its municipalities).
    The origins where `exempt`, indexed by those of `travel`, is true keep all their pairs.

    Raises :class:`InvalidInput` as :func:`service_area`, and where `exempt` has another index.

    >>> travel = TravelTable.from_pairs(
    ...     pd.Index(["town", "village"]), pd.Index(["desk"]), origin=np.array([0, 1]), service=np.array([0, 0]),
    ...     minutes=np.array([9.0, 3.0]), cutoff=30, engine="official", estimated=False)
    >>> areas = pd.DataFrame({"origin": ["town", "village"], "area": ["001", "002"]})
    >>> restrict(travel, areas, pd.DataFrame({"service": ["desk"], "area": ["001"]})).counts().to_dict()
    {'town': 1, 'village': 0}
    """
    allowed = service_area(origins_areas, services_areas, origins=travel.origins, services=travel.services)
    if exempt is not None:
        require(same_labels(exempt.index, travel.origins, where="exempt", of="travel.origins"))
    bound = bools(travel.services.isin(services_areas["service"]))
    free = np.zeros(len(travel.origins), dtype=np.bool_) if exempt is None else bools(exempt)
    width = len(travel.services)
    served = np.isin(travel.origin * width + travel.service, allowed.origin * width + allowed.service)
    return travel.select_pairs(served | ~bound[travel.service] | free[travel.origin])


def _named(frame: pd.DataFrame, column: str) -> pd.DataFrame:
    # A missing area is not an area that two rows could share.
    return frame[[column, "area"]].dropna(subset=["area"]).drop_duplicates()


def _positions(labels: Labels, values: AnySeries) -> Positions:
    return labels.get_indexer(pd.Index(values))
