"""Invented services over the real municipalities: never stored, never shown, the same on every machine.

How many there are of a type, how large they are and how well their place is known are assumptions of the right size;
the figures of the bench tell time, memory and equality, and say nothing of the services that there are.
"""

import geopandas as gpd
import numpy as np
import pandas as pd

from etl.derive.inputs import Inputs
from etl.derive.registry import Registry, _kind, _standard
from etl.reference import tables, vocabulary
from geo.crs import METRIC
from geo.travel.estimate import municipality_radius
from tests.bench.scale.italy import YEAR, Italy

SERVICES = 200_000
SEED = 6
# Types of every way to be reached, threshold and tie to residence, with and without a rule on capacity; shares of all.
TYPES = {
    "medico_medicina_generale": 37.0,
    "scuola_infanzia": 23.0,
    "farmacia": 20.0,
    "asilo_nido": 13.5,
    "ufficio_postale": 12.7,
    "caf": 12.0,
    "pediatra_libera_scelta": 7.0,
    "assistenza_domiciliare": 6.0,
    "rsa": 4.0,
    "centro_diurno_disabili": 3.0,
    "assistenza_domiciliare_integrata": 2.5,
    "consultorio_familiare": 2.2,
}
SCATTER_M = 700.0
COARSE, UNCERTAIN, PLANNED, UNKNOWN, WIDE = 0.15, 0.09, 0.03, 0.04, 0.3


def registry() -> Registry:
    """The types of the bench and the rules of the reference tables."""
    standards = {row["id"]: _standard(_told(row)) for row in vocabulary.standards(tables.standards())}
    rows = {row["code"]: _told(row) for row in vocabulary.service_types(tables.service_types())}
    return Registry({code: _kind(rows[code], standards) for code in TYPES}, standards, {})


def _told(row: dict) -> dict:
    """A row as the database would give it back: what is missing is None."""
    return {name: None if not isinstance(value, list) and pd.isna(value) else value for name, value in row.items()}


def inputs(italy: Italy, *, services: int = SERVICES) -> Inputs:
    """The country with its invented services, as a run reads a territory."""
    rng, known = np.random.default_rng(SEED), registry()
    made = _services(italy, known, services, rng)
    return Inputs(
        year=YEAR,
        points=italy.points,
        population=italy.population,
        services=made,
        service_areas=_areas(made, italy, known, rng),
        capacities=_capacities(made, known, rng),
        within=italy.within,
        units=pd.DataFrame(columns=["level", "code", "name"]),
        complete=_complete(italy),
        registry=known,
    )


def slice_of(inputs: Inputs, provinces: "pd.Series[str]", share: float) -> Inputs:
    """The first provinces, in the order of their codes, that hold a share of the services; the whole with 1."""
    home = inputs.services["municipality"].map(provinces)
    counts = home.value_counts().sort_index().cumsum()
    kept = set(counts.index[: int(np.searchsorted(counts.to_numpy(), share * len(home))) + 1])
    towns = set(provinces.index[provinces.isin(kept)])
    points = inputs.points[inputs.points["municipality"].isin(towns)]
    services = inputs.services[inputs.services["municipality"].isin(towns)]
    return Inputs(
        year=inputs.year,
        points=points,
        population=inputs.population[inputs.population["area"].isin(towns)],
        services=services,
        service_areas=inputs.service_areas[inputs.service_areas["service"].isin(services.index)],
        capacities=inputs.capacities[inputs.capacities["service"].isin(services.index)],
        within=inputs.within[inputs.within["area"].isin(points.index)],
        units=inputs.units,
        complete=inputs.complete[inputs.complete["municipality"].isin(towns)],
        registry=inputs.registry,
    )


def _services(italy: Italy, known: Registry, count: int, rng: np.random.Generator) -> gpd.GeoDataFrame:
    shares = np.array([*TYPES.values()]) / sum(TYPES.values())
    kinds = np.repeat([*TYPES], np.diff(np.round(np.concatenate([[0.0], np.cumsum(shares)]) * count).astype(int)))
    place = rng.choice(len(italy.points), count, p=_people(italy) / _people(italy).sum())
    homes = italy.points.iloc[place]
    coarse = rng.random(count) < COARSE
    xy = np.column_stack([homes.geometry.x, homes.geometry.y])
    xy = np.round(xy + np.where(coarse, 0.0, SCATTER_M)[:, None] * rng.standard_normal((count, 2)), 2)
    km2 = homes["municipality"].map(italy.municipalities["km2"]).to_numpy()
    bodies = homes["municipality"].to_numpy() + np.array([f"-{body}" for body in rng.integers(0, 4, count)])
    names = np.array([f"s{number:06d}" for number in range(count)])
    # One in thirty is a second place of the service before it.
    second = (rng.random(count) < 1 / 30) & (np.roll(kinds, 1) == kinds)
    wide = np.array([known.kinds[code].residence_bound for code in kinds]) & np.char.startswith(kinds, "assistenza")
    columns = {
        "service": np.where(second, np.roll(names, 1), names),
        "type": kinds,
        "certainty": rng.choice(
            ["confermata", "incerta", "programmata"], count, p=[1 - UNCERTAIN - PLANNED, UNCERTAIN, PLANNED]
        ),
        "provider": bodies,
        **{name: homes[name].to_numpy() for name in ("municipality", "degurba", "altitude_m", "altimetric_zone")},
        "capacity": np.ceil(rng.lognormal(3.0, 0.7, count)),
        "capacity_known": rng.random(count) >= UNKNOWN,
        "located": ~coarse,
        "area_wide": wide,
        "position_radius_m": np.round(np.where(coarse, municipality_radius(km2 * 1e6), 0.0), 1),
    }
    frame = gpd.GeoDataFrame(columns, index=pd.Index(names, name="id"), geometry=gpd.points_from_xy(*xy.T, crs=METRIC))
    return frame.assign(capacity=frame["capacity"].where(frame["capacity_known"], 1.0))


def _people(italy: Italy) -> np.ndarray:
    """Residents at each point: those of its municipality by the sizes of the places."""
    weight, homes = italy.points["weight"] + 1.0, italy.points["municipality"]
    share = weight / weight.groupby(homes).transform("sum")
    return (share * homes.map(italy.municipalities["residents"])).to_numpy()


def _areas(services: gpd.GeoDataFrame, italy: Italy, known: Registry, rng: np.random.Generator) -> pd.DataFrame:
    """Services at home cover their municipality or, three in ten, their province; one desk in fifty declares so too."""
    declares = services["area_wide"].to_numpy() | (rng.random(len(services)) < 0.02)
    chosen = services[declares]
    wide = rng.random(len(chosen)) < WIDE
    province = chosen["municipality"].map(italy.municipalities["province"])
    return pd.DataFrame({"service": chosen.index, "area": province.where(wide, chosen["municipality"]).to_numpy()})


def _capacities(services: gpd.GeoDataFrame, known: Registry, rng: np.random.Generator) -> pd.DataFrame:
    """In the units that the rules of the types speak of; of doctors all are known, of others most."""
    units = {one: standard.capacity_unit for standard in known.standards.values() for one in standard.service_types}
    told = services.assign(unit=services["type"].map(units))
    told = told[told["unit"].notna() & (told["capacity_known"] | (told["unit"] == "medici"))]
    maximum = np.where(told["unit"] == "medici", 1.0, np.ceil(rng.lognormal(3.0, 0.7, len(told))))
    return pd.DataFrame({"service": told.index, "unit": told["unit"].to_numpy(), "maximum": maximum})


def _complete(italy: Italy) -> pd.DataFrame:
    """A third of the lists is complete everywhere, a third in every other province, a third is never declared so."""
    towns = italy.municipalities
    odd = towns["province"].str[:3].astype(int) % 2 == 1
    declared = []
    for number, code in enumerate(TYPES):
        if number % 3 < 2:
            complete = np.ones(len(towns), dtype=bool) if number % 3 == 0 else odd.to_numpy()
            declared.append(pd.DataFrame({"type": code, "municipality": towns.index, "complete": complete}))
    return pd.concat(declared, ignore_index=True)
