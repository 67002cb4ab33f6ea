"""The rows of need against access: what the map draws, the table lists and the legend counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from app.i18n import decimal, known, marked, whole
from app.pages.bivariate import LOOKS, UNKNOWN, Look, look_of
from app.pages.tables import Column
from app.reports.equity_words import figure
from etl.i18n import _, ngettext

COLUMNS: Final = (
    Column("comune", marked("Comune"), False, "name"),
    Column("classe", marked("Classe"), False, "class_rank"),
    Column("bisogno", marked("Bisogno"), True, "need"),
    Column("accesso", marked("Accesso"), True, "access"),
    Column("persone", marked("Persone interessate"), True, "persons"),
    Column("fuori", marked("Senza dati"), True, "left"),
)


@dataclass(frozen=True)
class Row:
    """A municipality; None where a figure is unknown."""

    code: str
    name: str
    zone: str | None
    look: Look
    class_rank: int
    need: float | None
    access: float | None
    access_text: str
    persons: float
    left: float

    @property
    def need_text(self) -> str:
        """The need with a decimal."""
        return decimal(self.need)

    @property
    def sentence(self) -> str:
        """What a screen reader says of it."""
        said = _("{nome}: {classe}; bisogno {bisogno}, accesso {accesso}")
        return said.format(nome=self.name, classe=_(self.look.name), bisogno=self.need_text, accesso=self.access_text)


@dataclass(frozen=True)
class Cell:
    """A class in the legend with what is in it."""

    look: Look
    municipalities: int
    persons: float


def row(found: dict[str, Any], measure: str) -> Row:
    """A row of :func:`app.queries.equity.equities`."""
    look = look_of(found["access_third"], found["need_third"])
    value = found["value"]
    return Row(
        code=found["code"],
        name=found["name"],
        zone=found["parent_name"],
        look=look,
        class_rank=look.rank,
        need=found["need"],
        access=value,
        access_text=figure({"measure": measure, "value": value}, "value") if known(value) else _("n.d."),
        persons=found["persons"],
        left=found["persons"] - found["known"],
    )


def cells(rows: Sequence[Row]) -> list[list[Cell]]:
    """The nine classes as a table: access downwards, the best first; need to the right, the least first."""
    return [[_cell(look, rows) for look in LOOKS if look.access == third] for third in (1, 2, 3)]


def unknown(rows: Sequence[Row]) -> Cell:
    """Where one of the two is not known."""
    return _cell(UNKNOWN, rows)


def _cell(look: Look, rows: Sequence[Row]) -> Cell:
    own = [one for one in rows if one.look == look]
    return Cell(look, len(own), sum(one.persons for one in own))


def need_steps(breaks: tuple[float, float]) -> list[str]:
    """The thirds of need in words, the least first."""
    low, high = (decimal(value) for value in breaks)
    return [_("fino a {n}").format(n=low), _("fino a {n}").format(n=high), _("oltre {n}").format(n=high)]


def access_steps(breaks: tuple[float, float], measure: str) -> list[str]:
    """The classes of access in words, the best first; of a score the greatest values are the best."""
    if measure == "shadow":
        return [_("nessuno in ombra"), _("fino a metà in ombra"), _("più di metà in ombra")]
    if measure == "score":
        low, high = (decimal(value, 2) for value in breaks)
        return [_("oltre {n}").format(n=high), _("fino a {n}").format(n=high), _("fino a {n}").format(n=low)]
    first, second = (figure({"measure": measure, "value": value}, "value") for value in breaks)
    return [_("fino a {n}").format(n=first), _("fino a {n}").format(n=second), _("oltre {n}").format(n=second)]


def summary(rows: Sequence[Row], need: str) -> str:
    """What the map says first: where the value is high and access poor, and how many people that is."""
    worst = next(cell for line in cells(rows) for cell in line if cell.look.rank == min(look.rank for look in LOOKS))
    said = ngettext(
        "In {n} comune su {tutti} il valore di «{bisogno}» è fra i più alti e l'accesso fra i peggiori: "
        "vi abitano {persone} persone a cui il servizio si rivolge.",
        "In {n} comuni su {tutti} il valore di «{bisogno}» è fra i più alti e l'accesso fra i peggiori: "
        "vi abitano {persone} persone a cui il servizio si rivolge.",
        worst.municipalities,
    )
    return said.format(n=worst.municipalities, tutti=len(rows), bisogno=need, persone=whole(worst.persons))
