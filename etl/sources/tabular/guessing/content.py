"""What a file lists, and the mapping that follows from it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from etl.i18n import _
from etl.identity import slug
from etl.sources.tabular import layout
from etl.sources.tabular.figures import TYPED, explain_unsure
from etl.sources.tabular.guessing import figures, headings, keys, placing, services
from etl.sources.tabular.guessing.fields import Match, assigned, named_body
from etl.sources.tabular.guessing.looks import filled
from etl.sources.tabular.guessing.opening import Opened
from etl.sources.tabular.mapping import Mapping as Proposed

PLACE = frozenset({"latitude", "longitude", "x", "y", "wkt"})


@dataclass(frozen=True)
class Guess:
    """Keys of the proposed mapping in their order, what is doubtful, and what must be said before it can be used."""

    told: dict[str, object]
    doubts: tuple[str, ...]
    open: tuple[str, ...] = ()


def guessed(name: str, found: Opened, *, service_type: str | None = None) -> Guess:
    """The mapping for a file of this name, opened."""
    columns = {column: [row[column] for _number, row in found.table.rows] for column in found.table.header}
    matches = assigned(columns)
    place = placing.placed(columns, matches, told=found.table.crs)
    listed = services.listed(name, columns, matches, told=service_type)
    kind = _kind(columns, matches, polygons=place.polygons, sure=listed.sure)
    if kind in ("organizations", "services"):
        matches = named_body(columns, matches)
    doubts = [*listed.doubts] if kind == "services" else []
    doubts += [*_doubts_of_kind(kind, matches), *place.doubts]
    fields = _fields(kind, matches, place) | ({"service_type": listed.field} if kind == "services" else {})
    key = keys.chosen(columns, matches, kind, doubts)
    told = _declared(name, kind, found)
    told |= _without_nothing({"crs": place.crs if _needs_crs(fields, found) else None, "key": key, "fields": fields})
    counted = figures.proposed(columns, matches, name) if kind == "indicators" else []
    sign = figures.decimal_sign(columns, counted)
    told |= _without_nothing({"figures": counted, "decimal": sign, "ignored": found.ignored})
    both = figures.unsure(columns, counted) if sign is None and found.format not in TYPED else []
    unsaid = (explain_unsure(both),) if both else ()
    doubts = [*_doubts_of_columns(found.ignored, matches), *doubts, *_unused(told, found.table.header)]
    return Guess(told, tuple(doubts), unsaid)


def _unused(told: Mapping[str, object], header: Sequence[str]) -> list[str]:
    """A column that nothing reads is told: what it holds would be lost without a word."""
    mapping = Proposed.model_validate(told)
    used = {*layout.needed(mapping), *(name for name in mapping.ignored), "geometry"}
    names = [name for name in header if name not in used]
    return [_("colonne non usate: {names}").format(names=", ".join(names))] if names else []


def _declared(name: str, kind: str, found: Opened) -> dict[str, object]:
    stem = slug(name.rpartition(".")[0]) or "fonte"
    always: dict[str, object] = {
        "id": stem[:60].strip("-"),
        "title": name.rpartition(".")[0],
        "publisher": "da indicare",
        "licence": "non dichiarata",
        "kind": kind,
        "files": [name],
        "format": found.format,
    }
    table = found.table
    own = {"encoding": table.encoding, "delimiter": table.delimiter, "sheet": table.sheet}
    if found.header_row > 1:
        own["header_row"] = found.header_row  # type: ignore[assignment]
    return always | _without_nothing(own)


def _without_nothing(told: Mapping[str, object]) -> dict[str, object]:
    return {key: value for key, value in told.items() if value}


def _needs_crs(fields: Mapping[str, object], found: Opened) -> bool:
    return bool({"x", "y", "wkt"} & set(fields)) and found.table.crs is None


def _kind(columns: Mapping[str, Sequence[str]], matches: Mapping[str, Match], *, polygons: bool, sure: bool) -> str:
    """``sure``: the name of the file tells a type of service."""
    if polygons:
        return "areas"
    coded = [name for name in ("istat_code", "cadastral_code") if name in matches]
    if coded and _one_row_each(columns[matches[coded[0]].column]) and len(figures.numeric(columns, matches)) >= 2:
        return "indicators"
    pointed = {"latitude", "x", "wkt"} & set(matches)
    if "address" in matches and "street_number" in matches and pointed and "name" not in matches:
        return "addresses"
    bodies = "tax_id" in matches and _one_row_each(columns[matches["tax_id"].column], fewest=2) and not sure
    placeless = "tax_id" in matches and not {"address", *PLACE} & set(matches)
    return "organizations" if bodies or placeless else "services"


def _one_row_each(codes: Sequence[str], *, fewest: int = 10) -> bool:
    told = filled(codes)
    return len(told) >= fewest and len(set(told)) >= 0.98 * len(told)


def _fields(kind: str, matches: Mapping[str, Match], place: placing.Placed) -> dict[str, object]:
    """Fields that the kind has a use for, in a reader's order."""
    wanted = {
        "indicators": ("istat_code", "cadastral_code", "municipality"),
        "areas": ("name", "municipality"),
        "addresses": ("istat_code", "cadastral_code", "municipality", "address", "street_number"),
    }.get(kind, tuple(field for field in headings.WORDS if field not in PLACE))
    if kind == "services":
        wanted = tuple("organization_tax_id" if field == "tax_id" else field for field in wanted)
    found: dict[str, object] = {
        field: matches[own].column
        for field in wanted
        if (own := "tax_id" if field == "organization_tax_id" else field) in matches
    }
    return found if kind == "indicators" else {**found, **place.fields}


def _doubts_of_kind(kind: str, matches: Mapping[str, Match]) -> list[str]:
    doubts = []
    if kind == "indicators":
        doubts.append(_("sembra una tabella di cifre per comune: controllare anni, somme e medie"))
    if "name" not in matches and kind in ("services", "organizations", "areas"):
        doubts.append(_("manca la colonna del nome: indicarla in «fields»"))
    doubts.append(_("i dati non dicono di quando sono: indicare «edition»"))
    return doubts


def _doubts_of_columns(ignored: Mapping[str, str], matches: Mapping[str, Match]) -> list[str]:
    doubts = []
    if ignored:
        doubts.append(_("colonne lasciate fuori: {names}").format(names=", ".join(ignored)))
    unsure = sorted(f"{match.field} = {match.column}" for match in matches.values() if match.score < 0.6)
    if unsure:
        doubts.append(_("colonne incerte: {names}").format(names=", ".join(unsure)))
    return doubts
