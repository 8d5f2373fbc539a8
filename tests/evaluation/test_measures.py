"""What counts as right, wrong, refused: on replies made by hand."""

from __future__ import annotations

from collections import Counter

import pytest

from scarwise.evaluation import scoring
from scarwise.evaluation.curves import Guess, at_refusal, auroc, curve, point
from scarwise.evaluation.measures import (
    confusions,
    latencies,
    loss,
    macro_f1,
    share,
)
from scarwise.evaluation.questions import (
    DangerMessage,
    Dialogue,
    InScope,
    OutOfScope,
    Several,
    TestSet,
    Turn,
    accepted,
    load_test_set,
    sample,
)
from scarwise.evaluation.replies import Reply, Results, asked_and_answered
from scarwise.faults import FaultyDataError
from scarwise.knowledge.topics import load_topics
from scarwise.understanding.reading import Danger, Reading

TOPICS = load_topics()
RIGHT = Reply("answered", ("cost",))
WRONG = Reply("answered", ("pain",))
OFFERED = Reply("answered", ("pain",), ("cost",))
ASKED_BACK = Reply("asked_back", (), ("cost", "pain"))
DECLINED = Reply("declined", ("out_of_scope",))
UNSERVED = Reply("declined", ("cost",))
ALARM = Reply("safety", ("crisis",))


@pytest.mark.parametrize(
    ("reply", "answers", "answers_or_offers", "misleads", "refused"),
    [
        (RIGHT, True, True, False, False),
        (WRONG, False, False, True, False),
        (OFFERED, False, True, False, False),
        (ASKED_BACK, False, True, False, True),
        (DECLINED, False, False, False, True),
        (UNSERVED, False, False, False, False),
        (ALARM, False, False, True, False),
        (Reply("failed", ("cost",)), False, False, False, False),
    ],
)
def test_a_reply_is_judged_by_what_the_patient_gets(
    reply, answers, answers_or_offers, misleads, refused
):
    assert reply.answers({"cost"}) is answers
    assert reply.answers_or_offers({"cost"}) is answers_or_offers
    assert reply.misleads({"cost"}) is misleads
    assert reply.refused is refused


def test_a_turn_is_understood_when_answered_not_when_asked_back():
    assert RIGHT.understands({"cost", "insurance"})
    assert not ASKED_BACK.understands({"cost"})
    assert DECLINED.understands({"out_of_scope"})
    assert not DECLINED.understands({"cost"})
    assert not UNSERVED.understands({"cost"})


def test_a_reading_gives_the_reply_that_the_dialogue_would_give():
    answer = Reading("answer", topics=("cost",), offered=("pain",), also_asked=("laser",))
    assert Reply.of_reading(answer) == Reply("answered", ("cost",), ("pain", "laser"))
    assert Reply.of_reading(Reading("ask_back", offered=("cost",))).refused
    assert Reply.of_reading(Reading("decline", empty=True)).refused
    alarm = Reading("answer", topics=("cost",), danger=Danger("interrupt", "crisis"))
    assert Reply.of_reading(alarm) == ALARM
    noted = Reading("answer", topics=("cost",), danger=Danger("note", "crisis"))
    assert Reply.of_reading(noted) == Reply("answered", ("cost",), note="crisis")
    assert Reply.of_reading(Reading("decline", danger=Danger("note", "abuse"))).caught
    assert not Reply.of_reading(Reading("decline", danger=Danger("none", "abuse"))).caught


def test_an_answer_counts_for_one_asked_topic_only():
    also = {"pain": {"laser"}, "cost": {"laser"}}
    assert asked_and_answered(["cost", "pain"], ["cost", "pain"], also) == {
        "cost": True, "pain": True,
    }  # fmt: skip
    assert asked_and_answered(["cost", "pain"], ["laser"], also) == {"cost": True, "pain": False}
    assert asked_and_answered(["cost", "laser"], ["laser"], also) == {
        "cost": False, "laser": True,
    }  # fmt: skip


def test_shares_count_what_went_badly():
    good = share("right_answered", {"a": True, "b": True, "c": False})
    assert (good.value, good.count, good.of, good.bad) == (pytest.approx(2 / 3), 2, 3, ("c",))
    low = share("answered_wrong", {"a": True, "b": True, "c": False})
    assert (low.value, low.count, low.bad) == (pytest.approx(1 / 3), 1, ("c",))
    assert low.low < low.value < low.high


def test_what_the_table_asks_is_told():
    reached = [
        share("right_answered", {str(i): i < right for i in range(100)}).reached
        for right in (89, 90, 95)
    ]
    assert reached == ["missed", "limit", "goal"]
    assert share("answered_wrong", {str(i): i >= 4 for i in range(100)}).reached == "missed"
    assert share("right_read", {"a": True}).reached is None


def test_a_loss_is_counted_on_the_noisy_questions_only():
    clean = {str(i): True for i in range(20)}
    noisy = {str(i): i > 0 for i in range(10)}
    found = loss("loss_typos", clean, noisy)
    assert (found.value, found.of) == (pytest.approx(10.0), 10)
    assert found.low < 10 < found.high


def test_macro_f1_weighs_topics_alike():
    pairs = [("cost", "cost")] * 8 + [("pain", "cost")] * 2
    found = macro_f1(pairs)
    assert found.value == pytest.approx((2 * 8 / (8 + 10) + 0) / 2)
    assert found.low <= found.value <= found.high
    assert macro_f1([("cost", "cost"), ("pain", "pain")]).value == 1.0


def test_confusions_come_most_frequent_first():
    pairs = [("a", "b")] * 2 + [("a", "a")] * 9 + [("c", "(refused)")]
    assert confusions(pairs) == [("a", "b", 2), ("c", "(refused)", 1)]


def test_latency_is_in_milliseconds():
    median, slow = latencies([i / 1000 for i in range(1, 101)], [0.004] * 100)
    assert slow.note == "processor time 4.0 ms"
    assert median.value == pytest.approx(50.5)
    assert slow.value == pytest.approx(95.05)
    assert slow.low < slow.value < slow.high


OURS = [Guess(0.9, True), Guess(0.8, True), Guess(0.4, False), Guess(-1.0, False)]
FOREIGN = [Guess(0.5, False), Guess(-1.0, False)]


def test_a_threshold_refuses_what_lies_below_it():
    found = point(OURS, FOREIGN, 0.6)
    assert (found.refused, found.right, found.wrong) == (0.5, 0.5, 0.0)
    assert (found.foreign_refused, found.accuracy) == (1.0, 1.0)
    assert point(OURS, FOREIGN, 0.0).refused == 0.25  # what names no topic is always refused


def test_the_curve_refuses_ever_more():
    refused = [one.refused for one in curve(OURS, FOREIGN)]
    assert refused == sorted(refused)
    assert refused[0] < refused[-1]


def test_equal_refusal_takes_the_lowest_threshold_that_reaches_it():
    found = at_refusal(OURS, FOREIGN, 1.0)
    assert 0.5 < found.threshold < 0.51
    assert found.right == 0.5
    assert at_refusal(OURS, FOREIGN, 0.5).threshold == 0.0


def test_auroc_is_one_when_all_lie_apart():
    assert auroc([Guess(0.9, True)], [Guess(0.1, False)]) == 1.0
    assert auroc([Guess(0.1, True)], [Guess(0.9, False)]) == 0.0


def small_set() -> tuple[TestSet, Results]:
    asked = [InScope(text=f"what does it cost {i}", topic="cost") for i in range(5)]
    foreign = [OutOfScope(text="flu shot", near=True), OutOfScope(text="weather", near=False)]
    several = [
        Several(text="cost and pain?", topics=["cost", "pain"]),
        Several(text="a long story", topics=["cost"]),
    ]
    turns = [Turn(say="cost?", topics=["cost"]), Turn(say="and pain?", topics=["pain"])]
    dialogue = Dialogue(id="d1", turns=turns)
    danger = (
        DangerMessage(text="I can't breathe", kind="emergency"),
        DangerMessage(text="it takes my breath away", kind=None),
    )
    questions = TestSet(tuple(asked), tuple(foreign), tuple(several), (dialogue,), danger)
    replies = (RIGHT, WRONG, OFFERED, ASKED_BACK, UNSERVED)
    results = Results(
        in_scope={one.id: reply for one, reply in zip(asked, replies, strict=True)},
        out_of_scope={foreign[0].id: WRONG, foreign[1].id: DECLINED},
        several={several[0].id: RIGHT, several[1].id: Reply("answered", ("cost", "pain"))},
        turns={"d1.1": RIGHT, "d1.2": ASKED_BACK},
        readings={one.id: Reading("answer", topics=("cost",), confidence=0.9) for one in asked},
        foreign_readings={one.id: Reading("decline") for one in foreign},
        danger={danger[0].id: Reply("safety", ("emergency",)), danger[1].id: DECLINED},
        danger_readings={one.id: Reading("decline") for one in danger},
        noisy={"typos": dict.fromkeys([one.id for one in asked], WRONG)},
        content_free={"???": DECLINED, "xx": ALARM},
        seconds=[0.01] * 5,
    )
    return questions, results


def test_a_run_is_scored_whole():
    questions, results = small_set()
    found = scoring.score(questions, results, TOPICS, {"answer": 0.2})
    value = {one.key: one.value for one in found.measures}
    expected = {
        "right_answered": 0.2,
        "right_answered_or_offered": 0.6,
        "answered_wrong": 0.2,
        "answered_wrong_of_all": 2 / 7,
        "ordinary_interrupted": 0.0,
        "danger_caught": 1.0,
        "danger_by_classifier": 0.0,
        "refused_far": 1.0,
        "refused_near": 0.0,
        "several_topics": 0.5,
        "single_story": 0.0,
        "dialogue_turns": 0.5,
        "content_free": 0.5,
        "right_read": 1.0,
        "loss_typos": 100.0,
        "parse_p95": 10.0,
    }
    assert {key: value[key] for key in expected} == pytest.approx(expected)
    row = found.topics[0]
    assert (row.topic, row.asked, row.right, row.offered, row.refused, row.wrong) == (
        "cost", 5, 1, 2, 1, 1,
    )  # fmt: skip
    assert found.worst[0].given == ("pain",)
    assert found.foreign_worst[0].topic == "near out of scope"
    assert found.unserved == {"cost": 1}
    assert found.noise_answered == [("xx", "crisis")]


def test_the_sample_has_every_topic_and_is_the_same_every_time():
    questions = load_test_set()
    few = sample(questions, 200, 100, 80)
    assert few == sample(questions, 200, 100, 80)
    assert (len(few.in_scope), len(few.out_of_scope)) == (200, 100)
    assert {one.topic for one in few.in_scope} == {one.topic for one in questions.in_scope}
    assert sum(one.near for one in few.out_of_scope) == 50
    assert few.several == questions.several
    kinds = Counter(one.kind for one in few.danger)
    assert kinds == {None: 40, "emergency": 10, "urgent_wound": 10, "crisis": 10, "abuse": 10}


def test_the_test_set_is_as_large_as_promised():
    questions = load_test_set()
    assert len(questions.in_scope) >= 600
    assert len(questions.out_of_scope) >= 300
    assert sum(one.near for one in questions.out_of_scope) * 2 >= 300
    assert sum(len(one.topics) > 1 for one in questions.several) >= 100
    assert len(questions.dialogues) >= 60
    assert sum(one.kind is not None for one in questions.danger) >= 450
    assert sum(one.kind is None for one in questions.danger) >= 450
    asked = {one.topic for one in questions.in_scope}
    unasked = {one.id for one in TOPICS.values() if one.group != "safety"} - asked
    assert unasked == {"out_of_scope"}


def test_topics_that_answer_as_well_are_right():
    question = InScope(text="x", topic="cost", also=("insurance",))
    topic = TOPICS["cost"].model_copy(update={"also": ["contact"]})
    assert accepted(question, {"cost": topic}) == {"cost", "insurance", "contact"}


def test_a_faulty_test_question_is_named_with_its_line(tmp_path):
    for name in ("out_of_scope", "several", "dialogues"):
        (tmp_path / f"{name}.jsonl").write_text("")
    lines = ['{"text": "a", "kind": null}', '{"text": "b"}', '{"text": "c", "kind": "fear"}']
    (tmp_path / "danger.jsonl").write_text("\n".join(lines))
    lines = ['{"text": "a", "topic": "cost"}', '{"text": "a", "topic": "price"}', "{}"]
    (tmp_path / "in_scope.jsonl").write_text("\n".join(lines))
    with pytest.raises(FaultyDataError) as raised:
        load_test_set(tmp_path)
    said = "\n".join(str(one) for one in raised.value.faults)
    assert "line 2: price is no topic; correct it" in said
    assert "line 2 repeats line 1; take it out" in said
    assert "line 3: text Field required; mend the line" in said
    assert "danger.jsonl: line 2: kind Field required; mend the line" in said
    assert "danger.jsonl: line 3: kind Input should be 'emergency', 'urgent_wound'" in said
    assert "danger.jsonl: line 1" not in said
