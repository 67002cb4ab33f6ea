"""What may be asked of ``./ombra forecast``, and scenarios in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from app.commands.output import Format
from etl.i18n import _


class Assumption(StrEnum):
    """A scenario, or all of them."""

    all = "all"
    tendenza = "tendenza"
    corretta = "corretta"
    senza_movimento = "senza_movimento"
    natalita_in_calo = "natalita_in_calo"
    zone_uguali = "zone_uguali"

    @property
    def codes(self) -> tuple[str, ...]:
        """The scenarios that are asked for; none where all are."""
        return () if self is Assumption.all else (self.value,)

    @property
    def one(self) -> str:
        """The scenario of what can only have one."""
        return Assumption.tendenza.value if self is Assumption.all else self.value


class By(StrEnum):
    """What a row speaks of."""

    zona = "zona"
    municipality = "municipality"
    distretto = "distretto"
    age = "age"
    territorio = "territorio"


@dataclass(frozen=True)
class Ask:
    """The options that all the questions share."""

    years: tuple[int, ...]
    assumption: Assumption
    area: str | None
    by: By
    type_code: str | None
    output: Format
    out: Path | None

    @property
    def on_screen(self) -> bool:
        """A table for people, and not a file."""
        return self.output is Format.table and self.out is None


def words() -> Mapping[str, str]:
    """What each scenario assumes."""
    return {
        "tendenza": _("ogni anno come fra i due anni osservati"),
        "corretta": _("come la tendenza, ma il totale resta quello di partenza"),
        "senza_movimento": _("sotto i 50 anni nessuno arriva, parte o muore; le zone cambiano tutte allo stesso modo"),
        "natalita_in_calo": _("i bambini per donna calano ancora ogni anno quanto fra i due anni osservati"),
        "zone_uguali": _("come la tendenza, ma le zone cambiano tutte allo stesso modo"),
    }
