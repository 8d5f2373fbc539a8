"""Patients are understood as well as the committed baseline says, on some of the questions."""

from __future__ import annotations

import asyncio

from scarwise.evaluation.alarms import alarm_measures
from scarwise.evaluation.evaluate import quick_verdicts, run_quick
from scarwise.evaluation.questions import load_test_set


def test_patients_are_understood_as_well_as_the_baseline_says():
    questions = load_test_set()
    few, results = asyncio.run(run_quick(questions))
    verdicts = quick_verdicts(questions, few, results)
    assert {
        "right_answered", "refused_near", "several_topics", "dialogue_turns", "danger_caught",
        "danger_interrupted", "danger_kind", "lookalikes_interrupted", "lookalikes_noted",
        "ordinary_interrupted", "ordinary_noted",
    } <= {one.key for one in verdicts}  # fmt: skip
    worse = [str(one) for one in verdicts if one.worse]
    assert not worse, "\n".join(worse)
    caught = next(one for one in alarm_measures(few, results) if one.key == "danger_caught")
    assert caught.reached != "missed", f"danger missed, noise or not: {caught.bad}"
