"""How far a rate of few appointments can be trusted, as SQL: the text of the dbt macros in dbt_project/macros/samples.sql.

The thresholds are variables of the dbt project. The arguments of the functions are SQL: names of columns, parameters, or
expressions that give counts. The macros are read without dbt, and again only after a change.
"""

from functools import lru_cache
from pathlib import Path
from typing import Literal

import jinja2

from include.warehouse import measures, paths

Good = Literal["up", "down"]


def interval_lower(part: str, whole: str) -> str:
    """The lower bound of the 95% interval of a rate; NULL where nothing was counted."""
    return _macro("interval_lower", part, whole)


def interval_upper(part: str, whole: str) -> str:
    """The upper bound of the 95% interval of a rate; NULL where nothing was counted."""
    return _macro("interval_upper", part, whole)


def verdict(part: str, whole: str, average: str, good: Good = "up") -> str:
    """`worse`, `usual` or `too_few`: a rate of `verdict_days` against the average of its store or account."""
    return _macro("verdict", part, whole, average, good)


def change_verdict(part: str, whole: str, part_before: str, whole_before: str, good: Good = "up") -> str:
    """`better`, `worse`, `unchanged` or `too_few`: a rate against that of the period before."""
    return _macro("change_verdict", part, whole, part_before, whole_before, good)


def enough_scored() -> int:
    """The fewest scored appointments from which a rate is judged."""
    return measures.variables()["enough_scored"]


def verdict_days() -> int:
    """The number of days from which a technician or store is judged."""
    return measures.variables()["verdict_days"]


def _macro(name: str, *arguments: str) -> str:
    file = paths.dbt_project_dir() / "macros" / "samples.sql"
    macros = _compile(file, file.stat().st_mtime_ns)
    return str(getattr(macros.make_module({"var": measures.variables().__getitem__}), name)(*arguments))


@lru_cache(maxsize=4)
def _compile(file: Path, changed_ns: int) -> jinja2.Template:
    # the macros are SQL, not a page: nothing is to be escaped
    return jinja2.Environment(autoescape=False).from_string(file.read_text(encoding="utf-8"))
