"""Statistical classifications and size of municipalities (ISTAT): altitude, altimetric zone, urbanisation, surface."""

from etl.sources.tabular.mapping import Column, EditionRule, Figure, Mapping
from etl.sources.tabular.source import TabularSource

_CODE = "Codice Istat del Comune (alfanumerico)"

CLASSI = Mapping(
    id="istat-classificazioni",
    title="Classificazioni statistiche e dimensione dei comuni",
    publisher="ISTAT",
    licence="CC-BY-4.0",
    kind="indicators",
    address="https://www.istat.it/classificazione/principali-statistiche-geografiche-sui-comuni/",
    refresh_days=365,
    territory="Italia",
    note="Zona altimetrica: 1 montagna interna, 2 montagna litoranea, 3 collina interna, 4 collina litoranea,"
    " 5 pianura. Grado di urbanizzazione: 1 città, 2 piccole città e sobborghi, 3 zone rurali.",
    files=("Classificazioni statistiche*dimensione*comuni*.xlsx",),
    format="xlsx",
    sheet="Comuni 01-01-2023",
    edition=EditionRule(pattern=r"(?P<day>\d{2})_(?P<month>\d{2})_(?P<year>\d{4})"),
    key=(_CODE,),
    fields={"istat_code": Column(column=_CODE), "municipality": Column(column="Denominazione (Italiana e straniera)")},
    decimal=".",
    figures=(
        Figure(column="Superficie territoriale (kmq) al 01/01/2023", name="superficie_km2", year=2023),
        Figure(column="Popolazione legale 2021 (31/12/2021)", name="popolazione_31_dicembre", year=2021),
        Figure(column="Popolazione residente al 31/12/2022", name="popolazione_31_dicembre", year=2022),
        Figure(column="Zona altimetrica", name="zona_altimetrica", aggregate="first", year=2023),
        Figure(column="Altitudine del centro (metri)", name="altitudine_m", aggregate="first", year=2023),
        Figure(column="Grado di urbanizzazione", name="grado_urbanizzazione", aggregate="first", year=2023),
    ),
)

SOURCES = (TabularSource(CLASSI),)
