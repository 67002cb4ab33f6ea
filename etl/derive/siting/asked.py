"""What somebody who asks where a service should open may want, and everything that is wrong with it."""

import math
from dataclasses import asdict, dataclass
from typing import Any, Final

from sqlalchemy import Connection, select

from etl.derive.siting.classes import CLASSES
from etl.errors import FaultsError
from etl.i18n import _
from etl.store import models as m

MODELS: Final = ("mclp", "lscp", "p-median", "p-center")
SUPPLIES: Final = ("confermata", "tutta")
DEMANDS: Final = ("shadow", "no-service", "everyone")
MOST_SITES: Final = 100


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One question.

    Attributes
    ----------
    k
        How many sites; of no account for ``lscp``, which looks for the fewest.
    model
        One of :data:`MODELS`.
    supply
        Services that count as open: the confirmed, or the uncertain too (:data:`SUPPLIES`).
    demand
        Whose access counts (:data:`DEMANDS`): people of the target group in shadow, which is where the list is
        complete and no service is within the threshold; those without a service, also where the list is not complete;
        everybody.
    capacity
        Persons that each site can take; None is as many as come.
    area
        Code of an area: people and candidates within it alone.
    classes
        Classes of municipality that candidates may be in (:data:`etl.derive.siting.classes.CLASSES`); none: any.
    """

    type_code: str
    k: int = 1
    model: str = "mclp"
    supply: str = "confermata"
    demand: str = "shadow"
    capacity: float | None = None
    area: str | None = None
    classes: tuple[str, ...] = ()

    def told(self) -> dict[str, Any]:
        """The question in JSON, part of what names its answer."""
        told = asdict(self) | {"classes": sorted(set(self.classes))}
        return told | ({"k": None} if self.model == "lscp" else {})


def require(connection: Connection, asked: Asked) -> None:
    """Refuse a question that has no answer.

    Raises
    ------
    FaultsError
        With every fault.
    """
    found = [*_choice_faults(asked), *_number_faults(asked), *_known_faults(connection, asked)]
    if found:
        raise FaultsError(_("Non si può cercare dove aprire il servizio."), found)


def _choice_faults(asked: Asked) -> list[str]:
    why = _("«{valore}» non è {cosa}: scegliere fra {nomi}.")
    given = (
        (_("un modello"), asked.model, MODELS),
        (_("un'offerta"), asked.supply, SUPPLIES),
        (_("una domanda"), asked.demand, DEMANDS),
        *((_("una classe di comuni"), one, CLASSES) for one in asked.classes),
    )
    return [
        why.format(valore=value, cosa=what, nomi=", ".join(known)) for what, value, known in given if value not in known
    ]


def _number_faults(asked: Asked) -> list[str]:
    faults = []
    if asked.model != "lscp" and not 1 <= asked.k <= MOST_SITES:
        faults.append(_("Le sedi da proporre vanno da 1 a {n}: correggere -k.").format(n=MOST_SITES))
    if asked.capacity is not None and not (math.isfinite(asked.capacity) and asked.capacity > 0):
        faults.append(_("La capienza di una sede è un numero di persone maggiore di zero: correggere --capacity."))
    if asked.capacity is not None and asked.model == "p-center":
        faults.append(_("Il modello p-center guarda al più lontano e non conta posti: togliere --capacity."))
    return faults


def _known_faults(connection: Connection, asked: Asked) -> list[str]:
    faults = []
    kind = connection.execute(select(m.ServiceType).where(m.ServiceType.code == asked.type_code)).mappings().first()
    if kind is None:
        faults.append(_("Il tipo di servizio «{codice}» non esiste.").format(codice=asked.type_code))
    elif kind["protected"]:
        faults.append(_("I luoghi di questo tipo sono protetti: nessuna proposta ne dice il posto."))
    elif kind["delivery"] != "sede":
        faults.append(_("Un servizio di questo tipo va dalle persone: non ha una sede da localizzare."))
    if asked.area is not None and not connection.execute(select(m.Area.id).where(m.Area.code == asked.area)).first():
        faults.append(_("Nessuna area ha il codice «{codice}».").format(codice=asked.area))
    return faults
