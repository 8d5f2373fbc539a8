"""Intervals against published examples, and where they must not be fooled."""

from __future__ import annotations

import pytest

from scarwise.evaluation.intervals import apart, paired, wilson


def test_wilson_gives_the_published_example():
    # Newcombe 1998, Statistics in Medicine 17: 81 of 263
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=1e-4)


def test_wilson_stays_within_0_and_1():
    assert wilson(0, 20)[0] == 0.0
    assert wilson(20, 20)[1] == 1.0
    assert wilson(0, 20)[1] > 0.1
    assert wilson(0, 0) == (0.0, 1.0)


def test_newcombes_difference_gives_the_published_example():
    # Newcombe 1998, the same journal: 56 of 70 against 48 of 80
    low, high = apart(48 / 80, wilson(48, 80), 56 / 70, wilson(56, 70))
    assert (low, high) == pytest.approx((0.0524, 0.3339), abs=1e-4)


def test_a_few_lost_questions_are_noise_and_many_are_not():
    assert paired(lost=4, gained=0, of=600)[1] > 0
    assert paired(lost=6, gained=0, of=600)[1] < 0
    assert paired(lost=20, gained=16, of=600)[1] > 0
    assert paired(lost=0, gained=20, of=600)[0] > 0


def test_a_change_of_nothing_lies_around_nothing():
    low, high = paired(0, 0, 600)
    assert low == pytest.approx(-high)
    assert 0 < high < 0.005
