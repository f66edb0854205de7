"""The descriptions of figures and columns, from the metrics and doc blocks of the dbt project, read without dbt."""

import re
from functools import lru_cache
from pathlib import Path

import jinja2

from include.warehouse import measures, paths

_BLOCK = re.compile(r"{%-?\s*docs\s+(\w+)\s*-?%}(.*?){%-?\s*enddocs\s*-?%}", re.DOTALL)


def describe(name: str) -> str:
    """The description of a metric or measure, else the doc block of that name, as Markdown.

    Raises:
        KeyError: The project has neither.
    """
    blocks = doc_blocks()
    described = measures.descriptions().get(name)
    if described is None:
        return blocks[name]
    # a description may be the call of a doc block
    return _environment().from_string(described).render(doc=blocks.__getitem__).strip()


def doc_blocks() -> dict[str, str]:
    """The doc blocks of the marts by name."""
    files = sorted((paths.dbt_project_dir() / "models" / "marts").glob("*.md"))
    return {name: text for file in files for name, text in _parse(file, file.stat().st_mtime_ns).items()}


@lru_cache(maxsize=1)
def _environment() -> jinja2.Environment:
    return jinja2.Environment(autoescape=False)


@lru_cache(maxsize=8)
def _parse(file: Path, changed_ns: int) -> dict[str, str]:
    return {name: text.strip() for name, text in _BLOCK.findall(file.read_text(encoding="utf-8"))}
