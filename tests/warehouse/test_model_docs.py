"""The models' documentation: made once for a project as it is, linked from the front page, and never in the way of data."""

from pathlib import Path

import pytest

from include.warehouse import paths
from include.warehouse.publishing import front_page, model_docs


@pytest.fixture
def project(tmp_path, monkeypatch) -> Path:
    folder = tmp_path / "dbt_project"
    folder.mkdir()
    (folder / "model.sql").write_text("select 1 as one")
    monkeypatch.setattr(paths, "dbt_project_dir", lambda: folder)
    return folder


@pytest.fixture
def made(warehouse, monkeypatch) -> list[str]:
    """A line for each time that dbt was asked."""
    asked = []

    def generate() -> str | None:
        asked.append("made")
        paths.dbt_target_dir().mkdir(parents=True, exist_ok=True)
        (paths.dbt_target_dir() / model_docs.PAGE).write_text(f"page {len(asked)}")

    monkeypatch.setattr(model_docs, "_generate", generate)
    return asked


def test_it_is_made_when_the_project_changed_and_only_then(project, made):
    assert [model_docs.refresh() for _ in range(3)] == [True, False, False]
    (project / "columns.yml").write_text("columns: []")
    assert [model_docs.refresh() for _ in range(2)] == [True, False]
    (paths.dbt_target_dir() / model_docs.PAGE).unlink()
    assert model_docs.refresh()
    assert len(made) == 3


def test_a_failure_is_tried_again_and_stops_nothing(project, made, monkeypatch, caplog):
    with monkeypatch.context() as broken:
        broken.setattr(model_docs, "_generate", lambda: "no room")
        assert not model_docs.refresh()
    assert "no room" in caplog.text
    assert model_docs.refresh()


def test_the_front_page_links_both_reports(project, made, warehouse):
    published = paths.published_database().parent
    (published / "data_docs").mkdir(parents=True)
    (published / "data_docs" / "index.html").touch()
    model_docs.refresh()
    front_page.write(published, "All is well.", dbt_docs=paths.dbt_target_dir() / model_docs.PAGE)
    page = (published / "index.html").read_text()
    assert 'href="data_docs/index.html"' in page
    assert 'href="dbt_docs/index.html"' in page
    assert (published / "dbt_docs" / "index.html").read_text() == "page 1"


@pytest.mark.soak
def test_dbt_makes_one_page_that_tells_the_columns(warehouse):
    from include.warehouse.building.transform import build_models

    build_models()
    assert model_docs.refresh()
    assert "arrival_delay_minutes" in (paths.dbt_target_dir() / model_docs.PAGE).read_text()
