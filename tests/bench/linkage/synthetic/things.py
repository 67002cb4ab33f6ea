"""The true services of an invented territory: where they are, who runs them, what they are called."""

import numpy as np
import pandas as pd

from tests.bench.linkage.synthetic import words

# Towns follow Zipf's law, and lie in a rectangle (WGS84) of the size of a large region.
PEOPLE_PER_TOWN = 600
WEST, EAST, SOUTH, NORTH = 6.8, 9.2, 44.1, 46.3
METRE_NORTH, METRE_EAST = 1 / 111_200, 1 / 78_700  # degrees a metre, at 45° north
SWITCHBOARD, SAME_BUILDING, CHAIN, NUMBERED = 0.08, 0.06, 0.08, 0.04
TYPES = ("farmacia", "asilo_nido", "biblioteca", "ludoteca", "scuola_infanzia", "centro_diurno_anziani", "consultorio")
TYPE_SHARES = (0.22, 0.22, 0.12, 0.06, 0.22, 0.08, 0.08)
TITLES = ("Farmacia", "Asilo nido", "Biblioteca", "Ludoteca", "Scuola dell'infanzia", "Centro diurno", "Consultorio")
_PRIME = 7_919
NOTHING = np.array(None, object)


def things(count: int, random: np.random.Generator) -> pd.DataFrame:
    """Invent services.

    Returns
    -------
    pd.DataFrame
        ``service_type``, ``name``, ``organization`` (or None), ``municipality``, ``toponym``, ``street``, ``number``,
        ``postal_code``, ``phone`` (E.164), ``email`` (or None), ``latitude``, ``longitude`` (EPSG:4326). A part of
        them share a building with the one before, are sites of a chain, are numbered siblings ("Nido 3", "Nido 4"),
        or answer at a switchboard.
    """
    kind = random.choice(len(TYPES), count, p=TYPE_SHARES)
    place = _places(count, random)
    chain = np.where(random.random(count) < CHAIN, random.integers(0, max(2, count // 100), count), -1)
    kind = np.where(chain >= 0, chain % len(TYPES), kind)  # a chain runs one type of service
    numbered = (random.random(count) < NUMBERED) & (chain < 0)
    proper = _proper_names(kind, chain, random)
    titles = np.array(TITLES, object)[kind]
    number_of_town = pd.Series(place.town).groupby([place.town, kind]).cumcount().to_numpy() + 1
    named = np.where(numbered, titles + " comunale " + number_of_town.astype(str).astype(object), titles + " " + proper)
    own_phone = _phones(place.town.to_numpy(), random.integers(0, 10_000_000, count))
    shared = random.random(count) < SWITCHBOARD
    return pd.DataFrame(
        {
            "service_type": np.array(TYPES, object)[kind],
            "name": named,
            "proper": np.where(numbered, NOTHING, proper),
            "organization": _bodies(count, chain, proper, numbered, random),
            "municipality": [f"9{town:05d}" for town in place.town],
            "toponym": place.toponym,
            "street": place.street,
            "number": place.number,
            "postal_code": [f"{10_000 + town % 90_000}" for town in place.town],
            "phone": np.where(shared, _phones(place.town.to_numpy(), place.town.to_numpy()), own_phone),
            "email": np.where(random.random(count) < 0.3, _emails(proper, place.town.to_numpy()), NOTHING),
            "latitude": place.latitude,
            "longitude": place.longitude,
        }
    )


def _places(count: int, random: np.random.Generator) -> pd.DataFrame:
    towns = max(3, count // PEOPLE_PER_TOWN)
    shares = 1 / (np.arange(towns) + 8)
    town = random.choice(towns, count, p=shares / shares.sum())
    streets = np.maximum(6, np.bincount(town, minlength=towns) // 4)
    street = (random.random(count) ** 1.5 * streets[town]).astype(np.int64)
    number = 1 + (random.random(count) ** 1.6 * 180).astype(np.int64)
    same = random.random(count) < SAME_BUILDING
    same[0] = False
    before = np.flatnonzero(same) - 1
    for column in (town, street, number):
        column[same] = column[before]
    east, north = _on_the_ground(town, street, number, streets, towns)
    toponym, name = _street_names(town, street)
    return pd.DataFrame(
        {"town": town, "toponym": toponym, "street": name, "number": number, "latitude": north, "longitude": east}
    )


def _on_the_ground(
    town: np.ndarray, street: np.ndarray, number: np.ndarray, streets: np.ndarray, towns: int
) -> tuple[np.ndarray, np.ndarray]:
    """Longitude and latitude: a house every six metres along a straight street that begins somewhere in its town."""
    ground = np.random.default_rng(towns)
    centre_east, centre_north = ground.uniform(WEST, EAST, towns), ground.uniform(SOUTH, NORTH, towns)
    radius = 150 * np.sqrt(streets[town])  # metres
    seed = (town * 100_003 + street * _PRIME) % 1_000_003
    angle, share, turn = seed * 0.618_034 % 1, seed * 0.414_214 % 1, seed * 0.732_051 % 1
    along = number * 6.0
    east = radius * np.sqrt(share) * np.cos(2 * np.pi * angle) + along * np.cos(2 * np.pi * turn)
    north = radius * np.sqrt(share) * np.sin(2 * np.pi * angle) + along * np.sin(2 * np.pi * turn)
    return centre_east[town] + east * METRE_EAST, centre_north[town] + north * METRE_NORTH


def _street_names(town: np.ndarray, street: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Toponym and name of a street of a town; the first are those that every town has."""
    notable = np.array(words.NOTABLES, object)
    people = np.array([f"{given} {surname}" for given in words.GIVEN for surname in words.SURNAMES], object)
    code = town * 1_009 + street * _PRIME
    name = np.where(street < len(notable), notable[street % len(notable)], people[code * 31 % len(people)])
    bounds = np.cumsum(words.TOPONYM_SHARES)
    toponym = np.array(words.TOPONYMS, object)[np.searchsorted(bounds, code * 0.618_034 % 1 * 0.999_9)]
    return toponym, name


def _proper_names(kind: np.ndarray, chain: np.ndarray, random: np.random.Generator) -> np.ndarray:
    count = len(kind)
    surname = np.array(words.SURNAMES, object)[random.integers(0, len(words.SURNAMES), count)]
    given = np.array(words.GIVEN, object)[random.integers(0, len(words.GIVEN), count)]
    saint = np.array(words.SAINTS, object)[random.integers(0, len(words.SAINTS), count)]
    thing = np.array(words.THINGS, object)[random.integers(0, len(words.THINGS), count)]
    opener = np.array(words.OPENERS, object)[random.integers(0, len(words.OPENERS), count)]
    toy = np.char.strip((opener + " " + thing).astype(str)).astype(object)
    draw = random.random(count)
    person = np.where(draw < 0.5, surname, given + " " + surname)
    serious = np.where(draw < 0.15, saint, person)
    playful = np.where(draw < 0.65, toy, serious)
    proper = np.where(np.isin(kind, (1, 3, 4)), playful, serious)
    brands = np.array([f"{thing} {surname}" for thing in words.THINGS for surname in words.SURNAMES], object)
    return np.where(chain >= 0, brands[chain * _PRIME % len(brands)], proper)


def _bodies(
    count: int, chain: np.ndarray, proper: np.ndarray, numbered: np.ndarray, random: np.random.Generator
) -> np.ndarray:
    form = np.array(words.BODIES, object)[random.integers(0, len(words.BODIES), count)]
    surname = np.array(words.SURNAMES, object)[random.integers(0, len(words.SURNAMES), count)]
    own = np.where(random.random(count) < 0.4, form + " " + surname, NOTHING)
    own = np.where(numbered, NOTHING, own)
    return np.where(chain >= 0, "Cooperativa sociale " + proper, own)


def _phones(town: np.ndarray, own: np.ndarray) -> np.ndarray:
    area = 11 + town % 80
    return np.array([f"+390{a}{n:07d}" for a, n in zip(area, own, strict=True)], object)


def _emails(proper: np.ndarray, town: np.ndarray) -> np.ndarray:
    told = ["".join(letter for letter in name.lower() if letter.isalpha()) for name in proper]
    return np.array([f"{name}@t{code}.example" for name, code in zip(told, town, strict=True)], object)
