"""An audit that stops a run says so: in the task's error, and to whoever is configured; the published file stays."""

import json

import pytest

from include.warehouse import database, paths, schema
from tests.end_to_end.airflow_home import Home
from tests.listeners import Webhook, listening


@pytest.mark.soak
def test_a_stopped_run_tells_table_rule_count_and_keys_once(warehouse, tmp_path):
    home = tmp_path / "airflow"
    home.mkdir()
    with database.connect() as connection:
        schema.ensure(connection)
        connection.execute("""
            insert into ops.extract_windows by name
            select
                'north' as account, 'ATVPDKIKX0DER' as marketplace_id, 'jobs' as entity, 'backfill' as mode,
                'created' as filter, timestamptz '2026-10-02 00:00:00Z' + to_days(range::int) as window_start,
                timestamptz '2026-10-01 00:00:00Z' as window_end, 1 as attempt, 'failed' as status
            from range(5)
        """)
    with listening(Webhook) as (port, posts):
        connection = {"conn_type": "slackwebhook", "host": f"http://127.0.0.1:{port}", "password": "T0/B0/X"}
        settings = {"SERVICES_ALERT_SLACK": "operators", "AIRFLOW_CONN_OPERATORS": json.dumps(connection)}
        printed = Home(home, warehouse, "http://127.0.0.1:9", **settings).run("warehouse", fails=True)
    (post,) = posts
    for text in (printed, post["text"]):
        assert "ops.extract_windows window_range_invalid (stop): 5 rows break it, e.g. account=north" in text
    assert post["text"].count("account=north") == 3
    assert not paths.published_database().exists()
