"""A review ends: warned of 60, 30 and 7 days ahead, and then the answer is not served."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scarwise.knowledge.base import load_knowledge
from scarwise.knowledge.check import check
from scarwise.knowledge.reviews import (
    MONTHS_VALID,
    Review,
    Reviewer,
    ends_soon,
    load_reviews,
    months_later,
)
from scarwise.review.desk import load_desk
from scarwise.review.due import due

RISKS = "data/answers/about_scar_revision/risks.yml"
DAYS = st.dates(date(2020, 1, 1), date(2090, 1, 1))


def record(on: date, until: date) -> Review:
    reviewer = Reviewer(kind="source", role="tester")
    return Review(answer="risks", reviewer=reviewer, on=on, until=until, hash="", passages={})


@pytest.mark.parametrize(
    ("left", "within"),
    [(61, None), (60, 60), (31, 60), (30, 30), (8, 30), (7, 7), (1, 7), (0, 7), (-1, None)],
)
def test_the_warnings(home, left: int, within: int | None) -> None:
    until = load_reviews()["risks"].until
    assert until
    today = until - timedelta(days=left)
    says = f"its review ends in {left} days (within {within})"
    report = check(today)
    warnings = {str(one) for one in report.warnings}
    assert (f"{RISKS}: {says}; have it reviewed again" in warnings) == bool(within)
    found = {one.answer.id: one.why for one in due(load_desk(), today)}
    past = f"was reviewed until {until}, which is past"
    assert found.get("risks") == (says if within else past if left < 0 else None)
    assert (load_knowledge(today=today).find("risks", {}) is None) == (left < 0)
    assert [str(one) for one in report.faults if "risks.yml" in one.path] == [
        f"{RISKS}: {past}, so it is not served; have it reviewed: scarwise review show risks"
    ] * (left < 0)


@given(DAYS, st.integers(0, 1200), st.integers(-400, 1300))
def test_every_day_of_a_review_is_quiet_warned_of_or_past(on: date, valid: int, day: int) -> None:
    review = record(on, on + timedelta(days=valid))
    warned = ends_soon(review, on + timedelta(days=day))
    assert bool(warned) == (0 <= valid - day <= 60)


@given(DAYS, st.integers(0, 36))
def test_so_many_months_later_is_never_more_than_that(day: date, months: int) -> None:
    later = months_later(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day <= day.day


def test_a_year_from_the_last_of_february() -> None:
    assert months_later(date(2028, 2, 29), MONTHS_VALID) == date(2029, 2, 28)
