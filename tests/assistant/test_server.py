"""An assistant asks, by the SDK's own client: in this process, over standard input and output, and over HTTP on loopback."""

import asyncio
import os
import re
import socket
import sys
import time
from contextlib import suppress
from functools import partial

import pytest
import requests
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client

from include.assistant import server
from include.assistant.reading import Limits
from include.warehouse import paths
from tests.dashboard.published_rows import published_rows
from tests.processes import free_port
from tests.processes import server as server_process

TOOLS = {"list_marts", "describe_mart", "run_query", "list_questions", "answer_question"}


@pytest.fixture
def published(warehouse):
    with published_rows() as rows:
        rows.known_up_to("2026-11-08T12:00:00Z")
        rows.add("dim_store", store_id="s", store_name="Downtown")
        rows.add("agg_store_daily", store_id="s", service_date="2026-11-07", on_time=3, scored=4)


def ask(target, *calls: tuple[str, dict]) -> list:
    """The results of calls of tools, in order."""

    async def asked() -> list:
        async with Client(target) as client:
            return [await client.call_tool(name, arguments) for name, arguments in calls]

    return asyncio.run(asked())


def answered(target, name: str, **arguments) -> dict:
    [result] = ask(target, (name, arguments))
    assert not result.is_error, result.content
    return result.structured_content


def refused(name: str, limits: Limits = Limits(), **arguments) -> str:  # noqa: B008
    [result] = ask(server.make(limits), (name, arguments))
    assert result.is_error
    return result.content[0].text


def test_the_tools_only_read(published):
    async def tools() -> list:
        async with Client(server.make(Limits())) as client:
            return (await client.list_tools()).tools

    found = asyncio.run(tools())
    assert {tool.name for tool in found} == TOOLS
    assert all(tool.annotations.read_only_hint and tool.description for tool in found)


def test_a_query(published):
    answer = answered(server.make(Limits()), "run_query", sql="select store_id, on_time, scored from marts.agg_store_daily")
    assert answer == {"columns": {"store_id": "VARCHAR", "on_time": "BIGINT", "scored": "BIGINT"}, "rows": [["s", 3, 4]],
                      "is_cut": False}  # fmt: skip


def test_values_are_json(published):
    sql = """select 1.5::decimal(18, 4) as amount, timestamptz '2026-11-08 12:00:00+00' as at, date '2026-11-08' as day,
        ['a', null] as list, 'nan'::double as rate, '\\xFF'::blob as bytes, 170141183460469231731687303715884105727 as huge,
        interval 90 minute as took"""
    [row] = answered(server.make(Limits()), "run_query", sql=sql)["rows"]
    assert row[:5] == [1.5, "2026-11-08T12:00:00Z", "2026-11-08", ["a", None], None]
    assert row[7] == "PT1H30M"


def test_a_long_answer_is_cut(published):
    answer = answered(server.make(Limits(rows=10)), "run_query", sql="from range(1000)")
    assert (len(answer["rows"]), answer["is_cut"]) == (10, True)


@pytest.mark.parametrize(
    "sql, message",
    [
        ("create table x as select 1", "Send one `select`"),
        ("select 1; select 2", "Send one `select`"),
        ("delete from marts.dim_store", "Send one `select`"),
        ("set memory_limit = '100GB'", "Send one `select`"),
        ("copy marts.dim_store to '/tmp/x.csv'", "Send one `select`"),
        ("attach '/etc/passwd' as other", "Send one `select`"),
        ("", "Send one `select`"),
        ("select from where", "syntax error"),
        ("from marts.no_such_table", "does not exist"),
        ("from read_text('/etc/passwd')", "disabled by configuration"),
        ("from '/etc/passwd'", "does not exist|disabled"),
        ("from read_csv('http://127.0.0.1:1/x.csv')", "disabled|not exist|extension"),
        ("select repeat('x', 2000000)", "larger than 1,000,000 bytes"),
        ("select repeat('x', 100000) from range(100)", "larger than 1,000,000 bytes"),
        ("select list(range) from range(300000000)", "memory"),
        ("from answers", "does not exist"),
    ],
)
def test_what_a_query_may_not_do(published, sql, message):
    before = paths.published_database().read_bytes()
    assert re.search(message, refused("run_query", sql=sql))
    assert paths.published_database().read_bytes() == before


def test_a_query_that_takes_too_long_is_interrupted(published):
    started = time.monotonic()
    endless = "select count(*) from range(100000) a, range(100000) b where hash(a.range, b.range) = 1"
    assert "interrupted after 0.5 seconds" in refused("run_query", Limits(seconds=0.5), sql=endless)
    assert time.monotonic() - started < 20


def test_queries_at_once_do_not_disturb_each_other(published):
    """Each has a database of its own: one that is refused or waits takes no other with it."""

    async def at_once() -> list:
        async with Client(server.make(Limits(seconds=1))) as client:
            endless = "select count(*) from range(100000) a, range(100000) b where hash(a.range, b.range) = 1"
            queries = [endless, "from nowhere", *["select sum(on_time) from marts.agg_store_daily"] * 6]
            return await asyncio.gather(*(client.call_tool("run_query", {"sql": sql}) for sql in queries))

    results = asyncio.run(at_once())
    assert [result.is_error for result in results] == [True, True, *[False] * 6]


def test_a_publication_is_seen_at_once_and_not_kept_from_happening(published, warehouse):
    target = server.make(Limits())
    count = "select count(*) from marts.dim_store"
    assert answered(target, "run_query", sql=count)["rows"] == [[1]]
    paths.published_database().unlink()
    with published_rows():
        pass
    assert answered(target, "run_query", sql=count)["rows"] == [[0]]


def test_before_the_first_publication(warehouse):
    assert "does not exist yet: `make demo`" in refused("run_query", sql="select 1")


def test_a_damaged_file(published):
    paths.published_database().write_bytes(b"no database")
    assert "cannot be read" in refused("run_query", sql="select 1")


def test_dbt_cannot_parse_the_project(published, monkeypatch, tmp_path):
    broken = tmp_path / "python"
    broken.write_text("#!/bin/sh\necho 'no such macro' >&2\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(broken))
    assert refused("list_marts") == "Error executing tool list_marts: The definitions cannot be read: no such macro"


def test_over_standard_input_and_output(published):
    options = {"command": sys.executable, "args": ["-m", "include.assistant"], "env": dict(os.environ)}
    calls = [
        ("list_marts", {}), ("describe_mart", {"table": "fct_appointments"}), ("list_questions", {}),
        ("describe_mart", {"table": "marts.fct_appointments", "column": "outcome"}),
        ("answer_question", {"name": "how_did_the_weeks_go"}),
    ]  # fmt: skip
    results = ask(stdio_client(StdioServerParameters(cwd=str(paths.PROJECT_DIR), **options)), *calls)
    assert not any(result.is_error for result in results), results
    marts, table, questions, column, answer = (result.structured_content for result in results)
    assert marts["as_of"] == "2026-11-08T12:00:00Z"
    assert {"table": "marts.dim_store", "rows": 1} in [{"table": mart["table"], "rows": mart["rows"]} for mart in marts["marts"]]
    assert table["columns"]["outcome"] == column["outcome"] and "serviced" in column["outcome"]["description"]
    assert table["figures"]["on_time_rate"]["sql"]
    assert len(questions) == 10 and questions["how_did_the_weeks_go"].endswith("?")
    assert answer["sql"].startswith("-- ") and answer["rows"] == [] and "on_time_rate" in answer["columns"]


def test_over_http_on_loopback(published, tmp_path):
    port = free_port()
    url = f"http://127.0.0.1:{port}/mcp"
    command = [sys.executable, "-m", "include.assistant", "--port", str(port)]
    with server_process(command, dict(os.environ), tmp_path / "log", partial(listens, port)):
        assert answered(url, "run_query", sql="select sum(scored) from marts.agg_store_daily")["rows"] == [[4]]
        # a page of another site cannot reach it, not even by a name that leads to loopback
        assert requests.post(url, json={}, headers={"Host": "example.com"}, timeout=10).status_code == 421
        assert requests.post(url, json={}, headers={"Origin": "http://example.com"}, timeout=10).status_code == 403


def listens(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5):
        return True
    return False
