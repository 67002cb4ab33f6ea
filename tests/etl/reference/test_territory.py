"""The territory as it is loaded, against what ISTAT and the metropolitan city publish, and what stops a load."""

from collections.abc import Callable

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from etl.errors import ReferenceDataError
from etl.pipeline import load_everything
from etl.reference import checks, territory
from etl.reference.settlements import TORINO
from tests.etl.tools import edit, fingerprint, frame, scalar

# Zone omogenee: municipalities, residents on 1 January 2023, residents of the same municipalities at the 2011 census
# (notes to zone_omogenee.csv, from ISTAT).
ZONES = {
    "01": (1, 841_600),
    "02": (14, 232_899),
    "03": (18, 264_158),
    "04": (8, 135_039),
    "05": (45, 129_800),
    "06": (40, 101_622),
    "07": (40, 99_821),
    "08": (46, 80_324),
    "09": (54, 85_448),
    "10": (24, 98_284),
    "11": (22, 129_242),
}
RESIDENTS = {2022: 2_208_370, 2023: 2_198_237}


@pytest.fixture(scope="module")
def whole() -> territory.Territory:
    return territory.assemble()


def test_the_shipped_territory_passes_its_checks(whole):
    checks.check(whole)


def test_counts_and_residents_in_the_database(loaded):
    levels = frame(loaded, "select level, count(*) n from area group by level").set_index("level")["n"].to_dict()
    assert levels["metropolitan_city"] == 1
    assert levels["municipality"] == 312
    assert levels["zona_omogenea"] == 11
    assert levels["quarter"] == 23
    assert levels["asl"] == 2
    assert levels["distretto"] == 6
    people = frame(loaded, "select year, sum(persons)::int n from population group by year")
    assert people.set_index("year")["n"].to_dict() == RESIDENTS
    area = "select sum(ST_Area(ST_Transform(geom, 32632))) / 1e6 from area where level = 'municipality'"
    surface = scalar(loaded, area)
    assert round(surface) == 6_828


def test_zones_have_their_published_municipalities_and_residents(loaded):
    found = frame(
        loaded,
        "select z.code, count(distinct m.id) n, sum(p.persons)::int residents from area z"
        " join area_within w on w.ancestor_id = z.id join area m on m.id = w.area_id and m.level = 'municipality'"
        " join population p on p.area_id = m.id and p.year = 2023 where z.level = 'zona_omogenea' group by z.code",
    ).set_index("code")
    assert {code: (row["n"], row["residents"]) for code, row in found.iterrows()} == ZONES
    assert sum(residents for _count, residents in ZONES.values()) == RESIDENTS[2023]


def test_every_municipality_is_in_one_zone_and_in_the_metropolitan_city(loaded):
    found = frame(
        loaded,
        "select m.code, count(*) filter (where a.level = 'zona_omogenea') zones,"
        " count(*) filter (where a.level = 'metropolitan_city') whole,"
        " count(*) filter (where a.level = 'municipality') own"
        " from area m join area_within w on w.area_id = m.id join area a on a.id = w.ancestor_id"
        " where m.level = 'municipality' group by m.code",
    )
    assert len(found) == 312
    assert (found[["zones", "whole", "own"]] == 1).all(axis=None)


def test_every_demand_point_is_in_its_municipality_its_zone_and_the_whole(loaded):
    lost = scalar(
        loaded,
        "select count(*) from demand_point d where ("
        " select count(*) from area_within w join area a on a.id = w.ancestor_id where w.area_id = d.area_id"
        " and a.level in ('municipality', 'zona_omogenea', 'metropolitan_city')) != 3",
    )
    assert lost == 0
    outside = scalar(
        loaded,
        "select count(*) from demand_point d join area p on p.id = d.area_id join area m on m.id = d.municipality_id"
        " where not ST_Intersects(p.geom, m.geom)",
    )
    assert outside == 0


def test_containment_is_what_geometry_says(loaded):
    """Every ancestor told contains the area but for a square metre, and no zone or district is left out."""
    outside = scalar(
        loaded,
        "select count(*) from area_within w join area a on a.id = w.area_id join area b on b.id = w.ancestor_id"
        " where not ST_Covers(b.geom, a.geom) and ST_Area(ST_Transform(ST_Difference(a.geom, b.geom), 32632)) > 1",
    )
    assert outside == 0
    missing = scalar(
        loaded,
        "select count(*) from area m join area z on z.level in ('zona_omogenea', 'asl', 'distretto')"
        " and ST_Contains(z.geom, ST_PointOnSurface(m.geom)) where m.level = 'municipality'"
        " and not exists (select from area_within w where w.area_id = m.id and w.ancestor_id = z.id)",
    )
    assert missing == 0


def test_geometries_are_valid_and_without_slivers(whole):
    municipalities = whole.level("municipality")
    assert municipalities.geometry.is_valid.all()
    assert shapely.coverage_is_valid(municipalities.geometry.to_numpy())
    for level in ("zona_omogenea", "asl", "distretto", "metropolitan_city"):
        areas = whole.level(level).to_crs("EPSG:32632")
        assert areas.geometry.is_valid.all()
        for code, shape in areas.geometry.items():
            parts = shapely.get_parts(shape)
            rings = [shapely.Polygon(ring) for part in parts for ring in part.interiors]
            # The smallest true part is an exclave of 10 hectares; a sliver between neighbours is metres wide.
            assert all(piece.area > 10_000 for piece in [*parts, *rings]), (level, code)
    zones = whole.level("zona_omogenea").to_crs("EPSG:32632")
    assert zones.area.sum() == pytest.approx(municipalities.to_crs("EPSG:32632").area.sum(), rel=1e-9)
    joined = shapely.union_all(zones.geometry.to_numpy())
    assert joined.area == pytest.approx(zones.area.sum(), rel=1e-9)


def test_population_has_every_age_and_sex_of_every_municipality(whole):
    assert len(whole.residents) == 312 * 2 * 2 * 101
    assert not whole.residents.duplicated(["code", "year", "sex", "age"]).any()
    city = whole.residents.query("code == @TORINO and year == 2023")["persons"].sum()
    assert city == 841_600


def test_the_city_is_counted_at_its_quarters_and_the_rest_at_settlements(whole):
    city = whole.demand["municipality"] == TORINO
    assert set(whole.demand[city].index.get_level_values("level")) == {"quarter"}
    assert city.sum() == 23
    assert set(whole.demand[~city].index.get_level_values("level")) == {"settlement"}
    assert set(whole.demand["municipality"]) == set(whole.level("municipality").index)


# --- what stops a load ---------------------------------------------------------------------------


def _replaced(whole: territory.Territory, **parts) -> territory.Territory:
    return territory.Territory(**(vars(whole) | parts))


def faults_of(broken: territory.Territory) -> str:
    with pytest.raises(ReferenceDataError) as caught:
        checks.check(broken)
    return "\n".join(caught.value.faults)


def test_a_broken_territory_tells_all_its_faults_at_once(whole):
    orphan, crossed, plain, empty, away = whole.level("municipality").index[:5]
    moved = whole.demand.index[whole.demand["municipality"] == away][0]
    bow_tie = shapely.Polygon([(7, 45), (7.1, 45.1), (7.1, 45), (7, 45.1)])
    areas = reshaped(whole.areas, {moved: shapely.Point(12.5, 41.9), ("municipality", crossed): bow_tie})
    areas.loc[[("municipality", orphan)], "parent_code"] = None
    areas.loc[[("municipality", plain)], "altimetric_zone"] = None
    residents = whole.residents.copy()
    residents.loc[residents.index[-1], "persons"] += 1
    demand = whole.demand[whole.demand["municipality"] != empty].copy()
    demand.iloc[0, demand.columns.get_loc("weight")] = -5.0
    text = faults_of(_replaced(whole, areas=areas, residents=residents, demand=demand))
    for word in (
        f"Il comune {orphan} non ha una zona omogenea",
        f"Il comune {plain} non ha classi ISTAT",
        "Residenti al 1° gennaio 2023: attesi 2198237, trovati 2198238",
        f"Geometria mancante o non valida: municipality {crossed}",
        f"{moved[0]} {moved[1]} non sta dentro municipality {away}",
        f"Il comune {empty} non ha nessun centro abitato",
        "Peso negativo",
    ):
        assert word in text, word


def reshaped(areas: gpd.GeoDataFrame, shapes: dict[tuple[str, str], shapely.Geometry]) -> gpd.GeoDataFrame:
    """A copy of the areas, some of them with another geometry."""
    geometry = [shapes.get(key, shape) for key, shape in zip(areas.index, areas.geometry, strict=True)]
    return areas.set_geometry(gpd.GeoSeries(geometry, index=areas.index, crs=areas.crs))


def test_a_municipality_or_a_zone_less_is_told(whole):
    kept = ~whole.areas.index.isin([("municipality", "001001"), ("zona_omogenea", "08")])
    text = faults_of(_replaced(whole, areas=whole.areas[kept]))
    assert "comuni: attesi 312, trovati 311" in text
    assert "zone omogenee: attesi 11, trovati 10" in text
    assert "l'area che la contiene, zona_omogenea 08, non esiste" in text


def test_an_overlap_between_neighbours_is_told(whole):
    key = ("municipality", TORINO)
    swollen = shapely.buffer(whole.areas.geometry.loc[key], 0.001)
    text = faults_of(_replaced(whole, areas=reshaped(whole.areas, {key: swollen})))
    assert "si sovrappongono o lasciano fessure" in text


def rename_district(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(distretto=table["distretto"].replace("Pinerolese", "Pinerolo"))


def spoil(values: dict[str, str]) -> Callable[[pd.DataFrame], pd.DataFrame]:
    """Write values into the first row of a table."""
    return lambda table: table.assign(**{name: [value, *table[name].iloc[1:]] for name, value in values.items()})


BROKEN = {
    "a code with five digits": ("reference/zone_omogenee.csv", {"istat_code": "01001"}, "sei cifre"),
    "a zone out of range": ("reference/zone_omogenee.csv", {"zone_number": "12"}, "tra 1 e 11"),
    "an unknown confidence": ("reference/zone_omogenee.csv", {"confidence": "forse"}, "valori ammessi"),
    "a district of nowhere": ("reference/distretti_asl.csv", {"istat_code": "999999"}, "comune assente"),
    "an altitude in words": ("reference/classi_comuni.csv", {"altitude_m": "alto"}, "numero intero"),
    "a quarter in the sea": ("reference/quartieri_torino.csv", {"lat": "0"}, "tra 35.2 e 47.2"),
    "a type of an unknown area": ("reference/service_types.csv", {"macro_area": "Q"}, "valori ammessi"),
    "a rule of an unknown kind": ("reference/standards.csv", {"kind": "magia"}, "valori ammessi"),
    "a source without licence": ("reference/sources.csv", {"licence": ""}, "manca il valore"),
    "a service of an unknown type": ("builtin/services.csv", {"service_type": "boh"}, "tipo di servizio assente"),
    "a coverage of nowhere": ("builtin/completeness.csv", {"territory_code": "ASL X"}, "territorio sconosciuto"),
    "a doubt about nobody": ("builtin/doubts.csv", {"name": "Nessuno"}, "nessun servizio di builtin/services.csv"),
}


def test_faults_of_every_table_come_at_once_and_nothing_is_loaded(scratch, folder):
    for file, values, _why in BROKEN.values():
        edit(folder, file, spoil(values))
    before = fingerprint(scratch)
    with pytest.raises(ReferenceDataError) as caught:
        load_everything(scratch, folder=folder)
    told = caught.value.faults
    for case, (file, values, why) in BROKEN.items():
        assert any(file in fault and why in fault for fault in told), (case, values)
    assert fingerprint(scratch) == before


@pytest.mark.parametrize("case", ["a district of nowhere", "a service of an unknown type"])
def test_a_fault_in_one_table_leaves_a_full_database_as_it_was(loaded_scratch, folder, case):
    file, values, why = BROKEN[case]
    edit(folder, file, spoil(values))
    before = fingerprint(loaded_scratch)
    with pytest.raises(ReferenceDataError) as caught:
        load_everything(loaded_scratch, folder=folder)
    assert any(why in fault for fault in caught.value.faults)
    assert fingerprint(loaded_scratch) == before


def test_a_district_renamed_leaves_no_old_one(loaded_scratch, folder):
    edit(folder, "reference/distretti_asl.csv", rename_district)
    edit(folder, "builtin/service_areas.csv", lambda table: table[table["area_level"] != "distretto"])
    load_everything(loaded_scratch, folder=folder)
    names = frame(loaded_scratch, "select name from area where level = 'distretto'")["name"]
    assert "Pinerolo" in set(names)
    assert "Pinerolese" not in set(names)
    assert len(names) == 6


def test_a_rule_and_an_unused_type_taken_out_are_no_longer_in_force(loaded_scratch, folder):
    gone = "sportello_truffe_informatiche"
    edit(folder, "reference/standards.csv", lambda table: table[~table["id"].isin(["CONS-20", f"LAV-{gone}"])])
    edit(folder, "reference/service_types.csv", lambda table: table[table["code"] != gone])
    edit(folder, "reference/synonyms.csv", lambda table: table[~table["service_types"].str.contains(gone)])
    load_everything(loaded_scratch, folder=folder)
    assert scalar(loaded_scratch, "select count(*) from standard where id in ('CONS-20', :own)", own=f"LAV-{gone}") == 0
    assert scalar(loaded_scratch, "select count(*) from service_type where code = :code", code=gone) == 0
    assert (
        scalar(loaded_scratch, "select count(*) from coverage_result where service_type_code = :code", code=gone) == 0
    )


def test_weights_of_settlements_are_numbers_that_can_be_shared(whole):
    assert np.isfinite(whole.demand["weight"]).all()
    assert (whole.demand.groupby("municipality")["weight"].sum() > 0).mean() > 0.95
