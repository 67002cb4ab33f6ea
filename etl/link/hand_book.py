"""The book of changes (HSDS ``metadata``): what a value made by hand, or released, changed of what is published."""

import uuid
from datetime import date

from sqlalchemy import Connection, insert

from etl.events import NAMED
from etl.link.fields import FIELDS, SECRET, as_text, published
from etl.link.subject import Subject
from etl.store import models as m

# The book is public, and officers' names are nobody else's business: who it was is kept with the value.
BY_HAND = "redazione"


def tell(connection: Connection, before: Subject, after: Subject, *, today: date) -> None:
    """Write down every field of which something else is published now; of protected places not those that tell it."""
    was, now = _published(before), _published(after)
    changed = [field for field in FIELDS if was.get(field) != now.get(field)]
    # What moved has another point as well: that is one thing, not two.
    changed = [field for field in changed if field != "position" or "address" not in changed]
    rows = [
        {
            "id": uuid.uuid4(),
            "resource_id": after.member,
            "resource_type": "service",
            "last_action_date": today,
            "last_action_type": "update",
            "field_name": field,
            "previous_value": was.get(field, ""),
            "replacement_value": now.get(field, ""),
            "updated_by": BY_HAND,
            "run_id": None,
            "event": NAMED.get(field, "modificato"),
        }
        for field in changed
    ]
    if rows:
        connection.execute(insert(m.Metadata), rows)


def _published(subject: Subject) -> dict[str, str]:
    """What is published of each field, in one line; fields without a value are absent."""
    golden, hidden = subject.golden, SECRET if subject.protected else frozenset()
    told = {name: published(golden.record, golden.position, name) for name in FIELDS if name not in hidden}
    return {name: as_text(name, value) for name, value in told.items() if value is not None}
