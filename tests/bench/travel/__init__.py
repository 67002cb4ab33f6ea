"""Minutes by car estimated from distance and terrain, beside official ones that the fit has not seen."""

from tests.bench.kit.shapes import Options, Result, Sheets
from tests.bench.travel import material

TITLE = "Stimare i minuti in auto da distanza e rilievo"


def run(options: Options) -> Result:
    """Measure by cross-validation, where the official times are."""
    from tests.bench.travel import measure

    if not material.TIMES.exists():
        why = f"manca {material.TIMES.name}: i tempi ufficiali non si distribuiscono con Ombra"
        return Result("travel", TITLE, skipped=why)
    sheets = Sheets()
    measure.measure(material.pairs(), sheets, options.progress)
    return sheets.result("travel", TITLE)
