"""The baseline lets noise pass and a loss not."""

from __future__ import annotations

import pytest

from scarwise.cli import main
from scarwise.evaluation import evaluate
from scarwise.evaluation.comparison import (
    Kept,
    compare,
    narrowed,
    read_baseline,
    write_baseline,
)
from scarwise.evaluation.measures import Measure, share
from scarwise.evaluation.scoring import Findings
from scarwise.faults import FaultyDataError


def good(right: int, of: int = 600, prefix: str = "q") -> dict[str, bool]:
    return {f"{prefix}{i}": i < right for i in range(of)}


def kept(measure: Measure) -> dict[str, Kept]:
    fields = {name: getattr(measure, name) for name in Kept.model_fields}
    return {measure.key: Kept(**fields)}


def verdict(now: Measure, was: Measure):
    return compare([now], kept(was))[0]


def test_the_same_run_is_not_worse():
    one = share("right_answered", good(550))
    found = verdict(one, one)
    assert not found.worse
    assert found.test == "paired"
    assert str(found).startswith("right_answered: was 91.7 %, is 91.7 %, allowed 91.")


@pytest.mark.parametrize(("right", "worse"), [(547, False), (545, True), (560, False)])
def test_questions_lost_beyond_noise_are_worse(right, worse):
    found = verdict(share("right_answered", good(right)), share("right_answered", good(550)))
    assert found.worse is worse
    assert (found.now < found.allowed) is worse


@pytest.mark.parametrize(("right", "worse"), [(597, False), (590, True)])
def test_more_wrong_answers_are_worse(right, worse):
    found = verdict(share("answered_wrong", good(right)), share("answered_wrong", good(599)))
    assert found.worse is worse
    assert (found.now > found.allowed) is worse


@pytest.mark.parametrize(("right", "worse"), [(530, False), (500, True)])
def test_other_questions_are_compared_as_two_proportions(right, worse):
    other = share("right_answered", good(right, prefix="other"))
    found = verdict(other, share("right_answered", good(550)))
    assert found.test == "two proportions"
    assert found.worse is worse
    assert (found.now < found.allowed) is worse


def test_a_loss_in_points_is_compared_by_both_intervals():
    was = Measure("loss_typos", 2.0, 1.0, 3.0, 600)
    assert not verdict(Measure("loss_typos", 3.0, 2.0, 4.0, 600), was).worse
    found = verdict(Measure("loss_typos", 5.0, 4.0, 6.0, 600), was)
    assert found.worse
    assert found.allowed < 5.0


@pytest.mark.parametrize(("now", "worse"), [(14.9, False), (15.1, True)])
def test_time_is_allowed_up_to_the_table(now, worse):
    was = Measure("parse_p95", 8.0, 7.0, 9.0, 600)
    assert verdict(Measure("parse_p95", now, now, now, 600), was).worse is worse


def test_a_slow_machine_is_allowed_half_as_much_again():
    was = Measure("parse_p95", 60.0, 50.0, 70.0, 600)
    assert not verdict(Measure("parse_p95", 89.0, 0, 0, 600), was).worse
    assert verdict(Measure("parse_p95", 91.0, 0, 0, 600), was).worse


def test_a_sample_is_compared_with_the_same_questions_of_the_baseline():
    every = good(550)
    was = kept(share("right_answered", every))["right_answered"]
    some = {one: every[one] for one in list(every)[500:]}
    part = narrowed("right_answered", was, every, some)
    assert (part.value, part.of, len(part.bad)) == (0.5, 100, 50)
    again = compare([share("right_answered", some)], {"right_answered": part})[0]
    assert (again.test, again.worse) == ("paired", False)
    assert narrowed("right_answered", was, {"another"}, {"another"}) == was


def test_the_baseline_is_read_as_it_was_written(tmp_path):
    one = share("right_answered", good(550))
    path = write_baseline([one], tmp_path / "benchmarks" / "baseline.json")
    found = read_baseline(path).measures["right_answered"]
    assert (found.of, found.items, found.bad) == (600, one.items, one.bad)
    assert found.value == pytest.approx(one.value, abs=1e-6)


def test_a_missing_baseline_says_how_to_make_one(tmp_path):
    with pytest.raises(FaultyDataError, match="scarwise evaluate --accept"):
        read_baseline(tmp_path / "baseline.json")


def test_a_broken_baseline_says_what_is_wrong(tmp_path):
    (tmp_path / "baseline.json").write_text('{"measures": {"right_answered": {"value": 1}}}')
    with pytest.raises(FaultyDataError, match=r"right_answered\.low: Field required"):
        read_baseline(tmp_path / "baseline.json")


@pytest.fixture
def evaluated(monkeypatch, tmp_path):
    """`scarwise evaluate` with options, on measures made by hand instead of a run."""
    monkeypatch.setattr(evaluate, "REPORTS", tmp_path / "reports")
    monkeypatch.setattr("scarwise.evaluation.comparison.BASELINE", tmp_path / "baseline.json")
    monkeypatch.setattr(evaluate, "BASELINE", tmp_path / "baseline.json")

    def run(right: int, *options: str) -> int:
        async def made(questions: object, with_rivals: bool) -> Findings:
            return Findings(measures=[share("right_answered", good(right))], curve=[])

        monkeypatch.setattr(evaluate, "run", made)
        monkeypatch.setattr(evaluate.page, "sections", lambda findings, verdicts: [])
        return main(["evaluate", *options])

    return run


def test_check_fails_on_a_loss_and_passes_on_none(evaluated, capsys):
    assert evaluated(550, "--accept") == 0
    assert evaluated(549, "--check") == 0
    assert "right_answered: was 91.7 %, is 91.5 %, allowed 91." in capsys.readouterr().out
    assert evaluated(500, "--check") == 1
    out = capsys.readouterr().out
    assert "WORSE" in out
    assert "Worse than the baseline: right_answered" in out


def test_check_without_a_baseline_fails_and_names_the_mend(evaluated, capsys):
    assert evaluated(550, "--check") == 1
    assert "scarwise evaluate --accept" in capsys.readouterr().err


def test_accept_needs_the_whole_run(evaluated, capsys):
    assert evaluated(550, "--accept", "--no-baseline-classifier") == 2
    assert "needs the whole run" in capsys.readouterr().err
