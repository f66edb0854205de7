"""Renders docs/definitions.md from the dbt project: the questions of a manager with their figures, then every column."""

from include.bi.project import Figure, Project, Table

HEAD = """# Definitions

What the figures of the published file mean, in the order in which a manager asks, and then every column. This page is written by
`make definitions` from `dbt_project/models/marts/`: the answers are in `_questions.md`, the descriptions in the `.yml` files.

All times are UTC unless a name says `_local`; dates are in the store's own time zone. A rate is NULL, never 0, where nothing
was counted, and stands beside the counts that it comes from. To combine rates, add up their counts and divide; never average
rates. The thresholds are variables of `dbt_project/dbt_project.yml`; the answers name their defaults.

## Questions
"""


def render(project: Project) -> str:
    """Render the page as Markdown."""
    figures = _figures(project)
    parts = [HEAD]
    for question in project.questions:
        parts.append(f"{question.text}\n")
        parts += [_formula(*figures[name]) for name in question.figures]
        parts += [""] if question.figures else []
    parts.append("## Tables\n")
    for table in project.tables.values():
        parts.append(f"### marts.{table.name}\n\n{table.description}\n")
        parts.append("| column | type | meaning |\n|---|---|---|")
        parts += [f"| `{name}` | {kind.lower()} | {_cell(text)} |" for name, (kind, text) in table.columns.items()]
        parts.append("")
    return "\n".join(parts).rstrip() + "\n"


def _figures(project: Project) -> dict[str, tuple[Figure, Table]]:
    # facts come last and win: a formula over them is clearer than one over aggregates, which add up the same counts
    tables = sorted(project.tables.values(), key=lambda table: table.name.startswith("fct_"))
    return {figure.name: (figure, table) for table in tables for figure in table.figures.values()}


def _formula(figure: Figure, table: Table) -> str:
    return f"- **{figure.label}** (`{figure.name}`): {figure.description} `{figure.sql}` of `marts.{table.name}`"


def _cell(text: str) -> str:
    """A description in one line, for a cell of a table: a table in it becomes a list."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    plain = [line for line in lines if not line.startswith("|")]
    rows = [[part.strip() for part in line.strip("|").split("|")] for line in lines if line.startswith("|")][2:]
    listed = "; ".join(": ".join(row) for row in rows)
    return " ".join([*plain[:1], *([f"({listed})"] if listed else []), *plain[1:]]).replace("|", "\\|")
