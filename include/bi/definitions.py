"""Renders docs/definitions.md: what every figure, table and column means, from the descriptions in the dbt project."""

from include.bi.project import Project

HEAD = """# Definitions

What every figure and every column of the published file means. This page is written by `make definitions` from the
descriptions in `dbt_project/models/marts/`: change them there.

All times are UTC unless a name says `_local`; dates are in the store's own time zone. A rate is NULL, never 0, where nothing
was counted, and stands beside the counts that it comes from.

## Figures
"""


def render(project: Project) -> str:
    """Render the page as Markdown."""
    # facts come last and win: a formula over them is clearer than one over aggregates, which add up the same counts
    tables = sorted(project.tables.values(), key=lambda table: table.name.startswith("fct_"))
    rates = {figure.name: (figure, table) for table in tables for figure in table.figures.values() if figure.is_rate}
    parts = [HEAD]
    for figure, table in sorted(rates.values(), key=lambda pair: pair[0].label):
        parts.append(f"### {figure.label}\n\n{figure.description}\n\n`{figure.sql}` of `marts.{table.name}`\n")
    parts.append("## Tables\n")
    for table in project.tables.values():
        parts.append(f"### marts.{table.name}\n\n{table.description}\n")
        parts.append("| column | type | meaning |\n|---|---|---|")
        parts += [f"| `{name}` | {kind.lower()} | {_cell(text)} |" for name, (kind, text) in table.columns.items()]
        parts.append("")
    return "\n".join(parts).rstrip() + "\n"


def _cell(text: str) -> str:
    """A description in one line, for a cell of a table: a table in it becomes a list."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    plain = [line for line in lines if not line.startswith("|")]
    rows = [[part.strip() for part in line.strip("|").split("|")] for line in lines if line.startswith("|")][2:]
    listed = "; ".join(": ".join(row) for row in rows)
    return " ".join([*plain[:1], *([f"({listed})"] if listed else []), *plain[1:]]).replace("|", "\\|")
