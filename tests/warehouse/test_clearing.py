"""What grows with time has a term, and what must stay visible stays, however old it is."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from include.quality.report import STOP, WARN, QualityReport, RuleResult
from include.warehouse import database, paths, schema
from include.warehouse.building import builds
from include.warehouse.loading import packages
from include.warehouse.loading.windows import JOBS, SCHEDULED, UPDATED, Window
from include.warehouse.publishing.publish import publish
from include.warehouse.retention import clearing, kept

NOW = datetime.now(UTC)
DAY = timedelta(days=1)


def test_the_guide_has_the_terms_of_the_code():
    guide = (paths.PROJECT_DIR / "docs" / "operations.md").read_text()
    terms = [value for value in vars(kept).values() if isinstance(value, kept.Term)]
    rows = [f"| {term.what} | {term.where} | {in_words(term.time)} | {term.stays} |" for term in terms]
    assert len(set(terms)) == len(terms) > 10
    assert "\n".join(["| what | where | kept for | what stays longer |", "|---|---|---|---|", *rows, ""]) in guide


def in_words(time: timedelta) -> str:
    count, unit = (time.days, "day") if time.days else (time.seconds // 3600, "hour")
    return f"{count} {unit}{'' if count == 1 else 's'}"


def rows(query: str) -> list[tuple]:
    with database.connect() as connection:
        return connection.execute(query).fetchall()


def audit(run_id: str, age: timedelta) -> None:
    results = (
        RuleResult(code="held", severity=STOP, sentence="It held.", table="marts.t", is_success=True, unexpected_count=0),
        RuleResult(code="warned", severity=WARN, sentence="It did not.", table="marts.t", is_success=False, unexpected_count=2),
    )
    with database.connect() as connection:
        schema.ensure(connection)
        QualityReport(run_id, NOW - age, Path("index.html"), results).record(connection)


def test_results_of_audits_go_and_those_of_the_last_one_stay(warehouse):
    for run_id, days in (("old", 120), ("month", 30), ("week", 8), ("yesterday", 1)):
        audit(run_id, days * DAY)
    clearing.clear("retention", NOW)
    left = rows("select run_id, rule_code from ops.quality_results order by validated_at, rule_code")
    assert left == [("month", "warned"), ("week", "warned"), ("yesterday", "held"), ("yesterday", "warned")]
    # nothing was audited for a year: what was warned of last is still shown
    clearing.clear("retention", NOW + 365 * DAY)
    assert rows("select run_id, rule_code from ops.quality_results order by 2") == [
        ("yesterday", "held"),
        ("yesterday", "warned"),
    ]


def test_the_published_file_shrinks_with_it(warehouse):
    with database.connect() as connection:
        schema.ensure(connection)
        connection.execute("create schema intermediate")
        connection.execute("create table intermediate.int_as_of (account varchar, marketplace_id varchar, as_of timestamptz)")
        connection.execute(
            "insert into ops.quality_results (run_id, validated_at, rule_code, is_success, sentence) "
            "select 'run ' || range, ? - to_hours(range::integer), 'r', true, md5(range::varchar) from range(8760)",
            [NOW],
        )

    def published() -> int:
        publish(paths.build_database(), paths.published_database(), run_id="run")
        with database.connect(paths.published_database(), read_only=True) as connection:
            return connection.execute("select count(*) from ops.quality_results").fetchone()[0]

    assert published() == 8760
    clearing.clear("retention", NOW)
    assert published() == 7 * 24 + 1


def test_what_decides_whether_a_run_is_due_stays(warehouse):
    with database.connect() as connection:
        schema.ensure(connection)
        for run_id, days in (("first", 500), ("last", 400)):
            connection.execute("insert into ops.extract_windows (loaded_at) values (?)", [NOW - days * DAY])
            builds.begin(connection, run_id)
            connection.execute(
                "insert into ops.publications (publication_id, published_at) values (?, ?)", [run_id, NOW - days * DAY]
            )
        assert not builds.is_due(connection)
    clearing.clear("retention", NOW)
    assert rows("select run_id from ops.builds") == rows("select publication_id from ops.publications") == [("last",)]
    with database.connect() as connection:
        assert not builds.is_due(connection)


def test_removals_are_recorded_for_three_years(warehouse):
    with database.connect() as connection:
        schema.ensure(connection)
        for days in (1000, 1100):
            connection.execute("insert into ops.removals (run_id, removed_at) values (?, ?)", [str(days), NOW - days * DAY])
    clearing.clear("retention", NOW)
    assert rows("select run_id, place, rows from ops.removals order by removed_at") == [
        ("1000", None, None), ("retention", "ops.removals", 1),
    ]  # fmt: skip
    clearing.clear("retention", NOW)
    assert len(rows("from ops.removals")) == 2, "the second time there is nothing to remove"


FOLDERS = {
    "packages/set_aside": kept.SET_ASIDE_PACKAGES, "writes/set_aside": kept.SET_ASIDE_WRITES, "writes/reports": kept.REPORTS,
    "reports": kept.SCORECARDS, "backfills": kept.BOOKMARKS, "dbt/logs": kept.DBT_LOGS, "dbt/target/run": kept.DBT_CODE,
    "dbt/target/compiled": kept.DBT_CODE,
}  # fmt: skip


def aged(file: Path, age: timedelta) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("content")
    for one in (file, file.parent):
        os.utime(one, ((NOW - age).timestamp(),) * 2)
    return file


@pytest.mark.parametrize("folder", FOLDERS)
def test_files_go_when_their_term_is_over(warehouse, folder):
    term = FOLDERS[folder].time
    young, old = aged(warehouse / folder / "a" / "young", term - DAY / 2), aged(warehouse / folder / "b" / "old", term + DAY / 2)
    clearing.clear("retention", NOW)
    assert young.exists() and not old.exists()


def test_a_backfill_that_goes_on_keeps_its_bookmark(warehouse):
    begun = aged(warehouse / "backfills" / "long" / "begun_at", 20 * DAY)
    aged(warehouse / "backfills" / "long" / "a window", DAY)
    clearing.clear("retention", NOW)
    assert begun.exists()


def test_the_last_scorecard_and_dbts_memory_stay(warehouse):
    stay = [
        aged(warehouse / name, 1000 * DAY)
        for name in ("reports/scorecard.html", "reports/mailed.json", "dbt/target/partial_parse.msgpack")
    ]
    clearing.clear("retention", NOW)
    assert all(file.exists() for file in stay)


def test_a_package_that_is_being_read_is_left_alone(warehouse):
    window = Window("a", "ATVPDKIKX0DER", JOBS, SCHEDULED, UPDATED, NOW - DAY, NOW)
    package = packages.begin(window, "run")
    hidden = package.folder.rename(package.folder.with_name(f".{package.folder.name}"))
    dead = aged(paths.packages_dir() / ".dead" / "window.json", 2 * DAY)
    later = NOW + 2 * DAY
    clearing.clear("retention", later)
    assert hidden.exists() and not dead.parent.exists() and (paths.packages_dir() / ".lock").exists()
    package.folder = hidden.rename(package.folder)
    package.fail("the process ends")
    assert package.folder.exists()
    package.folder.rename(hidden)
    clearing.clear("retention", later)
    assert not hidden.exists()
