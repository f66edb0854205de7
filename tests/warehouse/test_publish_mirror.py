"""A mirrored file equals its source, whatever it held before and however little is written."""

from pathlib import Path

import duckdb
import pytest

from include.warehouse import database
from include.warehouse.mirror import mirror

ROWS = 10_000
VISITS = f"""
    create table marts.visits as
    select 'visit-' || range as visit_id, range % 7 as minutes, [range, null] as parts, null::varchar as note from range({ROWS})
"""

CHANGES = {
    "nothing": "select 1",
    "one row": "update marts.visits set minutes = minutes + 1 where visit_id = 'visit-5'",
    "a null": "update marts.visits set note = '' where visit_id = 'visit-5'",
    "new rows": "insert into marts.visits select 'late-' || range, 1, [], 'late' from range(50)",
    "rows gone": "delete from marts.visits where minutes = 3 and length(visit_id) = 8",
    "all rows": "update marts.visits set minutes = minutes + 1",
    "no rows": "delete from marts.visits",
    "a row twice": "insert into marts.visits select * from marts.visits where visit_id = 'visit-5'",
    "a column more": "alter table marts.visits add column is_late boolean default false",
    "a column's type": "alter table marts.visits alter column minutes type double",
    "a table less": "drop table marts.visits",
    "a table more": "create table marts.visitors as select 'v' as visitor_id",
}


@pytest.fixture
def source(tmp_path: Path):
    with database.connect(tmp_path / "build.duckdb") as connection:
        connection.execute("create schema marts")
        connection.execute("create schema staging")
        connection.execute("create table staging.secret as select 1 as one")
        connection.execute(VISITS)
        yield connection


def contents(connection: duckdb.DuckDBPyConnection) -> dict[str, list]:
    tables = connection.execute("select table_name from duckdb_tables() where schema_name = 'marts'").fetchall()
    return {
        table: [
            [column[:2] for column in connection.execute(f"describe marts.{table}").fetchall()],
            connection.execute(f"select * from marts.{table} order by all").fetchall(),
        ]
        for (table,) in tables
    }


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_mirror_follows_every_change(change, source, tmp_path):
    copy = tmp_path / "copy.duckdb"
    assert mirror(source, copy, ("marts",)) == {'marts."visits"': ROWS}
    source.execute(change)

    rows = mirror(source, copy, ("marts",))

    with duckdb.connect(str(copy), read_only=True) as reader:
        assert contents(reader) == contents(source)
        assert reader.execute("select count(*) from duckdb_tables() where schema_name <> 'marts'").fetchone() == (0,)
    assert sum(rows.values()) == sum(len(content[1]) for content in contents(source).values())


def test_small_changes_do_not_make_the_file_grow_without_end(source, tmp_path):
    copy = tmp_path / "copy.duckdb"
    mirror(source, copy, ("marts",))
    size = copy.stat().st_size
    for turn in range(30):
        source.execute(f"update marts.visits set note = 'turn {turn}' where hash(visit_id) % 10 = {turn % 10}")
        mirror(source, copy, ("marts",))
    assert copy.stat().st_size < 4 * size
