"""An hour's audit looks at what changed, and at all of what changed since an audit last passed, whatever came between."""

from datetime import timedelta
from pathlib import Path

import pytest

from include import quality
from include.quality import checkpoint
from include.quality.suites import get_suites
from include.warehouse import database
from include.warehouse.building import audit_state, builds
from tests.quality.good_build import copied

ODD = "job_first_appointment_out_of_range"
JOBS = "select account, service_job_id from marts.fct_service_jobs order by service_job_id"


@pytest.fixture
def build(good_build: Path, tmp_path: Path, monkeypatch) -> Path:
    """A build of which everything has been judged. Of the suites those of a job's tables are left, for speed."""
    tables = ("marts.fct_service_jobs", "marts.fct_job_payments")
    monkeypatch.setattr(checkpoint, "get_suites", lambda: [suite for suite in get_suites() if suite.name in tables])
    path = copied(good_build, tmp_path)
    assert audit(path, "everything").findings == ()
    return path


def audit(build: Path, run_id: str) -> quality.QualityReport:
    return quality.run(build, build.with_name("data_docs"), run_id=run_id)


def rebuilt(build: Path, offset: int, corruption: str = "") -> None:
    """As a build that changed one job and corrupted it on the way; where a condition on the job is wanted, `{job}`."""
    with database.connect(build) as connection:
        builds.begin(connection, f"run-{offset}")
        connection.execute(
            f"create or replace table intermediate.int_changed_jobs as select * from ({JOBS}) limit 1 offset {offset}"
        )
        if corruption:
            connection.execute(
                corruption.format(job="service_job_id = (select service_job_id from intermediate.int_changed_jobs)")
            )


def codes(report: quality.QualityReport) -> set[str]:
    return {finding.code for finding in report.findings}


def test_what_changed_is_judged_by_every_rule_across_tables(build):
    rebuilt(build, 5, "update marts.fct_service_jobs set city = '12b Old Mill Road' where {job}")
    assert codes(audit(build, "hour-1")) == {"job_personal_data"}
    rebuilt(build, 6, "delete from marts.fct_job_payments where {job}")
    assert codes(audit(build, "hour-2")) == {"job_personal_data", "payment_totals_differ"}


def test_rows_that_did_not_change_are_not_looked_at(build):
    rebuilt(build, 5)
    with database.connect(build) as connection:
        connection.execute("update marts.fct_service_jobs set city = '12b Old Mill Road' where rowid not in "
                           "(select jobs.rowid from marts.fct_service_jobs as jobs semi join "
                           "intermediate.int_changed_jobs using (service_job_id))")  # fmt: skip
    assert codes(audit(build, "hour-1")) == set()


def test_what_an_audit_refused_is_judged_again_by_the_next(build):
    rebuilt(build, 5, "update marts.fct_service_jobs set serviced_count = 9 where {job}")
    assert "job_counts_differ" in codes(audit(build, "hour-1"))
    rebuilt(build, 6)
    rebuilt(build, 7)
    assert "job_counts_differ" in codes(audit(build, "hour-2"))


def test_what_was_built_and_never_audited_is_judged_by_the_next(build):
    rebuilt(build, 5, "update marts.fct_service_jobs set serviced_count = 9 where {job}")
    rebuilt(build, 6)
    assert "job_counts_differ" in codes(audit(build, "hour-2"))


def test_what_has_passed_is_not_carried_again(build):
    rebuilt(build, 5)
    assert codes(audit(build, "hour-1")) == set()
    with database.connect(build) as connection:
        builds.begin(connection, "hour-2")
        assert connection.execute("select count(*) from audit.jobs").fetchone() == (0,)


def test_a_warning_is_told_by_every_audit_until_its_rows_are_mended(build):
    odd = "update marts.fct_service_jobs set hours_to_first_appointment = {} where {{job}}"
    rebuilt(build, 5, odd.format(-1))
    rebuilt(build, 6, odd.format(-2))
    counts = [told(audit(build, "hour-1"))]
    rebuilt(build, 7)
    counts.append(told(audit(build, "hour-2")))
    rebuilt(build, 6, odd.format(2))
    counts.append(told(audit(build, "hour-3")))
    # nothing was built since
    counts.append(told(audit(build, "hour-4")))
    rebuilt(build, 5, odd.format(1))
    assert [*counts, told(audit(build, "hour-5"))] == [2, 2, 1, 1, None]
    assert unjudged_keys(build) == 0


def test_what_an_audit_of_everything_warned_of_is_told_by_the_next(build, monkeypatch):
    with database.connect(build) as connection:
        connection.execute("update marts.fct_service_jobs set hours_to_first_appointment = -1 where rowid % 100 = 0")
        (odd,) = connection.execute("select count(*) from marts.fct_service_jobs where hours_to_first_appointment < 0").fetchone()
    rebuilt(build, 5)
    assert told(audit(build, "hour-1")) is None
    with monkeypatch.context() as later:
        later.setattr(audit_state, "EVERYTHING_EVERY", timedelta(0))
        assert told(audit(build, "a day later")) == odd
    rebuilt(build, 6)
    assert told(audit(build, "hour-2")) == odd == unjudged_keys(build)


def test_a_warning_about_a_row_whose_key_is_partly_unknown_stays(build, monkeypatch):
    monkeypatch.setattr(
        checkpoint, "get_suites", lambda: [suite for suite in get_suites() if suite.name == "marts.fct_demand_capacity_hourly"]
    )
    with database.connect(build) as connection:
        connection.execute("""
            update marts.fct_demand_capacity_hourly set store_id = null, reserved_capacity = -1, utilization = null
            where rowid = (select min(rowid) from marts.fct_demand_capacity_hourly where scheduled_capacity is null)
        """)
    for run_id in ("everything by other rules", "hour-1", "hour-2"):
        assert codes(audit(build, run_id)) == {"hour_capacity_negative"}


def told(report: quality.QualityReport) -> int | None:
    return next((finding.unexpected_count for finding in report.findings if finding.code == ODD), None)


def unjudged_keys(build: Path) -> int:
    with database.connect(build) as connection:
        return connection.execute("select count(*) from audit.jobs").fetchone()[0]


def test_everything_is_judged_when_the_rules_are_others_and_once_a_day(build, monkeypatch):
    with database.connect(build) as connection:
        rules = checkpoint.fingerprint()
        assert not audit_state.is_everything(connection, rules)
        assert audit_state.is_everything(connection, "others")
        monkeypatch.setattr(audit_state, "EVERYTHING_EVERY", timedelta(0))
        assert audit_state.is_everything(connection, rules)
