"""The figures of a sentence: number, unit and bound."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scarwise.knowledge.quantities import quantities


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("It takes 4 to 6 weeks.", ["4 to 6 week"]),
        ("For up to 2 years, or two years.", ["2 year", "up to 2 year"]),
        ("At least 3 months, 12 hours a day.", ["at least 3 month", "12 hour"]),
        ("The wait is 6 to 12 months or more.", ["at least 6 to 12 month"]),
        ("It takes about a year.", ["1 year"]),
        ("Do it 2 to 3 times a day.", ["2 to 3 time"]),
        ("Use sunscreen with SPF 30 or more.", ["at least 30 spf"]),
        ("From puberty to age 30.", ["30 age"]),
        ("One is infection, and a scar is another.", []),
        ("One surgeon says so.", []),
    ],
)
def test_figures(text: str, figures: list[str]) -> None:
    assert sorted(map(str, quantities(text))) == sorted(figures)


def test_a_lost_bound_is_another_figure() -> None:
    assert not quantities("for 2 years") & quantities("for up to 2 years")


@given(low=st.integers(1, 99), more=st.integers(1, 99), unit=st.sampled_from(["day", "week"]))
def test_a_range_is_read_as_it_is_written(low: int, more: int, unit: str) -> None:
    (found,) = quantities(f"It heals in {low} to {low + more} {unit}s.")
    assert (found.low, found.high, found.unit) == (str(low), str(low + more), unit)
