"""What dbt costs at a million jobs: a full build, an hour's change beside the same change to a young company, ten questions."""

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

import duckdb
import pytest
from dbt.adapters.duckdb.connections import DuckDBConnectionManager

from include.warehouse import database
from tests.benchmarks import million
from tests.dbt_project.raw_rows import Warehouse

FULL_SECONDS, FULL_GB = 180, 6
HOURS = 3
INCREMENT_SECONDS, INCREMENT_RATIO = 15, 1.3
QUESTION_MILLISECONDS = 200


def build(folder: Path) -> dict[str, float]:
    """In a process of its own, as a task runs it; its words go to a file beside the database."""
    with (folder / "build.log").open("w") as log:
        process = subprocess.run(
            [sys.executable, "-m", "tests.benchmarks.million", str(folder)], stdout=subprocess.PIPE, stderr=log, text=True
        )
    assert process.returncode == 0, (folder / "build.log").read_text()[-3_000:]
    figures = json.loads(process.stdout.splitlines()[-1])
    print(f"\n{folder.name}: " + ", ".join(f"{name} {value:.1f}" for name, value in figures.items()), end="")
    return figures


@pytest.fixture(scope="module")
def folders(tmp_path_factory) -> dict[str, Path]:
    """A million jobs, and the newest 10,000 of them alone: the same company when it was younger."""
    folders = {name: tmp_path_factory.mktemp(name) for name in ("million", "young")}
    million.fill(Warehouse(folders["million"]))
    million.fill(Warehouse(folders["young"]), first=million.JOBS - 10_000)
    return folders


@pytest.fixture(scope="module")
def full(folders) -> dict[str, float]:
    build(folders["young"])
    return build(folders["million"])


def test_full_build(full):
    assert full["seconds"] < FULL_SECONDS
    assert full["peak_gb"] < FULL_GB


def test_an_hour_costs_what_it_changes(full, folders):
    model_seconds = {name: [] for name in folders}
    for number in range(1, HOURS + 1):
        for name, folder in folders.items():
            million.pass_hour(Warehouse(folder), number=number)
            model_seconds[name].append(build(folder)["model_seconds"])
    old, young = median(model_seconds["million"]), median(model_seconds["young"])
    print(f"\n1,000 changed jobs: {old:.1f} s beside a million jobs, {young:.1f} s beside 10,000: {old / young:.2f}")
    assert old < INCREMENT_SECONDS
    assert old / young < INCREMENT_RATIO


def test_ten_questions(full, folders):
    warehouse = Warehouse(folders["million"])
    warehouse.dbt("compile", "--select", "path:analyses")
    DuckDBConnectionManager.close_all_connections()  # or the file would stay open in this process
    questions = sorted((folders["million"] / "dbt/target/compiled/services_warehouse/analyses").glob("*.sql"))
    assert len(questions) == 10
    slow = {}
    with database.connect(folders["million"] / "build.duckdb", read_only=True) as connection:
        for question in questions:
            rows, milliseconds = asked(connection, question.read_text())
            print(f"\n{question.stem:40} {milliseconds:5.0f} ms {len(rows):5} rows", end="")
            assert rows
            if milliseconds >= QUESTION_MILLISECONDS:
                slow[question.stem] = milliseconds
    assert not slow


def asked(connection: duckdb.DuckDBPyConnection, question: str) -> tuple[list, float]:
    """The answer, and the middle one of three times that it takes in milliseconds."""
    times = []
    for _ in range(3):
        started = time.perf_counter()
        rows = connection.execute(question).fetchall()
        times.append(1_000 * (time.perf_counter() - started))
    return rows, median(times)


@pytest.fixture(scope="module", autouse=True)
def clean_up(folders):
    yield
    for folder in folders.values():
        shutil.rmtree(folder)
