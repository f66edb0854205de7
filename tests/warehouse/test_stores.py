"""The stores file: what a build takes from it, what it refuses, and what `make stores` writes."""

import csv

import duckdb
import pytest

from include.warehouse import paths, schema, stores
from include.warehouse.inputs.input_files import InputRefused

US, DE = "ATVPDKIKX0DER", "A1PA6795UKMFR9"
HEADER = "marketplace_id,store_id,store_name,region,manager,time_zone\n"


@pytest.fixture
def connection(tmp_path, monkeypatch):
    monkeypatch.setenv("SERVICES_WAREHOUSE_DIR", str(tmp_path))
    with duckdb.connect() as connection:
        connection.execute("create schema marts; create schema staging")
        schema.ensure(connection)
        yield connection


def stored(connection) -> list[tuple]:
    return connection.execute("from ops.stores order by all").fetchall()


def refusal(connection) -> str | None:
    return connection.execute("select error from ops.stores_file").fetchall()[0][0]


def test_without_a_file_there_are_no_stores(connection):
    stores.refresh(connection)
    assert stored(connection) == [] and refusal(connection) is None


def test_a_changed_file_replaces_what_was_read(connection):
    paths.stores_file().write_text(f"{HEADER}{US},S1,Main Street,North,,America/New_York\n{US},S2,,,,\n")
    stores.refresh(connection)
    assert stored(connection) == [(US, "S1", "Main Street", "North", None, "America/New_York"), (US, "S2", *[None] * 4)]
    paths.stores_file().write_bytes(f'\ufeffstore_id;marketplace_id;store_name\r\nS1;{US};"Main; Street"\r\n'.encode())
    stores.refresh(connection)
    assert stored(connection) == [(US, "S1", "Main; Street", None, None, None)]
    paths.stores_file().unlink()
    stores.refresh(connection)
    assert stored(connection) == []


def test_a_file_elsewhere(connection, tmp_path, monkeypatch):
    monkeypatch.setenv("SERVICES_STORES", str(tmp_path / "elsewhere" / "ours.csv"))
    (tmp_path / "elsewhere").mkdir()
    paths.stores_file().write_text(f"marketplace_id,store_id\n{US},S1\n")
    stores.refresh(connection)
    assert stored(connection) == [(US, "S1", *[None] * 4)]


@pytest.mark.parametrize(
    "lines, part",
    [
        (f"{HEADER}{US},,a,,,\n", "line 2: store_id is empty"),
        (f"{HEADER}{US},S1,,,,\n{US},S2,,,,America/Nowhere\n", "line 3: time_zone should be"),
        (f"{HEADER}{US},S1,,,,\n\n{US},S1,,,,\n", "line 4: line 2 has the same store"),
        (f"{HEADER}{US},S1,,,\n", "line 2: it has 5 cells, and the header has 6"),
        (f"{HEADER}{US},S1,{'a' * 201},,,\n", "line 2: store_name should be plain text"),
        (f'{HEADER}{US},S1,"a\nb",,,\n', "store_name should be plain text"),
        (f"marketplace_id,store_id,zone\n{US},S1,UTC\n", "line 1: the columns should be"),
        (f"store_id\n{US}\n", "line 1: the columns should be"),
        (f'{HEADER}{US},S1,"a,,,\n', "cannot be read as CSV"),
    ],
)
def test_a_bad_line_is_refused_and_the_last_good_file_counts(connection, lines, part):
    paths.stores_file().write_text(f"{HEADER}{US},S9,Old,,,\n")
    stores.refresh(connection)
    paths.stores_file().write_text(lines)
    stores.refresh(connection)
    assert part in refusal(connection)
    assert stored(connection) == [(US, "S9", "Old", None, None, None)]
    paths.stores_file().write_text(f"{HEADER}{US},S9,New,,,\n")
    stores.refresh(connection)
    assert refusal(connection) is None and stored(connection) == [(US, "S9", "New", None, None, None)]


def test_a_file_that_cannot_be_read_is_told(connection):
    paths.stores_file().mkdir()
    stores.refresh(connection)
    assert "Is a directory" in refusal(connection)


def test_missing_stores_are_added(connection):
    connection.execute(
        """
        create table marts.dim_store as
        select unnest([$us, $us, $de, null]) as marketplace_id, unnest(['S2', 'S1', 'S1', 'S3']) as store_id
        """,
        {"us": US, "de": DE},
    )
    assert stores.add_missing(connection) == 3
    with paths.stores_file().open() as file:
        assert [(row["marketplace_id"], row["store_id"], row["manager"]) for row in csv.DictReader(file)] == [
            (DE, "S1", ""), (US, "S1", ""), (US, "S2", ""),
        ]  # fmt: skip
    paths.stores_file().write_text(f"store_id,marketplace_id,manager\nS1,{US},Ada\n")
    assert stores.add_missing(connection) == 2
    assert paths.stores_file().read_text().splitlines()[1:] == [f"{US},S1,,,Ada,", f"{DE},S1,,,,", f"{US},S2,,,,"]
    assert stores.add_missing(connection) == 0
    paths.stores_file().write_text("store_id,marketplace_id\nS1,\n")
    with pytest.raises(InputRefused, match="line 2"):
        stores.add_missing(connection)


def test_the_seed_of_earlier_versions_becomes_the_file(connection):
    connection.execute(
        "create table staging.store_time_zones as select ? as marketplace_id, 'S1' as store_id, 'Asia/Tokyo' as time_zone", [US]
    )
    stores.refresh(connection)
    assert stored(connection) == [(US, "S1", None, None, None, "Asia/Tokyo")]
    assert paths.stores_file().read_text() == f"{HEADER}{US},S1,,,,Asia/Tokyo\n"
