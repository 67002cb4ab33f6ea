"""Circoscrizioni and former quarters of Torino (AperTO): layers to draw and to sum over."""

from collections.abc import Sequence
from dataclasses import replace

from shapely.geometry.base import BaseGeometry

from etl.clean.draft import Draft
from etl.issues import IssueLog
from etl.record import AreaRecord, Record
from etl.sources.base import Raw
from etl.sources.shapes import sound
from etl.sources.tabular.mapping import Column, Mapping
from etl.sources.tabular.source import TabularSource

_TORINO = "001272"


class CityLayer(TabularSource):
    """Parts of the City, numbered by it; ``prefix`` stands before the number in the name, if any.

    The code of an area is the source's and its number, because two layers number their areas from 1.
    """

    def __init__(self, mapping: Mapping, *, prefix: str = "") -> None:
        super().__init__(mapping)
        self.prefix = prefix

    def adjust(self, key: str, draft: Draft, raw: Raw, log: IssueLog) -> Draft | None:  # noqa: ARG002
        """The name, after what the City calls the area by."""
        if not self.prefix or not draft.get("name"):
            return draft
        return {**draft, "name": f"{self.prefix} {key}, {draft['name']}"}

    def parse(self, key: str, raw: Raw, edition: str, log: IssueLog) -> Sequence[Record]:
        """The area of a row, its boundary mended where it crosses itself."""
        return [
            replace(record, code=f"{self.declaration.id}/{key}", geometry=_sound(record, log))
            if isinstance(record, AreaRecord)
            else record
            for record in super().parse(key, raw, edition, log)
        ]


def _sound(record: AreaRecord, log: IssueLog) -> BaseGeometry | None:
    return None if record.geometry is None else sound(record.key, record.geometry, log)


def _layer(*, id: str, title: str, file: str, number: str, note: str) -> Mapping:  # noqa: A002
    return Mapping(
        id=id,
        title=title,
        publisher="Città di Torino, aperTO",
        licence="CC-BY-4.0",
        kind="areas",
        address="http://aperto.comune.torino.it/",
        territory="Città di Torino",
        note=note,
        files=(file,),
        format="geojson",
        key=(number,),
        header=(number, "DENOM"),
        fields={
            "name": Column(column="DENOM"),
            "istat_code": Column(constant=_TORINO),
            "wkt": Column(column="geometry"),
        },
    )


CIRCOSCRIZIONI = _layer(
    id="aperto-circoscrizioni",
    title="Circoscrizioni di Torino",
    file="circoscrizioni_wgs84.geojson",
    number="NCIRCO",
    note="Le otto circoscrizioni. Il file non porta data.",
)
QUARTIERI = _layer(
    id="aperto-quartieri",
    title="Ex quartieri di Torino",
    file="ex_quartieri_wgs84.geojson",
    number="ID_QUART",
    note="I 23 quartieri di un tempo, che statistiche e abitanti usano ancora. Il file non porta data.",
)

SOURCES = (CityLayer(CIRCOSCRIZIONI, prefix="Circoscrizione"), CityLayer(QUARTIERI))
