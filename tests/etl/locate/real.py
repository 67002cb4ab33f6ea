"""The shared lists as records, read without the sources that the product reads them with."""

import csv
from functools import cache

from pyproj import Transformer

from tests.etl.locate.samples import TORINO, service
from tests.etl.tools import SHARED

# Monte Mario / Italy zone 1 to WGS84, as the publisher's key has it (tests of cleaning prove the metre).
_FROM_3003 = Transformer.from_crs(3003, 4326, always_xy=True)
CITY_LISTS = (
    "biblioteche", "farmacie", "si_babyparking", "si_centri", "si_ludoteche", "si_nidi_aziendali", "si_nidi_comunali",
    "si_nidi_convenzionati", "si_primavera", "uffici_anagrafici",
)  # fmt: skip


@cache
def city(name):
    """A list of the City: a record a row."""
    return tuple(_city_row(name, index, row) for index, row in enumerate(_rows(f"aperto-torino/{name}.csv", "latin-1")))


def _city_row(name, index, row):
    longitude, latitude = _FROM_3003.transform(_number(row["COORD_X"]), _number(row["COORD_Y"]))
    return _at(f"{name}/{index}", row["INDIRIZZO"], TORINO, longitude, latitude)


@cache
def libraries():
    return tuple(
        _at(
            row["codice-isil"], row["indirizzo"], row["codice istat comune"],
            _number(row["longitudine"]), _number(row["latitudine"]),
        )
        for row in _rows("iccu-biblioteche/territorio.csv", "utf-8")
        if row["latitudine"]
    )  # fmt: skip


@cache
def pharmacies():
    """The Ministry's records, and beside them the geocoder's longitude and latitude by key: only tests may look."""
    rows = _rows("ministero-salute-farmacie/Torino_farmacie.csv", "utf-8")
    records = [
        _at(
            row["CODICEIDENTIFICATIVOFARMACIA"],
            row["INDIRIZZO"],
            TORINO,
            float(row["orig_long"]),
            float(row["orig_lat"]),
        )
        for row in rows
    ]
    truth = {row["CODICEIDENTIFICATIVOFARMACIA"]: (float(row["Long"]), float(row["Lat"])) for row in rows}
    return tuple(records), truth


def _at(key, address, municipality, longitude, latitude):
    record = service(key, address, municipality=municipality)
    return type(record)(**(vars(record) | {"longitude": longitude, "latitude": latitude}))


def _number(text):
    return float(text.replace(",", "."))


def _rows(name, encoding):
    with (SHARED / name).open(encoding=encoding, newline="") as stream:
        return list(csv.DictReader(stream, delimiter=";"))
