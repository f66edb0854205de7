"""docs/definitions.md is up to date, explains every rate once, and its worked examples are computed right."""

import re

import pytest

from include.bi import definitions
from include.warehouse import measures, paths

PARTS = ("Means", "Example", "Settles", "Does not say", "Charged")


@pytest.fixture(scope="module")
def page(read) -> str:
    return definitions.render(read)


def test_it_is_up_to_date(page):
    assert (paths.PROJECT_DIR / "docs" / "definitions.md").read_text() == page, "run `make definitions`"


def test_each_rate_is_explained_by_one_question(read):
    explained = [name for question in read.questions for name in question.figures]
    assert len(explained) == len(set(explained))
    assert measures.rates().keys() <= set(explained)


def test_each_answer_has_its_parts_in_order(read):
    for question in read.questions:
        heading, *_ = question.text.splitlines()
        assert re.fullmatch(r"### .+\?", heading)
        assert tuple(re.findall(r"^\*\*([^*]+)\.\*\*", question.text, re.MULTILINE)) == PARTS, heading


def test_questions_come_before_columns(read, page):
    places = [page.index(question.text) for question in read.questions]
    assert places == sorted(places)
    assert places[-1] < page.index("## Tables") < page.index("| column |")


def test_the_examples_are_computed_right(read):
    """An example says `14 of 18, 77.8%`."""
    shares = [share for each in read.questions for share in re.findall(r"(\d+) of (\d+),\s([\d.]+)%", each.text)]
    assert len(shares) >= 8
    assert [f"{100 * int(part) / int(whole):.1f}" for part, whole, _ in shares] == [said for _, _, said in shares]


def test_the_answers_name_the_thresholds_in_use(read):
    text = "\n".join(question.text for question in read.questions)
    variables = measures.variables()
    assert (variables["on_time_grace_minutes"], variables["no_show_after_minutes"]) == (15, 2 * 24 * 60)
    assert "15 minutes (`on_time_grace_minutes`)" in text and re.search(r"two days\s\(`no_show_after_minutes`\)", text)
    assert (variables["enough_scored"], variables["verdict_days"]) == (20, 4 * 7)
    assert re.search(r"at least 20 scored appointments in four weeks\s\(`enough_scored`, `verdict_days`\)", text)
