"""Which records of several lists are one service: precision and recall beside a plain Splink model."""

from etl.link import engine
from etl.settings import CLONE
from tests.bench.kit.shapes import Options, Result, Sheets

TITLE = "Riconoscere lo stesso servizio in più elenchi"
FILES = CLONE.parent / "shared" / "data"


def run(options: Options) -> Result:
    """Measure on the publishers' files, where they are, and on invented records."""
    from tests.bench.linkage import scale

    if not engine.available():
        return Result("linkage", TITLE, skipped="manca l'aggiunta «linkage» (Splink e DuckDB)")
    sheets = Sheets()
    if FILES.is_dir():
        _on_files(options, sheets)
    else:
        sheets.remarks.append("I file dei publicatori non ci sono: si misura soltanto su record inventati.")
    scale.measure(options, sheets)
    return sheets.result("linkage", TITLE)


def _on_files(options: Options, sheets: Sheets) -> None:
    from tests.bench.linkage import labels, material, pharmacies, strata, untuned

    judged = labels.read()
    told = material.read(FILES, options.progress)
    pharmacies.measure(told, judged, sheets, options.progress)
    untuned.measure(told, judged, sheets, options.progress)
    strata.measure(told, judged, sheets, options.progress)
