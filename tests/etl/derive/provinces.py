"""Four invented provinces in a row, each 60 km wide: what is near a boundary depends on what lies beyond it."""

import geopandas as gpd
import numpy as np
import pandas as pd

from etl.derive.inputs import Inputs
from etl.derive.people import PARTS
from etl.derive.registry import Band, Kind, Registry, Standard
from geo.crs import METRIC

WIDTH, HEIGHT, TOWNS, POINTS = 60_000.0, 40_000.0, 12, 20
KINDS = {
    "sportello": Kind(code="sportello", band=Band(), travel_mode="foot_in_town", residence_bound=False, threshold=15.0),
    "nido": Kind(code="nido", band=Band(0, 2), travel_mode="car", residence_bound=True, threshold=15.0),
    "centro": Kind(code="centro", band=Band(65, None), travel_mode="car", residence_bound=False, threshold=30.0),
    "ospedale": Kind(code="ospedale", band=Band(), travel_mode="car", residence_bound=False, threshold=45.0),
    "domicilio": Kind(code="domicilio", band=Band(65, None), travel_mode="car", residence_bound=True, threshold=30.0),
    "remoto": Kind(code="remoto", band=Band(), travel_mode="car", residence_bound=True, threshold=30.0),
    "raro": Kind(code="raro", band=Band(), travel_mode="car", residence_bound=False, threshold=15.0),
    "vuoto": Kind(code="vuoto", band=Band(), travel_mode="car", residence_bound=False, threshold=30.0),
}
COUNTS = {"sportello": 90, "nido": 70, "centro": 50, "ospedale": 14, "domicilio": 30, "remoto": 6, "raro": 5}


def rule(code: str, minimum: float, unit: str) -> Standard:
    """So many units for 1,000 persons."""
    return Standard(
        id=f"R-{code}",
        service_types=(code,),
        kind="coverage",
        comparator=">=",
        minimum=minimum,
        objective=minimum * 1.5,
        per=1_000.0,
        capacity_unit=unit,
        supply_bound=None,
        base_kind="residenti",
        band=Band(),
        geography=("comune",),
        area_condition="tutte",
        verification="letto",
        law=True,
    )


RULES = (rule("nido", 30.0, "posti"), rule("centro", 1.5, "sede"))


def provinces(seed: int = 1) -> tuple[Inputs, "pd.Series[str]"]:
    """What a run reads of them, and the province of each municipality."""
    rng = np.random.default_rng(seed)
    towns = [f"{province}-{town:02d}" for province in "abcd" for town in range(TOWNS)]
    home = pd.Series([town[0] for town in towns], index=towns)
    seats = np.column_stack([_x(home, rng), rng.random(len(towns)) * HEIGHT])
    points = _points(towns, seats, rng)
    services = _services(towns, seats, points, rng)
    return (
        Inputs(
            year=2023,
            points=points,
            population=_population(towns, rng),
            services=services,
            service_areas=_areas(services, home, rng),
            capacities=pd.DataFrame(
                {"service": services.index, "unit": "posti", "maximum": services["capacity"] + 5.0}
            ),
            within=_within(points, home),
            units=pd.DataFrame(columns=["level", "code", "name"]),
            complete=_complete(towns),
            registry=Registry(
                KINDS, {one.id: one for one in (rule("nido", 30.0, "posti"), rule("centro", 1.5, "sede"))}, {}
            ),
        ),
        home,
    )


def _x(home: "pd.Series[str]", rng: np.random.Generator) -> np.ndarray:
    return (home.map("abcd".index).to_numpy() + rng.random(len(home))) * WIDTH


def _points(towns: list[str], seats: np.ndarray, rng: np.random.Generator) -> gpd.GeoDataFrame:
    extra = rng.integers(0, len(towns), POINTS)
    number = np.concatenate([np.arange(len(towns)), extra])
    xy = seats[number] + np.where(np.arange(len(number)) < len(towns), 0.0, 2_500.0)[:, None]
    # Not in the order of the provinces: a part must find its own way back to the order of the whole.
    order = rng.permutation(len(number))
    number, xy = number[order], xy[order]
    columns = {
        "municipality": [towns[one] for one in number],
        "weight": rng.integers(1, 9, len(number)).astype(float),
        "degurba": np.where(number % 5 == 0, "citta", "rurale"),
        "altitude_m": np.nan,
        "altimetric_zone": pd.Series([None] * len(number), dtype="str"),
        "boundary_x": xy[:, 0],
        "boundary_y": np.where(xy[:, 1] < HEIGHT / 2, 0.0, HEIGHT),
        **{f"weight_{part}": np.nan for part in PARTS},
    }
    names = pd.Index([f"p{one:03d}" for one in order], name="id")
    return gpd.GeoDataFrame(columns, geometry=gpd.points_from_xy(*xy.T, crs=METRIC)).set_index(names)


def _population(towns: list[str], rng: np.random.Generator) -> pd.DataFrame:
    ages = [(town, sex, age) for town in towns for sex in "FM" for age in (1, 40, 80)]
    table = pd.DataFrame(ages, columns=["area", "sex", "age"])
    return table.assign(persons=rng.integers(0, 3_000, len(table)))


def _services(
    towns: list[str], seats: np.ndarray, points: gpd.GeoDataFrame, rng: np.random.Generator
) -> gpd.GeoDataFrame:
    kinds = np.repeat([*COUNTS], [*COUNTS.values()])
    count = len(kinds)
    number = rng.integers(0, len(towns), count)
    located = rng.random(count) < 0.8
    xy = seats[number] + np.where(located, 1_500.0, 0.0)[:, None] * rng.standard_normal((count, 2))
    beyond = (kinds == "ospedale") & (rng.random(count) < 0.2)
    xy[beyond, 0] = -9_000.0
    names = [f"s{one:03d}" for one in range(count)]
    columns = {
        "service": [
            names[one - 1] if one % 9 == 1 and kinds[one - 1] == kinds[one] else names[one] for one in range(count)
        ],
        "type": kinds,
        "certainty": rng.choice(["confermata", "incerta", "programmata"], count, p=[0.75, 0.2, 0.05]),
        "provider": rng.choice(["comune", "asl", "coop"], count),
        "municipality": [None if out else towns[one] for one, out in zip(number, beyond, strict=True)],
        "degurba": np.where(number % 5 == 0, "citta", "rurale"),
        "altitude_m": np.nan,
        "altimetric_zone": pd.Series([None] * count, dtype="str"),
        "capacity": rng.integers(1, 40, count).astype(float),
        # Of one centre, in the last province, the size is not known.
        "capacity_known": ~((kinds == "sportello") & (np.char.startswith(np.array(towns)[number], "d-0"))),
        "located": located,
        "area_wide": np.isin(kinds, ["domicilio", "remoto"]),
        "position_radius_m": np.where(located, 0.0, 2_000.0),
    }
    shapes = gpd.points_from_xy(*np.round(xy, 2).T, crs=METRIC)
    frame = gpd.GeoDataFrame(columns, geometry=shapes, index=pd.Index(names, name="id"))
    return frame.astype({"municipality": "str"}).sample(frac=1.0, random_state=3)


def _areas(services: gpd.GeoDataFrame, home: "pd.Series[str]", rng: np.random.Generator) -> pd.DataFrame:
    """At home over a municipality or a whole province, one service over two; a few desks for one municipality only."""
    wide = services[services["type"] == "domicilio"]
    far = wide.index[::7]
    desks = services[(services["type"] == "nido") & (rng.random(len(services)) < 0.1)]
    area = np.where(rng.random(len(wide)) < 0.5, wide["municipality"], wide["municipality"].map(home))
    told = [
        pd.DataFrame({"service": wide.index, "area": area}),
        pd.DataFrame({"service": far, "area": "d"}),
        pd.DataFrame({"service": desks.index, "area": desks["municipality"]}),
        # One of the remote ones covers an area that nobody knows: their list is complete nowhere.
        pd.DataFrame({"service": services.index[services["type"] == "remoto"][1:], "area": "b"}),
    ]
    return pd.concat(told, ignore_index=True).drop_duplicates()


def _within(points: gpd.GeoDataFrame, home: "pd.Series[str]") -> pd.DataFrame:
    towns = points["municipality"]
    pairs = [(points.index, points.index), (points.index, towns), (points.index, towns.map(home)), (home.index, home)]
    return pd.concat(
        [pd.DataFrame({"area": left, "ancestor": list(right)}) for left, right in pairs], ignore_index=True
    )


def _complete(towns: list[str]) -> pd.DataFrame:
    """Everywhere, but of nests in two provinces only, and of hospitals in none."""
    told = [(code, town, code != "nido" or town[0] in "ac") for code in KINDS for town in towns if code != "ospedale"]
    return pd.DataFrame(told, columns=["type", "municipality", "complete"])
