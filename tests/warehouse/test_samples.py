"""Intervals and verdicts of small samples, against independent references."""

import duckdb
import pytest
import yaml
from scipy.stats import binomtest

from include.warehouse import paths, samples

COUNTS = [(part, whole) for whole in (1, 2, 7, 20, 21, 100, 4321) for part in sorted({0, 1, whole // 3, whole - 1, whole})]


def value(sql: str) -> object:
    with duckdb.connect() as connection:
        [(found,)] = connection.execute(f"select {sql}").fetchall()
    return found


@pytest.mark.parametrize("part, whole", COUNTS)
def test_the_interval_is_scipys(part, whole):
    expected = binomtest(part, whole).proportion_ci(confidence_level=0.95, method="wilson")
    bounds = value(samples.interval_lower(str(part), str(whole))), value(samples.interval_upper(str(part), str(whole)))
    assert bounds == (pytest.approx(expected.low, abs=1e-12), pytest.approx(expected.high, abs=1e-12))
    assert 0 <= bounds[0] <= part / whole <= bounds[1] <= 1


def test_published_intervals():
    """Newcombe (1998), Statistics in Medicine 17, 857-872, table I, method 3."""
    for part, whole, low, high in [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ]:
        found = value(samples.interval_lower(str(part), str(whole))), value(samples.interval_upper(str(part), str(whole)))
        assert tuple(round(bound, 4) for bound in found) == (low, high)


@pytest.mark.parametrize("part, whole", [("0", "0"), ("null", "null"), ("null", "0")])
def test_nothing_counted_has_no_interval_and_no_verdict(part, whole):
    assert value(samples.interval_lower(part, whole)) is value(samples.interval_upper(part, whole)) is None
    assert value(samples.verdict(part, whole, "0.9")) == "too_few"
    assert value(samples.change_verdict(part, whole, "10", "20")) == "too_few"
    assert value(samples.change_verdict("10", "20", part, whole)) == "too_few"


@pytest.mark.parametrize(
    "part, whole, average, good, said",
    [
        (0, 19, 0.9, "up", "too_few"),
        (0, 20, 0.9, "up", "worse"),
        # the upper bound of 16 of 20 is 0.9193
        (16, 20, 0.92, "up", "worse"),
        (16, 20, 0.919, "up", "usual"),
        (20, 20, 0.5, "up", "usual"),
        # the lower bound of 4 of 20 is 0.0807
        (4, 20, 0.08, "down", "worse"),
        (4, 20, 0.081, "down", "usual"),
        (19, 19, 0.0, "down", "too_few"),
        (10, 20, "null", "up", "usual"),
    ],
)
def test_worse_is_said_of_enough_and_outside_the_interval_alone(part, whole, average, good, said):
    assert value(samples.verdict(str(part), str(whole), str(average), good)) == said


@pytest.mark.parametrize(
    "now, before, said",
    [
        ((20, 20), (5, 19), "too_few"),
        ((19, 19), (5, 20), "too_few"),
        # Newcombe (1998), 873-890, table II, method 10: 56/70 against 48/80 differs by 0.0524 to 0.3339
        ((56, 70), (48, 80), "better"),
        ((48, 80), (56, 70), "worse"),
        # as a difference of 1/20 against 1/20 spans 0
        ((1, 20), (1, 20), "unchanged"),
        ((18, 20), (16, 20), "unchanged"),
    ],
)
def test_a_change_is_said_of_enough_on_both_sides(now, before, said):
    counts = [str(count) for count in (*now, *before)]
    assert value(samples.change_verdict(*counts)) == said
    turned = {"better": "worse", "worse": "better"}
    assert value(samples.change_verdict(*counts, good="down")) == turned.get(said, said)


def test_the_margin_of_a_difference_is_the_published_one():
    """Newcombe (1998), 873-890, table II, method 10: the interval of 56/70 - 48/80 begins at 0.0524."""
    file = paths.dbt_project_dir() / "macros" / "samples.sql"
    assert "combined_margin" in file.read_text()
    margin = value(samples._macro("combined_margin", "56", "70", "-", "48", "80", "+"))
    assert round(56 / 70 - 48 / 80 - margin, 4) == 0.0524


def test_an_expression_is_taken_as_a_whole():
    with duckdb.connect() as connection:
        connection.execute("create table days as select * from (values (3, 10), (13, 20)) as t(on_time, scored)")
        bounds = samples.interval_upper("sum(on_time)", "sum(scored)"), samples.interval_upper("15 + 1", "10 + 20")
        sql = f"select {bounds[0]}, {bounds[1]} from days"
        expected = binomtest(16, 30).proportion_ci(method="wilson").high
        assert connection.execute(sql).fetchone() == (pytest.approx(expected), pytest.approx(expected))


def test_thresholds_are_the_projects(tmp_path, monkeypatch):
    assert (samples.enough_scored(), samples.verdict_days()) == (20, 28)
    project = tmp_path / "project"
    (project / "macros").mkdir(parents=True)
    source = paths.dbt_project_dir()
    (project / "macros" / "samples.sql").write_text((source / "macros" / "samples.sql").read_text())
    declared = yaml.safe_load((source / "dbt_project.yml").read_text())
    declared["vars"]["enough_scored"] = 5
    (project / "dbt_project.yml").write_text(yaml.safe_dump(declared))
    monkeypatch.setattr(paths, "dbt_project_dir", lambda: project)
    assert samples.enough_scored() == 5 and value(samples.verdict("0", "5", "0.9")) == "worse"
