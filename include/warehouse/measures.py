"""The measures and rates of the marts as SQL, from the semantic models of the dbt project.

The page, the scorecard, the demo's report, the audit and the files for BI tools take their formulas from here. The marts take
theirs from the same file, by the macro `figure`. It is read without dbt, and again only after a change.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from include.warehouse import paths

# aggregations of groups that can be added up to the aggregation of all
ADDS_UP = ("count", "sum", "sum_boolean")


@dataclass(frozen=True)
class Rate:
    """A ratio metric: one measure as a part of another one."""

    label: str
    part: str
    whole: str


def rates() -> dict[str, Rate]:
    """The ratio metrics by name."""
    return {
        metric["name"]: Rate(metric["label"], metric["type_params"]["numerator"], metric["type_params"]["denominator"])
        for metric in _read("models/marts/_semantic_models.yml")["metrics"]
        if metric["type"] == "ratio"
    }


def formulas(mart: str, counts: Iterable[str] = ()) -> dict[str, str]:
    """The SQL of every figure that a mart gives, by name.

    Args:
        mart: The mart. The measures of its own semantic model are computed from its rows.
        counts: Columns that hold measures of other marts; they are added up.

    Returns:
        Measures, and the rates whose parts are among them: aggregations, to be used with or without `group by`.
    """
    aggregations = variables()["aggregations"]
    sql = {}
    for name, measure in _measures().items():
        if measure["model"] == f"ref('{mart}')":
            sql[name] = aggregations[measure["agg"]].format(measure["expr"])
        elif name in counts and measure["agg"] in ADDS_UP:
            sql[name] = f"sum({name})"
    for name, rate in rates().items():
        if rate.part in sql and rate.whole in sql:
            part, whole = sql[rate.part], sql[rate.whole]
            sql[name] = f"case when {whole} > 0 then {part} * 1.0 / {whole} end"
    return sql


def variables() -> dict[str, Any]:
    """The variables of the dbt project, such as thresholds."""
    return _read("dbt_project.yml")["vars"]


def expression(name: str) -> str:
    """The SQL of a measure for one row of its mart, before it is aggregated."""
    return _measures()[name]["expr"]


def descriptions() -> dict[str, str]:
    """The descriptions of metrics and measures by name, as they are written: some are calls of a doc block."""
    metrics = _read("models/marts/_semantic_models.yml")["metrics"]
    return {name: measure["description"] for name, measure in _measures().items()} | {
        metric["name"]: metric["description"] for metric in metrics
    }


def columns(mart: str, names: Iterable[str]) -> str:
    """The columns of a query that computes some figures of a mart, each under its name."""
    sql = formulas(mart)
    return ", ".join(f"{sql[name]} as {name}" for name in names)


def _measures() -> dict[str, dict]:
    models = _read("models/marts/_semantic_models.yml")["semantic_models"]
    return {measure["name"]: measure | {"model": model["model"]} for model in models for measure in model["measures"]}


def _read(name: str) -> dict[str, Any]:
    file = paths.dbt_project_dir() / name
    return _parse(file, file.stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _parse(file: Path, changed_ns: int) -> dict[str, Any]:
    return yaml.safe_load(file.read_text(encoding="utf-8"))
