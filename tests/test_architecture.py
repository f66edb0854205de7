"""Who may import whom: what `dags -> plugins, include`, `plugins -> include` and the folders of `include` have agreed."""

import ast

import pytest

from include.warehouse.paths import PROJECT_DIR

ROOMS = ("privacy", "services_api", "extract", "warehouse", "quality", "dashboard", "bi", "sandbox", "demo", "writes")
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
    "sandbox": set(),
    "writes": {"privacy", "services_api", "warehouse"},
    "demo": {"extract", "warehouse"},
}


def imported(folder: str) -> list[tuple[str, str]]:
    """(file, module) of every import below a folder, inside functions too."""
    found = []
    for file in sorted((PROJECT_DIR / folder).rglob("*.py")):
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


def test_every_room_is_in_the_rule():
    rooms = {folder.name for folder in (PROJECT_DIR / "include").iterdir() if folder.is_dir() and folder.name != "__pycache__"}
    assert rooms == set(ROOMS)


def test_dags_import_nothing_heavy():
    """What costs seconds is imported inside tasks: the files of dags/ import Airflow and the wiring alone."""
    for file in sorted((PROJECT_DIR / "dags").glob("*.py")):
        top = [node for node in ast.parse(file.read_text()).body if isinstance(node, ast.Import | ast.ImportFrom)]
        for node in top:
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module]
            for name in names:
                assert name.split(".")[0] in ("airflow", "amazon_services", "include"), f"{file.name} imports {name}"
