"""A run is due when something was loaded that no publication shows."""

from datetime import UTC, datetime

import pytest

from include.warehouse import database, schema
from include.warehouse.building import builds

NOON = datetime(2026, 10, 1, 12, tzinfo=UTC)


@pytest.fixture
def connection(warehouse):
    with database.connect() as connection:
        schema.ensure(connection)
        yield connection


def load(connection, minute):
    connection.execute("insert into ops.extract_windows (loaded_at) values (?)", [NOON.replace(minute=minute)])


def publish(connection, run_id):
    connection.execute("insert into ops.publications (publication_id) values (?)", [run_id])


def test_nothing_was_ever_published(connection):
    assert builds.is_due(connection)
    load(connection, 1)
    assert builds.is_due(connection)


def test_a_publication_shows_what_its_build_began_with(connection):
    load(connection, 1)
    builds.begin(connection, "run-1")
    load(connection, 2)  # while it was built
    publish(connection, "run-1")
    assert builds.is_due(connection)
    builds.begin(connection, "run-2")
    assert builds.is_due(connection), "a build that its audit stopped shows nothing"
    publish(connection, "run-2")
    assert not builds.is_due(connection)
    load(connection, 3)
    assert builds.is_due(connection)


def test_beginning_again_notes_it_anew(connection):
    load(connection, 1)
    builds.begin(connection, "run-1")
    load(connection, 2)
    builds.begin(connection, "run-1")
    publish(connection, "run-1")
    assert not builds.is_due(connection)
