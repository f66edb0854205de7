"""A load that comes between the build of a run and its audit: tasks take turns at the database, one by one."""

from datetime import timedelta

import pytest

from include import quality
from include.extract import runs
from include.extract.backfill import Backfill
from include.services_api import ServicesClient
from include.warehouse import database, paths
from include.warehouse.building import builds
from include.warehouse.building.transform import build_models
from include.warehouse.loading.load import load_packages
from include.warehouse.publishing.publish import publish
from tests.end_to_end.hourly import BEGIN, OPTIONS, check
from tests.end_to_end.hours import LAG
from tests.end_to_end.truth import backfilled, scheduled
from tests.local_api import local_api


def test_what_is_loaded_between_build_and_audit_is_built_before_the_audit(warehouse):
    with local_api(*OPTIONS) as api, ServicesClient(api.account()) as client:
        start = BEGIN - timedelta(days=9)
        days = {"start": start.isoformat(), "end": BEGIN.isoformat()}
        runs.backfill(client, Backfill.from_params(days), BEGIN + LAG, "days")
        api.control("POST", "reading", {"windows": backfilled(start, BEGIN, BEGIN + LAG)})
        with database.connect() as connection:
            load_packages(connection)
            builds.begin(connection, "run")
        build_models()
        moment = BEGIN + timedelta(hours=1)
        api.control("POST", "clock", {"now": moment.isoformat()})
        runs.scheduled_jobs(client, BEGIN + LAG, moment + LAG, "hour")
        api.control("POST", "reading", {"windows": [scheduled(moment)]})
        with database.connect() as connection:
            load_packages(connection)
        # no audit has passed yet, so this one compares everything
        with pytest.raises(quality.QualityGateFailed, match="job_lost"):
            quality.gate(paths.build_database(), paths.data_docs_dir(), run_id="run")

        assert builds.catch_up("run")
        assert not builds.catch_up("run")
        quality.gate(paths.build_database(), paths.data_docs_dir(), run_id="run")
        publish(paths.build_database(), paths.published_database(), run_id="run")
        check(api, moment)
