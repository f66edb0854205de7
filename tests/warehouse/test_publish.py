"""Publishing: whole versions only, whatever happens, and no reader notices more than a new version when it opens again."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from include.warehouse import database, schema
from include.warehouse.publishing import publish

END = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture
def build(warehouse: Path) -> Path:
    path = warehouse / "build.duckdb"
    with database.connect(path) as connection:
        schema.ensure(connection)
        connection.execute("create table marts.fct_appointments as select range as appointment_id from range(1000)")
        connection.execute("create table marts.fct_service_jobs as select range as service_job_id from range(500)")
        connection.execute("create schema intermediate")
        connection.execute("create table intermediate.int_as_of (account varchar, marketplace_id varchar, as_of timestamptz)")
    return path


@pytest.fixture
def published(warehouse: Path) -> Path:
    return warehouse / "published" / "services.duckdb"


def rows(path: Path, query: str) -> list[tuple]:
    with database.connect(path, read_only=True) as connection:
        return connection.execute(query).fetchall()


def names(published: Path) -> list[str]:
    return sorted(file.name for file in published.parent.iterdir())


def test_marts_and_ops_are_published_and_nothing_else(build, published):
    publication = publish.publish(build, published, run_id="run-1")

    tables = dict(rows(published, "select schema_name || '.' || table_name, estimated_size from duckdb_tables()"))
    assert {name.split(".")[0] for name in tables} == {"marts", "ops"}
    assert rows(published, "select count(*) from marts.fct_appointments") == [(1000,)]
    assert publication.tables == len(tables)
    assert publication.rows == 1500


def test_a_table_that_somebody_added_to_ops_is_published_too(build, published):
    with database.connect(build) as connection:
        connection.execute("create table ops.notes as select 'a holiday' as note")
    publish.publish(build, published, run_id="run-1")
    assert rows(published, "from ops.notes") == [("a holiday",)]


def test_the_publication_is_recorded_once_in_both_files_however_often_it_runs(build, published):
    for _ in range(2):
        publication = publish.publish(build, published, run_id="run-1")
    publish.publish(build, published, run_id="run-2")

    record = "select publication_id, rows from ops.publications order by published_at"
    assert rows(build, record) == rows(published, record) == [("run-1", publication.rows), ("run-2", publication.rows + 1)]


def test_freshness_tells_each_account_and_the_publication_the_oldest(build, published):
    with database.connect(build) as connection:
        connection.executemany(
            "insert into intermediate.int_as_of values (?, 'ATVPDKIKX0DER', ?)",
            [("north", END), ("south", END - timedelta(hours=5))],
        )
        connection.execute(
            """
            insert into ops.extract_windows by name
            select 'north' as account, 'ATVPDKIKX0DER' as marketplace_id, 'appointment_slots' as entity, 'complete' as status,
                ? as window_start
            """,
            [END - timedelta(hours=9)],
        )

    publication = publish.publish(build, published, run_id="run-1")

    assert publication.as_of == END - timedelta(hours=5)
    freshness = rows(published, "select account, entity, as_of, minutes_behind from ops.freshness order by as_of")
    assert [row[:3] for row in freshness] == [
        ("north", "appointment_slots", END - timedelta(hours=9)),
        ("south", "jobs", END - timedelta(hours=5)),
        ("north", "jobs", END),
    ]
    behind = (publication.published_at - END).total_seconds() / 60
    assert freshness[-1][3] == pytest.approx(behind, abs=0.02)


def test_a_reader_keeps_its_version_until_it_opens_again(build, published):
    publish.publish(build, published, run_id="run-1")
    with duckdb.connect(str(published), read_only=True) as reader:
        with database.connect(build) as connection:
            connection.execute("delete from marts.fct_appointments")
        with_other_process(build, published, "run-2")
        assert reader.execute("select count(*) from marts.fct_appointments").fetchone() == (1000,)
    assert rows(published, "select count(*) from marts.fct_appointments") == [(0,)]


def with_other_process(build: Path, published: Path, run_id: str, before: str = "") -> subprocess.CompletedProcess:
    script = (
        "import sys; from pathlib import Path; from include.warehouse.publishing.publish import publish\n"
        f"{before}\n"
        "publish(Path(sys.argv[1]), Path(sys.argv[2]), run_id=sys.argv[3])"
    )
    return subprocess.run(
        [sys.executable, "-c", script, build, published, run_id],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_version_that_fails_its_check_is_not_published(build, published, monkeypatch):
    publish.publish(build, published, run_id="run-1")
    count_rows = publish._count_rows
    monkeypatch.setattr(publish, "_count_rows", lambda build: count_rows(build) | {"marts.fct_service_jobs": 501})

    with pytest.raises(publish.PublishFailed, match=r"fct_service_jobs should have 501 rows, but .* has 500"):
        publish.publish(build, published, run_id="run-2")

    assert rows(published, "select publication_id from ops.publications") == [("run-1",)]
    assert names(published) == ["index.html", "services.duckdb", "versions"]


def test_what_a_killed_publication_left_is_cleared(build, published):
    published.parent.mkdir()
    leftover = published.with_name(".services.duckdb.new")
    leftover.write_bytes(b"half a file")
    leftover.with_name(f"{leftover.name}.wal").write_bytes(b"half a log")

    publish.publish(build, published, run_id="run-1")

    assert names(published) == ["index.html", "services.duckdb", "versions"]


def test_a_full_disk_leaves_the_last_good_version_and_nothing_else(build, published):
    publish.publish(build, published, run_id="run-1")
    with database.connect(build) as connection:
        connection.execute("create table marts.fct_job_items as select random() as number from range(400_000)")

    outcome = with_other_process(
        build, published, "run-2", before="import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (2_500_000, 2_500_000))"
    )

    assert outcome.returncode != 0
    assert "The last good version stays published. If the disk is full, make room" in outcome.stderr
    assert rows(published, "select publication_id from ops.publications") == [("run-1",)]
    assert names(published) == ["index.html", "services.duckdb", "versions"]
    assert with_other_process(build, published, "run-2").returncode == 0
