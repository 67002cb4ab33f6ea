"""The secret of an installation, made with its database and kept where no public query reads."""

from sqlalchemy import Connection, select

from etl.store import models as m


def persons(connection: Connection) -> bytes:
    """What makes the names that stand for codes of persons (:func:`etl.received_rows.kept_key`): 32 bytes."""
    return connection.execute(select(m.Secret.value).where(m.Secret.name == "persons")).scalar_one()
