"""Indicators of need as people read them: titles, formulas, values by area, and the thirds that they fall in."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection

from app.i18n import marked
from etl.derive import need
from etl.errors import FaultsError
from etl.i18n import _
from etl.store.frames import plain, records
from geo.need import Scaling, thirds

Row = dict[str, Any]

TITLES: Final[Mapping[str, str]] = {
    "indice_vecchiaia": marked("Indice di vecchiaia"),
    "dipendenza_strutturale": marked("Indice di dipendenza strutturale"),
    "dipendenza_anziani": marked("Indice di dipendenza degli anziani"),
    "dipendenza_giovani": marked("Indice di dipendenza dei giovani"),
    "sostegno_genitori": marked("Indice di sostegno ai genitori"),
    "quota_0_2": marked("Bambini fino a 2 anni"),
    "quota_0_14": marked("Bambini e ragazzi fino a 14 anni"),
    "quota_65": marked("Persone di 65 anni e più"),
    "quota_75": marked("Persone di 75 anni e più"),
    "quota_80": marked("Persone di 80 anni e più"),
    "quota_90": marked("Persone di 90 anni e più"),
}
FORMULAS: Final[Mapping[str, str]] = {
    "indice_vecchiaia": marked("persone di 65 anni e più ogni 100 fino a 14 anni"),
    "dipendenza_strutturale": marked("persone fino a 14 anni e di 65 e più ogni 100 fra 15 e 64"),
    "dipendenza_anziani": marked("persone di 65 anni e più ogni 100 fra 15 e 64"),
    "dipendenza_giovani": marked("persone fino a 14 anni ogni 100 fra 15 e 64"),
    "sostegno_genitori": marked("persone di 85 anni e più ogni 100 fra 50 e 64"),
    "quota_0_2": marked("persone fino a 2 anni ogni 100 residenti"),
    "quota_0_14": marked("persone fino a 14 anni ogni 100 residenti"),
    "quota_65": marked("persone di 65 anni e più ogni 100 residenti"),
    "quota_75": marked("persone di 75 anni e più ogni 100 residenti"),
    "quota_80": marked("persone di 80 anni e più ogni 100 residenti"),
    "quota_90": marked("persone di 90 anni e più ogni 100 residenti"),
}


def catalogue(connection: Connection) -> list[Row]:
    """The indicators that can be asked for, then the composite and the reports, which need words of their own."""
    rows = [about(one) for one in need.indicators(connection).values()]
    return [*rows, _composite(), _reports(connection)]


def about(one: need.Indicator) -> Row:
    """An indicator with its title and formula."""
    return {
        "code": one.code,
        "kind": one.kind,
        "title": title(one.code),
        "formula": _(FORMULAS[one.code]) if one.kind == "eta" else _("valore di una tabella caricata"),
        "unit": _("ogni 100") if one.kind == "eta" else one.unit,
        "year": one.year,
        "source": one.source,
        "levels": list(one.levels),
        "note": None,
    }


def title(code: str) -> str:
    """The name of an indicator; of a table its own."""
    return _(TITLES[code]) if code in TITLES else code.replace("_", " ").capitalize()


def _composite() -> Row:
    why = _("Una scelta di chi lo chiede, mai una norma: quali indicatori, con quale peso, uniti come z o ranks.")
    formula = _("media pesata di scarti dalla media dei comuni (z) o di posizioni da 0 a 1 (ranks)")
    return _row_without_values("composito", _("Indice composito"), formula, why)


def _reports(connection: Connection) -> Row:
    formula = _("segnalazioni e ricerche senza risposta; quelle sotto 5 non si mostrano, né ciò che le rivelerebbe")
    return _row_without_values("segnalazioni", _("Segnalazioni di bisogno"), formula, need.reports(connection).note)


def _row_without_values(code: str, name: str, formula: str, note: str) -> Row:
    empty: Row = {"unit": None, "year": None, "source": None, "levels": []}
    return {"code": code, "kind": code, "title": name, "formula": formula, **empty, "note": note}


def choice(told: Sequence[str], scaling: Scaling | None = None) -> need.Choice:
    """The need that words like ``quota_75`` or ``reddito=-1`` mean; that of :data:`etl.derive.need.DEFAULT` for none.

    Raises
    ------
    FaultsError
        A weight that is no number or zero, an indicator told twice, a scaling for one indicator alone; every fault.

    >>> choice(["quota_75=2", "reddito=-1"], "z").label
    'z(2 quota_75 - reddito)'
    """
    weights: dict[str, float] = {}
    faults = []
    for text in told:
        code, _equals, given = text.partition("=")
        weight = _weight(given)
        if weight is None:
            faults.append(
                _("«{testo}»: il peso è un numero diverso da zero, per esempio {codice}=2.").format(
                    testo=text, codice=code
                )
            )
        if code in weights:
            faults.append(_("«{codice}» è indicato due volte: una basta.").format(codice=code))
        weights[code] = weight or 1.0
    if scaling is None and any(weight != 1.0 for weight in weights.values()):
        faults.append(_("I pesi servono a un composito: indicare come si unisce, z o ranks."))
    if scaling is not None and len(weights) < 2:
        faults.append(_("Un composito unisce almeno due indicatori: aggiungerne un altro."))
    if faults:
        raise FaultsError(_("Il bisogno non è definito."), faults)
    return need.Choice(weights or {need.DEFAULT: 1.0}, scaling)


def _weight(text: str) -> float | None:
    try:
        weight = float(text.replace(",", ".")) if text else 1.0
    except ValueError:
        return None
    return weight if weight and abs(weight) < float("inf") else None


def values(found: need.Need) -> list[Row]:
    """A row for each area: value, the persons it is made of, and its third of the areas (1 to 3, 3 the most need)."""
    known = found.table["value"].notna().any()
    third = thirds(found.table["value"]).third + 1 if known else found.table["value"]
    first = found.parts[0]
    same = {
        "indicator": found.choice.label,
        "year": max(part.year for part in found.parts),
        "unit": about(first)["unit"] if found.choice.scaling is None else None,
        "source": first.source if found.choice.scaling is None else None,
    }
    ordered = found.table.assign(third=third).sort_values("value", ascending=False, na_position="last", kind="stable")
    rows = records(ordered.rename_axis("id").reset_index())
    return [
        {"rank": rank, **same, **{name: plain(value) for name, value in row.items()}}
        for rank, row in enumerate(rows, start=1)
    ]
