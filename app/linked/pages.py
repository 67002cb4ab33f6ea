"""What a page tells machines beside its words: schema.org in JSON-LD, to be put into a template by ``tojson``.

Only what is known is told; of a protected service only the zone and the contacts. Source: https://schema.org, 29.
"""

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import time
from typing import Any

from sqlalchemy.orm import Session

from app.linked import licences
from app.linked.datasets import Dataset
from app.linked.offered import DATASETS
from app.linked.service import SEPARATOR
from app.pages.rendering import web
from app.queries import linked
from app.queries.runs import sources
from etl.i18n import _
from etl.store import models as m

Row = Mapping[str, Any]
Thing = dict[str, Any]

PLANNED = "programmata"
DAYS = {
    "MO": "Monday",
    "TU": "Tuesday",
    "WE": "Wednesday",
    "TH": "Thursday",
    "FR": "Friday",
    "SA": "Saturday",
    "SU": "Sunday",
}


def services(session: Session, rows: Sequence[Row]) -> Thing:
    """Services that a page lists, as it lists them; not those that are only planned, which nobody can go to."""
    shown = [row for row in rows if row["certainty"] != PLANNED]
    hours = _hours(session, [row["id"] for row in shown])
    public = set(session.execute(linked.public_bodies([row["organization_id"] for row in shown])).scalars())
    things = [service(row, hours.get(row["id"], ()), public=row["organization_id"] in public) for row in shown]
    items = [{"@type": "ListItem", "position": number, "item": one} for number, one in enumerate(things, start=1)]
    return {"@context": "https://schema.org", "@type": "ItemList", "itemListElement": items}


def service(row: Row, hours: Sequence[Thing] = (), *, public: bool = False) -> Thing:
    """A service; ``public``: of a body that the register of public administrations (IPA) lists."""
    return _known(
        {
            "@type": "GovernmentService" if public else "Service",
            "identifier": str(row["id"]),
            "name": row["name"],
            "serviceType": row["type_name"],
            "provider": _telling({"@type": "Organization", "name": row["organization"]}, "name"),
            "availableChannel": _channel(row, _zone(row) if row["location_protected"] else _place(row)),
            "hoursAvailable": list(hours),
        }
    )


def _channel(row: Row, place: Thing | None) -> Thing | None:
    numbers = [number for number in (row["phone"] or "").split(SEPARATOR) if number]
    channel = {
        "@type": "ServiceChannel",
        "serviceLocation": place,
        "servicePhone": [{"@type": "ContactPoint", "telephone": number} for number in numbers],
        "serviceUrl": web(row["url"]) if row["url"] else None,
    }
    return _telling(channel, "serviceLocation", "servicePhone", "serviceUrl")


def _place(row: Row) -> Thing | None:
    address = _telling(
        {
            "@type": "PostalAddress",
            "streetAddress": row["address"],
            "addressLocality": row["municipality"],
            "addressCountry": "IT",
        },
        "addressLocality",
    )
    return _telling({"@type": "Place", "address": address}, "address")


def _zone(row: Row) -> Thing | None:
    area = _telling({"@type": "AdministrativeArea", "name": row["zone"]}, "name")
    return _telling({"@type": "Place", "containedInPlace": area}, "containedInPlace")


def _hours(session: Session, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, list[Thing]]:
    """Opening hours of each service that has them day by day."""
    found: dict[uuid.UUID, list[Thing]] = defaultdict(list)
    for row in session.execute(linked.hours(ids)):
        days = [DAYS[day] for day in row.byday.split(",") if day in DAYS]
        found[row.service_id].append(_opening(days, row.opens_at, row.closes_at))
    return found


def _opening(days: list[str], opens: time, closes: time) -> Thing:
    times = {"opens": opens.isoformat("minutes"), "closes": closes.isoformat("minutes")}
    return {"@type": "OpeningHoursSpecification", "dayOfWeek": days, **times}


def data_catalogue(session: Session) -> Thing:
    """The data sets, each with the licence that binds it."""
    known = list(session.execute(sources()).scalars())
    return {
        "@context": "https://schema.org",
        "@type": "DataCatalog",
        "name": _("Ombra: dati aperti sul welfare della Città metropolitana di Torino"),
        "url": "/catalog",
        "dataset": [_dataset(one, known) for one in DATASETS],
    }


def _dataset(one: Dataset, known: Sequence[m.Source]) -> Thing:
    licence = licences.binding(source.licence for source in one.sources(known))
    files = [
        {"@type": "DataDownload", "encodingFormat": file.type, "contentUrl": f"/{file.path}"} for file in one.files
    ]
    told = {
        "@type": "Dataset",
        "name": _(one.title),
        "description": _(one.description),
        "license": licence.text,
        "keywords": list(one.keywords),
        "isAccessibleForFree": True,
        "spatialCoverage": _("Città metropolitana di Torino"),
        "distribution": files,
    }
    return _known(told)


def _known(thing: Thing) -> Thing:
    """A thing without what is not known."""
    return {name: value for name, value in thing.items() if value not in (None, [])}


def _telling(thing: Thing, *names: str) -> Thing | None:
    """The same; None where none of the properties that would tell something is known."""
    told = _known(thing)
    return told if any(name in told for name in names) else None
