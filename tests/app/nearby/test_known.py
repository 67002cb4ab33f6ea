"""What is kept in memory is what the database holds, without what is protected; new data never stop a search."""

import asyncio
import math
from typing import Any

from sqlalchemy import Engine, text

from app.hot.pool import opened
from app.nearby import known as module
from app.nearby.known import Known, Remembered
from app.nearby.listing import AT_PLACE
from app.settings import WebSettings
from tests.app.nearby.conftest import known_of

HELD = """
    select id, service_type_code, delivery, hours, opening_hours, municipality_id, precision, way[0] as x, way[1] as y,
        position_radius_m, area_ids
    from service_listing where not location_protected order by id
"""


def same(told: float, held: float | None) -> bool:
    return math.isnan(told) if held is None else told == held


def test_every_service_is_kept_as_the_database_holds_it(loaded: Engine, known: Known) -> None:
    listing, territory = known.listing, known.territory
    with loaded.connect() as connection:
        rows = connection.execute(text(HELD)).all()
    assert len(rows) == len(listing.ids) > 200
    for place, row in enumerate(rows):
        profile = listing.profile[place]
        assert listing.id(place) == row.id
        assert listing.profiles["kind"][profile] == row.service_type_code
        assert listing.profiles["hours"][profile] == row.opening_hours
        assert listing.profiles["areas"][profile] == row.area_ids
        assert listing.town[place] == territory.place(row.municipality_id)
        assert listing.located[place] == (row.precision != "municipality")
        assert same(listing.x[place], row.x)
        assert same(listing.y[place], row.y)
        assert same(listing.radius[place], row.position_radius_m)
    gone_to = {row.id for row in rows if row.delivery == AT_PLACE and row.x is not None}
    assert {listing.id(row) for row in listing.near[None].rows.tolist()} == gone_to


def test_nothing_protected_is_kept(databases: Any, filled: str, known: Known) -> None:
    hidden = [known.listing.id(row) for row in (0, 7)]
    with databases.clone(filled, "hiding") as engine:
        with engine.begin() as connection:
            protect = text("update service_listing set location_protected = true where id = any(:ids)")
            connection.execute(protect, {"ids": hidden})
        listing = known_of(engine).listing
    assert known.listing.rows(hidden)[1].all()
    assert not listing.rows(hidden)[1].any()
    assert len(listing.ids) == len(known.listing.ids) - len(hidden)


def test_new_data_are_read_beside_the_searches(loaded: Engine, monkeypatch: Any) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0.0)

    async def ask() -> list[str]:
        async with opened(loaded.url, WebSettings()) as hot:
            remembered = Remembered()
            told = [(await remembered.of(hot, version)).version for version in ("before", "after")]
            while told[-1] != "after":
                await asyncio.sleep(0.01)
                told.append((await remembered.of(hot, "after")).version)
            return told

    first, second, *_rest, last = asyncio.run(ask())
    assert (first, second, last) == ("before", "before", "after")
