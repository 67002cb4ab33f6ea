"""Mapping files: sources that an officer adds in YAML; every fault is told in Italian, with file, key and remedy."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from etl.errors import SourceError
from etl.i18n import _
from etl.reference import tables
from etl.sources.readers.plain_yaml import read_yaml
from etl.sources.tabular.mapping import Mapping as TableMapping

KINDS = frozenset({"services", "organizations", "indicators", "areas", "addresses"})
UNSAID = frozenset({"da indicare", "non dichiarata", "non dichiarato"})


def load_mappings(folders: Iterable[Path]) -> tuple[list[TableMapping], tuple[str, ...]]:
    """The mappings in the ``.yaml`` and ``.yml`` files of folders, by file name, and the faults of those left out.

    A missing folder holds none. A file with faults stops no other: whoever reads the catalogue says its faults.
    """
    files = sorted({file for folder in folders for file in _files(folder)})
    faults: list[str] = []
    found = []
    for file in files:
        try:
            found.append(load_mapping(file))
        except SourceError as error:
            faults.extend(error.faults)
    return found, tuple(faults)


def _files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return [file for file in folder.iterdir() if file.suffix.lower() in {".yaml", ".yml"} and file.is_file()]


def load_mapping(file: Path) -> TableMapping:
    """The mapping of one file.

    Raises
    ------
    SourceError
        Every fault of the file: its YAML, its keys, its values.
    """
    return check(read_yaml(file, summary=_summary(file.name)), name=file.name)


def _summary(name: str) -> str:
    return _("La mappatura {name} contiene errori.").format(name=name)


def check(told: object, *, name: str, proposed: bool = False) -> TableMapping:
    """The mapping that the content of a YAML file stands for.

    Parameters
    ----------
    name
        The file's, for the messages.
    proposed
        Whether the mapping is a proposal that nobody has completed yet: what only a person knows may be lacking.

    Raises
    ------
    SourceError
        Every fault.
    """
    summary = _summary(name)
    if not isinstance(told, dict):
        why = _("{name}: servono chiavi e valori, per esempio «id: mia-fonte»")
        raise SourceError(summary, [why.format(name=name)])
    try:
        mapping = TableMapping.model_validate(told)
    except ValidationError as error:
        raise SourceError(summary, [_fault(name, one) for one in error.errors(include_url=False)]) from None
    faults = [f"{name}: {fault}" for fault in (*_meaning(mapping), *([] if proposed else _unsaid(mapping)))]
    if faults:
        raise SourceError(summary, faults)
    return mapping


def _fault(name: str, error: Mapping[str, Any]) -> str:
    where = ".".join(str(part) for part in error["loc"] if not _internal(part)) or _("il file")
    return _("{name}: «{where}»: {why}").format(name=name, where=where, why=_why(error))


def _internal(part: object) -> bool:
    """Whether a part of pydantic's location names a variant of a type and not a key of the file."""
    return isinstance(part, str) and (part.startswith(("tuple[", "function-", "constrained-")) or part == "str")


def _why(error: Mapping[str, Any]) -> str:
    """The Italian of pydantic's message, by its type."""
    context, kind = error.get("ctx", {}), str(error["type"])
    if kind == "value_error":
        return str(context["error"])
    if kind == "extra_forbidden":
        return _("chiave sconosciuta; le chiavi sono: {known}").format(known=", ".join(_keys(error["loc"])))
    if kind == "literal_error":
        known = str(context["expected"]).replace(" or ", ", ")
        return _("valore non ammesso; i valori sono: {known}").format(known=known)
    return _messages().get(kind, _("il valore non va")).format(**context)


def _messages() -> dict[str, str]:
    whole, inside = _("deve essere un numero intero"), _("servono chiavi e valori, una per riga e rientrate")
    many = _("serve un elenco: una riga per voce, ciascuna con «- » davanti")
    return {
        "missing": _("manca: va scritto"),
        "string_pattern_mismatch": _("la forma non è quella attesa ({pattern})"),
        "string_too_long": _("è troppo lungo (al massimo {max_length} caratteri)"),
        "greater_than_equal": _("deve essere almeno {ge}"),
        "string_type": _("deve essere un testo: metterlo fra virgolette"),
        **dict.fromkeys(("string_too_short", "too_short"), _("è vuoto: va scritto")),
        **dict.fromkeys(("int_parsing", "int_type", "int_from_float"), whole),
        **dict.fromkeys(("dict_type", "model_type", "model_attributes_type", "dataclass_type"), inside),
        **dict.fromkeys(("tuple_type", "list_type"), many),
    }


def _keys(where: Sequence[object]) -> list[str]:
    """Keys allowed beside an unknown one."""
    model: type[BaseModel] = TableMapping
    for part in where[:-1]:
        field = model.model_fields.get(str(part))
        model = (field and _model_in(field.annotation)) or model
    return sorted(model.model_fields)


def _model_in(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_in(part))), None)


def _meaning(mapping: TableMapping) -> list[str]:
    """What is well formed and still makes no sense."""
    faults = []
    if mapping.kind not in KINDS:
        why = _("«kind»: con una mappatura si leggono solo {known}")
        faults.append(why.format(known=", ".join(sorted(KINDS))))
    lacking = _("«fields»: manca «{field}», senza il quale ogni riga sarebbe rifiutata")
    faults += [lacking.format(field=field) for field in _wanted(mapping)]
    unknown = _("«fields.service_type»: il tipo «{code}» non è in service_types.csv")
    faults += [unknown.format(code=code) for code in sorted(_types(mapping) - set(tables.service_types()["code"]))]
    silent = mapping.crs is None and mapping.format in {"csv", "xlsx", "ods", "json"}
    if silent and {"x", "y", "wkt"} & set(mapping.fields):
        faults.append(_("«crs»: manca; x, y e wkt non si leggono senza (per esempio EPSG:32632)"))
    return faults


def _unsaid(mapping: TableMapping) -> list[str]:
    """What a proposal leaves to a person: who publishes would otherwise stand in every card as «da indicare»."""
    if mapping.publisher.casefold() not in UNSAID:
        return []
    why = _("«publisher»: «{told}» non è chi pubblica l'elenco; scriverne il nome, o dirlo con --publisher")
    return [why.format(told=mapping.publisher)]


def _wanted(mapping: TableMapping) -> list[str]:
    there = set(mapping.fields)
    place = bool({"istat_code", "cadastral_code", "municipality"} & there)
    wanted = {
        "services": ["name", "service_type"],
        "organizations": ["name"],
        "areas": ["name"],
        "addresses": ["address"],
    }.get(mapping.kind, [])
    absent = [field for field in wanted if field not in there]
    if not place and mapping.kind in {"services", "indicators", "addresses"}:
        absent.append("municipality")
    if mapping.kind == "indicators" and not mapping.figures:
        absent.append("figures")
    return absent


def _types(mapping: TableMapping) -> frozenset[str]:
    column = mapping.fields.get("service_type")
    return frozenset() if column is None else column.outcomes
