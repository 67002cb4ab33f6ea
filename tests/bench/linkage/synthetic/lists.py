"""Several lists of one invented territory, with the errors of real lists and known truth."""

import uuid
from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd
import shapely

from etl.identity import uid
from etl.link.claim import ServiceClaim
from etl.locate.position import ADDRESS_RADIUS_M, Position
from etl.record import Precision, ServiceRecord
from tests.bench.linkage.synthetic import words
from tests.bench.linkage.synthetic.things import METRE_EAST, METRE_NORTH, things

SEED = 541
# Share of the services that each list knows, and how carefully it is kept: errors are multiplied by the second figure.
LISTS = {"elenco-a": (0.75, 0.5), "elenco-b": (0.6, 1.0), "elenco-c": (0.45, 1.2), "elenco-d": (0.3, 1.6)}
TWICE = 0.005  # share of a list's records that it holds twice
PER_THING = sum(share for share, _care in LISTS.values())
COLUMNS = (
    *("list", "key", "truth", "service_type", "name", "organization", "municipality", "address", "postal_code"),
    *("phone", "email", "latitude", "longitude"),
)
UNPLACED_RADIUS_M = 3_000.0

# Shares of the records of a list of ordinary care that have the error.
ERRORS = {
    "misspelt": 0.06,
    "reworded": 0.15,
    "renamed": 0.03,
    "moved": 0.015,
    "renumbered": 0.05,
    "without_number": 0.04,
    "shortened": 0.25,
    "without_phone": 0.35,
    "other_phone": 0.08,
    "without_postal_code": 0.15,
    "without_point": 0.15,
    "wrong_point": 0.05,
    "without_body": 0.4,
    "without_email": 0.4,
}


def records(count: int, *, seed: int = SEED) -> pd.DataFrame:
    """About as many records as asked for; the same for the same seed.

    Returns
    -------
    pd.DataFrame
        ``list``, ``key`` (within the list), ``truth`` (number of the true service) and the columns of
        :class:`~etl.record.ServiceRecord` of the same names; missing values are None or NaN. Rows are shuffled.
    """
    random = np.random.default_rng(seed)
    true = things(round(count / PER_THING / (1 + TWICE)), random)
    told = pd.concat([_told(true, name, *how, random) for name, how in LISTS.items()], ignore_index=True)
    told = told.sample(frac=1, random_state=seed).reset_index(drop=True)
    told["key"] = told.groupby("list").cumcount().astype(str)
    return told[list(COLUMNS)]


def _told(true: pd.DataFrame, name: str, share: float, care: float, random: np.random.Generator) -> pd.DataFrame:
    """What one list tells."""
    known = np.flatnonzero(random.random(len(true)) < share)
    known = np.concatenate([known, random.choice(known, round(len(known) * TWICE), replace=False)])
    told = true.iloc[known].reset_index(drop=True).assign(list=name, truth=known)

    def hit(error: str) -> np.ndarray:
        return random.random(len(told)) < min(ERRORS[error] * care, 0.9)

    _name_errors(told, hit, random)
    _place_errors(told, hit, random)
    told.loc[hit("other_phone"), "phone"] = _shuffled(told["phone"], random)
    for error, column in (
        ("without_phone", "phone"),
        ("without_email", "email"),
        ("without_body", "organization"),
        ("without_postal_code", "postal_code"),
    ):
        told.loc[hit(error), column] = None
    return told


Hit = Callable[[str], np.ndarray]


def _shuffled(column: pd.Series, random: np.random.Generator) -> pd.Series:
    return pd.Series(random.permutation(column.to_numpy()), index=column.index)


def _name_errors(told: pd.DataFrame, hit: Hit, random: np.random.Generator) -> None:
    other = hit("renamed")
    surnames = np.array(words.SURNAMES, object)[random.integers(0, len(words.SURNAMES), len(told))]
    title = told["name"].str.split(" ").str[0]
    told.loc[other, "name"] = (title + " " + surnames)[other]
    reworded = hit("reworded") & told["proper"].notna().to_numpy() & ~other
    ways = np.array(["{0}", "{0} s.n.c.", "{0} di {1}", "Nuova {0}", "{0} del dott. {1}"], object)
    drawn = ways[random.integers(0, len(ways), len(told))]
    told.loc[reworded, "name"] = [
        way.format(proper, surname)
        for way, proper, surname in zip(drawn[reworded], told.loc[reworded, "proper"], surnames[reworded], strict=True)
    ]
    slips = hit("misspelt")
    told.loc[slips, "name"] = [_slip(name, random) for name in told.loc[slips, "name"]]


def _slip(text: str, random: np.random.Generator) -> str:
    """One letter left out, doubled, or changed places with the next."""
    at, kind = int(random.integers(1, max(2, len(text) - 1))), int(random.integers(0, 3))
    if kind == 0:
        return text[:at] + text[at + 1 :]
    if kind == 1:
        return text[:at] + text[at] + text[at:]
    return text[:at] + text[at : at + 2][::-1] + text[at + 2 :]


def _place_errors(told: pd.DataFrame, hit: Hit, random: np.random.Generator) -> None:
    count = len(told)
    moved = hit("moved")
    towns = told.groupby("municipality").ngroup().to_numpy()
    for column in ("toponym", "street", "number", "latitude", "longitude"):
        # Moved within its town: to the address of the next of the same town.
        order = np.lexsort((random.random(count), towns))
        following = np.roll(order, -1)
        same_town = towns[order] == towns[following]
        place = told[column].to_numpy(copy=True)
        chosen = moved[order] & same_town
        place[order[chosen]] = told[column].to_numpy()[following[chosen]]
        told[column] = place
    step = np.where(hit("renumbered"), random.choice([-4, -2, 2, 4], count), 0)
    number = np.maximum(1, told["number"].to_numpy() + step).astype(str).astype(object)
    number = np.where(hit("without_number"), "", number)
    street = _shortened(told["street"], hit("shortened"))
    comma = np.where(number == "", "", ", ")
    told["address"] = told["toponym"].to_numpy() + " " + street + comma + number
    wrong = hit("wrong_point")
    for column, metre in (("latitude", METRE_NORTH), ("longitude", METRE_EAST)):
        noise = random.normal(0, 15, count) + np.where(wrong, random.normal(0, 1_500, count), 0)
        told[column] += noise * metre
    told.loc[hit("without_point"), ["latitude", "longitude"]] = np.nan


def _shortened(street: pd.Series, chosen: np.ndarray) -> np.ndarray:
    """ "Giuseppe Verdi" as "G. Verdi", or "Verdi"."""
    parts = street.str.split(" ", n=1)
    person = street.str.match(r"^\w+ \w+$") & parts.str[0].isin(words.GIVEN)
    initial = parts.str[0].str[0] + ". " + parts.str[1]
    short = np.where(np.arange(len(street)) % 2 == 0, initial, parts.str[1])
    return np.where(chosen & person.to_numpy(), short, street).astype(object)


def claims(told: pd.DataFrame) -> Iterator[ServiceClaim]:
    """The records as claims, in order; their identifiers are :func:`claim_id` of list and key."""
    missing = told["latitude"].isna().to_numpy()
    columns = told.astype(object).where(told.notna(), None)
    for row, unplaced in zip(columns.itertuples(index=False), missing, strict=True):
        yield _claim(row, unplaced=bool(unplaced))


def claim_id(list_id: str, key: str) -> uuid.UUID:
    """Identifier of a record's claim."""
    return uid("service", list_id, key)


def _claim(row: "object", *, unplaced: bool) -> ServiceClaim:
    told = row._asdict()  # type: ignore[attr-defined]
    source, key, phone = told.pop("list"), told.pop("key"), told.pop("phone")
    told.pop("truth")
    precision: Precision = "municipality" if unplaced else "address"
    point = None if unplaced else shapely.Point(told["longitude"], told["latitude"])
    radius = UNPLACED_RADIUS_M if unplaced else ADDRESS_RADIUS_M
    record = ServiceRecord(
        key=key, supply_status="attivo", precision=precision, phones=() if phone is None else (phone,), **told
    )
    body = record.organization
    return ServiceClaim(
        id=claim_id(source, key),
        source_id=source,
        key=key,
        location_id=uid("location", source, key),
        organization_id=None if body is None else uid("organization", body),
        record=record,
        position=Position(record.municipality, point, precision, radius),
    )
