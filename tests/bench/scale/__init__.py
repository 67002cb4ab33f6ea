"""All municipalities of Italy with 200,000 invented services: on one process, and by province on two Dask workers."""

from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.kit.shapes import Options, Result, Sheets

TITLE = "Tutta l'Italia: un processo e due processi Dask, con le stesse risposte"


def run(options: Options) -> Result:
    """Measure at an eighth, a quarter, a half and the whole."""
    from etl.derive.scale import cluster
    from tests.bench.scale import measure

    if not cluster.available():
        return Result("scale", TITLE, skipped="manca l'estensione «scale» (Dask).")
    sheets = Sheets()
    with TemporaryDirectory() as folder:
        measure.measure(Path(folder), sheets, options)
    return sheets.result("scale", TITLE)
