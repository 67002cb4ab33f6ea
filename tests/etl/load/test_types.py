"""A type of service that leaves its table goes only where nothing that was told is of it."""

import uuid

import pytest
from sqlalchemy import insert, select, text

from etl.load import directory
from etl.reference.load import load_vocabulary
from etl.store import models as m
from tests.etl.files import TODAY
from tests.etl.link.stock import claim, stock

OLD = "tipo_di_ieri"


@pytest.fixture
def connection(loaded_session):
    """A database with a type that the tables do not have any more."""
    connection = loaded_session.connection()
    columns = [column.name for column in m.ServiceType.__table__.columns]
    known = (
        connection.execute(select(m.ServiceType.__table__).where(m.ServiceType.code == "asilo_nido")).mappings().one()
    )
    row = {name: known[name] for name in columns if not m.ServiceType.__table__.c[name].computed}
    connection.execute(insert(m.ServiceType).values(row | {"code": OLD}))
    return connection


def there(connection):
    return connection.execute(select(m.ServiceType.code).where(m.ServiceType.code == OLD)).scalar()


def test_a_type_of_nothing_goes(connection):
    load_vocabulary(connection)
    assert there(connection) is None


def test_a_type_stays_while_a_claim_is_of_it_though_another_type_is_published(connection):
    one = claim("prova-a", "1", service_type=OLD)
    stock(connection, [one])
    values = {"entity": "service", "member_id": one.id, "field": "service_type", "author": "Anna"}
    given = {"id": uuid.uuid4(), "value": "asilo_nido"}
    connection.execute(insert(m.HandValue).values(values | given))
    directory.refresh(connection, today=TODAY)
    load_vocabulary(connection)
    connection.execute(text("update hand_value set released_at = now(), released_by = 'Anna'"))
    directory.refresh(connection, today=TODAY)
    assert connection.execute(select(m.Service.service_type_code).where(m.Service.id == one.id)).scalar() == OLD


def test_a_type_stays_while_a_person_says_it_of_a_service(connection):
    one = claim("prova-a", "1")
    stock(connection, [one])
    values = {"entity": "service", "member_id": one.id, "field": "service_type", "author": "Anna"}
    connection.execute(insert(m.HandValue).values(values | {"id": uuid.uuid4(), "value": OLD}))
    load_vocabulary(connection)
    assert there(connection) == OLD
