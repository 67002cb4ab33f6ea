"""Pharmacies of the Ministry of Health, in the layouts of 2018 and of 2026."""

from collections.abc import Sequence

from etl.i18n import _
from etl.sources.base import Completeness, Raw, Received
from etl.sources.tabular.fields import cell
from etl.sources.tabular.mapping import Column, EditionRule, Mapping
from etl.sources.tabular.rows import marked
from etl.sources.tabular.source import TabularSource

GEOCODED = "Colonna di un geocodificatore, aggiunta da altri: non è del Ministero e non si usa."
# "Succursale" and "Dispensario" give out medicines to everybody; a hospital's own pharmacy is not in the list.
KINDS = dict.fromkeys(("Ordinaria", "Succursale", "Dispensario", "Dispensario stagionale"), "farmacia")


def _type(column: str) -> Column:
    return Column(
        column=column,
        values=KINDS,
        refusal="tipologia_non_trattata",
        reason="Tipologia che non è una farmacia aperta al pubblico.",
    )


OPEN = Mapping(
    id="ministero-farmacie",
    title="Farmacie aperte al pubblico",
    publisher="Ministero della Salute",
    licence="IODL-2.0",
    address="https://www.dati.salute.gov.it/it/dataset/farmacie/",
    refresh_days=1,
    territory="Italia",
    complete=(
        Completeness(
            service_type="farmacia",
            municipalities=150,
            note="Il Ministero elenca tutte le farmacie aperte al pubblico, succursali e dispensari compresi.",
        ),
    ),
    positions="scarse",
    duplicate_free=True,
    note="Il file cambia nome ogni giorno (FRM_FARMA_5_AAAAMMGG.csv): si scarica dalla pagina del Ministero."
    " Le coordinate pubblicate sono spesso di ripiego: più farmacie sullo stesso punto.",
    files=("frm_farma*.csv",),
    delimiter=";",
    edition=EditionRule(pattern=r"(?P<year>20\d{2})(?P<month>\d{2})(?P<day>\d{2})"),
    key=("cod_farmacia",),
    fields={
        "name": Column(column="descrizione_farmacia"),
        "service_type": _type("descrizione_tipologia"),
        "organization": Column(column="descrizione_farmacia"),
        "organization_tax_id": Column(column="p_iva"),
        "istat_code": Column(column="cod_comune"),
        "municipality": Column(column="comune"),
        "locality": Column(column="frazione"),
        "address": Column(column="indirizzo"),
        "postal_code": Column(column="cap"),
        "latitude": Column(column="latitudine"),
        "longitude": Column(column="longitudine"),
        "valid_from": Column(column="data_inizio_validita"),
        "valid_to": Column(column="data_fine_validita"),
    },
)

OLD = OPEN.model_copy(
    update={
        "files": ("*_farmacie.csv", "frm_farma*.csv"),
        "edition": EditionRule(date="2018"),
        "ignored": {
            "Long": GEOCODED,
            "Lat": GEOCODED,
            "arcGIS_response": GEOCODED,
            "indirizzo_query": "Testo inviato al geocodificatore: ripete indirizzo, CAP e comune.",
        },
        "key": ("CODICEIDENTIFICATIVOFARMACIA",),
        "fields": {
            "name": Column(column="DESCRIZIONEFARMACIA"),
            "service_type": _type("DESCRIZIONETIPOLOGIA"),
            "organization": Column(column="DESCRIZIONEFARMACIA"),
            "organization_tax_id": Column(column="PARTITAIVA"),
            "istat_code": Column(column="CODICECOMUNEISTAT"),
            "municipality": Column(column="DESCRIZIONECOMUNE"),
            "locality": Column(column="FRAZIONE"),
            "address": Column(column="INDIRIZZO"),
            "postal_code": Column(column="CAP"),
            "latitude": Column(column="LATITUDINE"),
            "longitude": Column(column="LONGITUDINE"),
            "valid_from": Column(column="DATAINIZIOVALIDITA"),
            "valid_to": Column(column="DATAFINEVALIDITA"),
        },
    }
)

# The same layout after somebody has geocoded it: the Ministry's own point is kept under another name.
GEOCODED_OLD = OLD.model_copy(
    update={
        "fields": {
            **OLD.fields,
            "latitude": Column(column="orig_lat"),
            "longitude": Column(column="orig_long"),
        }
    }
)


class Pharmacies(TabularSource):
    """One row for each period of a pharmacy: the present one, or the last, stands for the pharmacy."""

    def rows(self, file: Received) -> list[tuple[str, Raw]]:
        """The rows, those of earlier periods of a pharmacy under a key of their own and marked to be rejected."""
        rows = super().rows(file)
        periods: dict[str, list[Raw]] = {}
        for key, raw in rows:
            periods.setdefault(key, []).append(raw)
        return [row for key, found in periods.items() for row in _periods(key, found)]


def _periods(key: str, rows: Sequence[Raw]) -> list[tuple[str, Raw]]:
    ordered = sorted(rows, key=_since, reverse=True)
    if len({_since(raw) for raw in rows}) == 1:  # rows that time does not tell apart are repetitions
        return [(key, raw) for raw in ordered]
    why = _("Periodo precedente della stessa farmacia: vale la riga più recente.")
    earlier = [(f"{key}/{_since(raw)[1]}", marked(raw, "periodo_precedente", why)) for raw in ordered[1:]]
    return [(key, ordered[0]), *earlier]


def _since(raw: Raw) -> tuple[bool, str]:
    """Whether the period is still running, and its beginning as ISO text: sorts periods by time."""
    end = cell(raw, "data_fine_validita") or cell(raw, "DATAFINEVALIDITA")
    begin = cell(raw, "data_inizio_validita") or cell(raw, "DATAINIZIOVALIDITA")
    return end in ("", "-"), "-".join(reversed(begin.split("/")))


SOURCES = (Pharmacies(OPEN, OLD, GEOCODED_OLD),)
