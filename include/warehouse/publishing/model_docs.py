"""Generates dbt's documentation of the models as one page, only when the project has changed."""

import hashlib
import logging
import shutil

from include.warehouse import paths
from include.warehouse.building import dbt_commands

log = logging.getLogger(__name__)

PAGE = "static_index.html"
FINGERPRINT = "static_index.fingerprint"


def refresh() -> bool:
    """Write dbt's `static_index.html`, unless it is up to date; return whether it was written.

    A failure is logged and does not stop the publication; the next run tries again.
    """
    target = paths.dbt_target_dir()
    made_of, fingerprint = target / FINGERPRINT, _fingerprint()
    if (target / PAGE).exists() and made_of.exists() and made_of.read_text() == fingerprint:
        return False
    if error := _generate():
        log.warning("The models' documentation was not made: %s", error)
        return False
    made_of.write_text(fingerprint)
    return True


def _generate() -> str | None:
    """Generate the page, and return the error if it failed. Its own target folder keeps dbt's state of the last build."""
    working = paths.dbt_target_dir().with_name("docs")
    command = ("docs", "generate", "--static", "--quiet", "--no-use-colors")
    try:
        result = dbt_commands.invoke(*command, target=working, logs=paths.dbt_log_dir())
        if not result.success:
            return str(result.exception or f"see {paths.dbt_log_dir() / 'dbt.log'}")
        paths.dbt_target_dir().mkdir(parents=True, exist_ok=True)
        (working / PAGE).replace(paths.dbt_target_dir() / PAGE)
        return None
    finally:
        shutil.rmtree(working, ignore_errors=True)


def _fingerprint() -> str:
    project = paths.dbt_project_dir()
    content = hashlib.sha256()
    for file in sorted(project.rglob("*")):
        if file.suffix in (".sql", ".yml", ".md", ".csv"):
            content.update(str(file.relative_to(project)).encode() + file.read_bytes())
    return content.hexdigest()
