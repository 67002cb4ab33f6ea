import asyncio

import pytest
from sqlalchemy import Engine, text

from tests.bench.api.load import ask
from tests.bench.api.stock import SCHEMA, fill


def test_the_invented_services_are_as_many_as_asked_and_the_same_each_time(scratch: Engine) -> None:
    with scratch.begin() as connection:
        fill(connection.connection.driver_connection, 500)
        told = text(f"select count(*), count(distinct id), count(geom), min(feature) from {SCHEMA}.services join "
                    "service_listing using (id, geom)")  # fmt: skip
        count, distinct, placed, _feature = connection.execute(told).one()
        assert (count, distinct, placed) == (500, 500, 500)
        west, north = connection.execute(text("select min(ST_X(geom)), max(ST_Y(geom)) from service_listing")).one()
        # Italy with its islands, and nothing thrown out of it.
        assert 6.4 < west < 9
        assert 45 < north < 47.3


@pytest.mark.parametrize("pieces", [1, 7, 500])
def test_whoever_asks_hears_whole_answers_however_they_come(pieces: int) -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + b"x" * 1000
    heard: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            if line.startswith(b"GET"):
                heard.append(line)
            if line == b"\r\n":
                for start in range(0, len(answer), -(-len(answer) // pieces)):
                    writer.write(answer[start : start + -(-len(answer) // pieces)])
                    await writer.drain()
        writer.close()

    async def run() -> dict:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        async with server:
            return await ask(server.sockets[0].getsockname()[1], ["/a", "/b"], 0.2, 2)

    told = asyncio.run(run())
    assert set(told["statuses"]) == {"200"}
    assert told["statuses"]["200"] == len(heard) > 2
    assert told["size"] == len(answer)
    assert {line.split()[1] for line in heard} == {b"/a", b"/b"}
