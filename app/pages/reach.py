"""How many people each service has within its limit, and for how many it is the only one listed."""

import pandas as pd
from sqlalchemy.orm import Session

from app.i18n import whole
from app.pages import selects
from app.pages.features import optional, records
from app.pages.reading import frame, services
from app.queries import coverage
from etl.i18n import _, ngettext


def services_with_reach(session: Session, type_code: str) -> pd.DataFrame:
    """Services of a type as :func:`app.pages.reading.services` gives them, with the sentence ``reach`` or None.

    A protected service has none: the people around it would say where it is.
    """
    found = services(session, type_codes=[type_code])
    complete = bool(session.scalars(selects.complete_everywhere(type_code)).one())
    rows = records(frame(session, coverage.reach(service_ids=list(found["id"]))))
    told = {str(row["service_id"]): sentence(row["persons"], row["marginal_all"], complete=complete) for row in rows}
    hidden = found["location_protected"].astype(bool)
    return found.assign(reach=pd.Series(found.index.map(told), index=found.index, dtype=object).mask(hidden, None))


def sentence(persons: float | None, alone: float | None, *, complete: bool) -> str | None:
    """People within the limit of a service; where the list is complete, also those who have no other one listed.

    >>> sentence(1200.0, 300.0, complete=True)
    "1.200 persone entro il limite; per 300 è l'unico in elenco"
    >>> sentence(1200.0, 300.0, complete=False)
    '1.200 persone entro il limite'
    """
    within = optional(persons)
    if within is None:
        return None
    count = round(within)
    text = ngettext("{numero} persona entro il limite", "{numero} persone entro il limite", count)
    text = text.format(numero=whole(count))
    only = round(optional(alone) or 0.0)
    if complete and only >= 1:
        text += _("; per {numero} è l'unico in elenco").format(numero=whole(only))
    return text
