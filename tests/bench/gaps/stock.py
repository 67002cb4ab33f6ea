"""A database that is thrown away, with the data loaded and no run."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, text

from etl import pipeline
from etl.progress import Progress
from etl.store.embedded import Cluster
from etl.store.engine import prepare
from etl.store.migrate import upgrade
from tests.databases import OPTIONS, make_home, remove_home


@contextmanager
def stocked(folder: Path | None, progress: Progress) -> Iterator[str]:
    """Address of a database with the built-in data, and with the files of a folder where one is given."""
    home = make_home()
    try:
        url = Cluster(home, options=OPTIONS).ensure_running()
        engine = create_engine(url)
        prepare(engine)
        upgrade(engine)
        pipeline.load_everything(engine, progress=progress)
        if folder is not None:
            pipeline.run(engine, folder=folder, progress=progress)
        with engine.begin() as connection:
            connection.execute(text("delete from coverage_run"))
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("vacuum analyze"))  # autovacuum, which would do it, is off
        engine.dispose()
        yield url.render_as_string(hide_password=False)
    finally:
        remove_home(home)
