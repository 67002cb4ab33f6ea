"""All types over the metropolitan city: how long a run takes, how much memory, and E2SFCA beside PySAL."""

from pathlib import Path
from tempfile import TemporaryDirectory

from etl.settings import CLONE
from tests.bench.kit.shapes import Options, Result, Sheets

TITLE = "Zone d'ombra di tutti i tipi nella città metropolitana"
FILES = CLONE.parent / "shared" / "data"
EQUAL = 1e-9


def run(options: Options) -> Result:
    """Measure on the built-in data and, where they are, with the publishers' files."""
    from tests.bench.gaps import whole
    from tests.bench.gaps.stock import stocked

    sheets = Sheets()
    for label, folder in (("dati incorporati", None), ("con i file dei publicatori", FILES)):
        if folder is not None and not folder.is_dir():
            sheets.remarks.append("I file dei publicatori non ci sono: si misura soltanto sui dati incorporati.")
            continue
        options.progress(f"preparo il database: {label}")
        with stocked(folder, options.progress) as url, TemporaryDirectory() as pairs:
            whole.measure(label, url, Path(pairs), sheets, options)
    return sheets.result("gaps", TITLE)
