"""Shared by the tests of files for BI tools: dbt takes seconds to parse the project."""

import pytest

from include.bi import project


@pytest.fixture(scope="session")
def read() -> project.Project:
    return project.read()
