"""The command line; see the docstring of the package."""

import argparse
from pathlib import Path

from include.bi import catalog, definitions, project
from include.bi.superset import bundle
from include.warehouse import paths

parser = argparse.ArgumentParser(
    prog="python -m include.bi", description="Writes files for BI tools, generated from the dbt project."
)
parser.add_argument("what", choices=("superset", "definitions", "catalog"))
parser.add_argument("file", type=Path, nargs="?")
parser.add_argument("--database", type=Path, default=None, help="the published file as the BI tool sees it")
arguments = parser.parse_args()
if arguments.what == "superset":
    file = arguments.file or paths.warehouse_dir() / "superset.zip"
    print(bundle.write(project.read(), arguments.database or paths.published_database(), file))
elif arguments.what == "catalog":
    file = arguments.file or paths.warehouse_dir() / "catalog.json"
    print(catalog.write(project.read(compile_analyses=True), file))
else:
    file = arguments.file or paths.PROJECT_DIR / "docs" / "definitions.md"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(definitions.render(project.read()), encoding="utf-8")
    print(file)
