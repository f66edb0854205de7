"""The gate: what it says, what it writes, and that nothing passes it unevaluated."""

from pathlib import Path

import pytest

from include import quality
from include.warehouse import database, schema

KEY = ("account", "service_job_id", "appointment_id")


def two_suites() -> list:
    """Rules of both severities, about two tables."""
    import great_expectations.expectations as gxe

    from include.quality.rules import grain, never, stop, suite, warn

    return [
        suite("raw.service_jobs", key=("service_job_id",), rules=grain("raw_job", ("service_job_id",))),
        suite(
            "marts.fct_appointments",
            key=KEY,
            rules=[
                stop("outcome_invalid", "There are two outcomes.",
                     gxe.ExpectColumnValuesToBeInSet(column="outcome", value_set=["serviced", "no_show"])),
                warn("minutes_missing", "An appointment takes some minutes.", never(KEY, "scheduled_minutes < 1")),
            ],
        ),
    ]  # fmt: skip


@pytest.fixture
def build(tmp_path: Path, monkeypatch) -> Path:
    from include.quality import checkpoint

    monkeypatch.setattr(checkpoint, "get_suites", two_suites)
    path = tmp_path / "build.duckdb"
    with database.connect(path) as connection:
        schema.ensure(connection)
        connection.execute("""
            create table marts.fct_appointments as
            select 'north' as account, 'job-' || range as service_job_id, service_job_id || '#1' as appointment_id,
                'serviced' as outcome, 60 as scheduled_minutes
            from range(20)
        """)
    return path


def execute(build: Path, statement: str) -> list[tuple]:
    with database.connect(build) as connection:
        return connection.execute(statement).fetchall()


def run(build: Path) -> quality.QualityReport:
    return quality.run(build, build.with_name("data_docs"), run_id="run-1")


def test_a_good_build_passes_and_a_repeated_run_takes_the_place_of_the_first(build):
    docs, pages = build.with_name("data_docs"), []
    for _ in range(2):
        report = quality.gate(build, docs, run_id="run-1")
        pages.append(set(docs.rglob("*.html")))
    assert report.findings == ()

    recorded = execute(build, "select rule_code, severity, is_success, unexpected_count from ops.quality_results")
    assert sorted(recorded) == sorted((result.code, result.severity, True, 0) for result in report.results)

    first, second = pages
    assert report.index in first & second
    assert not {page for page in first if "validations" in page.parts} & second
    assert all(any(folder.iterdir()) for folder in docs.rglob("*") if folder.is_dir())
    assert sorted(path.name for path in build.parent.iterdir()) == ["build.duckdb", "built_marts.duckdb", "data_docs"]


def test_a_stop_names_table_rule_count_and_three_keys(build):
    execute(build, "update marts.fct_appointments set outcome = 'perhaps' where appointment_id like 'job-1%'")
    with pytest.raises(quality.QualityGateFailed) as failure:
        quality.gate(build, build.with_name("data_docs"), run_id="run-1")
    message = str(failure.value)
    assert "marts.fct_appointments outcome_invalid (stop): 11 rows break it" in message
    assert message.count("appointment_id=job-1") == 3
    assert str(build.with_name("data_docs") / "index.html") in message
    assert "readers keep the last good version" in message


def test_a_warning_is_published_and_shown(build):
    execute(build, "update marts.fct_appointments set scheduled_minutes = 0 where appointment_id = 'job-7#1'")
    report = run(build)
    assert report.is_publishable
    (finding,) = report.findings
    assert (finding.code, finding.unexpected_count) == ("minutes_missing", 1)
    assert finding.examples == ("account=north, service_job_id=job-7, appointment_id=job-7#1",)


def test_a_rule_that_cannot_be_evaluated_is_broken(build):
    execute(build, "alter table marts.fct_appointments drop column outcome")
    report = run(build)
    assert not report.is_publishable
    finding = next(finding for finding in report.findings if finding.code == "outcome_invalid")
    assert finding.unexpected_count is None
    assert "outcome" in finding.error


def test_a_table_that_is_missing_breaks_every_rule_about_it(build):
    execute(build, "drop table marts.fct_appointments")
    report = run(build)
    assert not report.is_publishable
    assert {finding.table for finding in report.findings} == {"marts.fct_appointments"}
    assert "and 0 more" not in str(quality.QualityGateFailed(report))


def test_neither_results_nor_data_docs_show_values(build):
    """Of a broken rule the key is shown, for both kinds of rules, and never the value that broke it."""
    secret = "perhaps-0143"
    execute(build, f"update marts.fct_appointments set outcome = '{secret}', scheduled_minutes = -74315")
    report = run(build)
    assert {finding.code: finding.unexpected_count for finding in report.findings} == {
        "outcome_invalid": 20,
        "minutes_missing": 20,
    }
    assert all(len(finding.examples) == 3 for finding in report.findings)
    shown = "".join(page.read_text() for page in report.index.parent.rglob("*.html"))
    assert "must belong to this set" in shown
    assert "There are two outcomes. [outcome_invalid, stop]" in shown
    assert "20 unexpected values found" in shown
    recorded = str(execute(build, "from ops.quality_results"))
    for value in (secret, "74315"):
        assert value not in shown + recorded + str(report.findings)
