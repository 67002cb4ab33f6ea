"""The data sets that Ombra publishes. Addresses are those of the other faces; a test asks each of them."""

from app.i18n import marked
from app.linked.datasets import Dataset, File, Standard

HSDS = Standard("HSDS 3.1", "Open Referral Human Services Data Specification 3.1", "https://docs.openreferral.org/")
FEATURES = Standard(
    "OGC 17-069r4", "OGC API - Features - Part 1: Core", "https://docs.ogc.org/is/17-069r4/17-069r4.html"
)
GEOJSON = Standard("RFC 7946", "The GeoJSON Format", "https://www.rfc-editor.org/rfc/rfc7946")

_PLACES = frozenset({"istat-confini", "variazioni-comuni", "zone-omogenee"})
# What decides whether a service is listed, what it is called and where its point lies.
_SERVICE_KINDS = frozenset({"services", "organizations", "addresses"})
_SERVICE_TABLES = _PLACES | {"tassonomia"}
_AREA_TABLES = _PLACES | {"geonames", "istat-classi", "distretti-asl", "unita-statutarie", "quartieri-torino"}

_SOCIAL, _HEALTH, _REGIONS, _GOVERNMENT = "SOCI", "HEAL", "REGI", "GOVE"


def _forms(path: str, title: str) -> tuple[File, ...]:
    """The list of an address as GeoJSON, as CSV and as GeoParquet."""
    mark = "&" if "?" in path else "?"
    others = (File(f"{path}{mark}format={name}", name.upper(), title) for name in ("csv", "parquet"))
    return File(path, "GEOJSON", title), *others


def _collection(name: str, title: str) -> File:
    return File(f"ogc/collections/{name}/items", "GEOJSON", title)


def _records(path: str, title: str) -> tuple[File, File]:
    """A short list, whole, as JSON and as CSV."""
    return File(path, "JSON", title, whole=True), File(f"{path}?format=csv", "CSV", title, whole=True)


DATASETS = (
    Dataset(
        name="services",
        title=marked("Servizi di welfare della Città metropolitana di Torino"),
        description=marked(
            "Servizi sociali, sociosanitari ed educativi aperti o previsti: tipo, ente, luogo, recapiti, orari, prova "
            "e anno. Di un luogo protetto si danno solo la zona e i recapiti."
        ),
        themes=(_SOCIAL, _HEALTH),
        keywords=("welfare", "servizi sociali", "servizi sanitari", "assistenza"),
        files=(
            *_forms("api/v1/services", marked("Servizi, API di Ombra")),
            _collection("services", marked("Servizi, OGC API Features")),
        ),
        standards=(GEOJSON, FEATURES),
        kinds=_SERVICE_KINDS,
        tables=_SERVICE_TABLES,
    ),
    Dataset(
        name="directory",
        title=marked("Servizi, enti e luoghi nel formato HSDS 3.1"),
        description=marked(
            "Gli stessi servizi con enti, luoghi, orari, costi, tassonomie e storia dei cambiamenti, nel formato di "
            "scambio Open Referral HSDS."
        ),
        themes=(_SOCIAL, _GOVERNMENT),
        keywords=("HSDS", "Open Referral", "enti", "terzo settore"),
        files=tuple(
            File(f"hsds/{name}", "JSON", title)
            for name, title in (
                ("services", marked("Servizi, HSDS")),
                ("organizations", marked("Enti, HSDS")),
                ("service_at_locations", marked("Servizi e luoghi, HSDS")),
                ("taxonomy_terms", marked("Termini delle tassonomie, HSDS")),
            )
        ),
        standards=(HSDS,),
        kinds=_SERVICE_KINDS,
        tables=_SERVICE_TABLES,
    ),
    Dataset(
        name="changes",
        title=marked("Cambiamenti dei servizi"),
        description=marked(
            "Che cosa è cambiato dei servizi, in ordine, per chi ne tiene una copia: nuovi, modificati, chiusi, uniti."
        ),
        themes=(_SOCIAL,),
        keywords=("cambiamenti", "sincronizzazione"),
        files=(File("api/v1/changes?since=0", "JSON", marked("Cambiamenti, dal primo")),),
        kinds=_SERVICE_KINDS,
        tables=_SERVICE_TABLES,
    ),
    Dataset(
        name="areas",
        title=marked("Aree della Città metropolitana di Torino"),
        description=marked(
            "Comuni, zone omogenee, distretti e aziende sanitarie, quartieri di Torino e località abitate: confine o "
            "punto, superficie, residenti."
        ),
        themes=(_REGIONS, _SOCIAL),
        keywords=("comuni", "zone omogenee", "distretti sanitari", "popolazione"),
        files=(
            *_forms("api/v1/areas?level=municipality", marked("Comuni")),
            *_forms("api/v1/areas?level=zona_omogenea", marked("Zone omogenee")),
            _collection("municipality", marked("Comuni, OGC API Features")),
            _collection("zona_omogenea", marked("Zone omogenee, OGC API Features")),
            _collection("distretto", marked("Distretti sanitari, OGC API Features")),
            _collection("settlement", marked("Località abitate, OGC API Features")),
        ),
        standards=(GEOJSON, FEATURES),
        kinds=frozenset({"areas", "population"}),
        tables=_AREA_TABLES,
    ),
    Dataset(
        name="gaps",
        title=marked("Zone d'ombra: persone lontane da un servizio"),
        description=marked(
            "Per ogni tipo di servizio e area, le persone oltre il limite di tempo dal servizio più vicino, con le "
            "ipotesi di cinque minuti in meno e in più. Dove un elenco non è completo le persone sono senza dati."
        ),
        themes=(_SOCIAL, _REGIONS),
        keywords=("accessibilità", "copertura", "tempi di viaggio", "disuguaglianze"),
        files=(
            _collection("gaps_municipality", marked("Zone d'ombra per comune, OGC API Features")),
            _collection("gaps_point", marked("Zone d'ombra nei luoghi abitati, OGC API Features")),
            _collection("gaps_zona_omogenea", marked("Zone d'ombra per zona omogenea, OGC API Features")),
        ),
        standards=(GEOJSON, FEATURES),
    ),
    Dataset(
        name="compliance",
        title=marked("Rispetto delle regole sui servizi"),
        description=marked(
            "Per ogni regola e unità territoriale, il valore misurato, il minimo, l'obiettivo e l'esito; con la fonte "
            "della regola e se il testo è stato letto."
        ),
        themes=(_GOVERNMENT, _SOCIAL),
        keywords=("LEPS", "standard", "livelli essenziali"),
        files=(
            *_forms("api/v1/compliance", marked("Esiti delle regole")),
            *_records("api/v1/standards", marked("Regole e criteri")),
        ),
        standards=(GEOJSON,),
    ),
    Dataset(
        name="overlaps",
        title=marked("Sovrapposizioni fra servizi"),
        description=marked(
            "Gruppi di servizi che si rivolgono alle stesse persone: proposte di tavoli di coordinamento, non giudizi."
        ),
        themes=(_SOCIAL, _GOVERNMENT),
        keywords=("sovrapposizioni", "coordinamento", "programmazione"),
        files=(
            *_forms("api/v1/overlaps", marked("Sovrapposizioni")),
            _collection("overlaps", marked("Sovrapposizioni, OGC API Features")),
        ),
        standards=(GEOJSON, FEATURES),
    ),
    Dataset(
        name="service-types",
        title=marked("Tipi di servizio"),
        description=marked(
            "La classificazione dei servizi: a chi si rivolgono, come si raggiungono, a quali codici nazionali "
            "corrispondono. I codici sono di Ombra e non ufficiali."
        ),
        themes=(_SOCIAL, _GOVERNMENT),
        keywords=("tassonomia", "classificazione", "nomenclatore"),
        files=_records("api/v1/service-types", marked("Tipi di servizio")),
        kinds=frozenset(),
        tables=frozenset({"tassonomia"}),
    ),
    Dataset(
        name="sources",
        title=marked("Fonti e loro qualità"),
        description=marked(
            "Le basi di dati e le tabelle da cui vengono i servizi: chi le pubblica, con quale licenza, che cosa ha "
            "portato l'ultimo caricamento, quanto ci si può fidare."
        ),
        themes=(_GOVERNMENT,),
        keywords=("fonti", "qualità dei dati", "provenienza"),
        files=_records("api/v1/sources", marked("Fonti")),
    ),
)
