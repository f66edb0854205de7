"""The page lists what Amazon's model does not have, of the chosen period and account."""

import duckdb

from include.dashboard import tiles
from include.dashboard.filters import Filters
from include.warehouse import paths, schema

MET = """
    insert into ops.schema_drift (
        account, entity, path, kind, first_observed_at, last_observed_at, times, is_value_kept, value_type
    )
    values ('north', 'jobs', 'customerContact.name', 'unknown_field', '2026-10-01', '2026-10-20', 7, false, 'text'),
        ('north', 'jobs', 'tier', 'unknown_field', '2026-10-02', '2026-10-20', 1, true, 'number'),
        ('north', 'jobs', 'old', 'unknown_field', '2025-01-01', '2025-01-02', 1, true, 'number'),
        ('south', 'jobs', 'tier', 'unknown_field', '2026-10-02', '2026-10-20', 1, true, 'number')
"""


def published(**more: str) -> None:
    """A published file as it is with no jobs at all; `more` are statements."""
    file = paths.published_database()
    file.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(file)) as connection:
        connection.execute("create schema raw")
        schema.ensure(connection)
        connection.execute("""
            insert into ops.freshness (account, marketplace_id, entity, as_of) values ('north', 'm', 'jobs', '2026-10-21')
        """)
        for statement in more.values():
            connection.execute(statement)


def test_the_newest_are_first_and_others_left_out(warehouse):
    published(met=MET)
    drift = tiles.answer("pipeline", Filters(account="north"))["drift"]
    assert [(row["path"], row["times"], row["is_value_kept"]) for row in drift] == [
        ("tier", 1, True),
        ("customerContact.name", 7, False),
    ]
    assert "example" not in drift[0]


def test_a_file_that_was_published_before_there_was_such_a_table_is_shown(warehouse):
    published(before="drop table ops.schema_drift")
    assert tiles.answer("pipeline", Filters())["drift"] == []
