"""Whether two lists allow capture-recapture in an area, told in Italian: every reason why not, or what is met.

The lists must have the same definition, territory and reference dates, and different origins: otherwise what one lacks
of the other says nothing of what both lack. Too few services in common tell too little, and without a measured error of
linkage nobody knows how many are in common.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from etl.derive.lists import Entry, ServiceList, Territory
from etl.i18n import _
from etl.identity import slug
from etl.link import accuracy
from etl.link.accuracy import Accuracy
from etl.summary import thousands
from geo.completeness import FEWEST

MONTHS = 12
"""Months that the reference dates of two lists may be apart."""

TOWNS = 0.5
"""Least share of the municipalities that one list names which another of the same territory names too, in number."""


@dataclass(frozen=True)
class Side:
    """What a list holds in one area."""

    told: ServiceList
    entries: tuple[Entry, ...]

    @property
    def services(self) -> frozenset[uuid.UUID]:
        """The services, each once."""
        return frozenset(entry.service for entry in self.entries)

    @property
    def towns(self) -> int:
        """How many municipalities it names."""
        return len({entry.municipality for entry in self.entries})


@dataclass(frozen=True)
class Comparison:
    """Two lists of one type of service in one area, with what is known of the linkage between them.

    ``error`` was measured on the parameters ``error.model``, those in force are ``model``.
    """

    area: uuid.UUID
    left: Side
    right: Side
    error: Accuracy | None
    model: str

    @property
    def both(self) -> int:
        """Services in both lists, as they are linked."""
        return len(self.left.services & self.right.services)

    @property
    def sides(self) -> tuple[Side, Side]:
        """The two of them."""
        return self.left, self.right


def reasons(pair: Comparison, around: Territory) -> list[str]:
    """Why nothing can be estimated; empty where it can."""
    return [*_definition(pair), *_territory(pair, around), *_dates(pair), *_origin(pair), *_common(pair), *_error(pair)]


def met(pair: Comparison, error: Accuracy) -> str:
    """What allows the estimate, and what it is not."""
    told = _(
        "Condizioni verificate: stessa definizione e stesso territorio, date entro {mesi} mesi, origini diverse "
        "({origini}), {comuni} servizi in entrambi gli elenchi, errore del collegamento misurato (precisione {giuste} "
        "su {unioni}, richiamo {trovate} su {vere}). Gli elenchi tendono a dipendere l'uno dall'altro: ciò che manca è "
        "almeno questo. La stima non rende completo alcun elenco e non dice dove manca."
    )
    return told.format(
        mesi=MONTHS,
        origini="; ".join(side.told.publisher for side in pair.sides),
        comuni=thousands(pair.both),
        giuste=thousands(error.precision.successes),
        unioni=thousands(error.precision.trials),
        trovate=thousands(error.recall.successes),
        vere=thousands(error.recall.trials),
    )


def _definition(pair: Comparison) -> Iterator[str]:
    vague = [side.told.title for side in pair.sides if not side.told.scope]
    if len(vague) == 1:
        told = _("Definizione: «{elenco}» non dichiara di elencare tutti i servizi di questo tipo.")
        yield told.format(elenco=vague[0])
    elif vague:
        told = _("Definizione: né «{primo}» né «{secondo}» dichiarano di elencare tutti i servizi di questo tipo.")
        yield told.format(primo=vague[0], secondo=vague[1])


def _territory(pair: Comparison, around: Territory) -> Iterator[str]:
    scopes = [side.told.scope for side in pair.sides]
    if all(scopes) and not all(any(around.inside(pair.area, one) for one in scope) for scope in scopes):
        yield _("Territorio: i due elenchi dichiarano territori diversi.")
        return
    fewest, most = sorted(side.towns for side in pair.sides)
    if fewest < TOWNS * most:
        told = _(
            "Territorio: comuni nominati {pochi} in un elenco e {molti} nell'altro; non coprono lo stesso territorio."
        )
        yield told.format(pochi=fewest, molti=most)


def _dates(pair: Comparison) -> Iterator[str]:
    days = [entry.told_on for side in pair.sides for entry in side.entries]
    told = [day for day in days if day is not None]
    if len(told) < len(days):
        yield _("Date: non di tutte le voci si sa a quando si riferiscono.")
    if told and (apart := _months(min(told), max(told))) > MONTHS:
        text = _("Date: le date di riferimento distano {mesi} mesi (da {prima} a {dopo}), al massimo {limite}.")
        first, last = (f"{day:%m/%Y}" for day in (min(told), max(told)))
        yield text.format(mesi=apart, prima=first, dopo=last, limite=MONTHS)


def _months(first: date, last: date) -> int:
    """Months from one day to another, a part of a month as a whole one.

    >>> _months(date(2011, 1, 1), date(2018, 1, 1)), _months(date(2024, 1, 31), date(2025, 2, 1))
    (84, 13)
    """
    return 12 * (last.year - first.year) + last.month - first.month + (last.day > first.day)


def _origin(pair: Comparison) -> Iterator[str]:
    """The same publisher, or a publisher and its portal («Città di Torino», «Città di Torino, aperTO»)."""
    short, long = sorted((slug(side.told.publisher) for side in pair.sides), key=len)
    if long == short or long.startswith(f"{short}-"):
        publisher = min((side.told.publisher for side in pair.sides), key=len)
        yield _("Origine: entrambi gli elenchi vengono da {ente}.").format(ente=publisher)


def _common(pair: Comparison) -> Iterator[str]:
    if pair.both < FEWEST:
        told = _("In comune: {numero} servizi collegati, ne servono almeno {minimo}.")
        yield told.format(numero=pair.both, minimo=FEWEST)


def _error(pair: Comparison) -> Iterator[str]:
    if pair.error is None:
        yield _("Collegamento: quanto sbaglia non è stato misurato per questo tipo di servizio.")
    elif pair.error.model != pair.model[: accuracy.MODEL]:
        yield _("Collegamento: quanto sbaglia è stato misurato con parametri diversi da quelli in uso.")
