"""The demonstration works in folders of its own, and `make clean` removes nothing else."""

import json
from datetime import UTC, datetime

import pytest

from include.demo import belongings, place
from include.demo.belongings import NotPossible
from include.warehouse import ownership, paths

NOW = datetime(2026, 10, 1, tzinfo=UTC)


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setattr(place, "AIRFLOW_HOME", tmp_path / "airflow")
    return tmp_path / "airflow"


def fill(folder, *names: str) -> None:
    """Files, or folders (with a `/` at the end) with a file in them."""
    for name in names:
        file = folder / name / "a file" if name.endswith("/") else folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("content")


def test_all_of_a_demo_goes(warehouse, home):
    place.moment()
    place.forget_airflow_database()
    fill(home, "airflow.db", "airflow.cfg", "logs/", "sandbox.log", "anything new/")
    fill(warehouse, "build.duckdb", "build.duckdb.wal", "packages/", "writes/", "published/", "dbt/", "rate_budget/")
    (warehouse / "inputs").mkdir()
    assert place.clean() == []
    assert not warehouse.exists() and not home.exists()
    assert place.clean() == [f"{warehouse} contains no demo, and was not changed."]


def test_what_people_added_stays(warehouse, home):
    place.moment()
    fill(warehouse, "build.duckdb", "notes.txt", "photos/", "inputs/", "stores.csv")
    (warehouse / "published").symlink_to(warehouse / "photos")
    (told,) = place.clean()
    assert "inputs, notes.txt, photos, stores.csv" in told
    assert sorted(file.name for file in warehouse.iterdir()) == ["inputs", "notes.txt", "photos", "stores.csv"]
    assert (warehouse / "photos" / "a file").exists()


@pytest.mark.parametrize("name", ["build.duckdb", "notes.txt", "packages/", ".bashrc"])
def test_a_folder_that_holds_something_is_not_taken(warehouse, name):
    fill(warehouse, name)
    with pytest.raises(NotPossible, match="SERVICES_WAREHOUSE_DIR"):
        place.moment()
    assert not (warehouse / "demo.json").exists()


@pytest.mark.parametrize("names", [("airflow.cfg", "airflow.db", "logs/"), ("sandbox.log", "dags/"), (".bashrc",)])
def test_another_airflow_is_neither_used_nor_removed(warehouse, home, names):
    fill(home, *names)
    for step in (place.forget_airflow_database, place.clean):
        with pytest.raises(NotPossible, match="the demo did not write"):
            step()
    assert len(list(home.iterdir())) == len(names)


def test_a_demo_of_before_is_known_where_nothing_else_is_there(warehouse, home):
    (warehouse / "demo.json").write_text(json.dumps({"now": NOW.isoformat()}))
    fill(warehouse, "build.duckdb", "packages/", "published/", "rate_budget/", "buyer_hash.key", "photos/")
    fill(home, "airflow.cfg", "airflow.db", "airflow.db-wal", "logs/", "sandbox.log", "sessions", "airflow.log")
    assert place.moment() == NOW
    with pytest.raises(NotPossible, match=r"also contains photos\. It was not changed"):
        belongings.remove_warehouse()
    assert (warehouse / "build.duckdb").exists()
    (warehouse / "photos").rename(warehouse.parent / "photos")
    place.forget_airflow_database()
    assert ownership.is_marked(home, belongings.KIND) and not (home / "airflow.db").exists()
    assert place.clean() == []
    assert not home.exists() and not paths.PROJECT_DIR.joinpath("photos").exists()


@pytest.mark.parametrize("note", ["", "{", "[]", '{"now": 5}', '{"now": "soon"}'])
def test_a_note_that_cannot_be_read_is_no_leave_to_remove(warehouse, home, note):
    (warehouse / "demo.json").write_text(note)
    fill(warehouse, "build.duckdb")
    with pytest.raises(NotPossible, match=r"demo\.json cannot be read"):
        place.clean()
    assert (warehouse / "build.duckdb").exists()
