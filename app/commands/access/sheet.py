"""How scores of access are read on the screen: so many units for so many people, and what each score means."""

from collections.abc import Sequence
from typing import Any

from app.commands import output
from app.commands.access.options import COST, FIELDS, PER, ROUND, Decay, Measure
from etl.i18n import _
from etl.summary import thousands


def sheet(rows: Sequence[dict[str, Any]], type_code: str, measure: Measure) -> output.Sheet:
    """The score asked for beside the readable and the sound one, after plain minutes."""
    wanted = list(dict.fromkeys([Measure.e2sfca, Measure.bilanciata, measure]))
    people = _round_number(rows)
    for row in rows:
        row |= {f"shown_{name}": _decimal(_scaled(row, name, people)) for name in wanted}
    headings = {
        "rank": _("N."),
        "name": _("Area"),
        "persons": _("Persone"),
        "minutes": _("Minuti"),
        "far": _("Oltre\nsoglia"),
        **{f"shown_{name}": _heading(name, people) for name in wanted},
    }
    title = _("Accesso: {type}, dal più scarso secondo {measure}").format(type=type_code, measure=_named(measure))
    shown = [f"shown_{name}" for name in wanted]
    return output.Sheet(title, headings, _remarks(rows, measure, people), whole=shown)


def _round_number(rows: Sequence[dict[str, Any]]) -> int:
    """So many persons that the best score is at least 1: schools are for hundreds, consultori for tens of thousands."""
    best = max((row[_column(Measure.e2sfca)] or 0.0) / PER for row in rows)
    return next((people for people in ROUND if best * people >= 1.0), ROUND[-1])


def _scaled(row: dict[str, Any], measure: Measure, people: int) -> float | None:
    value: float | None = row[_column(measure)]
    return value if value is None or measure is Measure.raam else value * people / PER


def _column(measure: Measure) -> str:
    name = FIELDS[measure]
    return name if name == COST else f"{name}_per_{PER}"


def _heading(measure: Measure, people: int) -> str:
    if measure is Measure.raam:
        return _("RAAM,\nminuti")
    return _("{measure}\nper {people}").format(measure=_named(measure), people=thousands(people))


def _named(measure: Measure) -> str:
    return _("bilanciata") if measure is Measure.bilanciata else measure.value.upper()


def _decimal(value: float | None) -> str:
    """A score with two decimals, comma before them; set right.

    >>> _decimal(1234.5), _decimal(None)
    ('1.234,50', '      –')
    """
    return (f"{value:,.2f}".translate(str.maketrans(",.", ".,")) if value is not None else "–").rjust(7)


def _remarks(rows: Sequence[dict[str, Any]], measure: Measure, people: int) -> list[str]:
    first = rows[0]
    explained = {
        Measure.e2sfca: _(
            "E2SFCA 3 vuol dire: lì, alla propria portata, 3 ({unit}) ogni {people} persone che se li contendono."
        )
        + f" {_nearness(first['decay'])}",
        Measure.bilanciata: _(
            "Bilanciata: lo stesso, ma ogni persona è contata una volta sola, divisa fra i servizi che raggiunge."
            " Sommati su tutte le persone, i punteggi danno esattamente l'offerta che si può raggiungere."
        ),
        Measure.due_passi: _("2SFCA: come E2SFCA, ma fino a {minutes:.0f} minuti tutti contano allo stesso modo."),
        Measure.tre_passi: _("3SFCA: come E2SFCA, ma chi ha più servizi vicini pesa meno su ciascuno."),
        Measure.m2sfca: _("M2SFCA: come E2SFCA, ma la distanza toglie anche da quello che si riceve: è sempre minore."),
        Measure.raam: _(
            "RAAM: i minuti che costa il servizio, viaggio e affollamento insieme, se ognuno sceglie il meno peggio."
            " Qui meno è meglio; un'ora vale quanto l'affollamento medio di tutto il territorio."
        ),
    }
    wanted = dict.fromkeys([Measure.e2sfca, Measure.bilanciata, measure])
    words = {"unit": first["unit"], "people": thousands(people), "minutes": first["threshold"]}
    told = [explained[name].format(**words) for name in wanted]
    plain = _(
        "Minuti: media fino al servizio confermato più vicino. Oltre soglia: persone senza alcun servizio confermato"
        " entro {minutes:.0f} minuti (regola {rule})."
    )
    listed = (
        []
        if all(row["complete"] for row in rows)
        else [
            _("L'elenco di questi servizi non è completo ovunque: dove mancano servizi i punteggi sono troppo bassi.")
        ]
    )
    return [plain.format(minutes=first["threshold"], rule=first["rule_id"]), *told, *listed]


def _nearness(decay: str) -> str:
    """How minutes weigh in the scores that have a decay; ``minutes`` is left to be filled in."""
    if decay == Decay.gradino.value:
        return _("Fino a {minutes:.0f} minuti tutti contano allo stesso modo, oltre nessuno («gradino»).")
    return _("Chi è più vicino conta di più, e nessuno conta oltre i {minutes:.0f} minuti.")
