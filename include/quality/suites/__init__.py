"""The rules: one file per table, each with a function `get_suite`. Importing this package imports Great Expectations.

A file is found by its function, so that a new table is audited as soon as its file is here.
"""

from importlib import import_module
from pkgutil import iter_modules

from great_expectations import ExpectationSuite

from include.quality.suites import dimensions

_MODULES = [import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__)]
SUITES = tuple(module for module in _MODULES if hasattr(module, "get_suite"))


def get_suites() -> list[ExpectationSuite]:
    return [*(module.get_suite() for module in SUITES), *dimensions.get_suites()]
