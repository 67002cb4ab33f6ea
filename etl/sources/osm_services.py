"""Social, health and educational services of OpenStreetMap: an answer of Overpass, or an extract of a region.

The list is what volunteers have mapped: it is never complete. Homes of persons who must not be found (women who flee,
children) are on the public map, but Ombra takes nothing of them, neither key nor place nor name.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import pandas as pd

from etl.clean.run import clean
from etl.i18n import _
from etl.issues import IssueLog
from etl.record import Capacity, Record, ServiceRecord
from etl.reference import tables
from etl.sources import osm_elements, osm_tags
from etl.sources.base import Declaration, Download, Edition, KeptBack, Raw, Received, Source
from etl.sources.osm_draft import LIVING, PREFIXED, drafted, of_its_time
from etl.sources.osm_rules import RULES, SCHOOLS, Tags, several
from etl.sources.tabular.assemble import Row, service
from etl.sources.tabular.coverage import coverage
from etl.sources.tabular.mapping import Mapping
from etl.sources.where import finder

ADDRESSES = ("indirizzi", "civici", "addresses")  # in the name of a file that is another source's
KEPT_BACK = "riservato"  # the one content of rows of which nothing is taken

_UNREAD = {
    "user": "nome di chi ha modificato la mappa",
    "uid": "numero di chi ha modificato la mappa",
    "changeset": "porta al nome di chi ha modificato la mappa",
    "contact:person": "nome di una persona",
    "owner": "può essere il nome di una persona",
    "note": "parla a chi disegna la mappa",
    "fixme": "parla a chi disegna la mappa",
}


def _query() -> str:
    """What Overpass is asked for, in its language: features by tag in the province, each with one point."""
    plain, explained = osm_tags.selection()
    wanted = [f'nwr["{key}"~"^({"|".join(values)})$"](area.cm);' for key, values in plain.items()]
    wanted += [
        f'nwr["{key}"~"^({"|".join(values)})$"]["name"~"{osm_tags.NAMES}",i](area.cm);'
        for key, values in explained.items()
    ]
    return (
        '[out:json][timeout:300];area["ISO3166-2"="IT-TO"]["admin_level"="6"]->.cm;('
        + "".join(wanted)
        + ");out body center;"
    )


MAPPING = Mapping(
    id="osm-servizi",
    title="Servizi della mappa OpenStreetMap",
    publisher="OpenStreetMap contributors",
    licence="ODbL-1.0",
    address="https://www.openstreetmap.org/copyright",
    refresh_days=30,
    positions="dichiarate",
    ignored=_UNREAD,
    files=("*.osm.pbf", "*.osm", "osm*.json", "overpass*.json"),
    note=(
        "Ciò che i volontari hanno segnato: non è mai un elenco completo. Delle case che accolgono persone da "
        "proteggere non si prende nulla. Attribuzione: © OpenStreetMap contributors."
    ),
)


class OsmServices(Source):
    """Features of OpenStreetMap whose tags are a service of ours; keys such as ``node/123``."""

    declaration = Declaration(
        id=MAPPING.id,
        title=MAPPING.title,
        publisher=MAPPING.publisher,
        licence=MAPPING.licence,
        address=MAPPING.address,
        # Names of mappers are not asked for (``out meta`` would bring them), and so no date of the last change either.
        downloads=(Download("https://overpass-api.de/api/interpreter", "osm-servizi.json", form={"data": _query()}),),
        refresh_days=MAPPING.refresh_days,
        service_types=tuple(sorted({rule.service_type for rule in RULES} | set(SCHOOLS.values()))),
        positions=MAPPING.positions,
        ignored=MAPPING.ignored,
        note=MAPPING.note,
    )

    def knows(self, name: str) -> bool:
        """Extracts and answers of Overpass by their usual names, but those of street numbers."""
        low = name.lower()
        fits = osm_elements.is_extract(low) or (low.startswith(("osm", "overpass")) and low.endswith(".json"))
        return fits and not any(word in low for word in ADDRESSES)

    def faults(self, file: Path) -> list[str]:
        """Why a file is no extract and no answer of Overpass."""
        return osm_elements.faults(file)

    def editions(self, files: Sequence[Received]) -> list[Edition]:
        """One edition a file, by the day of OpenStreetMap that it holds; files of one day make one edition."""
        return osm_elements.editions(files, rows)

    def parse(self, key: str, raw: Raw, edition: str, log: IssueLog) -> Sequence[Record]:
        """The service that a feature is; none where its tags are none of ours."""
        own = IssueLog()
        found = _parsed(key, raw, edition, own)
        log.entries.extend(own.entries)
        return found

    def coverage(self, records: Sequence[Record]) -> pd.DataFrame:
        """Nothing: the map is never complete."""
        return coverage((), records)


def rows(paths: Sequence[Path]) -> Iterator[tuple[str, Raw]]:
    """Features by key; those to be kept back are alike to the last letter, and numbered."""
    kept_back = 0
    for path in paths:
        for raw in osm_elements.read(path, (*LIVING, *PREFIXED), wanted=_is_asked):
            if "tags" in raw and osm_tags.is_protected(of_its_time(raw["tags"])[0]):
                kept_back += 1
                yield f"{KEPT_BACK}/{kept_back}", KeptBack({"escluso": KEPT_BACK}, earlier=osm_elements.key(raw))
            else:
                yield osm_elements.key(raw), raw


def _is_asked(tags: Tags) -> bool:
    return osm_tags.is_asked(of_its_time(tags)[0])


def _parsed(key: str, raw: Raw, edition: str, log: IssueLog) -> Sequence[Record]:
    if raw.get("escluso") == KEPT_BACK:
        why = _("Un luogo che accoglie persone da proteggere: da OpenStreetMap non se ne prende nulla.")
        log.rejected(key, "luogo_protetto", why)
        return []
    faults = _shape_faults(raw)
    if faults:
        log.rejected(key, "elemento_illeggibile", " ".join(faults))
        return []
    tags, status = of_its_time(raw["tags"])
    code = osm_tags.service_type(tags)
    if code is None:
        return _no_type(key, tags, log)
    place = finder().at([raw["lon"]], [raw["lat"]])[0]
    if place is None:
        log.rejected(key, "fuori_territorio", _("Il punto non è nella Città metropolitana di Torino."))
        return []
    draft = {"supply_status": status, **drafted(raw, tags, edition), "service_type": code, "istat_code": place}
    _name(key, draft, code, log)
    _one_number(key, draft, log)
    cleaned = clean(key, draft, log)
    # The year of the file says nothing of one feature: it may have stood there unseen for ten years.
    return [_fit(record, tags, cleaned) for record in service(Row(key, cleaned, MAPPING, edition, log))]


def _shape_faults(raw: Raw) -> list[str]:
    """What a feature lacks of its own form; all faults at once."""
    faults = []
    if raw.get("type") not in osm_elements.KINDS or not isinstance(raw.get("id"), int):
        faults.append(_("Mancano tipo e numero dell'elemento."))
    if not osm_elements.has_point(raw):
        faults.append(_("Manca il punto in gradi: chiedere a Overpass «out center»."))
    if not isinstance(raw.get("tags"), dict):
        faults.append(_("Mancano le etichette."))
    return faults


def _no_type(key: str, tags: Tags, log: IssueLog) -> list[Record]:
    told = ", ".join(f"{name}={tags[name]}" for name in (*LIVING, "social_facility:for", "isced:level") if name in tags)
    why = _("Le etichette non corrispondono a un tipo di servizio di Ombra.")
    log.rejected(key, "tipo_non_riconosciuto", why, field="service_type", value=told)
    return []


def _name(key: str, draft: dict[str, str], code: str, log: IssueLog) -> None:
    """A feature without a name is still there: it is called by its type."""
    if "name" in draft:
        return
    draft["name"] = _type_names()[code]
    why = _("Sulla mappa non ha un nome: è chiamato con il suo tipo.")
    log.changed(key, "nome_mancante", why, field="name", value="", mended=draft["name"])


def _one_number(key: str, draft: dict[str, str], log: IssueLog) -> None:
    """A place with several street numbers is known by the first."""
    told = draft.get("street_number", "")
    if len(several(told)) > 1:
        draft["street_number"] = several(told)[0]
        why = _("Più numeri civici: resta il primo.")
        log.changed(key, "civici_multipli", why, field="street_number", value=told, mended=draft["street_number"])


def _fit(record: ServiceRecord, tags: Tags, draft: dict[str, str]) -> ServiceRecord:
    year = record.evidence_year if draft.get("evidence_year") else None
    status = "da_verificare" if year is None and record.supply_status == "attivo" else record.supply_status
    return replace(record, supply_status=status, evidence_year=year, capacities=_capacities(record.service_type, tags))


def _capacities(code: str, tags: Tags) -> tuple[Capacity, ...]:
    """Beds, or what the type counts; only a plain number is certain."""
    unit = _units().get(code, "")
    for key, counted in (("beds", "posti letto"), ("capacity:beds", "posti letto"), ("capacity", unit)):
        told = tags.get(key, "")
        if told.isdecimal() and counted not in {"", "sede"} and int(told[:6]) > 0:
            return (Capacity(counted, float(told[:6])),)
    return ()


@cache
def _type_names() -> dict[str, str]:
    types = tables.service_types()
    return dict(zip(types["code"].tolist(), types["name_it"].tolist(), strict=True))


@cache
def _units() -> dict[str, str]:
    types = tables.service_types()
    return dict(zip(types["code"].tolist(), types["capacity_unit"].tolist(), strict=True))


SOURCES = (OsmServices(),)
