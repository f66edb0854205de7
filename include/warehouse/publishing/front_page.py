"""Writes `published/index.html`, which links to the validation report and to the documentation of the models."""

import html
from pathlib import Path

from include.warehouse import disk

PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Services Warehouse</title>
<style>body {{ font: 16px/1.6 system-ui, sans-serif; max-width: 40em; margin: 3em auto; padding: 0 1em; }}</style>
<h1>Services Warehouse</h1>
<p>{summary}</p>
<ul>
{links}
</ul>
</html>
"""
VALIDATION, MODELS = Path("data_docs/index.html"), Path("dbt_docs/index.html")


def write(folder: Path, summary: str, *, dbt_docs: Path) -> None:
    """Write the page.

    Args:
        folder: The published folder.
        summary: A sentence about the publication, as text.
        dbt_docs: dbt's documentation in one file; it is copied if it exists.
    """
    if dbt_docs.exists():
        disk.write_text(folder / MODELS, dbt_docs.read_text(encoding="utf-8"))
    pages = {"Is the data valid? The validation report": VALIDATION, "What does it mean? Models and columns": MODELS}
    links = "\n".join(
        f'<li><a href="{page}">{html.escape(title)}</a></li>' for title, page in pages.items() if (folder / page).exists()
    )
    disk.write_text(folder / "index.html", PAGE.format(summary=html.escape(summary), links=links))
