"""A database file that cannot be read is named, with what is wrong and the way out: it is not `locked`, nor its key `wrong`."""

import errno
import os
import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pytest

from include.extract.packaging import _cause
from include.warehouse import database, paths, restricted
from include.warehouse.unreadable import WarehouseUnreadable

HEADERS, FIRST_BLOCK = (4096, 8192), 12288


@pytest.fixture
def build(warehouse) -> Path:
    with database.connect() as connection:
        connection.execute("create table main.numbers as select range as n, random()::varchar as text from range(50000)")
    return paths.build_database()


def flip(file: Path, *places: int) -> None:
    content = bytearray(file.read_bytes())
    for place in places:
        content[place] ^= 0xFF
    file.write_bytes(content)


def of_a_newer_version(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[12:20] = (200).to_bytes(8, "little")
    file.write_bytes(content)
    with pytest.raises(duckdb.IOException) as refused:
        duckdb.connect(str(file))
    # DuckDB tells the checksum that it wants
    content[:8] = int(re.search(r"computed checksum (\d+)", str(refused.value))[1]).to_bytes(8, "little")
    file.write_bytes(content)


DAMAGES = {
    "first header": (lambda file: flip(file, 100), "it is damaged"),
    "both headers": (lambda file: flip(file, *(place + 20 for place in HEADERS)), "it is damaged"),
    "a block": (lambda file: flip(file, FIRST_BLOCK + 100), "it is damaged"),
    "empty": (lambda file: file.write_bytes(b""), "it is not a DuckDB file"),
    "cut in its headers": (lambda file: file.write_bytes(file.read_bytes()[:4096]), "it is cut off"),
    "cut in its blocks": (lambda file: file.write_bytes(file.read_bytes()[:FIRST_BLOCK + 1000]), "it is cut off"),
    "a text": (lambda file: file.write_text("name,phone\n" * 2000), "it is not a DuckDB file"),
    "SQLite's": (lambda file: file.write_bytes(b"SQLite format 3\0" + bytes(5000)), "it is not a DuckDB file"),
    "newer": (of_a_newer_version, "a newer version of DuckDB"),
}  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("name", ["build.duckdb", "built_marts.duckdb"])
def test_a_file_that_cannot_be_read_is_named_with_the_way_out(build, name, damage):
    file = build.with_name(name)
    spoil, meaning = DAMAGES[damage]
    spoil(file)
    way_out = {"build.duckdb": "Put back copies of it", "built_marts.duckdb": "the next build makes all marts anew"}[name]
    with pytest.raises(WarehouseUnreadable, match=meaning) as told:
        database.connect()
    assert str(told.value).startswith(f"{file} cannot be read: ")
    assert ("make setup" if damage == "newer" else way_out) in str(told.value)


def test_a_damaged_log_is_told_of(build):
    build.with_name(f"{build.name}.wal").write_bytes(b"")
    child = "import os, sys, duckdb; c = duckdb.connect(sys.argv[1]); c.execute('create table t (i int)'); os._exit(0)"
    subprocess.run([sys.executable, "-c", child, str(build)], check=True)
    flip(build.with_name(f"{build.name}.wal"), -10)
    with pytest.raises(WarehouseUnreadable, match=r"the file beside it that ends in \.wal, is damaged"):
        database.connect()


TRIES = """
import os, resource, sys
from include.warehouse import database
exec(sys.argv[1])
try:
    database.connect(read_only=False)
except Exception as error:
    print(type(error).__name__, error)
"""


@pytest.mark.parametrize(
    ("limit", "meaning"),
    [
        pytest.param(
            "os.setuid(65534)", "this user may not read or write it",
            marks=pytest.mark.skipif(os.getuid() != 0, reason="only root can become another user"),
        ),
        ("resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000)); database.paths.build_database().unlink()", "the disk is full"),
    ],
)  # fmt: skip
def test_who_may_not_write_is_told_so(monkeypatch, limit, meaning):
    # a folder that other users may look into, which those of pytest are not
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        monkeypatch.setenv("SERVICES_WAREHOUSE_DIR", folder)
        database.connect().close()
        file = paths.build_database()
        file.chmod(0o600)
        command = [sys.executable, "-c", TRIES, limit]
        answer = subprocess.run(command, capture_output=True, text=True, cwd=paths.PROJECT_DIR)
    assert f"WarehouseUnreadable {file} cannot be read: {meaning}" in answer.stdout, answer


@pytest.fixture
def vault(warehouse, monkeypatch) -> Path:
    monkeypatch.setenv("SERVICES_PERSONAL_DATA_KEY", "a key of 32 characters or more, for this test")
    with restricted.opened() as vault:
        vault.execute(f"insert into {restricted.TABLE} (account, buyer_name) select 'a', 'n' || range from range(5000)")
    return paths.restricted_database()


def read_contacts() -> None:
    with restricted.opened(read_only=True) as vault:
        vault.execute(f"select count(distinct buyer_name) from {restricted.TABLE}").fetchall()


@pytest.mark.parametrize("place", [2, 30, 60, 90, 130, 500, 4096 + 20, 8192 + 20, FIRST_BLOCK + 100, FIRST_BLOCK + 262144 + 50])
def test_a_store_that_somebody_changed_is_not_taken_for_a_wrong_key(vault, place):
    flip(vault, place)
    with pytest.raises(WarehouseUnreadable, match="it is damaged, or somebody has changed it") as told:
        read_contacts()
    assert "Put back a copy of it" in str(told.value) and "key" not in str(told.value).partition("DuckDB said")[0]


def test_a_wrong_key_a_cut_store_and_a_plain_one_are_told_apart(vault, monkeypatch):
    monkeypatch.setenv("SERVICES_PERSONAL_DATA_KEY", "another key of 32 characters, for this test")
    with pytest.raises(restricted.NoKey, match="was encrypted with another key than SERVICES_PERSONAL_DATA_KEY"):
        read_contacts()
    vault.write_bytes(vault.read_bytes()[:20000])
    with pytest.raises(WarehouseUnreadable, match="it is cut off"):
        monkeypatch.setenv("SERVICES_PERSONAL_DATA_KEY", "a key of 32 characters or more, for this test")
        read_contacts()
    vault.unlink()
    duckdb.connect(str(vault)).close()
    with pytest.raises(WarehouseUnreadable, match="it is not encrypted, and should be"):
        read_contacts()


def test_the_error_of_a_commit_is_the_one_that_is_seen(warehouse):
    with database.connect() as connection, connection.cursor() as other:
        connection.execute("create table main.keys (key integer primary key)")
        with pytest.raises(duckdb.Error, match="PRIMARY KEY or UNIQUE constraint"), database.transaction(connection):
            connection.execute("insert into main.keys values (1)")
            with database.transaction(other):
                other.execute("insert into main.keys values (1)")
        # the next one is not hindered
        with pytest.raises(ZeroDivisionError), database.transaction(connection):
            connection.execute("insert into main.keys values (2)")
            raise ZeroDivisionError
        assert connection.execute("from main.keys").fetchall() == [(1,)]


def test_an_error_of_the_system_below_dlt_is_told_as_it_is():
    full = OSError(errno.ENOSPC, "No space left on device", "data/service_jobs/0.parquet")
    assert _cause(full) is full
    wrapped = type("PipelineStepFailed", (Exception,), {"__module__": "dlt.pipeline.exceptions"})()
    wrapped.__cause__ = full
    assert str(_cause(wrapped)) == "[Errno 28] No space left on device: 'data/service_jobs/0.parquet'"


def test_transactions_are_begun_in_one_place():
    """A hand-written one would hide its first error behind the one of rolling back."""
    files = [file for folder in ("include", "plugins", "dags") for file in (paths.PROJECT_DIR / folder).rglob("*.py")]
    begun = [file.name for file in files if re.search(r"\.(begin|rollback|commit)\(\)", file.read_text())]
    assert begun == ["database.py"]
