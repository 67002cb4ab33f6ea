"""What two lists leave out, in words, as the report on a source tells it."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection

from app.i18n import whole
from app.queries.completeness import completeness
from etl.i18n import _


@dataclass(frozen=True, kw_only=True)
class Compared:
    """A list beside another one of the same type of service in an area; figures are None where nothing can be said.

    ``own``, ``others`` and ``both`` count services; ``missing_low`` is how many both lists lack at least. ``first`` is
    true for one list of each pair.
    """

    first: bool
    type_name: str
    area: str
    other: str
    own: int
    others: int
    both: int
    applies: bool
    estimate: float | None
    low: float | None
    high: float | None
    missing_low: float | None
    why: str

    @property
    def said(self) -> str:
        """One sentence: how many are missing at least, or that it cannot be said."""
        return self._heading() + " " + (self._estimated() if self.applies else _("non si può dire quanto manca."))

    def _heading(self) -> str:
        told = _("{tipo}, {area}, con «{altro}» ({propri} e {altrui} servizi, {comuni} in entrambi):")
        return told.format(
            tipo=self.type_name,
            area=self.area,
            altro=self.other,
            propri=whole(self.own),
            altrui=whole(self.others),
            comuni=whole(self.both),
        )

    def _estimated(self) -> str:
        told = (
            _("la stima è {stima} in tutto, da {minimo} a {massimo} al 95 %; da entrambi ne mancano almeno {mancano}.")
            if self.missing_low
            else _(
                "la stima è {stima} in tutto, da {minimo} a {massimo} al 95 %; non risulta che ne manchino da entrambi."
            )
        )
        figures = {"stima": self.estimate, "minimo": self.low, "massimo": self.high, "mancano": self.missing_low}
        return told.format(**{name: whole(value) for name, value in figures.items()})


def compared(connection: Connection) -> dict[str, tuple[Compared, ...]]:
    """Comparisons by source, those that allow an estimate first; each pair is told of both its sources."""
    found: dict[str, list[Compared]] = {}
    for source, told in _both_ways(connection):
        found.setdefault(source, []).append(told)
    return {source: tuple(sorted(every, key=lambda one: not one.applies)) for source, every in found.items()}


def _both_ways(connection: Connection) -> Iterator[tuple[str, Compared]]:
    for row in connection.execute(completeness()).mappings():
        for own, other in (("left", "right"), ("right", "left")):
            yield (
                row[f"{own}_source"],
                Compared(
                    first=own == "left",
                    type_name=row["type_name"],
                    area=row["area_name"],
                    other=row[f"{other}_title"] or row[f"{other}_source"],
                    own=row[f"{own}_count"],
                    others=row[f"{other}_count"],
                    **{
                        name: row[name] for name in ("both", "applies", "estimate", "low", "high", "missing_low", "why")
                    },
                ),
            )
