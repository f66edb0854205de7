"""Reads the dbt project: the marts with their columns and figures, the questions they answer, and the dashboard."""

import json
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from include.warehouse import measures, paths
from include.warehouse.building import dbt_commands

DASHBOARD, PUBLISHED = "superset_dashboard", "published_warehouse"
# without a look into the database
COMPILE = ("compile", "--no-introspect", "--no-populate-cache", "--select", "path:analyses")


@dataclass(frozen=True)
class Figure:
    """A metric or measure as SQL over one table."""

    name: str
    label: str
    description: str
    sql: str
    is_rate: bool = False


@dataclass(frozen=True)
class Table:
    """A mart.

    Attributes:
        columns: Type and description by name, in the order of the table.
        figures: The figures that its columns give, by name.
    """

    name: str
    description: str
    columns: dict[str, tuple[str, str]]
    figures: dict[str, Figure]


@dataclass(frozen=True)
class Question:
    """A question of a manager.

    Attributes:
        text: The answer as Markdown; its first line is a heading.
        figures: The names of the figures that it explains.
    """

    text: str
    figures: list[str]


@dataclass(frozen=True)
class Project:
    """The marts, the questions that they answer, and the dashboard that the exposure describes.

    Attributes:
        analyses: The compiled SQL of each analysis by name; empty if they were not compiled.
    """

    tables: dict[str, Table]
    questions: list[Question]
    analyses: dict[str, str]
    charts: list[dict]
    filters: list[dict]
    title: str
    description: str


def read(*, compile_analyses: bool = False) -> Project:
    """Parse the dbt project, and compile its analyses if they are wanted. This takes seconds and needs no database.

    Raises:
        RuntimeError: dbt cannot parse it.
    """
    manifest = _manifest(COMPILE if compile_analyses else ("parse",))
    exposures = {exposure["name"]: exposure for exposure in manifest["exposures"].values()}
    dashboard = exposures[DASHBOARD]
    marts = [node for node in manifest["nodes"].values() if node["resource_type"] == "model" and node["schema"] == "marts"]
    tables = {node["name"]: _table(node, manifest) for node in sorted(marts, key=lambda node: node["name"])}
    answers = {block["name"]: block["block_contents"].strip() for block in manifest["docs"].values()}
    questions = [
        Question(answers[question["doc"]], question.get("figures", [])) for question in _meta(exposures[PUBLISHED])["questions"]
    ]
    nodes = manifest["nodes"].values()
    analyses = {
        node["name"]: node["compiled_code"] for node in nodes if node["resource_type"] == "analysis" and node.get("compiled")
    }
    meta = _meta(dashboard)
    return Project(
        tables, questions, analyses, meta["charts"], meta["filters"], dashboard["label"], _plain(dashboard["description"])
    )


def _meta(exposure: dict) -> dict:
    return exposure["config"].get("meta") or exposure["meta"]


def _manifest(command: tuple[str, ...]) -> dict:
    with TemporaryDirectory() as folder:
        target = Path(folder)
        result = dbt_commands.invoke(*command, "--quiet", "--no-partial-parse", target=target, logs=target)
        if not result.success:
            raise RuntimeError(f"dbt could not parse {paths.dbt_project_dir()}: {result.exception}")
        return json.loads((target / "manifest.json").read_text())


def _table(node: dict, manifest: dict) -> Table:
    columns = {
        column["name"]: ((column["data_type"] or "varchar").upper(), _plain(column["description"]))
        for column in node["columns"].values()
    }
    return Table(node["name"], _plain(node["description"]), columns, _figures(node["name"], columns, manifest))


def _figures(table: str, columns: dict, manifest: dict) -> dict[str, Figure]:
    rates = measures.rates()
    descriptions = {metric["name"]: _plain(metric["description"]) for metric in manifest["metrics"].values()}
    return {
        name: Figure(name, rates[name].label if name in rates else words(name), descriptions[name], sql, name in rates)
        for name, sql in measures.formulas(table, columns).items()
    }


def words(name: str) -> str:
    """The name of a column or measure as words."""
    return name.replace("_", " ").capitalize()


def _plain(description: str) -> str:
    return " ".join(description.split()) if "|" not in description else description.strip()
