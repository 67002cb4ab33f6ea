"""Boundaries of municipalities of a later year than the reference data's (ISTAT), as a layer beside them.

``Com01012024_WGS84.shp`` or ``Com01012024_g_WGS84.shp`` (generalised), alone or in the ZIP that is downloaded
(``Limiti01012024_g.zip``), in EPSG:32632. The territory of the reference data stays what everything is counted on: a
boundary that differs from it is told, and the reference data change with the next version of Ombra.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache, partial
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from etl.i18n import _
from etl.issues import IssueLog
from etl.record import AreaRecord, Record
from etl.reference import boundaries
from etl.reference.municipalities import municipalities
from etl.reference.recode import tell_absent
from etl.sources import istat_layers
from etl.sources.base import Declaration, Download, Edition, Raw, Received, Source
from etl.sources.istat_tables import Skipped, tell_skipped
from etl.sources.shapes import sound
from etl.sources.tabular.coverage import coverage
from geo.crs import METRIC, WGS84

COLUMNS = ("PRO_COM", "COMUNE")
# Generalised boundaries differ from full ones by one or two in a hundred; an exchange of land by more.
DIFFERENT = 0.05
_NAME = re.compile(r"(com|limiti)(\d{2})(\d{2})(\d{4})(_g)?(_wgs84)?\.(shp|zip)")
_ID = "istat-confini-comuni"


class Boundaries(Source):
    """The municipalities of the province on 1 January of a year."""

    declaration = Declaration(
        id=_ID,
        title="Confini dei comuni a fini statistici",
        publisher="ISTAT",
        licence="CC-BY-4.0",
        kind="areas",
        address="https://www.istat.it/notizia/confini-delle-unita-amministrative-a-fini-statistici-al-1-gennaio-2018-2/",
        downloads=(
            Download(
                "https://www.istat.it/storage/cartografia/confini_amministrativi/generalizzati/2024/Limiti01012024_g.zip",
                "Limiti01012024_g.zip",
            ),
        ),
        refresh_days=365,
        territory="Italia",
        note="Uno strato accanto ai dati di riferimento, che restano quelli su cui si conta. Conviene lo ZIP: dei file"
        " sciolti Ombra conserva solo lo .shp.",
    )

    def knows(self, name: str) -> bool:
        """Names as ISTAT gives them."""
        return _NAME.fullmatch(name.lower()) is not None

    def faults(self, file: Path) -> list[str]:
        """What the layer lacks."""
        return istat_layers.faults(file, _WANTED, COLUMNS)

    def editions(self, files: Sequence[Received]) -> list[Edition]:
        """One edition a day."""
        days: dict[str, list[Received]] = {}
        for file in sorted(files, key=lambda one: (one.name, one.sha256)):
            days.setdefault(_day(file.path.name), []).append(file)
        return [Edition(day, tuple(found), partial(_rows, found)) for day, found in sorted(days.items())]

    def parse(self, key: str, raw: Raw, edition: str, log: IssueLog) -> Sequence[Record]:  # noqa: ARG002
        """The boundary of a municipality; what differs from the reference data is told."""
        if tell_skipped(key, raw, log):
            return []
        shape = shapely.from_wkt(str(raw["geometry"]), on_invalid="ignore") if raw["geometry"] else None
        whole = None if shape is None else sound(key, shape, log)
        if whole is None:
            log.rejected(key, "senza_confine", _("Un confine senza geometria non serve a nulla."), field="geometry")
            return []
        found = municipalities().recognise(istat=raw["PRO_COM"])
        code = None if found is None or found.former else found.code
        _compare(key, code, whole, log)
        return [AreaRecord(key, "layer", f"{_ID}/{key}", raw["COMUNE"].strip(), code, whole)]

    def remark(self, records: Sequence[Record], log: IssueLog) -> None:
        """Municipalities of the reference data that have no boundary here."""
        there = {record.municipality for record in records if isinstance(record, AreaRecord) and record.municipality}
        tell_absent(there, log, what=_("confine"))

    def coverage(self, records: Sequence[Record]) -> pd.DataFrame:
        """Nothing: boundaries are no services."""
        return coverage((), records)


_WANTED = istat_layers.named(lambda name: name.startswith("com"))


def _rows(files: Sequence[Received]) -> Iterator[tuple[str, Raw]]:
    skipped = Skipped()
    for file in files:
        for raw in istat_layers.read(file.path, _WANTED, skipped):
            yield raw["PRO_COM"].zfill(6), raw
    yield from skipped.rows()


def _day(name: str) -> str:
    match = _NAME.fullmatch(name.lower())
    return f"{match.group(4)}-{match.group(3)}-{match.group(2)}" if match else ""


def _compare(key: str, code: str | None, shape: BaseGeometry, log: IssueLog) -> None:
    if code is None:
        why = _("Questo comune non è fra i 312 dei dati di riferimento: nuovo, o soppresso da tempo.")
        log.doubtful(key, "comune_sconosciuto", why, field="PRO_COM", value=key)
        return
    pair = gpd.GeoSeries([shape, _reference()[code]], crs=WGS84).to_crs(METRIC)
    share = float(pair.iloc[0].symmetric_difference(pair.iloc[1]).area / pair.iloc[1].area)
    if share > DIFFERENT:
        why = _("Il confine differisce da quello dei dati di riferimento per il {share:.0%} della superficie.")
        log.doubtful(key, "confine_diverso", why.format(share=share), field="geometry", value=f"{share:.3f}")


@cache
def _reference() -> dict[str, BaseGeometry]:
    shapes = boundaries.municipalities().geometry
    return {str(code): shape for code, shape in shapes.items()}


SOURCES = (Boundaries(),)
