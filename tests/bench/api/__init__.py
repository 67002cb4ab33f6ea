"""The open API beside tipg, a bare route and a plain ORM route: one table of a million services, one worker each."""

from tests.bench.kit.shapes import Options, Result, Sheets

TITLE = "API aperta: un milione di servizi inventati, accanto a tipg e a una rotta nuda"


def run(options: Options) -> Result:
    """Fill a database that is thrown away, hold the answers against each other, then measure."""
    from tests.bench.api import measure
    from tests.bench.api.stock import stocked

    sheets = Sheets()
    with stocked(measure.SERVICES, options.progress) as url:
        measure.measure(url, sheets, options)
    return sheets.result("api", TITLE)
