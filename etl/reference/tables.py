"""Typed reading of the tables in ``data/reference`` and ``data/builtin``.

Officers edit these files by hand, so each reading checks the whole table and names every fault at
once: file, row, column, what is wrong, how to mend it. Text stays text (ISTAT codes keep their
leading zeros), whole numbers become ``Int64``, other numbers ``float64``, flags ``bool``; an empty
cell is missing. Lists in a cell are separated by ``|``. Columns come in the order of the schema. All
functions raise :class:`etl.errors.ReferenceDataError`.
"""

import csv
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pandera.pandas as pa

from etl.errors import ReferenceDataError
from etl.i18n import _

DATA = Path(__file__).resolve().parents[2] / "data"
WORKING_ACT = "criterio di lavoro"
_SLUG = r"[a-z][a-z0-9_]*"
_ISTAT = r"\d{6}"
_LEVELS = ("metropolitan_city", "asl", "municipality")
_KINDS = ("coverage", "presence", "time", "distance", "spacing", "intensity", "load", "area", "class", "conformity")
_GEOGRAPHIES = (
    *("comune", "bacino", "distretto", "ats", "asl", "provincia", "regione", "ambito", "nazione", "sede", "ente"),
    "punto",  # a working criterion is measured where people live
)
_CONDITIONS = (
    *("tutte", "interna", "montana", "rurale", "urbana", "extraurbana", "zona_residenziale", "piccolo_comune"),
    *("stazione_porto_aeroporto", "centro_commerciale", "cintura", "intermedio", "periferico"),
)

Test = Callable[["pd.Series[str]"], "pd.Series[bool]"]
RowTest = Callable[[pd.DataFrame], "pd.Series[bool]"]


@dataclass(frozen=True)
class Table:
    """One file: its columns, the rules that join columns of a row, the faults of the table as a whole."""

    file: str
    columns: Mapping[str, pa.Column]
    rules: Sequence[pa.Check] = ()
    whole: Callable[[pd.DataFrame], list[str]] | None = None


def _parts(cell: str) -> list[str]:
    return cell.split("|") if cell else []


# --- columns ---------------------------------------------------------------------------------


def _column(*checks: pa.Check, kind: str = "text", unique: bool = False, empty: bool = False) -> pa.Column:
    first = [] if empty else [pa.Check(lambda s: s.str.strip() != "", error=_("manca il valore; scriverlo"))]
    last = [pa.Check(lambda s: ~s.duplicated(), error=_("già presente in una riga precedente; toglierne una"))]
    return pa.Column(checks=[*first, *checks, *(last if unique else [])], metadata={"kind": kind})


def _check(test: Test, why: str) -> pa.Check:
    # An empty cell is the business of `_column`; the other tests let it pass, so that one fault gives one line.
    return pa.Check(lambda s: (s.str.strip() == "") | test(s), error=why)


def _text() -> pa.Column:
    return _column()


def _free() -> pa.Column:
    return _column(empty=True)


def _match(pattern: str, why: str, *, unique: bool = False, empty: bool = False) -> pa.Column:
    return _column(_check(lambda s: s.str.fullmatch(pattern), why), unique=unique, empty=empty)


def _istat(known: Collection[str] | None = None, *, unique: bool = True) -> pa.Column:
    checks = [_check(lambda s: s.str.fullmatch(_ISTAT), _("il codice ISTAT ha sei cifre, zeri iniziali compresi"))]
    if known is not None:
        checks.append(_check(lambda s: s.isin(known), _("comune assente da zone_omogenee.csv; correggere il codice")))
    return _column(*checks, unique=unique)


def _choice(*allowed: str, why: str = "", empty: bool = False) -> pa.Column:
    return _column(_check(lambda s: s.isin(allowed), why or _allowed(allowed)), empty=empty)


def _several(allowed: Collection[str], why: str = "", *, empty: bool = False) -> pa.Column:
    known = _check(
        lambda s: s.map(lambda cell: set(_parts(cell)) <= set(allowed)).astype(bool), why or _allowed(allowed)
    )
    once = _check(
        lambda s: s.map(lambda cell: len(set(_parts(cell))) == len(_parts(cell))).astype(bool), _("ripetizione")
    )
    return _column(known, once, empty=empty)


def _allowed(values: Collection[str]) -> str:
    return _("valori ammessi: {values}").format(values=", ".join(values))


def _number(low: float, high: float, *, kind: str = "int", unique: bool = False, empty: bool = False) -> pa.Column:
    shape = r"\d+" if kind == "int" else r"-?\d+(\.\d+)?"
    why = _("serve un numero intero") if kind == "int" else _("serve un numero, con il punto per i decimali")
    why = _("{why}, tra {low} e {high}").format(why=why, low=f"{low:.15g}", high=f"{high:.15g}")
    test = _check(lambda s: s.str.fullmatch(shape) & pd.to_numeric(s, errors="coerce").between(low, high), why)
    return _column(test, kind=kind, unique=unique, empty=empty)


def _flag() -> pa.Column:
    return _column(_check(lambda s: s.isin(["true", "false"]), _allowed(["true", "false"])), kind="flag")


def _rule(test: RowTest, why: str) -> pa.Check:
    return pa.Check(test, error=why)


def _ordered(low: str, high: str) -> pa.Check:
    why = _("«{low}» è maggiore di «{high}»; correggere uno dei due").format(low=low, high=high)
    return _rule(lambda f: ~(_numeric(f[low]) > _numeric(f[high])), why)


def _numeric(cells: "pd.Series[str]") -> "pd.Series[float]":
    return pd.to_numeric(cells, errors="coerce")


# --- reading and checking ----------------------------------------------------------------------


def _read(folder: Path, file: str) -> pd.DataFrame:
    """The raw text of a file, indexed by its line numbers (the header is line 1)."""
    try:
        with (folder / file).open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.reader(stream)
            header = next(reader, [])
            rows = [(reader.line_num, row) for row in reader if row]
    except FileNotFoundError:
        raise _error(file, [_("{file}: il file manca; rimetterlo al suo posto").format(file=file)]) from None
    except UnicodeDecodeError:
        why = _("{file}: non è in UTF-8; salvarlo di nuovo come «CSV UTF-8»").format(file=file)
        raise _error(file, [why]) from None
    except csv.Error as error:
        why = _("{file}: non si legge come CSV ({error}); salvarlo di nuovo come CSV").format(file=file, error=error)
        raise _error(file, [why]) from None
    _require_shape(file, header, rows)
    return pd.DataFrame([row for _line, row in rows], columns=header, index=[line for line, _row in rows], dtype=str)


def _require_shape(file: str, header: Sequence[str], rows: Sequence[tuple[int, Sequence[str]]]) -> None:
    faults = []
    if len(header) == 1 and ";" in header[0]:
        why = _("{file}: le colonne sono separate da punto e virgola; salvarlo con la virgola")
        raise _error(file, [why.format(file=file)])
    if len(set(header)) < len(header):
        faults.append(_("{file}, riga 1: un nome di colonna è ripetuto; toglierne uno").format(file=file))
    short = _("{file}, riga {line}: {found} celle invece di {wanted}; controllare virgole e virgolette")
    for line, row in rows:
        if len(row) != len(header):
            faults.append(short.format(file=file, line=line, found=len(row), wanted=len(header)))
    if faults:
        raise _error(file, faults)


def _error(file: str, faults: Sequence[str]) -> ReferenceDataError:
    return ReferenceDataError(_("La tabella {file} non è valida: non è stata caricata.").format(file=file), faults)


def _load(folder: Path, table: Table) -> pd.DataFrame:
    frame = _read(folder, table.file)
    faults = _schema_faults(frame, table)
    if table.whole and set(table.columns) <= set(frame.columns):
        faults += table.whole(frame)
    if faults:
        raise _error(table.file, faults)
    return _typed(frame, table)


def _schema_faults(frame: pd.DataFrame, table: Table) -> list[str]:
    # Rules across columns cannot be asked of a table that lacks columns.
    rules = table.rules if set(table.columns) <= set(frame.columns) else ()
    try:
        pa.DataFrameSchema(dict(table.columns), checks=list(rules), strict=True).validate(frame, lazy=True)
    except pa.errors.SchemaErrors as errors:
        # A rule across columns is reported once for each column of the row.
        found = [_fault(table.file, case) for case in errors.failure_cases.to_dict("records")]
        return list(dict.fromkeys(found))
    return []


def _fault(file: str, case: Mapping[str, object]) -> str:
    if case["check"] == "column_in_dataframe":
        text = _("{file}, riga 1: manca la colonna «{value}»; aggiungerla")
    elif case["check"] == "column_in_schema":
        text = _("{file}, riga 1: la colonna «{value}» non è prevista; toglierla o correggerne il nome")
    elif case["schema_context"] == "DataFrameSchema":
        text = _("{file}, riga {row}: {why}")
    else:
        text = _("{file}, riga {row}, colonna «{column}»: «{value}»: {why}")
    names = {"row": case["index"], "column": case["column"], "value": case["failure_case"], "why": case["check"]}
    return text.format(file=file, **names)


def _typed(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    frame = frame[list(table.columns)].reset_index(drop=True)
    for name, column in table.columns.items():
        kind, present = (column.metadata or {})["kind"], frame[name].where(frame[name] != "")
        if kind == "int":
            frame[name] = pd.to_numeric(present).astype("Int64")
        elif kind == "float":
            frame[name] = pd.to_numeric(present).astype("float64")
        else:
            frame[name] = present if kind == "text" else frame[name] == "true"
    return frame


def _codes(folder: Path, file: str, column: str = "code") -> list[str]:
    """The codes that another table may refer to; none where that table lacks the column, which is its own fault."""
    frame = _read(folder, file)
    return list(frame[column]) if column in frame else []


def _pairs(folder: Path, file: str, column: str) -> dict[str, str]:
    """Code to another column of a file; empty where that table lacks one of them."""
    return dict(zip(_codes(folder, file), _codes(folder, file, column), strict=False))


def _types(folder: Path) -> tuple[list[str], str]:
    why = _("tipo di servizio assente da service_types.csv; correggere il codice o aggiungerlo là")
    return _codes(folder, "reference/service_types.csv"), why


# --- the tables --------------------------------------------------------------------------------


def macro_areas(*, folder: Path = DATA) -> pd.DataFrame:
    """Macro-areas A-H and Z: code, names, ``social`` (counts as a social service), FNPS macro-levels."""
    code = _match("[A-Z]", _("una lettera maiuscola"), unique=True)
    names = {"name_it": _text(), "name_en": _text()}
    fnps = _several("12345", empty=True)
    return _load(folder, Table("reference/macro_areas.csv", {"code": code, **names, "social": _flag(), "fnps": fnps}))


def user_areas(*, folder: Path = DATA) -> pd.DataFrame:
    """The seven user areas of ISTAT with their SIUSS code, FNPS column and ISTAT data-flow code."""
    code = _match("[A-Z]{3}", _("tre lettere maiuscole"), unique=True)
    names = {"name_it": _text(), "name_en": _text()}
    crosswalk = {"siuss": _choice("1", "2", "3", empty=True), "fnps": _free(), "istat": _text(), "note": _free()}
    return _load(folder, Table("reference/user_areas.csv", {"code": code, **names, **crosswalk}))


def terms(*, folder: Path = DATA) -> pd.DataFrame:
    """Terms of the taxonomy (``area.slug``), with macro-area and names; several types may share a term."""
    code = _match(r"[a-z]{3}\.[a-z]+", _("la forma è area.nome"), unique=True)
    area = _choice(*_codes(folder, "reference/macro_areas.csv"))
    names = {"name_it": _text(), "name_en": _text(), "origin": _choice("proposta", "aggiunta")}
    return _load(folder, Table("reference/terms.csv", {"code": code, "macro_area": area, **names}))


def service_types(*, folder: Path = DATA) -> pd.DataFrame:
    """Types of service, in the order of the file; ages inclusive, in whole years, missing where open."""
    columns, rules = _service_type_columns(folder), _service_type_rules(folder)
    return _load(folder, Table("reference/service_types.csv", columns, rules))


def _service_type_columns(folder: Path) -> dict[str, pa.Column]:
    known = _("termine assente da terms.csv; correggerlo o aggiungerlo là")
    return {
        "code": _match(_SLUG, _("solo lettere minuscole, cifre e trattino basso"), unique=True),
        "term": _choice(*_codes(folder, "reference/terms.csv"), why=known),
        "macro_area": _choice(*_codes(folder, "reference/macro_areas.csv")),
        **{name: _text() for name in ("name_it", "name_en", "synonyms_it", "synonyms_en", "description_it")},
        "users": _several(_codes(folder, "reference/user_areas.csv")),
        "age_min": _number(0, 120, empty=True),
        "age_max": _number(0, 120, empty=True),
        "sex": _choice("F", "M", empty=True),
        "capacity_unit": _text(),
        "delivery": _choice("sede", "domicilio", "itinerante", "remoto"),
        "residence_bound": _flag(),
        "residence_note": _text(),
        "protected": _flag(),
        "proximity": _choice("prossimita", "intermedio", "specialistico"),
        "travel_mode": _choice("car", "foot_in_town"),
        "social": _flag(),
        "fnps": _choice(*"12345", empty=True),
        "siuss": _several("123", empty=True),
        **{name: _free() for name in ("istat", "inps", "cisis_2013")},
        "verification": _choice("R", "K", "P"),
        "note": _free(),
    }


def _service_type_rules(folder: Path) -> list[pa.Check]:
    areas = _pairs(folder, "reference/terms.csv", "macro_area")
    social = _pairs(folder, "reference/macro_areas.csv", "social")
    return [
        _ordered("age_min", "age_max"),
        _agrees("term", "macro_area", areas, _("la macro-area non è quella di terms.csv; usare la stessa")),
        _agrees("macro_area", "social", social, _("«social» non è quello di macro_areas.csv; usare lo stesso")),
    ]


def _agrees(key: str, value: str, expected: Mapping[str, str], why: str) -> pa.Check:
    # A key that is not known is a fault of its own column.
    return _rule(lambda f: ~f[key].isin(expected) | (f[key].map(expected) == f[value]), why)


def standards(*, folder: Path = DATA) -> pd.DataFrame:
    """Rules and working criteria.

    ``minimum`` and ``objective`` are in ``unit``; ``per`` is the number of base persons that the unit speaks of.
    A rule with several service types is measured on all of them together. ``base_kind`` says whether
    the base can be counted from residents by age and sex (``residenti``), is something else (``altro``)
    or there is none (``nessuna``). ``law`` may be true only where the act was read, wholly or in part.
    """
    codes, unknown = _types(folder)

    def missing(frame: pd.DataFrame) -> list[str]:
        text = _("reference/standards.csv: manca la regola LAV-{code}; ogni tipo di servizio ne ha una")
        return [text.format(code=code) for code in codes if f"LAV-{code}" not in set(frame["id"])]

    columns = {**_standard_head(codes, unknown), **_standard_base(), **_standard_source()}
    return _load(folder, Table("reference/standards.csv", columns, _standard_rules(), missing))


def _standard_head(codes: Sequence[str], unknown: str) -> dict[str, pa.Column]:
    return {
        "id": _match("[A-Za-z0-9_-]+", _("solo lettere, cifre e trattini"), unique=True),
        "service_type": _several(codes, unknown, empty=True),
        "title_it": _text(),
        "indicator_it": _text(),
        "kind": _choice(*_KINDS),
        "comparator": _choice("<=", ">="),
        "minimum": _number(0, 1e9, kind="float"),
        "objective": _number(0, 1e9, kind="float", empty=True),
        "unit": _text(),
        "per": _number(1, 1e6, kind="float"),
        "capacity_unit": _free(),
        "supply_bound": _choice("eccesso", empty=True),
    }


def _standard_base() -> dict[str, pa.Column]:
    return {
        "base_kind": _choice("residenti", "altro", "nessuna"),
        "base_age_min": _number(0, 120, empty=True),
        "base_age_max": _number(0, 120, empty=True),
        "base_sex": _choice("F", "M", empty=True),
        "base_note": _free(),
        "geography": _several(_GEOGRAPHIES),
        "area_condition": _several(_CONDITIONS),
    }


def _standard_source() -> dict[str, pa.Column]:
    return {
        "act": _text(),
        "article": _free(),
        "verification": _choice("letto", "parziale", "non_letto", "criterio"),
        "read_at": _free(),
        "law": _flag(),
        "note": _free(),
        "source_note": _free(),
    }


def _standard_rules() -> list[pa.Check]:
    def objective_beyond_minimum(f: pd.DataFrame) -> "pd.Series[bool]":
        gain = _numeric(f["objective"]) - _numeric(f["minimum"])
        return ~(gain.where(f["comparator"] == ">=", -gain) < 0)

    def working_criterion(f: pd.DataFrame) -> "pd.Series[bool]":
        own = f["verification"] == "criterio"
        return (f["id"].str.startswith("LAV-") == own) & ((f["act"] == WORKING_ACT) == own)

    def law_was_read(f: pd.DataFrame) -> "pd.Series[bool]":
        return (f["law"] != "true") | f["verification"].isin(["letto", "parziale"])

    unread = _("una regola non letta non si mostra come legge; leggere l'atto o scrivere false in «law»")
    own = _("LAV-…, verifica «criterio» e atto «criterio di lavoro» vanno insieme; correggere quello che manca")
    return [
        _ordered("base_age_min", "base_age_max"),
        _rule(objective_beyond_minimum, _("l'obiettivo è meno esigente del minimo; controllare i due numeri")),
        _rule(law_was_read, unread),
        _rule(working_criterion, own),
    ]


def zone_omogenee(*, folder: Path = DATA) -> pd.DataFrame:
    """Municipality to zona omogenea, with evidence and confidence (high or medium) of each row."""
    columns = {
        "istat_code": _istat(),
        "municipality": _text(),
        "zone_number": _number(1, 11),
        "zone_name": _text(),
        "evidence": _text(),
        "confidence": _choice("high", "medium", "low"),
    }
    why = _("una zona ha due nomi; usare sempre lo stesso")
    same = _rule(lambda f: f.groupby("zone_number")["zone_name"].transform("nunique") == 1, why)
    return _load(folder, Table("reference/zone_omogenee.csv", columns, [same]))


def districts(*, folder: Path = DATA) -> pd.DataFrame:
    """Municipality to ASL and health district, where known."""
    known = _codes(folder, "reference/zone_omogenee.csv", "istat_code")
    text = {name: _text() for name in ("municipality", "asl", "distretto", "evidence")}
    return _load(folder, Table("reference/distretti_asl.csv", {"istat_code": _istat(known), **text}))


def municipality_classes(*, folder: Path = DATA) -> pd.DataFrame:
    """Altimetric zone, altitude of the centre in metres, degree of urbanisation (ISTAT, 1 January 2023)."""
    zones = ("montagna_interna", "montagna_litoranea", "collina_interna", "collina_litoranea", "pianura")
    columns = {
        "istat_code": _istat(_codes(folder, "reference/zone_omogenee.csv", "istat_code")),
        "municipality": _text(),
        "altimetric_zone": _choice(*zones),
        "altitude_m": _number(0, 4810),
        "degurba": _choice("citta", "piccole_citta_sobborghi", "rurale"),
    }
    return _load(folder, Table("reference/classi_comuni.csv", columns))


def _position() -> dict[str, pa.Column]:
    # Italy's bounds, EPSG:4326: a swap of latitude and longitude, or a metric coordinate, falls outside.
    return {"lat": _number(35.2, 47.2, kind="float"), "lon": _number(6.5, 18.6, kind="float")}


def quarters(*, folder: Path = DATA) -> pd.DataFrame:
    """The 23 quarters of Torino: a point inside (EPSG:4326, degrees) and residents at the 2011 census."""
    columns = {
        "number": _number(1, 999, unique=True),
        "name": _text(),
        **_position(),
        "population_2011": _number(0, 1_000_000),
    }
    return _load(folder, Table("reference/quartieri_torino.csv", columns))


def sources(*, folder: Path = DATA) -> pd.DataFrame:
    """Where each table or package comes from: publisher, licence (SPDX), address, reference date."""
    columns = {
        "id": _match("[a-z][a-z0-9-]*", _("solo lettere minuscole, cifre e trattini"), unique=True),
        "file": _free(),
        **{name: _text() for name in ("title", "publisher", "licence")},
        "address": _match(r"https?://\S+", _("serve un indirizzo che comincia con https://"), empty=True),
        "reference_date": _match(r"\d{4}-\d{2}-\d{2}", _("la data si scrive AAAA-MM-GG"), empty=True),
        "note": _free(),
    }
    return _load(folder, Table("reference/sources.csv", columns))


def completeness(*, folder: Path = DATA) -> pd.DataFrame:
    """What the built-in list of services says of its own completeness, by type and territory.

    ``territory_code`` is ``201`` for the metropolitan city, the ASL's name as in :func:`districts`, or an ISTAT code.
    """
    codes, unknown = _types(folder)
    columns = {
        "service_type": _choice(*codes, why=unknown),
        "territory_level": _choice(*_LEVELS),
        "territory_code": _choice(*_territories(folder), why=_territory_fault()),
        "except_level": _choice(*_LEVELS, empty=True),
        "except_code": _choice(*_territories(folder), why=_territory_fault(), empty=True),
        "complete": _flag(),
        "listed": _number(0, 1_000_000, empty=True),
        "official_total": _number(0, 1_000_000, empty=True),
        "official_year": _number(1990, 2100, empty=True),
        "note": _free(),
        "territory": _text(),
        "source_note": _free(),
    }
    why = _("eccezione a metà: «except_level» e «except_code» vanno insieme")
    paired = _rule(lambda f: (f["except_level"] == "") == (f["except_code"] == ""), why)
    key = ["service_type", "territory_level", "territory_code"]
    once = _rule(lambda f: ~f.duplicated(key), _("tipo e territorio già dichiarati in una riga precedente"))
    return _load(folder, Table("builtin/completeness.csv", columns, [paired, once]))


def _territories(folder: Path) -> list[str]:
    asl = dict.fromkeys(_codes(folder, "reference/distretti_asl.csv", "asl"))
    return ["201", *asl, *_codes(folder, "reference/zone_omogenee.csv", "istat_code")]


def _territory_fault() -> str:
    return _("territorio sconosciuto: 201, il nome di una ASL di distretti_asl.csv o il codice ISTAT di un comune")


def builtin_services(*, folder: Path = DATA) -> pd.DataFrame:
    """The built-in real services: EPSG:4326 degrees, with evidence, year, status and precision of every row.

    A service of a protected type may bear neither address nor point finer than its municipality.
    """
    codes, unknown = _types(folder)
    optional = ("phone", "website_or_email", "opening_hours")
    columns = {
        "service_type": _choice(*codes, why=unknown),
        "name": _text(),
        "organization": _free(),
        "address": _free(),
        "municipality": _text(),
        "istat_code": _istat(unique=False),
        **{name: _free() for name in optional},
        "evidence": _text(),
        "evidence_year": _number(1990, 2100, empty=True),
        **_position(),
        "precision": _choice("address", "street", "municipality"),
        "status": _choice("attivo", "da_verificare", "atteso_2026", "programmato"),
        "note": _free(),
        "coord_source": _text(),
    }
    return _load(folder, Table("builtin/services.csv", columns, [_hidden(folder)]))


def _hidden(folder: Path) -> pa.Check:
    flags = _pairs(folder, "reference/service_types.csv", "protected")
    protected = [code for code, flag in flags.items() if flag == "true"]
    why = _("luogo protetto: togliere l'indirizzo e lasciare la precisione «municipality»")

    def hidden(f: pd.DataFrame) -> "pd.Series[bool]":
        coarse = (f["address"] == "") & (f["precision"] == "municipality")
        return coarse | ~f["service_type"].isin(protected)

    return _rule(hidden, why)


TABLES: tuple[Callable[..., pd.DataFrame], ...] = (
    *(macro_areas, user_areas, terms, service_types, standards, zone_omogenee),
    *(districts, municipality_classes, quarters, sources, completeness, builtin_services),
)


def check(*, folder: Path = DATA) -> None:
    """Read every table and raise once, with the faults of all of them."""
    faults: dict[str, None] = {}
    for load in TABLES:
        try:
            load(folder=folder)
        except ReferenceDataError as error:
            faults.update(dict.fromkeys(error.faults))
    if faults:
        raise ReferenceDataError(_("Le tabelle di riferimento hanno errori: nulla è stato caricato."), list(faults))
