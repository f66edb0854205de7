"""The floors of the sandbox: each imports itself and those below it."""

import ast

import pytest

from include.warehouse.paths import PROJECT_DIR

FLOORS = ("world", "api", "truth", "control")


@pytest.mark.parametrize("floor", FLOORS)
def test_no_arrow_back_up(floor):
    root = PROJECT_DIR / "include" / "sandbox"
    above = FLOORS[FLOORS.index(floor) + 1 :]
    for file in sorted((root / floor).rglob("*.py")) or [root / f"{floor}.py"]:
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("include.sandbox"):
                for alias in node.names:
                    imported = f"{node.module}.{alias.name}".split(".")[2]
                    assert imported not in above, f"{file.name} imports {node.module}"
