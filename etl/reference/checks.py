"""What the territory must satisfy before it is loaded; all faults are told together."""

from collections.abc import Iterator

import pandas as pd
import shapely

from etl.errors import ReferenceDataError
from etl.i18n import _
from etl.reference.territory import Territory, area_of, keys
from geo.crs import METRIC

MUNICIPALITIES = 312
ZONES = 11
RESIDENTS = {2022: 2_208_370, 2023: 2_198_237}  # ISTAT, 1 January
AREA_KM2 = 6_828
SLIVER_M2 = 1.0


def check(territory: Territory) -> None:
    """Stop the load where the territory is not the one that ISTAT and the metropolitan city describe.

    Raises
    ------
    ReferenceDataError
        With every fault found: counts, residents, surface, containment, validity, demand points.
    """
    faults = [
        *_counts(territory),
        *_residents(territory),
        *_surface(territory),
        *_geometries(territory),
        *_nesting(territory),
        *_demand(territory),
    ]
    if faults:
        raise ReferenceDataError(_("Il territorio non supera i controlli e non è stato caricato."), faults)


def _counts(territory: Territory) -> Iterator[str]:
    levels = territory.areas.index.get_level_values("level")
    for level, expected, name in (
        ("municipality", MUNICIPALITIES, _("comuni")),
        ("zona_omogenea", ZONES, _("zone omogenee")),
    ):
        found = int((levels == level).sum())
        if found != expected:
            yield _("{name}: attesi {expected}, trovati {found}.").format(name=name, expected=expected, found=found)
    municipalities = territory.level("municipality")
    for code in municipalities.index[municipalities["parent_code"].isna()]:
        yield _("Il comune {code} non ha una zona omogenea: aggiungerlo a zone_omogenee.csv.").format(code=code)
    for code in municipalities.index[municipalities["altimetric_zone"].isna()]:
        yield _("Il comune {code} non ha classi ISTAT: aggiungerlo a classi_comuni.csv.").format(code=code)


def _residents(territory: Territory) -> Iterator[str]:
    by_year = territory.residents.groupby("year")["persons"].sum()
    for year, expected in RESIDENTS.items():
        found = int(by_year.get(year, 0))
        if found != expected:
            yield _("Residenti al 1° gennaio {year}: attesi {expected}, trovati {found}.").format(
                year=year, expected=expected, found=found
            )


def _surface(territory: Territory) -> Iterator[str]:
    whole = territory.level("metropolitan_city")
    found = float(area_of(whole).sum())
    if round(found) != AREA_KM2:
        yield _("Superficie della Città metropolitana: attesi {expected} km², trovati {found:.1f}.").format(
            expected=AREA_KM2, found=found
        )


def _geometries(territory: Territory) -> Iterator[str]:
    areas = territory.areas
    for level, code in keys(areas[areas.geometry.isna() | areas.geometry.is_empty | ~areas.geometry.is_valid]):
        yield _("Geometria mancante o non valida: {level} {code}.").format(level=level, code=code)
    municipalities = territory.level("municipality")
    if not shapely.coverage_is_valid(municipalities.geometry.to_numpy()):
        yield _("I confini comunali si sovrappongono o lasciano fessure fra vicini.")


def _nesting(territory: Territory) -> Iterator[str]:
    """Every area lies in its parent: nothing of it over a square metre falls outside."""
    areas = territory.areas.to_crs(METRIC)
    # An invalid shape is told already, and cannot be compared with another.
    sound = areas.geometry.is_valid & ~areas.geometry.is_empty
    known = areas[areas["parent_code"].notna() & sound]
    shapes = dict(zip(keys(areas), areas.geometry.where(sound), strict=True))
    parents = zip(known["parent_level"], known["parent_code"], strict=True)
    for (level, code), key in zip(keys(known), parents, strict=True):
        shape, parent = shapes[level, code], shapes.get(key)
        if key not in shapes:
            yield _("{level} {code}: l'area che la contiene, {parent}, non esiste.").format(
                level=level, code=code, parent=" ".join(key)
            )
            continue
        if parent is None or parent.covers(shape):
            continue
        outside = shape.difference(parent)
        if outside.area > SLIVER_M2 or shape.geom_type == "Point":
            yield _("{level} {code} non sta dentro {parent}: {metres:.0f} m² fuori.").format(
                level=level, code=code, parent=" ".join(key), metres=outside.area
            )


def _demand(territory: Territory) -> Iterator[str]:
    municipalities = territory.level("municipality").index
    for code in municipalities.difference(pd.Index(territory.demand["municipality"])):
        yield _("Il comune {code} non ha nessun centro abitato a cui assegnare i residenti.").format(code=code)
    for level, code in keys(territory.demand[territory.demand["weight"] < 0]):
        yield _("Peso negativo: {level} {code}.").format(level=level, code=code)
