"""The marts, their figures and the ready questions as JSON, for programs that answer questions about them."""

import json
from dataclasses import asdict
from pathlib import Path

from include.bi.project import Project, words
from include.warehouse import database


def write(project: Project, file: Path) -> Path:
    """Write `tables` and `questions` by name. The SQL of the questions runs in the published file.

    Args:
        project: The dbt project with its compiled analyses.
        file: The file to write.
    """
    tables = {name: asdict(table) for name, table in project.tables.items()}
    # in the build the marts are a database of their own
    compiled = {name: sql.replace(f'"{database.BUILT_MARTS}".', "") for name, sql in sorted(project.analyses.items())}
    questions = {name: {"question": _question(name, sql), "sql": sql} for name, sql in compiled.items()}
    file.write_text(json.dumps({"tables": tables, "questions": questions}), encoding="utf-8")
    return file


def _question(name: str, sql: str) -> str:
    """The question itself is the comment in the first line of an analysis."""
    first = sql.lstrip().partition("\n")[0]
    return first.removeprefix("--").strip() if first.startswith("--") else f"{words(name)}?"
