"""A build after a change of what the tables are made by gives what a full refresh gives: no old row stays beside new ones."""

import shutil
from pathlib import Path

import pytest

from include.warehouse import paths
from include.warehouse.building.transform import build_models
from tests.dbt_project.random_hours import RandomHours
from tests.dbt_project.raw_rows import PROJECT, Warehouse

# file, what stands in it, what shall, and a mart that shows it
CHANGES = {
    "macro": ("macros/rates.sql", "cast({{ part }} as double)", "0.5 * cast({{ part }} as double)", "agg_technician_daily"),
    "variable": ("dbt_project.yml", "on_time_grace_minutes: ", "on_time_grace_minutes: -9", "fct_appointments"),
    "seed": ("seeds/marketplaces.csv", "America/Los_Angeles", "Asia/Tokyo", "fct_appointments"),
    "measure": ("models/marts/_semantic_models.yml", "outcome = 'no_show'", "outcome <> 'no_show'", "agg_technician_daily"),
    "model": ("models/marts/fct_job_payments.sql", "payment.amount.value as", "2 * payment.amount.value as", "fct_job_payments"),
}


class Installation:
    """A warehouse, and a copy of the project that may be changed; both are in use."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.project = folder / "project"
        monkeypatch.setattr(paths, "dbt_project_dir", lambda: self.project)
        monkeypatch.setenv("SERVICES_WAREHOUSE_DIR", str(folder / "warehouse"))
        self.warehouse = Warehouse(paths.warehouse_dir())

    def pass_hours(self, hours: int, seed: int) -> None:
        world = RandomHours(self.warehouse, seed)
        for _ in range(hours):
            world.pass_hour()

    def change(self, file: str, before: str, after: str) -> None:
        text = (self.project / file).read_text()
        assert before in text
        (self.project / file).write_text(text.replace(before, after))

    def is_made_anew(self) -> bool:
        """Whether the last build made everything anew."""
        return self.warehouse.row("select is_complete from intermediate.int_build_scope")["is_complete"]


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Path:
    """The folder of an installation that was built, for tests to copy."""
    folder = tmp_path_factory.mktemp("built")
    shutil.copytree(PROJECT, folder / "project", ignore=shutil.ignore_patterns("target", "logs"))
    with pytest.MonkeyPatch.context() as monkeypatch:
        installation = Installation(folder, monkeypatch)
        installation.pass_hours(6, seed=4)
        build_models()
    return folder


@pytest.fixture
def installation(built, tmp_path, monkeypatch):
    shutil.copytree(built, tmp_path, dirs_exist_ok=True)
    return Installation(tmp_path, monkeypatch)


def in_full(installation: Installation, folder: Path, monkeypatch) -> dict[str, list[tuple]]:
    """The marts of a warehouse that has the same raw rows and was never built before."""
    shutil.copytree(installation.warehouse.directory, folder)
    paths.built_marts(folder / "build.duckdb").unlink()
    monkeypatch.setenv("SERVICES_WAREHOUSE_DIR", str(folder))
    anew = Warehouse(folder)
    anew.execute("drop schema intermediate cascade")
    build_models()
    return anew.marts()


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_definition_makes_everything_anew(installation, tmp_path, monkeypatch, change):
    file, before, after, mart = CHANGES[change]
    warehouse = installation.warehouse
    rows_of_before = warehouse.marts()[mart]
    installation.change(file, before, after)
    build_models()
    assert installation.is_made_anew() and warehouse.marts()[mart] != rows_of_before
    installation.pass_hours(2, seed=5)
    build_models()
    assert not installation.is_made_anew(), "once is enough"
    warehouse.execute("checkpoint")
    by_change = warehouse.marts()
    for table, rows in in_full(installation, tmp_path / "anew", monkeypatch).items():
        assert by_change[table] == rows, table


def test_what_no_model_uses_changes_nothing_and_what_none_makes_goes(installation):
    warehouse = installation.warehouse
    with_test = "tests/generic/unique_together.sql"
    installation.change(with_test, "{% test", "{# another word #}\n{% test")
    build_models()
    assert not installation.is_made_anew()

    # a mart and a column of before, which today's project does not have
    warehouse.execute("create table built_marts.marts.dim_of_before (id integer)")
    warehouse.execute("alter table built_marts.marts.fct_job_payments add column of_before integer")
    # and the hash as it was first, which says nothing of macros
    warehouse.execute("update intermediate.built_settings set fingerprint = md5('models and seeds')")
    build_models()
    assert installation.is_made_anew()
    columns = warehouse.rows("select column_name from duckdb_columns() where table_name = 'fct_job_payments'")
    assert "of_before" not in [each["column_name"] for each in columns]
    assert "dim_of_before" not in warehouse.marts()
    build_models()
    assert not installation.is_made_anew()


def test_a_build_by_hand_makes_everything_anew_and_is_not_relied_on(installation):
    warehouse = installation.warehouse
    warehouse.build_by_hand()
    assert installation.is_made_anew()
    build_models()
    assert installation.is_made_anew()
    build_models()
    assert not installation.is_made_anew()
