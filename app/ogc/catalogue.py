"""The collections: one for each view of the schema ``ogc``, with its columns in words.

Names of collections and columns are a contract with map projects out there: they may be added, never changed. A test
holds them against the views.
"""

from collections.abc import Mapping, Sequence

from tipg.collections import Column

from app.ogc.view import SCHEMA, View

Told = tuple[str, str, str]  # name, type of the database, description

_TYPE: list[Told] = [
    ("type", "text", "Codice del tipo di servizio (l'elenco è in /api/v1/service-types)"),
    ("type_name", "text", "Tipo di servizio"),
    ("macro_area", "text", "Macroarea del tipo"),
]
_PLACE: list[Told] = [
    ("code", "text", "Codice dell'area"),
    ("name", "text", "Nome dell'area"),
]
_PARENT: list[Told] = [
    ("parent_code", "text", "Codice dell'area che la contiene"),
    ("parent_name", "text", "Nome dell'area che la contiene"),
]
_AREA: list[Told] = [
    *_PLACE,
    ("parent_level", "text", "Livello dell'area che la contiene"),
    *_PARENT,
    ("area_km2", "float8", "Superficie in km²"),
    ("persons", "integer", "Residenti al 1° gennaio dell'ultimo anno noto; vuoto sotto il comune"),
    ("cadastral_code", "text", "Codice catastale"),
    ("altimetric_zone", "text", "Zona altimetrica (ISTAT)"),
    ("altitude_m", "integer", "Altitudine in metri"),
    ("degurba", "text", "Grado di urbanizzazione (Eurostat)"),
    ("source", "text", "Fonte"),
]
_PERSONS: list[Told] = [
    ("persons", "float8", "Persone cui il tipo di servizio si rivolge"),
    ("assessed", "float8", "Persone di cui si può dire se hanno il servizio"),
    ("unknown", "float8", "Persone di cui non si può dire"),
]
_RUN: list[Told] = [
    ("rule", "text", "Regola o criterio con cui si misura"),
    ("run", "uuid", "Elaborazione da cui viene il risultato: sempre quella corrente"),
]
_GAPS: list[Told] = [
    ("id", "text", "Tipo e codice dell'area"),
    *_TYPE,
    *_PLACE,
    *_PARENT,
    ("threshold", "float8", "Limite in minuti"),
    ("points", "integer", "Punti di domanda sommati"),
    *_PERSONS,
    ("shadow_confirmed", "float8", "Persone in ombra con la sola offerta confermata"),
    ("shadow_confirmed_minus", "float8", "Lo stesso con il limite più corto di 5 minuti"),
    ("shadow_confirmed_plus", "float8", "Lo stesso con il limite più lungo di 5 minuti"),
    ("shadow_all", "float8", "Persone in ombra anche con l'offerta incerta"),
    ("shadow_all_minus", "float8", "Lo stesso con il limite più corto di 5 minuti"),
    ("shadow_all_plus", "float8", "Lo stesso con il limite più lungo di 5 minuti"),
    ("probable", "float8", "Di shadow_confirmed, le persone vicine al limite: in ombra solo probabilmente"),
    ("minutes_confirmed", "float8", "Minuti al servizio confermato più vicino, media sulle persone"),
    ("minutes_confirmed_max", "float8", "Minuti al servizio confermato più vicino, il più lungo"),
    ("minutes_all", "float8", "Minuti al servizio più vicino, anche incerto, media sulle persone"),
    ("estimated", "boolean", "Tempi di viaggio stimati per qualche punto"),
    ("complete", "boolean", "Elenco dei servizi completo, per quel che si sa"),
    *_RUN,
]
_GAPS_AT_POINTS: list[Told] = [
    ("id", "text", "Tipo, livello e codice del punto"),
    *_TYPE,
    *_PLACE,
    ("level", "text", "Livello del punto: quarter, settlement, census_section, municipality"),
    *_PARENT,
    ("status", "text", "Stato di accesso"),
    ("reason", "text", "Codice del motivo"),
    ("threshold", "float8", "Limite in minuti"),
    *_PERSONS,
    ("shadow_confirmed", "float8", "Persone in ombra con la sola offerta confermata; vuoto se ignoto"),
    ("shadow_all", "float8", "Persone in ombra anche con l'offerta incerta; vuoto se ignoto"),
    ("minutes_confirmed", "float8", "Minuti al servizio confermato più vicino; vuoto per i luoghi protetti"),
    ("minutes_confirmed_low", "float8", "Estremo inferiore dei minuti"),
    ("minutes_confirmed_high", "float8", "Estremo superiore dei minuti"),
    ("minutes_all", "float8", "Minuti al servizio più vicino, anche incerto"),
    ("services_confirmed", "integer", "Servizi confermati entro il limite"),
    ("services_all", "integer", "Servizi entro il limite, anche incerti"),
    ("fragile", "boolean", "Dipende da un solo servizio"),
    ("borderline", "boolean", "Vicino al limite: potrebbe stare dall'altra parte"),
    ("estimated", "boolean", "Tempo di viaggio stimato"),
    ("complete", "boolean", "Elenco dei servizi completo, per quel che si sa"),
    *_RUN,
]
_OVERLAPS: list[Told] = [
    ("id", "uuid", "Identificativo del gruppo"),
    *_TYPE[:2],
    ("kind", "text", "Genere: da_coordinare, complementari, o capacità oltre l'obiettivo"),
    ("services", "integer", "Quanti servizi ne fanno parte"),
    ("names", "text", "I loro nomi, separati da «; »"),
    ("service_ids", "text", "I loro identificativi, nello stesso ordine"),
    ("persons", "float8", "Persone entro il limite di almeno uno"),
    ("jaccard", "float8", "Parte del bacino in comune, da 0 a 1: la più bassa tra due del gruppo"),
    ("planned", "boolean", "Qualcuno non è ancora aperto"),
    ("uncertain", "boolean", "Di qualcuno non è certo che ci sia"),
    ("hours_unknown", "boolean", "Orari non noti: la coincidenza è presunta"),
    ("exact", "boolean", "Falso se il gruppo è trovato per approssimazione"),
    ("threshold", "float8", "Limite in minuti"),
    ("minutes", "float8", "Minuti tra i due più lontani"),
    ("joint_capacity", "float8", "Capacità insieme; vuoto se non è nota"),
    ("needed_capacity", "float8", "Capacità che serve; vuoto se non è nota"),
    ("unit", "text", "Unità della capacità"),
    ("users_differ", "boolean", "Utenti diversi"),
    ("hours_differ", "boolean", "Orari diversi"),
    ("requirements", "integer", "Quanti hanno requisiti propri, da confrontare"),
    ("run", "uuid", "Elaborazione da cui viene il risultato: sempre quella corrente"),
]
_SERVICES: list[Told] = [
    ("id", "uuid", "Identificativo del servizio"),
    ("name", "text", "Nome"),
    *_TYPE,
    ("organization_id", "uuid", "Identificativo dell'ente"),
    ("organization", "text", "Ente"),
    ("address", "text", "Indirizzo; vuoto per i luoghi protetti"),
    ("municipality_code", "text", "Codice ISTAT del comune; vuoto per i luoghi protetti"),
    ("municipality", "text", "Comune; vuoto per i luoghi protetti"),
    ("zone_code", "text", "Codice della zona omogenea"),
    ("zone", "text", "Zona omogenea"),
    ("phone", "text", "Numeri in E.164, separati da «; »"),
    ("email", "text", "Posta elettronica"),
    ("url", "text", "Pagina web"),
    ("hours", "text", "Orari in parole"),
    ("delivery", "text", "Dove si riceve: sede, domicilio, itinerante, remoto"),
    ("status", "text", "Parola di HSDS: active, inactive, defunct, temporarily closed"),
    ("supply_status", "text", "attivo, da_verificare, atteso, programmato"),
    ("certainty", "text", "confermata, incerta, programmata: oggi"),
    ("expected_on", "date", "Giorno di apertura previsto"),
    ("precision", "text", "Precisione del punto: address, street, o municipality (allora non è pubblicato)"),
    ("location_protected", "boolean", "Luogo protetto: si danno solo zona e recapiti"),
    ("evidence", "text", "Prova che il servizio c'è"),
    ("evidence_year", "integer", "Anno della prova"),
    ("note", "text", "Nota"),
    ("minimum_age", "integer", "Età minima"),
    ("maximum_age", "integer", "Età massima"),
    ("free", "boolean", "Gratuito; vuoto se non è noto"),
    ("step_free", "boolean", "Accesso senza gradini; vuoto se non è noto"),
    ("last_modified", "timestamptz", "Ultima modifica: è il tempo di cui parla il parametro datetime"),
]


def _view(name: str, title: str, description: str, *, told: Sequence[Told], shape: str, extent: str = "") -> View:
    columns = [Column(name=column, type=kind, description=text) for column, kind, text in told]
    geometry = Column(name="geom", type="geometry", description="Geometria", geometry_type=shape, srid=4326)
    return View(
        type="Table",
        id=name,
        table=name,
        schema=SCHEMA,
        title=title,
        description=description,
        table_columns=[*columns, geometry],
        properties=[*columns, geometry],
        id_column=columns[0],
        geometry_column=geometry,
        datetime_column=next((column for column in columns if column.type == "timestamptz"), None),
        extent_of=extent or name,
    )


def _areas(name: str, title: str, shape: str = "MultiPolygon") -> View:
    text = f"{title}: codice, nome, superficie e residenti."
    return _view(name, title, text, told=_AREA, shape=shape)


def _gaps(level: str, title: str) -> View:
    text = (
        "Persone in ombra per tipo di servizio, sommate sui punti di ogni area, nell'elaborazione corrente. "
        "Un elemento per tipo e area: per una mappa scegliere il tipo, per esempio type = 'centro_impiego'."
    )
    return _view(f"gaps_{level}", title, text, told=_GAPS, shape="MultiPolygon", extent=level)


_ALL = [
    _areas("metropolitan_city", "Città metropolitana"),
    _areas("zona_omogenea", "Zone omogenee"),
    _areas("asl", "Aziende sanitarie locali"),
    _areas("distretto", "Distretti sanitari"),
    _areas("municipality", "Comuni"),
    _areas("quarter", "Quartieri di Torino", "Geometry"),
    _areas("settlement", "Località abitate", "Geometry"),
    _view(
        "services",
        "Servizi",
        "Servizi aperti o previsti. Di un luogo protetto si danno solo zona e recapiti; di un punto noto "
        "solo al comune, niente punto.",
        told=_SERVICES,
        shape="Point",
    ),
    _gaps("municipality", "Zone d'ombra per comune"),
    _gaps("zona_omogenea", "Zone d'ombra per zona omogenea"),
    _gaps("distretto", "Zone d'ombra per distretto sanitario"),
    _view(
        "gaps_point",
        "Zone d'ombra ai punti di domanda",
        "Stato di accesso a ogni tipo di servizio nei punti dove la gente abita, nell'elaborazione corrente.",
        told=_GAPS_AT_POINTS,
        shape="Geometry",
        extent="metropolitan_city",
    ),
    _view(
        "overlaps",
        "Sovrapposizioni",
        "Gruppi di servizi che si rivolgono alle stesse persone, nell'elaborazione corrente: proposte di tavoli di "
        "coordinamento, non giudizi. Il punto manca dove nessuno del gruppo ne ha uno pubblico.",
        told=_OVERLAPS,
        shape="MultiPoint",
    ),
]
COLLECTIONS: Mapping[str, View] = {view.id: view for view in _ALL}
