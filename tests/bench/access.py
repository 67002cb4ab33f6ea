"""How long scores of access take on two million pairs: Ombra, PySAL `access`, and the sparse product alone."""

from tests.bench.kit.shapes import Options, Result, Sheets

TITLE = "Punteggi di accesso: 10.000 punti di domanda per 2.000 servizi"


def run(options: Options) -> Result:
    """Measure the floating catchments on the large instance, RAAM on a smaller one (``--slow``: on the large one)."""
    from tests.bench.catchments import floating, rational
    from tests.bench.catchments.instance import strewn

    sheets = Sheets()
    options.progress("dispongo 10.000 punti e 2.000 servizi")
    large = strewn()
    floating.measure(large, sheets, options)
    rational.measure(large, sheets, options)
    return sheets.result("access", TITLE)
