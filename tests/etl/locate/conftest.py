import uuid

import pytest

from etl.locate.index import AddressIndex
from etl.locate.territory import Municipality, MunicipalityMap
from etl.reference import boundaries
from tests.etl.locate.samples import point


@pytest.fixture(scope="session")
def municipalities():
    """The 312 municipalities, without a database."""
    frame = boundaries.municipalities()
    known = {
        code: Municipality(uuid.UUID(int=int(code)), row["name"], "citta" if code == "001272" else None, 4_000.0)
        for code, row in frame.iterrows()
    }
    return MunicipalityMap(known, frame.geometry.to_crs(4326))


@pytest.fixture
def index():
    """Corso Francia and two streets around it, 10 m a number along a parallel."""
    return AddressIndex(
        [point("corso francia", str(number), east=10.0 * number) for number in (1, 15, 17, 35, 175, 385)]
        + [point("via carlo capelli", str(number), east=10.0 * number, north=400) for number in (2, 8)]
    )
