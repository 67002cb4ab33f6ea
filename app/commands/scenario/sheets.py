"""How a comparison of scenarios looks on the screen, and which columns its files have."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from app.commands.output import Sheet
from etl.i18n import _

Row = Mapping[str, Any]
WHEN = ("former", "later")
FIGURES = ("without", "without_all", "shadow", "shadow_all", "unknown")
TURNS = ("gained", "lost", "gained_all", "lost_all")
_AREA = ("type", "type_name", "code", "name", "level", "parent_code", "parent_name")
_OUTCOMES = (
    *("outcome_confirmed", "outcome_all", "cause_confirmed", "cause_all", "value_confirmed", "value_all"),
    *("shortfall_confirmed", "shortfall_all"),
)


def _both(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(f"{name}_{when}" for name in names for when in WHEN)


COLUMNS: Final[Mapping[str, Sequence[str]]] = {
    "aree": ("rank", *_AREA, "persons", *TURNS, *_both(FIGURES)),
    "stati": ("rank", *_AREA, "status_former", "status_later", "persons", "points"),
    "punti": ("rank", *_AREA, "persons", *TURNS, *_both(("status", "minutes", *FIGURES))),
    "regole": (
        *("rank", "rule_id", "title_it", "act", "law", "verification", "service_types", "unit_code", "unit_name"),
        *("level", "zones", "turned", "unit", "minimum", "objective", *_both(_OUTCOMES)),
    ),
}
KEYS: Final[Mapping[str, str]] = {"aree": "code", "stati": "rank", "punti": "code", "regole": "rank"}


def on_screen(view: str, rows: Sequence[Row], title: str, *, left: int = 0) -> tuple[Sequence[Row], Sheet]:
    """The rows of a view, or of ``tipi`` for the whole territory, with their sheet; ``left`` more are not shown."""
    headings, remarks = {"tipi": _whole, "aree": _areas, "stati": _statuses, "punti": _points, "regole": _rules}[view]()
    more = [_("… e altre {n} righe: --view {vista}, o tutte in un file con --out.").format(n=left, vista=view)]
    told = [*(more if left > 0 else []), *remarks] if rows else [_("Non cambia nulla.")]
    written = [_outcome(row) if view == "regole" else row for row in rows]
    shown = {name: text for name, text in headings.items() if view not in ("tipi", "aree") or _differs(name, rows)}
    return written, Sheet(title, shown, told, optional=_OPTIONAL, whole=["rule_id", "type"])


def _differs(column: str, rows: Sequence[Row]) -> bool:
    """Whether a column has something to tell: figures on uncertain supply and of the unknown where they change."""
    name, _mark, when = column.rpartition("_")
    if when not in WHEN or name in ("without", "shadow"):
        return True
    return any(row[f"{name}_former"] != row[f"{name}_later"] for row in rows)


def effects(rows: Sequence[Row], title: str) -> tuple[Sequence[Row], Sheet]:
    """The changes with the people whom each service reaches, before and after."""
    headings = {
        "n": _("N."),
        "azione": _("Azione"),
        "nome": _("Servizio"),
        "luogo": _("Luogo"),
        "capienza": _("Capienza"),
        "persons_former": _("Persone\nraggiunte\nprima"),
        "persons_later": _("dopo"),
        "marginal_former": _("che hanno\nsolo questo\nprima"),
        "marginal_later": _("dopo"),
    }
    if any(row[f"marginal_{when}"] != row[f"marginal_all_{when}"] for row in rows for when in WHEN):
        headings |= {"marginal_all_former": _("anche\ncontando\nl'incerta"), "marginal_all_later": _("dopo")}
    told = _(
        "«Solo questo»: nessun altro servizio confermato del tipo entro il tempo. Chiudendone più d'uno insieme le"
        " persone che restano senza possono essere più della somma."
    )
    return rows, Sheet(title, headings, [told], optional=_OPTIONAL, whole=["n", "azione"])


_OPTIONAL = (*TURNS, "parent_name", "luogo", "capienza")


def _figures() -> dict[str, str]:
    return {
        "without_former": _("Senza\nservizio\nprima"),
        "without_later": _("dopo"),
        "shadow_former": _("In ombra\nprima"),
        "shadow_later": _("dopo"),
        "without_all_former": _("Senza,\nanche con\nincerta"),
        "without_all_later": _("dopo"),
        "shadow_all_former": _("In ombra,\nanche con\nincerta"),
        "shadow_all_later": _("dopo"),
        "unknown_former": _("Senza dati\nprima"),
        "unknown_later": _("dopo"),
    }


def _whole() -> tuple[dict[str, str], list[str]]:
    told = _(
        "«Senza servizio»: nessun servizio confermato entro il tempo del tipo. «In ombra» conta solo dove l'elenco è"
        " completo: altrove chi resta senza servizio va fra i «senza dati»."
    )
    return {"type_name": _("Tipo"), "persons": _("Persone"), **_figures()}, [told]


def _areas() -> tuple[dict[str, str], list[str]]:
    turns = {
        "gained": _("Ora hanno\nil servizio"),
        "lost": _("Non lo\nhanno più"),
        "gained_all": _("Ora lo hanno,\nanche con\nincerta"),
        "lost_all": _("Non più,\nanche con\nincerta"),
    }
    shadow = {name: text for name, text in _figures().items() if name.startswith("shadow")}
    return {"name": _("Area"), "type": _("Tipo"), "persons": _("Persone"), **turns, **shadow}, []


def _statuses() -> tuple[dict[str, str], list[str]]:
    return {
        "type": _("Tipo"),
        "name": _("Area"),
        "status_former": _("Stato prima"),
        "status_later": _("Stato dopo"),
        "persons": _("Persone"),
        "points": _("Punti"),
    }, []


def _points() -> tuple[dict[str, str], list[str]]:
    return {
        "name": _("Punto"),
        "parent_name": _("Comune"),
        "type": _("Tipo"),
        "persons": _("Persone"),
        "status_former": _("Stato prima"),
        "status_later": _("Stato dopo"),
        "minutes_former": _("Minuti\nprima"),
        "minutes_later": _("dopo"),
    }, []


def _rules() -> tuple[dict[str, str], list[str]]:
    return {
        "rule_id": _("Regola"),
        "unit_said": _("Unità"),
        "zones_said": _("Zone omogenee"),
        "said_former": _("Esito prima"),
        "said_later": _("Esito dopo"),
        "value_former": _("Valore\nprima"),
        "value_later": _("dopo"),
        "short_former": _("Carenza\nprima"),
        "short_later": _("dopo"),
    }, [_("Esiti, valori e carenze contano i servizi confermati; le regole per intero: ./ombra standards.")]


def _outcome(row: Row) -> Row:
    """A rule's outcomes before and after in words, as :func:`app.standards.words.said` has them."""
    from app.pages import reasons
    from app.standards import words

    told: dict[str, Any] = {
        "unit_said": row["unit_name"] or reasons.geography(row["geography"]),
        "zones_said": _(", ").join(row["zones"]),
    }
    for when in WHEN:
        then = {f"{name}_confirmed": row[f"{name}_confirmed_{when}"] for name in ("outcome", "cause")}
        told[f"said_{when}"] = words.said(then, "confirmed")
        told[f"value_{when}"] = _figure(row[f"value_confirmed_{when}"])
        told[f"short_{when}"] = _figure(row[f"shortfall_confirmed_{when}"])
    return {**row, **told}


def _figure(value: float | None) -> str:
    from app.standards import words

    return "–" if value is None else words.figure(value)
