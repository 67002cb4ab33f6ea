"""The tables in ``data/reference`` and ``data/builtin``, each with its columns and its rules.

Officers edit these files by hand, so each reading checks the whole table and names every fault at
once: file, row, column, what is wrong, how to mend it. Text stays text (ISTAT codes keep their
leading zeros), whole numbers become ``Int64``, other numbers ``float64``, flags ``bool``; an empty
cell is missing. Lists in a cell are separated by ``|``. Columns come in the order of the schema. All
functions raise :class:`etl.errors.ReferenceDataError`.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd
import pandera.pandas as pa

from etl.errors import ReferenceDataError
from etl.i18n import _
from etl.reference.change_columns import change_table
from etl.reference.columns import (
    Table,
    agrees,
    choice,
    flag,
    free,
    istat,
    match,
    number,
    ordered,
    position,
    rule,
    several,
    text,
)
from etl.reference.kpi_columns import kpi_table
from etl.reference.reading import codes, load, pairs, read
from etl.reference.service_area_columns import service_area_table
from etl.reference.standard_columns import standard_columns, standard_rules
from etl.reference.synonym_columns import synonym_table

DATA = Path(__file__).resolve().parents[2] / "data"
_SLUG = r"[a-z][a-z0-9_]*"
_LEVELS = ("metropolitan_city", "asl", "municipality")
MEMBERSHIP_LEVELS = ("ats", "ambito", "bacino")
_SERVICE_KEY = ["service_type", "istat_code", "name"]


def _types(folder: Path) -> tuple[list[str], str]:
    why = _("tipo di servizio assente da service_types.csv; correggere il codice o aggiungerlo là")
    return codes(folder, "reference/service_types.csv"), why


def macro_areas(*, folder: Path = DATA) -> pd.DataFrame:
    """Macro-areas A-H and Z: code, names, ``social`` (counts as a social service), FNPS macro-levels."""
    code = match("[A-Z]", _("una lettera maiuscola"), unique=True)
    names = {"name_it": text(), "name_en": text()}
    fnps = several("12345", empty=True)
    return load(folder, Table("reference/macro_areas.csv", {"code": code, **names, "social": flag(), "fnps": fnps}))


def user_areas(*, folder: Path = DATA) -> pd.DataFrame:
    """The seven user areas of ISTAT with their SIUSS code, FNPS column and ISTAT data-flow code."""
    code = match("[A-Z]{3}", _("tre lettere maiuscole"), unique=True)
    names = {"name_it": text(), "name_en": text()}
    crosswalk = {"siuss": choice("1", "2", "3", empty=True), "fnps": free(), "istat": text(), "note": free()}
    return load(folder, Table("reference/user_areas.csv", {"code": code, **names, **crosswalk}))


def terms(*, folder: Path = DATA) -> pd.DataFrame:
    """Terms of the taxonomy (``area.slug``), with macro-area and names; several types may share a term."""
    code = match(r"[a-z]{3}\.[a-z]+", _("la forma è area.nome"), unique=True)
    area = choice(*codes(folder, "reference/macro_areas.csv"))
    names = {"name_it": text(), "name_en": text(), "origin": choice("proposta", "aggiunta")}
    return load(folder, Table("reference/terms.csv", {"code": code, "macro_area": area, **names}))


def service_types(*, folder: Path = DATA) -> pd.DataFrame:
    """Types of service, in the order of the file; ages inclusive, in whole years, missing where open."""
    columns, rules = _service_type_columns(folder), _service_type_rules(folder)
    return load(folder, Table("reference/service_types.csv", columns, rules))


def _service_type_columns(folder: Path) -> dict[str, pa.Column]:
    known = _("termine assente da terms.csv; correggerlo o aggiungerlo là")
    return {
        "code": match(_SLUG, _("solo lettere minuscole, cifre e trattino basso"), unique=True),
        "term": choice(*codes(folder, "reference/terms.csv"), why=known),
        "macro_area": choice(*codes(folder, "reference/macro_areas.csv")),
        **{name: text() for name in ("name_it", "name_en", "synonyms_it", "synonyms_en", "description_it")},
        "users": several(codes(folder, "reference/user_areas.csv")),
        "age_min": number(0, 120, empty=True),
        "age_max": number(0, 120, empty=True),
        "sex": choice("F", "M", empty=True),
        "capacity_unit": text(),
        "delivery": choice("sede", "domicilio", "itinerante", "remoto"),
        "residence_bound": flag(),
        "residence_note": text(),
        "protected": flag(),
        "proximity": choice("prossimita", "intermedio", "specialistico"),
        "travel_mode": choice("car", "foot_in_town"),
        "social": flag(),
        "fnps": choice(*"12345", empty=True),
        "siuss": several("123", empty=True),
        **{name: free() for name in ("istat", "inps", "cisis_2013")},
        "verification": choice("R", "K", "P"),
        "note": free(),
    }


def _service_type_rules(folder: Path) -> list[pa.Check]:
    areas = pairs(folder, "reference/terms.csv", "macro_area")
    social = pairs(folder, "reference/macro_areas.csv", "social")
    return [
        ordered("age_min", "age_max"),
        agrees("term", "macro_area", areas, _("la macro-area non è quella di terms.csv; usare la stessa")),
        agrees("macro_area", "social", social, _("«social» non è quello di macro_areas.csv; usare lo stesso")),
    ]


def synonyms(*, folder: Path = DATA) -> pd.DataFrame:
    """Words as people say them, with the service types that answer, the best first (``|`` between), and a note."""
    return load(folder, synonym_table(folder))


def standards(*, folder: Path = DATA) -> pd.DataFrame:
    """Rules and working criteria.

    ``minimum`` and ``objective`` are in ``unit``; ``per`` is the number of base persons that the unit speaks of.
    A rule with several service types is measured on all of them together. ``base_kind`` says whether
    the base can be counted from residents by age and sex (``residenti``), is something else (``altro``)
    or there is none (``nessuna``). ``law`` may be true only where the act was read, wholly or in part.
    """
    known, unknown = _types(folder)

    def missing(frame: pd.DataFrame) -> list[str]:
        text = _("reference/standards.csv: manca la regola LAV-{code}; ogni tipo di servizio ne ha una")
        return [text.format(code=code) for code in known if f"LAV-{code}" not in set(frame["id"])]

    columns = standard_columns(known, unknown)
    return load(folder, Table("reference/standards.csv", columns, standard_rules(), missing))


def kpis(*, folder: Path = DATA) -> pd.DataFrame:
    """Indicators of the plan, in the order of the file: a formula, its types, a direction, perhaps a sourced target."""
    return load(folder, kpi_table(*_types(folder)))


def zone_omogenee(*, folder: Path = DATA) -> pd.DataFrame:
    """Municipality to zona omogenea, with evidence and confidence (high or medium) of each row."""
    columns = {
        "istat_code": istat(),
        "municipality": text(),
        "zone_number": number(1, 11),
        "zone_name": text(),
        "evidence": text(),
        "confidence": choice("high", "medium", "low"),
    }
    why = _("una zona ha due nomi; usare sempre lo stesso")
    same = rule(lambda f: f.groupby("zone_number")["zone_name"].transform("nunique") == 1, why)
    return load(folder, Table("reference/zone_omogenee.csv", columns, [same]))


def districts(*, folder: Path = DATA) -> pd.DataFrame:
    """Municipality to ASL and health district, where known."""
    known = codes(folder, "reference/zone_omogenee.csv", "istat_code")
    words = {name: text() for name in ("municipality", "asl", "distretto", "evidence")}
    return load(folder, Table("reference/distretti_asl.csv", {"istat_code": istat(known), **words}))


def memberships(*, folder: Path = DATA) -> pd.DataFrame:
    """Municipality to its ambito territoriale sociale (ats), ambito of primary care or bacino; empty until told.

    ``unit`` is the name of the unit, which is its code too; a municipality is in one unit of a level.
    """
    known = codes(folder, "reference/zone_omogenee.csv", "istat_code")
    columns = {
        "istat_code": istat(known, unique=False),
        "municipality": text(),
        "level": choice(*MEMBERSHIP_LEVELS),
        "unit": text(),
        "evidence": text(),
    }
    why = _("comune già assegnato a un'unità di questo livello in una riga precedente; toglierne una")
    once = rule(lambda f: ~f.duplicated(["istat_code", "level"]), why)
    return load(folder, Table("reference/unita_statutarie.csv", columns, [once]))


def municipality_changes(*, folder: Path = DATA) -> pd.DataFrame:
    """Municipalities of the past by code and name, with the one of today that holds their people or bears their name.

    ``kind``: ``fusione`` (the former one is wholly in today's), ``scorporo`` (today's was carved out of the former,
    which is still there), ``nome`` (only the name was another), ``uso`` (a name that a publisher uses).
    """
    return load(folder, change_table(folder))


def municipality_classes(*, folder: Path = DATA) -> pd.DataFrame:
    """Altimetric zone, altitude of the centre in metres, degree of urbanisation (ISTAT, 1 January 2023)."""
    zones = ("montagna_interna", "montagna_litoranea", "collina_interna", "collina_litoranea", "pianura")
    columns = {
        "istat_code": istat(codes(folder, "reference/zone_omogenee.csv", "istat_code")),
        "municipality": text(),
        "altimetric_zone": choice(*zones),
        "altitude_m": number(0, 4810),
        "degurba": choice("citta", "piccole_citta_sobborghi", "rurale"),
    }
    return load(folder, Table("reference/classi_comuni.csv", columns))


def quarters(*, folder: Path = DATA) -> pd.DataFrame:
    """The 23 quarters of Torino: a point inside (EPSG:4326, degrees) and residents at the 2011 census."""
    columns = {
        "number": number(1, 999, unique=True),
        "name": text(),
        **position(),
        "population_2011": number(0, 1_000_000),
    }
    return load(folder, Table("reference/quartieri_torino.csv", columns))


def sources(*, folder: Path = DATA) -> pd.DataFrame:
    """Where each table or package comes from: publisher, licence (SPDX), address, reference date."""
    columns = {
        "id": match("[a-z][a-z0-9-]*", _("solo lettere minuscole, cifre e trattini"), unique=True),
        "file": free(),
        **{name: text() for name in ("title", "publisher", "licence")},
        "address": match(r"https?://\S+", _("serve un indirizzo che comincia con https://"), empty=True),
        "reference_date": match(r"\d{4}-\d{2}-\d{2}", _("la data si scrive AAAA-MM-GG"), empty=True),
        "note": free(),
    }
    return load(folder, Table("reference/sources.csv", columns))


def completeness(*, folder: Path = DATA) -> pd.DataFrame:
    """What the built-in list of services says of its own completeness, by type and territory.

    ``territory_code`` is ``201`` for the metropolitan city, the ASL's name as in :func:`districts`, or an ISTAT code.
    """
    known, unknown = _types(folder)
    columns = {
        "service_type": choice(*known, why=unknown),
        "territory_level": choice(*_LEVELS),
        "territory_code": choice(*_territories(folder), why=_territory_fault()),
        "except_level": choice(*_LEVELS, empty=True),
        "except_code": choice(*_territories(folder), why=_territory_fault(), empty=True),
        "complete": flag(),
        "listed": number(0, 1_000_000, empty=True),
        "official_total": number(0, 1_000_000, empty=True),
        "official_year": number(1990, 2100, empty=True),
        "note": free(),
        "territory": text(),
        "source_note": free(),
    }
    why = _("eccezione a metà: «except_level» e «except_code» vanno insieme")
    paired = rule(lambda f: (f["except_level"] == "") == (f["except_code"] == ""), why)
    key = ["service_type", "territory_level", "territory_code"]
    once = rule(lambda f: ~f.duplicated(key), _("tipo e territorio già dichiarati in una riga precedente"))
    return load(folder, Table("builtin/completeness.csv", columns, [paired, once]))


def _territories(folder: Path) -> list[str]:
    asl = dict.fromkeys(codes(folder, "reference/distretti_asl.csv", "asl"))
    return ["201", *asl, *codes(folder, "reference/zone_omogenee.csv", "istat_code")]


def _territory_fault() -> str:
    return _("territorio sconosciuto: 201, il nome di una ASL di distretti_asl.csv o il codice ISTAT di un comune")


def builtin_services(*, folder: Path = DATA) -> pd.DataFrame:
    """The built-in real services: EPSG:4326 degrees, with evidence, year, status and precision of every row.

    A service of a protected type may bear neither address nor point finer than its municipality.
    """
    known, unknown = _types(folder)
    optional = ("phone", "website_or_email", "opening_hours")
    columns = {
        "service_type": choice(*known, why=unknown),
        "name": text(),
        "organization": free(),
        "address": free(),
        "municipality": text(),
        "istat_code": istat(unique=False),
        **{name: free() for name in optional},
        "evidence": text(),
        "evidence_year": number(1990, 2100, empty=True),
        **position(),
        "precision": choice("address", "street", "municipality"),
        "status": choice("attivo", "da_verificare", "atteso_2026", "programmato"),
        "note": free(),
        "coord_source": text(),
    }
    return load(folder, Table("builtin/services.csv", columns, [_hidden(folder)]))


def _hidden(folder: Path) -> pa.Check:
    flags = pairs(folder, "reference/service_types.csv", "protected")
    protected = [code for code, flag in flags.items() if flag == "true"]
    why = _("luogo protetto: togliere l'indirizzo e lasciare la precisione «municipality»")

    def hidden(f: pd.DataFrame) -> "pd.Series[bool]":
        coarse = (f["address"] == "") & (f["precision"] == "municipality")
        return coarse | ~f["service_type"].isin(protected)

    return rule(hidden, why)


def service_areas(*, folder: Path = DATA) -> pd.DataFrame:
    """Areas whose residents the services of a body are for, by body and perhaps name of the service and types.

    An empty ``name`` means all the services of the body, empty ``service_types`` all types that residence decides
    on; no other type may be named. ``area_code`` is that of the level: for a district ``ASL / district``.
    """
    return load(folder, service_area_table(folder))


def doubts(*, folder: Path = DATA) -> pd.DataFrame:
    """Rows of the built-in services that a person should look at first, named as there, with the reason in Italian."""
    known = set(_keys(read(folder, "builtin/services.csv").reindex(columns=_SERVICE_KEY)))
    columns = {"service_type": text(), "istat_code": istat(unique=False), "name": text(), "doubt": text()}
    why = _("nessun servizio di builtin/services.csv ha questo tipo, codice e nome; correggere o togliere la riga")
    named = rule(lambda f: pd.Series([key in known for key in _keys(f)], index=f.index), why)
    return load(folder, Table("builtin/doubts.csv", columns, [named]))


def _keys(frame: pd.DataFrame) -> list[tuple[str, ...]]:
    return [tuple(key) for key in frame[_SERVICE_KEY].to_numpy().tolist()]


REFERENCE: tuple[Callable[..., pd.DataFrame], ...] = (
    *(macro_areas, user_areas, terms, service_types, synonyms, standards, kpis, zone_omogenee),
    *(districts, memberships, municipality_changes, municipality_classes, quarters, sources),
)
BUILTIN: tuple[Callable[..., pd.DataFrame], ...] = (builtin_services, completeness, doubts, service_areas)
TABLES = (*REFERENCE, *BUILTIN)


def check(*, folder: Path = DATA, only: Sequence[Callable[..., pd.DataFrame]] = TABLES) -> None:
    """Read every table, or some, and raise once, with the faults of all of them."""
    faults: dict[str, None] = {}
    for table in only:
        try:
            table(folder=folder)
        except ReferenceDataError as error:
            faults.update(dict.fromkeys(error.faults))
    if faults:
        raise ReferenceDataError(_("Le tabelle di riferimento hanno errori: nulla è stato caricato."), list(faults))
