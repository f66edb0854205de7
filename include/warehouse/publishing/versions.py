"""Keeps the last published versions for a rollback: `published/versions/services-<when>.duckdb`.

A version is a hard link to a published file, so the current one takes no extra space. Published files are never written to, only
replaced.
"""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

KEPT = 3
NAMED = "%Y%m%dT%H%M%S%fZ"


def versions(published_database: Path) -> list[Path]:
    """Return the kept versions, newest first."""
    name = re.compile(rf"{re.escape(published_database.stem)}-\d{{8}}T\d{{12}}Z\.duckdb")
    # other files in the folder are ignored
    return sorted((file for file in _folder(published_database).glob("*.duckdb") if name.fullmatch(file.name)), reverse=True)


def keep(published_database: Path, published_at: datetime) -> None:
    """Keep the published file as a version, dated after all others whatever the clock says, and remove all but the newest."""
    for newest in versions(published_database)[:1]:
        published_at = max(published_at, _published_at(newest) + timedelta(microseconds=1))
    version = _folder(published_database) / f"{published_database.stem}-{published_at:{NAMED}}.duckdb"
    version.parent.mkdir(exist_ok=True)
    version.hardlink_to(published_database)
    for old in versions(published_database)[KEPT:]:
        old.unlink()


def drop_others(published_database: Path) -> None:
    """Remove all versions but the published one, because they hold values that were removed from the build."""
    for version in versions(published_database):
        if not version.samefile(published_database):
            version.unlink()


def rollback(published_database: Path, version: str | None = None) -> Path:
    """Publish a kept version again, until the next publication.

    Args:
        published_database: The published file.
        version: The file name of a version; by default the one before the current.

    Returns:
        The version that is published now.

    Raises:
        LookupError: No such version is kept.
    """
    kept = versions(published_database)
    current = next((place for place, file in enumerate(kept) if file.samefile(published_database)), -1)
    chosen = [file for file in kept if file.name == version] if version else kept[current + 1 :]
    if not chosen:
        names = ", ".join(file.name for file in kept) or "none"
        raise LookupError(f"There is no {version or 'version before the current one'} to go back to. Kept are: {names}.")
    staged = published_database.with_name(f".{published_database.name}.rollback")
    staged.unlink(missing_ok=True)
    staged.hardlink_to(chosen[0])
    staged.replace(published_database)
    staged.unlink(missing_ok=True)  # a rename between two links of one file does nothing
    return chosen[0]


def _published_at(version: Path) -> datetime:
    try:
        return datetime.strptime(version.stem.rpartition("-")[2], NAMED).replace(tzinfo=UTC)
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)


def _folder(published_database: Path) -> Path:
    return published_database.parent / "versions"
