"""``./ombra forecast --check``: how far the method is off where the truth is known."""

from typing import TYPE_CHECKING, Any

from app.commands import output
from app.commands.forecast.options import Ask
from etl.errors import OmbraError
from etl.i18n import _

if TYPE_CHECKING:
    import pandas as pd

    from app.reports.forecast_check import Checked
    from geo.forecast import Check

COLUMNS = (
    *("left_out", "zone_code", "zone_name", "band", "former_year", "year", "observed", "told", "plain", "unchanged"),
    *("error_told", "error_plain", "error_unchanged", "label"),
)
_WHOLE = "all"


def show(ask: Ask) -> None:
    """Give out both checks."""
    from app.commands.reading import computed
    from app.reports.forecast_check import checked

    if ask.output in (output.Format.geojson, output.Format.gpkg):
        raise OmbraError(_("La verifica è una tabella: --format table o csv."))
    with computed() as session:
        found = checked(session.connection())
    if ask.on_screen:
        _screen(found)
    else:
        sheet = output.Sheet("", {})
        output.write(found.rows(), sheet, columns=COLUMNS, output=output.Format.csv, out=ask.out, key="zone_code")


def _screen(found: "Checked") -> None:
    from etl.derive.forecast import LABEL

    title = _("Ogni zona prevista dalle altre, {prima} → {dopo}: errore in % (più: troppe persone)")
    output.show(*_errors(found, title.format(prima=found.former, dopo=found.later)))
    output.show(
        *_summary(
            found.zones, _("Le stesse, per età: errore medio delle zone e persone sbagliate su 100"), told="plain"
        )
    )
    title = _("Ogni comune previsto dagli altri, sommato per zona: quanto aiuta il fattore di zona")
    rows, sheet = _summary(found.by_zone(), title, told="told")
    remarks = [
        _("Un anno solo: si vede se i rapporti valgono altrove, non se l'anno dopo sarà come questo."),
        _("Torino è una zona di un comune solo: lasciata fuori, nessuno ne dice il fattore."),
        _("La previsione è {etichetta}.").format(etichetta=LABEL),
    ]
    output.show(rows, output.Sheet(sheet.title, sheet.headings, remarks, right=sheet.right))


def _errors(found: "Checked", title: str) -> tuple[list[dict[str, Any]], output.Sheet]:
    """In per cent by band; of all people in persons too."""
    errors = found.zones.errors()
    off = (found.zones.told - found.zones.observed).sum(axis=1)
    bands = [str(band) for band in errors.columns]
    zones = sorted(errors.index, key=lambda zone: found.places[zone])
    rows = [_signed(errors.loc[zone]) | {"name": found.places[zone][1], "off": f"{off[zone]:+.0f}"} for zone in zones]
    headings = {"name": _("Zona"), **{band: _("tutti") if band == _WHOLE else band for band in bands}}
    return rows, output.Sheet(title, headings | {"off": _("persone")}, right=[*bands, "off"])


def _signed(errors: "pd.Series[float]") -> dict[str, Any]:
    return {str(band): decimal(value, sign=True) for band, value in errors.items()}


def _summary(check: "Check", title: str, *, told: str) -> tuple[list[dict[str, Any]], output.Sheet]:
    """By band: mean error of the groups and persons wrong, beside who forecasts nothing (and without factors)."""
    table = check.summary()
    with_factor = told == "told"
    which = ("told", "plain", "unchanged") if with_factor else ("plain", "unchanged")
    plain = _("senza") if with_factor else _("previsione")
    names = {"told": _("con fattore"), "plain": plain, "unchanged": _("come prima")}
    headings = {"band": _("Età"), "observed": _("Persone")}
    for measure, heading in (("mape", _("medio")), ("wape", _("su 100"))):
        headings |= {f"{measure}_{one}": f"{heading}:\n{names[one]}" for one in which}
    headings[f"bias_{which[0]}"] = _("insieme")
    rows = [_row(str(band), table.loc[band]) for band in table.index]
    return rows, output.Sheet(title, headings, right=[name for name in headings if name not in ("band", "observed")])


def _row(band: str, figures: "pd.Series[float]") -> dict[str, Any]:
    told = {str(name): decimal(value, sign=str(name).startswith("bias")) for name, value in figures.items()}
    return told | {"band": _("tutti") if band == _WHOLE else band, "observed": float(figures["observed"])}


def decimal(value: float, *, sign: bool = False) -> str:
    """A figure with two decimals, in Italian.

    >>> decimal(-1.234, sign=True), decimal(0.5)
    ('-1,23', '0,50')
    """
    return f"{value:{'+' if sign else ''}.2f}".replace(".", ",")
