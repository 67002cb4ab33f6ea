"""The work of the parts on Dask (extra ``scale``), on this machine or on a cluster that is there already."""

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from etl.derive.scale.executors import Answer, Task
from etl.errors import OmbraError
from etl.i18n import _

if TYPE_CHECKING:
    from distributed import Client


class OnDask:
    """An executor whose tasks run on the workers of a Dask client."""

    def __init__(self, client: "Client") -> None:
        self._client = client

    def map(self, work: Callable[[Task], Answer], tasks: Iterable[Task], /) -> Iterator[Answer]:
        """The answers as they come."""
        from distributed import as_completed  # noqa: PLC0415  an extra, which may be missing

        # Not pure: a task leaves a file behind, which no earlier answer can stand for.
        futures = self._client.map(work, list(tasks), pure=False)
        for future in as_completed(futures):  # type: ignore[no-untyped-call]
            yield future.result()
            future.release()

    def everywhere(self, ask: Callable[[], Answer]) -> list[Answer]:
        """What each worker answers, by the order of their addresses."""
        told: dict[str, Any] = self._client.run(ask)
        return [told[worker] for worker in sorted(told)]


def available() -> bool:
    """Whether the extra ``scale`` is installed."""
    return find_spec("distributed") is not None


@contextmanager
def on_dask(*, workers: int = 2, address: str | None = None, processes: bool = True) -> Iterator[OnDask]:
    """An executor on Dask, closed at the end.

    Parameters
    ----------
    workers
        How many to start on this machine, one thread each.
    address
        The scheduler of a cluster that is there already (``tcp://host:8786``); then nothing is started. All its
        workers must see the folder of the files under the same path, and have Ombra installed.
    processes
        Workers are processes; otherwise threads of this one, which is quicker to start and shares its memory.

    Raises
    ------
    OmbraError
        The extra ``scale`` is not installed.
    """
    if not available():
        command = ".venv/bin/python -m pip install -c requirements.lock -e '.[scale]'"
        raise OmbraError(
            _(
                "Per dividere il lavoro fra più processi con Dask serve l'estensione «scale», che non è installata: "
                "{command}. Senza, il calcolo si fa in un solo processo."
            ).format(command=command)
        )
    from distributed import Client, LocalCluster  # noqa: PLC0415  an extra, which may be missing

    if address is not None:
        with Client(address) as client:  # type: ignore[no-untyped-call]
            yield OnDask(client)
        return
    cluster = LocalCluster(  # type: ignore[no-untyped-call]
        n_workers=workers,
        threads_per_worker=1,
        processes=processes,
        dashboard_address=None,
        silence_logs=logging.ERROR,  # a worker that takes long to end on a busy machine is no news
    )
    with cluster, Client(cluster) as client:  # type: ignore[no-untyped-call]
        yield OnDask(client)
