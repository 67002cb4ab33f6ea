"""Pharmacies of the City of Torino, with opening hours, from aperTO."""

from etl.sources.aperto import common, fields
from etl.sources.base import Completeness
from etl.sources.tabular.mapping import Column, EditionRule, Mapping
from etl.sources.tabular.source import TabularSource

# The holidays in the rows are those of summer 2011.
FARMACIE = Mapping(
    **common(
        id="aperto-farmacie",
        title="Farmacie di Torino",
        reference_date="2011",
        complete=(
            Completeness(
                "farmacia", "municipality", "001272", note="Elenco della Città di Torino con i turni del 2011."
            ),
        ),
        files=("farmacie.csv",),
        edition=EditionRule(date="2011"),
        key=("ID_FARMACI",),
        header=("ID_FARMACI", "DENOMINAZ", "INDIRIZZO", "ORARIO_INV", "COORD_X", "COORD_Y"),
        note="Le denominazioni sono spesso il cognome del titolare, come sull'insegna. Orari invernali.",
        fields=fields(
            service_type=Column(constant="farmacia"),
            phone="TELEFONO",
            email="EMAIL",
            url="URL",
            opening_hours="ORARIO_INV",
        ),
    )
)

SOURCES = (TabularSource(FARMACIE),)
