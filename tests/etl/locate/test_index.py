"""The address index: how exact an answer is, and that it never depends on the order of the points."""

import random
import time

import pytest

from etl.locate.houses import LIMIT_M
from etl.locate.index import AddressIndex
from etl.locate.points import DECLARED, SURVEYED
from tests.etl.locate.samples import TORINO, metres, point


def ask(index, address):
    answer = index.find(TORINO, address)
    return None if answer is None else (answer.precision, round(metres(answer.point)[0]), round(answer.radius_m))


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("Corso Francia, 35", ("address", 350, 40)),
        ("C.so Francia 35 bis", ("address", 350, 100)),  # another part of a known number
        ("corso francia 16", ("street", 150, 600)),  # the other side of the street
        ("Corso Francia 37", ("street", 350, 96)),  # two numbers on
        ("Corso Francia 25", ("street", 250, 130)),  # between 17 and 35
        ("via Capelli 2", ("address", 20, 40)),
    ],
)
def test_the_precision_is_that_of_what_is_known(index, address, told):
    assert ask(index, address) == told


def test_between_two_close_numbers_there_is_no_room_for_a_mistake():
    index = AddressIndex([point("via roma", "10"), point("via roma", "14", east=30)])
    answer = index.find(TORINO, "Via Roma 12")
    assert (answer.precision, round(metres(answer.point)[0])) == ("address", 15)
    assert answer.how == "rilievo: interpolato fra i civici 10 e 14"


def test_a_long_street_without_number_has_no_answer(index):
    assert index.find(TORINO, "Corso Francia") is None
    assert index.find(TORINO, "Corso Francia 600") is None  # 2 km beyond the last known number


def test_a_street_without_number_reaches_as_far_as_its_numbers(index):
    answer = index.find(TORINO, "Via Carlo Capelli")
    assert (answer.precision, 0 < answer.radius_m <= LIMIT_M) == ("street", True)


def test_a_square_is_small_whatever_its_numbers():
    index = AddressIndex([point("piazza statuto", "90"), point("via statuto", "90")])
    assert index.find(TORINO, "Piazza Statuto").radius_m == 350
    assert index.find(TORINO, "Via Statuto") is None


def test_a_mended_name_is_no_more_than_a_street(index):
    answer = index.find(TORINO, "Via Capeli 2")
    assert (answer.precision, "nome della via corretto" in answer.how) == ("street", True)


def test_points_of_a_number_that_disagree_are_not_believed():
    index = AddressIndex([point("via roma", "10"), point("via roma", "10", east=400, source="altra")])
    answer = index.find(TORINO, "Via Roma 10")
    assert answer is None or answer.precision == "street"


def test_declared_numbers_that_cannot_both_be_right_are_not_believed():
    third, fourth = point("via roma", "3", rank=DECLARED), point("via roma", "4", east=1_200, rank=DECLARED)
    assert AddressIndex([third, fourth]).find(TORINO, "Via Roma 3") is None
    assert AddressIndex([third, fourth]).find(TORINO, "Via Roma 29") is None
    surveyed = AddressIndex([third, point("via roma", "4", east=1_200)])
    assert surveyed.find(TORINO, "Via Roma 3").how == "rilievo: punto della via"
    assert surveyed.find(TORINO, "Via Roma 4").precision == "address"


def test_surveyed_points_win_over_declared_ones():
    far = point("via roma", "10", east=400, rank=DECLARED, source="dichiarata")
    answer = AddressIndex([far, point("via roma", "10")]).find(TORINO, "Via Roma 10")
    assert (round(metres(answer.point)[0]), answer.rank, answer.how) == (0, SURVEYED, "rilievo: stesso civico")


def test_a_declared_point_is_less_exact():
    answer = AddressIndex([point("via roma", "10", rank=DECLARED)]).find(TORINO, "Via Roma 10")
    assert (answer.precision, answer.radius_m, answer.rank) == ("address", 140, DECLARED)


def test_a_street_of_another_municipality_is_another_street(index):
    assert index.find("001156", "Corso Francia 35") is None


@pytest.mark.parametrize("address", ["", "snc", "Via Mai Sentita 4", "…"])
def test_what_is_not_known_has_no_answer(index, address):
    assert index.find(TORINO, address) is None


def test_the_order_of_points_does_not_matter():
    chance = random.Random(3)
    streets = ["via roma", "via s. paolo", "via san paolo", "via capelli", "via carlo capelli", "piazza carlo alberto"]
    points = [
        point(
            chance.choice(streets),
            str(chance.randint(1, 40)),
            east=chance.uniform(0, 600),
            north=chance.uniform(0, 50),
            rank=chance.choice([SURVEYED, DECLARED]),
            source=chance.choice("abc"),
        )
        for _ in range(200)
    ]
    asked = [f"{street} {number}" for street in [*streets, "via capeli", "p.zza c. alberto"] for number in range(1, 45)]
    answers = []
    for _ in range(4):
        chance.shuffle(points)
        index = AddressIndex(points)
        chance.shuffle(asked)
        answers.append({address: index.find(TORINO, address) for address in asked})
    assert answers[0] == answers[1] == answers[2] == answers[3]
    assert sum(answer is not None for answer in answers[0].values()) > 200


@pytest.mark.slow
def test_a_register_of_half_a_million_numbers_answers_in_seconds():
    chance = random.Random(1)
    names = ["".join(chance.choices("abcdefghilmnoprstuvz", k=chance.randint(5, 11))) for _ in range(12_000)]
    points = [
        point(f"via {name}", str(number), municipality=f"{index % 300:06}", east=10.0 * number)
        for index, name in enumerate(names)
        for number in range(1, 43)
    ]
    asked = [(index % 300, names[index], chance.randint(1, 60)) for index in chance.choices(range(12_000), k=10_000)]
    started = time.monotonic()
    index = AddressIndex(points)
    built = time.monotonic()
    found = sum(index.find(f"{code:06}", f"Via {name.title()}, {number}") is not None for code, name, number in asked)
    print(f"\n{len(points)} points in {built - started:.1f} s, {len(asked)} finds in {time.monotonic() - built:.1f} s")
    assert found == len(asked)
    assert built - started < 20
    assert time.monotonic() - built < 30
