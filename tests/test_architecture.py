"""Who may import whom: what `dags -> plugins, include`, `plugins -> include` and the folders of `include` have agreed."""

import ast
from pathlib import Path

import pytest

from include.warehouse.paths import PROJECT_DIR

ROOMS = (
    "privacy", "services_api", "extract", "warehouse", "quality", "dashboard", "bi", "assistant", "dispatch", "sandbox", "demo",
    "writes",
)  # fmt: skip
# the demo stands on top of everything and nothing stands on it; it drives the rest from outside
MAY_IMPORT = {
    # what may not be shown or stored is decided once, for all of them
    "privacy": set(),
    "services_api": {"privacy"},
    "extract": {"privacy", "services_api", "warehouse"},
    "warehouse": {"privacy"},
    "quality": {"privacy", "warehouse"},
    "dashboard": {"warehouse"},
    "bi": {"warehouse"},
    "assistant": {"warehouse"},
    "sandbox": set(),
    "dispatch": {"warehouse"},
    "writes": {"privacy", "services_api", "warehouse"},
    "demo": {"extract", "services_api", "warehouse"},
}
PUBLIC_AIRFLOW = (
    "airflow.sdk", "airflow.sdk.exceptions", "airflow.sdk.observability", "airflow.listeners", "airflow.plugins_manager",
    "airflow.triggers.base",
)  # fmt: skip
# the modules of include/warehouse beneath its rooms: each may import those before it
WAREHOUSE_BOTTOM = (
    "api_fields", "paths", "measures", "descriptions", "samples", "disk", "times",
    "content", "watermarks", "locks", "ownership", "table_files",
    "unreadable", "database", "set_aside", "compaction", "restricted",
)  # fmt: skip
# the rooms of include/warehouse, with schema and the commands: each may import the bottom and these, which stand before it
WAREHOUSE_ROOMS = {
    "upgrades": set(),
    "schema": {"upgrades"},
    "inputs": set(),
    "stores": {"inputs"},
    "building": {"schema", "upgrades", "stores"},
    "publishing": {"schema", "upgrades", "building"},
    # how long things are kept: the journal and the loader go by it
    "retention": {"schema", "inputs", "publishing"},
    "journal": {"schema", "retention"},
    "loading": {"schema", "upgrades", "retention", "journal"},
    "export": set(),
    "rollback": {"publishing"},
}

LONGEST_FILE, LONGEST_FUNCTION = 250, 40


def imported(folder: str) -> list[tuple[str, str]]:
    """(file, module) of every import below a folder or in a module, inside functions too."""
    found = []
    path = PROJECT_DIR / folder
    for file in sorted(path.rglob("*.py")) if path.is_dir() else [path.with_suffix(".py")]:
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Import):
                found += [(file.name, alias.name) for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                assert node.level == 0, f"{file}: a relative import hides where it goes"
                found += [(file.name, node.module)]
                found += [(file.name, f"{node.module}.{alias.name}") for alias in node.names]
    return found


def test_include_works_without_airflow():
    for file, module in imported("include"):
        assert module.split(".")[0] not in ("airflow", "dags", "plugins", "amazon_services"), f"{file} imports {module}"


def test_plugins_do_not_know_the_dags():
    for file, module in imported("plugins"):
        assert module.split(".")[0] != "dags", f"{file} imports {module}"


@pytest.mark.parametrize("room", ROOMS)
def test_rooms_of_include(room):
    assert (PROJECT_DIR / "include" / room).is_dir()
    for file, module in imported(f"include/{room}"):
        first, _, rest = module.partition(".")
        if first == "include" and rest:
            other = rest.split(".")[0]
            assert other == room or other in MAY_IMPORT[room], f"include/{room}/{file} imports {module}"


def parts_of_warehouse() -> list[str]:
    """The rooms and modules of include/warehouse, the bottom first; each is a folder or a file."""
    return [*WAREHOUSE_BOTTOM, *WAREHOUSE_ROOMS]


@pytest.mark.parametrize("part", parts_of_warehouse())
def test_rooms_of_the_warehouse(part):
    before = set(parts_of_warehouse()[: parts_of_warehouse().index(part)])
    allowed = before if part in WAREHOUSE_BOTTOM else {*WAREHOUSE_BOTTOM, *WAREHOUSE_ROOMS[part]}
    assert allowed <= before, "a circle"
    for file, module in imported(f"include/warehouse/{part}"):
        if module.startswith("include.warehouse."):
            other = module.split(".")[2]
            assert other == part or other in allowed, f"include/warehouse/{part}: {file} imports {module}"


def test_every_part_of_the_warehouse_is_in_the_rule():
    parts = {path.stem for path in (PROJECT_DIR / "include" / "warehouse").iterdir() if not path.name.startswith("__")}
    assert parts == set(parts_of_warehouse())


def test_every_room_is_in_the_rule():
    rooms = {folder.name for folder in (PROJECT_DIR / "include").iterdir() if folder.is_dir() and folder.name != "__pycache__"}
    assert rooms == set(ROOMS)


def test_private_interfaces_of_airflow_are_in_one_place():
    for file in (*(PROJECT_DIR / "plugins").rglob("*.py"), *(PROJECT_DIR / "dags").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module and file.name not in ("airflow_internals.py", "executors.py"):
                is_public = node.module.startswith("airflow.providers.") or node.module in PUBLIC_AIRFLOW
                assert is_public or node.module.split(".")[0] != "airflow", f"{file} imports {node.module}"


def product_files() -> list[Path]:
    return [file for folder in ("include", "plugins", "dags", "scripts") for file in sorted((PROJECT_DIR / folder).rglob("*.py"))]


def test_files_and_functions_are_short():
    """A function is counted without its docstring and without the functions in it."""
    for file in product_files():
        text = file.read_text()
        assert text.count("\n") <= LONGEST_FILE, file
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                assert own_lines(node) <= LONGEST_FUNCTION, f"{file}: {node.name}"


def own_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    inner = [node for node in function.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    docstring = ast.get_docstring(function, clean=False)
    lines = function.end_lineno - function.lineno + 1 - (len(docstring.splitlines()) if docstring else 0)
    return lines - sum(node.end_lineno - node.lineno + 1 for node in inner)


def test_dags_import_nothing_heavy():
    """What costs seconds is imported inside tasks: the files of dags/ import Airflow and the wiring alone."""
    for file in sorted((PROJECT_DIR / "dags").glob("*.py")):
        top = [node for node in ast.parse(file.read_text()).body if isinstance(node, ast.Import | ast.ImportFrom)]
        for node in top:
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module]
            for name in names:
                assert name.split(".")[0] in ("airflow", "amazon_services", "include"), f"{file.name} imports {name}"
