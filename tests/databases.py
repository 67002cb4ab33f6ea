"""Databases for the tests: one throw-away PostGIS cluster for the whole run, cloned databases for each worker.

A template is filled once per run, whichever worker comes first, and cloned by the server (a tenth of a second).
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import Engine, create_engine, text

from app.running import started
from etl.errors import OmbraError
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
_PREFIX = "ombra-test-"
_BESIDE_THE_SYSTEMS = Path("/var/lib/ombra")


def make_home() -> Path:
    """An empty folder that the cluster's user can walk to; what killed runs left behind is removed first."""
    _remove_abandoned()
    home = _empty_folder(Path(tempfile.gettempdir()))
    if find_owner(home / "cluster").can_enter(home):
        return home
    shutil.rmtree(home)
    _BESIDE_THE_SYSTEMS.mkdir(parents=True, exist_ok=True)
    return _empty_folder(_BESIDE_THE_SYSTEMS)


def remove_home(home: Path) -> None:
    """Stop the cluster of a home and delete everything."""
    Cluster(home).stop()
    shutil.rmtree(home)


def _empty_folder(parent: Path) -> Path:
    home = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=parent))
    (home / "run").write_text(f"{os.getpid()} {started(os.getpid())}")
    home.chmod(0o711)
    return home


def _remove_abandoned() -> None:
    for parent in (Path(tempfile.gettempdir()), _BESIDE_THE_SYSTEMS):
        for run in parent.glob(f"{_PREFIX}*/run"):
            # another user's folder, or another run that tidies up at the same moment
            with suppress(OSError, ValueError, OmbraError):
                pid, moment = run.read_text().split(maxsplit=1)
                if started(int(pid)) != moment:
                    remove_home(run.parent)


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
            # The files as they are: through the log, which nobody reads here, it takes twice as long.
            run(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
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
