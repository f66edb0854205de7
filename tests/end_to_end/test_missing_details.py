"""Jobs whose detail cannot be read for a while: their windows are read, details are healed, and the truth holds in the end."""

from datetime import timedelta

from include.extract import runs
from include.services_api import ServicesClient
from include.services_api.retries import RetryConfig
from include.warehouse import database, paths
from tests.end_to_end.test_truth import HOUR_END, NOW, OPTIONS, backfill, build_and_publish
from tests.end_to_end.truth import backfilled, differences, scheduled
from tests.local_api import MARKETPLACES, local_api

RETRY_CONFIG = RetryConfig(attempts=2, first_wait_seconds=0.01, longest_wait_seconds=0.02)
KINDS = ({"kind": "error", "status": 500}, {"kind": "error", "status": 404}, {"kind": "errors_without_payload"})


def rows(sql: str) -> list[tuple]:
    with database.connect(read_only=True) as connection:
        return connection.execute(sql).fetchall()


def run_hour(client: ServicesClient, run_id: str) -> dict[str, int]:
    return runs.scheduled_jobs(client, HOUR_END - timedelta(hours=1), HOUR_END, run_id)


def break_details(api, names: list[str]) -> None:
    faults = [{"operation": "getServiceJobByServiceJobId", "job": name} | KINDS[place % 3] for place, name in enumerate(names)]
    api.control("POST", "faults", faults)


def test_the_truth_holds_in_the_end(warehouse, monkeypatch):
    monkeypatch.setenv("SERVICES_BACKFILL_WINDOW_HOURS", "120")
    with (
        local_api("--seed", "5", "--now", NOW.isoformat(), *OPTIONS) as api,
        ServicesClient(api.account(marketplace_ids=MARKETPLACES), retry_config=RETRY_CONFIG) as client,
    ):
        # some are never read by the backfill, some are known in detail when the hour cannot read them
        created = api.truth(as_of=NOW.isoformat(), tables="fct_service_jobs")["fct_service_jobs"]
        names = sorted(row["service_job_id"] for row in created)
        break_details(api, names[::97])
        backfill(client, "backfill")
        report = build_and_publish("backfill")
        missing = {name for (name,) in rows("select service_job_id from raw.service_jobs where not has_detail")}
        assert missing and missing <= set(names[::97])
        assert {"raw_job_detail_missing"} <= {finding.code for finding in report.findings}
        ((counted,),) = rows("select sum(details_missing) from ops.extract_windows where status = 'complete'")
        assert counted == len(missing)

        break_details(api, [row["service_job_id"] for row in created if row["job_status"] != "COMPLETED"][:6])
        run_hour(client, "hour")
        build_and_publish("hour")
        with database.connect() as connection:
            # what was known of them is known still
            assert not connection.execute("""
                select 1 from raw.service_jobs as known
                where has_detail and json_array_length(appointments) > 0 and (account, service_job_id) not in (
                    select (account, service_job_id) from marts.fct_appointments
                )
            """).fetchall()

        api.control("DELETE", "faults")
        for file in paths.details_dir().glob("asked-*.json"):
            file.unlink()  # as if their time had come
        run_hour(client, "healed")
        report = build_and_publish("healed")
        assert "raw_job_detail_missing" not in {finding.code for finding in report.findings}
        windows = [*backfilled(NOW - timedelta(days=21), NOW - timedelta(hours=1), NOW), scheduled(NOW)]
        api.control("POST", "reading", {"availability": False, "windows": windows})
        found = differences(paths.published_database(), {
            table: facts for table, facts in api.truth(as_of=NOW.isoformat()).items()
            if table not in ("fct_demand_capacity_hourly", "agg_store_daily")  # availability is not read here
        })  # fmt: skip
    assert not found, "\n".join(found)
