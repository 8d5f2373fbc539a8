"""No test question stands in training or comes close, and the check finds one that does."""

from __future__ import annotations

import pytest

from scarwise import places
from scarwise.evaluation.leaks import Trained, leaks, load_trained
from scarwise.evaluation.questions import load_test_set

COST = places.DATA / "questions" / "having_the_operation" / "cost.yml"


def trained(*texts: str) -> list[Trained]:
    filler = "is the waiting room open on public holidays"
    return [Trained(text, COST) for text in (*texts, filler)]


def found(tested: str, in_training: str) -> list[float]:
    return [one.overlap for one in leaks([("in_scope.jsonl", tested)], trained(in_training))]


def test_no_test_question_leaks_into_training():
    pairs = leaks(load_test_set().texts(), load_trained())
    said = "\n".join(str(one) for one in pairs)
    assert not pairs, f"{len(pairs)} pairs; mend the second of each, never the test:\n{said}"


def test_a_line_of_every_part_of_training_would_be_found():
    every = list(load_trained())
    lines = [
        next(one for one in every if places.DATA / name in one.path.parents
             and len(one.key.split()) > 5)
        for name in ("questions", "messages", "follow_ups")
    ]  # fmt: skip
    pairs = leaks([("danger.jsonl", one.text.upper()) for one in lines], every)
    same = {(one.trained, one.place) for one in pairs if one.overlap == 1.0}
    assert {(one.text, places.shown(one.path)) for one in lines} <= same


def test_every_file_of_tests_is_compared():
    files = {path.name for path in (places.HOME / "tests" / "understanding").glob("*.jsonl")}
    assert {file for file, _ in load_test_set().texts()} == files


@pytest.mark.parametrize(
    ("tested", "in_training"),
    [
        ("Is it safe?", "is it safe"),
        ("What IS a keloid", "What is a keloid?"),
        ("Was ist ein Keloïd", "was ist ein keloid"),
        ("how much does scar revision cost", "How much does scar revision cost???"),
    ],
)
def test_the_same_sentence_is_found_whatever_its_looks(tested, in_training):
    assert found(tested, in_training) == [1.0]


@pytest.mark.parametrize(
    ("tested", "in_training"),
    [
        ("can u get it on the nhs?", "can i get it on the nhs"),
        ("can a scar be removed completely?", "can a scar be completely removed"),
        ("do the injections in the scar sting", "do the injections sting in the scar much"),
    ],
)
def test_a_sentence_that_comes_close_is_found(tested, in_training):
    assert len(found(tested, in_training)) == 1
    assert 0.75 <= found(tested, in_training)[0] < 1


@pytest.mark.parametrize(
    ("tested", "in_training"),
    [
        ("thank you", "Thank you!"),
        ("how long is recovery", "how long is the recovery"),
        ("how long until I can drive again after it", "when may I drive a car again"),
    ],
)
def test_greetings_and_sentences_of_their_own_are_no_leaks(tested, in_training):
    assert found(tested, in_training) == []


def test_a_leak_names_both_sides():
    pair = leaks([("several.jsonl", "is it safe")], trained("is it safe?"))[0]
    assert str(pair) == (
        "several.jsonl: 'is it safe' is the same as 'is it safe?' in "
        "data/questions/having_the_operation/cost.yml"
    )
