"""Points that do not say where a record is; points that are truly shared are none of them."""

import shapely
from hypothesis import given
from hypothesis import strategies as st

from etl.locate.position import own_point
from etl.locate.suspicious import suspicions
from tests.etl.locate.samples import TORINO, degrees, service


def judge(records, *, trust="dichiarate", centroids=None):
    points = {record.key: own_point(record) for record in records}
    return suspicions(records, points, centroids or {}, trust=trust)


def at_one_point(*addresses, **others):
    return [service(f"{index:03}", address, east=12.5, **others) for index, address in enumerate(addresses)]


def test_many_streets_on_one_point_are_a_fallback():
    found = judge(at_one_point("Via Roma 1", "Via Po 3", "Corso Francia 35", "Corso Francia 36"))
    assert {suspicion.kind for suspicion in found.values()} == {"punto_di_ripiego"}
    assert sorted(found) == ["000", "001", "002", "003"]
    assert all(suspicion.radius_m is None for suspicion in found.values())


def test_several_numbers_of_a_short_street_leave_the_point_to_the_street():
    found = judge(at_one_point("Via Cernaia 14", "Via Cernaia 24", "Via Cernaia 40"))
    assert {(suspicion.kind, suspicion.radius_m) for suspicion in found.values()} == {("punto_della_via", 18.0 * 26)}


def test_several_numbers_of_a_long_street_leave_nothing():
    found = judge(at_one_point("Via Nizza 15", "Via Nizza 108", "Via Nizza 354"))
    assert {(suspicion.kind, suspicion.radius_m) for suspicion in found.values()} == {("punto_della_via", None)}


def test_true_sharing_is_not_suspicious():
    """A campus, a nursery above another, a centre with a toy library, two entrances on two streets."""
    for addresses in (
        ["Corso Duca degli Abruzzi 24"] * 14,
        ["Via Sant'Ottavio 20", "Via Sant'Ottavio, 20", "VIA S. OTTAVIO 20", "via Sant’Ottavio 20/A"],
        ["Via Leonardo da Vinci 44", "Largo Paolo Braccini 2", None, "Via L. da Vinci 44"],
        ["Via Nizza 50", "Via Nizza 52", "Via Nizza 54"],
    ):
        assert judge(at_one_point(*addresses)) == {}


def test_a_poor_source_is_doubted_sooner():
    records = at_one_point("Via Roma 1", "Via Po 3")
    assert judge(records) == {}
    assert {one.kind for one in judge(records, trust="scarse").values()} == {"punto_di_ripiego"}


def test_a_record_without_address_on_a_fallback_point_is_on_it_too():
    assert "003" in judge(at_one_point("Via Roma 1", "Via Po 3", "Corso Francia 35", None))


def test_what_claims_only_the_municipality_is_not_looked_at():
    assert judge(at_one_point("Via Roma 1", "Via Po 3", "Corso Francia 35", precision="municipality")) == {}


def test_rounded_degrees():
    def rounded(decimals):
        longitude, latitude = degrees()
        record = service("k", "Via Roma 1", east=0.0)
        changed = type(record)(
            **(vars(record) | {"longitude": round(longitude, decimals), "latitude": round(latitude, decimals)})
        )
        return {one.kind: one.radius_m for one in judge([changed]).values()}

    assert rounded(2) == {"coordinate_tonde": None}
    assert rounded(3) == {"coordinate_tonde": 100.0}
    assert rounded(5) == {}


def test_the_centroid_of_the_municipality():
    centroid = shapely.Point(degrees(12.5))
    found = judge([service("k", "Via Roma 1", east=12.5)], centroids={TORINO: centroid})
    assert [one.kind for one in found.values()] == ["centro_del_comune"]
    assert judge([service("k", "Via Roma 1", east=30.0)], centroids={TORINO: centroid}) == {}


@given(st.permutations(["Via Roma 1", "Via Po 3", "V. Po 3", "Corso Francia 35", "C.so Francia 39", None]))
def test_the_order_of_records_does_not_matter(addresses):
    found = judge(at_one_point(*addresses))
    assert {suspicion.message for suspicion in found.values()} == {
        "Lo stesso punto è dato a 6 voci di 3 indirizzi diversi."
    }
