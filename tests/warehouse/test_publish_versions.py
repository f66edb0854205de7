"""Kept versions: the newest few, whole, and a way back to them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from include.warehouse import rollback as command
from include.warehouse.publishing import versions


@pytest.fixture
def published(tmp_path: Path) -> Path:
    """Four publications, of which the content tells the number."""
    file = tmp_path / "services.duckdb"
    for number in range(4):
        new = tmp_path / "new"
        new.write_text(f"version {number}")
        new.replace(file)
        versions.keep(file, datetime(2026, 11, 1, tzinfo=UTC) + timedelta(hours=number))
    return file


def test_the_newest_versions_are_kept(published):
    assert [version.read_text() for version in versions.versions(published)] == ["version 3", "version 2", "version 1"]


def test_what_else_lies_there_is_no_version_and_stays(published):
    mine = published.parent / "versions" / "services-before-the-move.duckdb"
    mine.write_text("mine")
    versions.keep(published, datetime(2026, 11, 2, tzinfo=UTC))
    assert len(versions.versions(published)) == 3 and mine.read_text() == "mine"


def test_rollback_goes_one_version_back_each_time(published):
    for expected in ("version 2", "version 1"):
        versions.rollback(published)
        assert published.read_text() == expected
    with pytest.raises(LookupError, match="no version before the current one"):
        versions.rollback(published)


def test_rollback_to_a_name_and_again_to_the_same(published):
    oldest = versions.versions(published)[-1].name
    for _ in range(2):
        versions.rollback(published, oldest)
        assert published.read_text() == "version 1"
    with pytest.raises(LookupError, match=f"no services-nine .* Kept are: .*{oldest}"):
        versions.rollback(published, "services-nine")
    assert sorted(file.name for file in published.parent.iterdir()) == ["services.duckdb", "versions"]


def test_the_command_lists_and_rolls_back(published, monkeypatch, capsys):
    monkeypatch.setattr(command.paths, "published_database", lambda: published)
    monkeypatch.setattr("sys.argv", ["rollback"])
    command.main()
    monkeypatch.setattr("sys.argv", ["rollback", "--list"])
    command.main()
    answer = capsys.readouterr().out.splitlines()
    assert "services-20261101T020000000000Z.duckdb" in answer[0]
    assert [line.endswith("(published)") for line in answer[1:]] == [False, True, False]


def test_a_clock_that_was_ahead_does_not_outrank_what_is_published_after(published):
    for content, year in (("ahead", 2027), ("right", 2026), ("right again", 2026)):
        new = published.with_name("new")
        new.write_text(content)
        new.replace(published)
        versions.keep(published, datetime(year, 11, 2, tzinfo=UTC))
    assert [version.read_text() for version in versions.versions(published)] == ["right again", "right", "ahead"]
