"""Each settled week is mailed once, by a mail server on loopback, to whoever is named."""

import json
from datetime import date
from email import message_from_string

import duckdb
import pytest
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from include.dashboard import mailings, scorecard
from include.dashboard.settled import Week
from include.warehouse import paths, schema
from include.warehouse.building.transform import build_models
from include.warehouse.publishing.publish import publish
from tests.dags.test_manners import load
from tests.dbt_project.raw_rows import US, Warehouse, appointment, job
from tests.listeners import MailServer, listening

DE = "A1PA6795UKMFR9"


@pytest.fixture
def mailed(monkeypatch):
    """What the mail server received."""
    monkeypatch.setenv("SERVICES_REPORT_EMAILS", "boss@example.com")
    with listening(MailServer) as (port, received):
        connection = {"conn_type": "smtp", "host": "127.0.0.1", "port": port}
        connection["extra"] = {"disable_ssl": True, "disable_tls": True, "from_email": "services@example.com"}
        monkeypatch.setenv("AIRFLOW_CONN_SMTP_DEFAULT", json.dumps(connection))
        yield received


@pytest.fixture
def run(monkeypatch):
    """Runs the DAG's tasks: the weeks that are mailed, or that are written if nobody is named."""
    dag = load("amazon_services_scorecard")
    due, mail = (dag.get_task(name).python_callable for name in ("due", "mail"))
    monkeypatch.setitem(mail.__globals__, "show_label", lambda text: None)

    def run(**params) -> list[str]:
        found = due(params=params)
        for week in found:
            mail(week=week, params=params)
        return [f"{week['marketplace']} {week['start']}" for week in found]

    run.mail = mail
    return run


@pytest.fixture
def weeks(warehouse, monkeypatch):
    """Publishes weeks of account `a` in the US: their Mondays, and whether they are settled. Scorecards are a word long."""
    monkeypatch.setattr(scorecard, "scorecard", lambda week: f"<p>Week of {week.start}</p>")

    def publish_weeks(**settled: bool) -> None:
        paths.published_database().parent.mkdir(exist_ok=True)
        paths.published_database().unlink(missing_ok=True)
        with duckdb.connect(str(paths.published_database())) as connection:
            connection.execute("create schema raw")
            schema.ensure(connection)
            connection.execute("create schema marts")
            connection.execute("create table marts.dim_marketplace as select ? as marketplace_id, 'United States' as name", [US])
            connection.execute("""
                create table marts.agg_account_weekly (
                    account varchar, marketplace_id varchar, week_start_date date, is_settled boolean
                )
            """)
            for name, is_settled in settled.items():
                week = name.removeprefix("w").replace("_", "-")
                connection.execute("insert into marts.agg_account_weekly values ('a', ?, ?, ?)", [US, week, is_settled])

    return publish_weeks


def test_a_week_is_mailed_once_when_it_is_settled(run, weeks, mailed):
    weeks(w2026_03_02=False)
    assert run() == [] and mailed == []
    weeks(w2026_03_02=True, w2026_03_09=False)
    assert run() == [f"{US} 2026-03-02"]
    for _ in range(2):
        assert run() == []
    (mail,) = map(message_from_string, mailed)
    assert mail["to"] == "boss@example.com" and mail["subject"] == "Services, week 2026-W10: a, United States"
    assert "Week of 2026-03-02" in mail.get_payload()[0].get_payload(decode=True).decode()
    weeks(w2026_03_02=True, w2026_03_09=True)
    assert run() == [f"{US} 2026-03-09"] and len(mailed) == 2


def test_an_installation_gets_no_weeks_of_the_past(run, weeks, mailed):
    """Without notes, as after an update or before the first run, the newest settled week counts as known."""
    weeks(w2026_02_16=True, w2026_02_23=True, w2026_03_02=False)
    assert run() == [] and mailed == []
    weeks(w2026_02_16=True, w2026_02_23=True, w2026_03_02=True)
    assert run() == [f"{US} 2026-03-02"]


def test_after_a_long_pause_the_newest_week_alone_is_mailed(run, weeks, mailed):
    weeks(w2026_01_05=True)
    run()
    weeks(w2026_01_05=True, w2026_01_12=True, w2026_01_19=True, w2026_01_26=True)
    assert run() == [f"{US} 2026-01-26"] and len(mailed) == 1
    # an earlier version of the published file takes its place
    weeks(w2026_01_05=True, w2026_01_12=True)
    assert run() == []


def test_a_task_that_is_cleared_mails_nothing(run, weeks, mailed):
    weeks(w2026_03_02=False)
    run()
    weeks(w2026_03_02=True)
    run()
    week = {"start": "2026-03-02", "account": "a", "marketplace": US, "country": None}
    with pytest.raises(AirflowSkipException, match="was mailed"):
        run.mail(week=week, params={})
    assert len(mailed) == 1
    assert run(mail_again=True) == [f"{US} 2026-03-02"] and len(mailed) == 2
    assert run() == [] and run(mail_again=True, account="b") == []


def test_a_mail_that_is_refused_is_sent_by_the_retry(run, weeks, mailed, monkeypatch):
    from airflow.providers.smtp.hooks.smtp import SmtpHook

    weeks(w2026_03_02=False)
    run()
    weeks(w2026_03_02=True)
    with monkeypatch.context() as refusing:
        refusing.setattr(SmtpHook, "send_email_smtp", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            run()
    assert run() == [f"{US} 2026-03-02"] and len(mailed) == 1


def test_a_process_that_ends_while_it_mails_is_told_and_mails_nothing_again(run, weeks, mailed, monkeypatch):
    from airflow.providers.smtp.hooks.smtp import SmtpHook

    def end(*_, **__):
        raise KeyboardInterrupt

    weeks(w2026_03_02=False)
    run()
    weeks(w2026_03_02=True)
    with monkeypatch.context() as ending, pytest.raises(KeyboardInterrupt):
        ending.setattr(SmtpHook, "send_email_smtp", end)
        run()
    week = {"start": "2026-03-02", "account": "a", "marketplace": US, "country": None}
    with pytest.raises(AirflowFailException, match="may have been mailed"):
        run.mail(week=week, params={})
    assert run() == [] and mailed == []


def test_without_a_receiver_it_is_written_once(run, weeks, monkeypatch):
    monkeypatch.delenv("SERVICES_REPORT_EMAILS", raising=False)
    weeks(w2026_03_02=False)
    run()
    weeks(w2026_03_02=True)
    with pytest.raises(AirflowSkipException, match="no addresses"):
        run()
    assert run() == []
    folder = mailings.notes_file().parent
    assert (folder / f"scorecard-2026-W10-a-{US}.html").read_text() == "<p>Week of 2026-03-02</p>"


def test_it_follows_the_publication():
    dag = load("amazon_services_scorecard")
    assert [asset.name for asset in dag.timetable.asset_condition.objects] == ["amazon_services_warehouse_published"]


def test_the_file_of_a_week_stays_in_the_folder(warehouse, monkeypatch):
    monkeypatch.setattr(scorecard, "scorecard", lambda week: "")
    file = scorecard.write(week=Week(date(2026, 3, 2), "../a", US))
    assert file.parent == mailings.notes_file().parent and file.exists()


@pytest.mark.soak
@pytest.mark.timeout(400)
def test_the_westernmost_store_settles_last(warehouse, run, mailed):
    """By dbt's own `is_settled`: the week from 2 March, which ends in Honolulu ten hours after it ended in London."""
    built = Warehouse(warehouse)
    begin, stores = "2026-03-02T00:00:00Z", {US: "S1", DE: "S2"}

    def pass_until(until: str) -> list[str]:
        for marketplace in stores:
            built.add_window(begin, until, marketplace_id=marketplace)
        build_models()
        publish(paths.build_database(), paths.published_database(), run_id=until)
        return run()

    for marketplace, store in stores.items():
        served = appointment("2026-03-04T18:00:00Z", arrived="2026-03-04T18:05:00Z", appointmentId="1")
        missed = appointment("2026-03-05T18:00:00Z", appointmentId="2")
        built.add_jobs(job(store, marketplace_id=marketplace, store_id=store, appointments=[served, missed]))
    built.add_jobs(job("S3", store_id="S3", service_location={"address": {"stateOrRegion": "Hawaii"}}))
    assert pass_until("2026-03-09T20:00:00Z") == []
    assert pass_until("2026-03-10T23:30:00Z") == [f"{DE} 2026-03-02"]
    # it has been settled in Los Angeles for two hours, where summer time has begun
    assert pass_until("2026-03-11T09:30:00Z") == []
    assert pass_until("2026-03-11T10:00:00Z") == [f"{US} 2026-03-02"]
    # a proof that comes late
    proof = appointment("2026-03-05T18:00:00Z", arrived="2026-03-05T18:20:00Z", appointmentId="2")
    built.add_jobs(
        job("S1", observed_at="2026-03-12T01:00:00Z", store_id="S1", appointments=[served, proof], service_job_status="COMPLETED")
    )
    assert pass_until("2026-03-12T02:00:00Z") == [] and run() == []
    subjects = [message_from_string(mail)["subject"] for mail in mailed]
    assert subjects == ["Services, week 2026-W10: a, Germany", "Services, week 2026-W10: a, United States"]
    text = message_from_string(mailed[1]).get_payload()[0].get_payload(decode=True).decode()
    assert "It is settled" in text and "1 of 2 scored appointments" in text
