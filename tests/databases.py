"""Databases for the tests: one throw-away PostGIS cluster for the whole run, cloned databases for each worker.

A template is filled once per run, whichever worker comes first, and cloned by the server (a tenth of a second).
"""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, create_engine, text

from etl.store.cluster.owner import find_owner
from etl.store.embedded import Cluster

# A test cluster dies with the run: it need not survive a power cut.
OPTIONS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "max_connections": "200",
}
_LOCK = 541_243


def make_home() -> Path:
    """An empty folder that the cluster's user can walk to."""
    home = Path(tempfile.mkdtemp(prefix="ombra-test-"))
    home.chmod(0o711)
    if find_owner(home / "cluster").can_enter(home):
        return home
    home.rmdir()
    Path("/var/lib/ombra").mkdir(parents=True, exist_ok=True)
    home = Path(tempfile.mkdtemp(prefix="test-", dir="/var/lib/ombra"))
    home.chmod(0o711)
    return home


def remove_home(home: Path) -> None:
    """Stop the cluster of a home and delete everything."""
    Cluster(home).stop()
    shutil.rmtree(home)


class Databases:
    """Databases on one cluster, made from templates."""

    def __init__(self, cluster: Cluster, worker: str) -> None:
        self.url = cluster.ensure_running()
        self.worker = worker

    def engine(self, name: str) -> Engine:
        """Engine of one database by name."""
        return create_engine(self.url.set(database=name))

    def template(self, name: str, fill: Callable[[Engine], None], *, base: str = "template1") -> str:
        """Name of a database that ``fill`` has filled, in this worker or in another one."""
        with self._administration() as run:
            run("SELECT pg_advisory_lock(:lock)", lock=_LOCK)
            if not run("SELECT 1 FROM pg_database WHERE datname = :name", name=name):
                half = f"{name}_half"  # renamed when it is full: a failed filling is no template
                run(f"DROP DATABASE IF EXISTS {half} WITH (FORCE)")
                run(f"CREATE DATABASE {half} TEMPLATE {base}")
                engine = self.engine(half)
                try:
                    fill(engine)
                finally:
                    engine.dispose()
                run(f"ALTER DATABASE {half} RENAME TO {name}")
        return name

    @contextmanager
    def clone(self, template: str, purpose: str) -> Iterator[Engine]:
        """Engine of a database of this worker's own, copied from a template and dropped at the end."""
        name = f"{purpose}_{self.worker}"
        with self._administration() as run:
            run("SELECT pg_advisory_lock(:lock)", lock=_LOCK)  # a template can be copied by one at a time
            run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            run(f"CREATE DATABASE {name} TEMPLATE {template}")
        engine = self.engine(name)
        try:
            yield engine
        finally:
            engine.dispose()
            with self._administration() as run:
                run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    @contextmanager
    def _administration(self) -> Iterator[Callable[..., object]]:
        engine = create_engine(self.url.set(database="postgres"), isolation_level="AUTOCOMMIT")
        try:
            with engine.connect() as connection:

                def run(statement: str, **values: object) -> object:
                    result = connection.execute(text(statement), values)
                    return result.scalar() if result.returns_rows else None

                yield run
        finally:
            engine.dispose()
