"""From what came back to the report: all measures, tables and curves of one run. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from scarwise.evaluation import measures
from scarwise.evaluation.alarms import (
    AlarmFindings,
    alarm_measures,
    alone_measures,
    dangerous,
    look_alikes,
    score_alarms,
)
from scarwise.evaluation.curves import Guess, Point, curve
from scarwise.evaluation.measures import Measure, share
from scarwise.evaluation.questions import InScope, TestSet, accepted, text_id
from scarwise.evaluation.replies import Reply, Results, asked_and_answered
from scarwise.knowledge.topics import Topic
from scarwise.understanding.danger import DangerLimits
from scarwise.understanding.reading import Reading

MOST_WORST = 30


@dataclass(frozen=True)
class TopicRow:
    """What happened to the in-scope questions of one topic."""

    topic: str
    asked: int
    right: int
    offered: int  # not answered, but offered to choose
    refused: int  # asked back or declined without offering it
    wrong: int  # something else answered, the right one not offered
    instead: str  # what was answered instead most often


@dataclass(frozen=True)
class Miss:
    """One question that was answered wrong, with the reading's confidence."""

    text: str
    topic: str
    given: tuple[str, ...]
    offered: tuple[str, ...]
    confidence: float


@dataclass
class Findings:
    """All that a run found; the report shows it."""

    measures: list[Measure] = field(default_factory=list)
    topics: list[TopicRow] = field(default_factory=list)
    confusions: list[tuple[str, str, int]] = field(default_factory=list)
    worst: list[Miss] = field(default_factory=list)
    foreign_worst: list[Miss] = field(default_factory=list)  # out of scope, answered
    curve: list[Point] = field(default_factory=list)
    thresholds: dict[str, float] = field(default_factory=dict)
    noise_answered: list[tuple[str, str]] = field(default_factory=list)  # content-free, topics
    unserved: Counter[str] = field(default_factory=Counter)  # understood, but without an answer
    rivals: dict[str, list[Point]] = field(default_factory=dict)  # curves, ours among them
    alarms: AlarmFindings = field(default_factory=AlarmFindings)
    notes: list[str] = field(default_factory=list)


def right_topics(questions: TestSet, topics: dict[str, Topic]) -> dict[str, frozenset[str]]:
    """By question, the topics that are right for it."""
    return {one.id: accepted(one, topics) for one in questions.in_scope}


def single_ids(questions: TestSet) -> dict[str, set[str]]:
    """By measure of single messages, the ids that it is measured on.

    Whether the kind is right is left out: it is measured on what the run itself interrupted.
    """
    asked = {one.id for one in questions.in_scope}
    foreign = {one.id for one in questions.out_of_scope}
    near = {one.id for one in questions.out_of_scope if one.near}
    own = ("right_answered", "right_answered_or_offered", "answered_wrong",
           "ordinary_interrupted", "ordinary_noted")  # fmt: skip
    danger = {one.id for one in dangerous(questions)}
    alike = {one.id for one in look_alikes(questions)}
    return {
        **dict.fromkeys(own, asked),
        "answered_wrong_of_all": asked | foreign,
        "refused_far": foreign - near,
        "refused_near": near,
        "danger_caught": danger,
        "danger_interrupted": danger,
        "lookalikes_interrupted": alike,
        "lookalikes_noted": alike,
    }


def in_scope_measures(
    questions: TestSet, results: Results, topics: dict[str, Topic]
) -> list[Measure]:
    """The measures of single questions, in and out of scope."""
    right, replies = right_topics(questions, topics), results.in_scope
    misled = {one: not reply.misleads(right[one]) for one, reply in replies.items()}
    foreign = {one: reply.refused for one, reply in results.out_of_scope.items()}
    answered = {one: not reply.answered for one, reply in results.out_of_scope.items()}
    near = {one.id for one in questions.out_of_scope if one.near}
    pairs = [(one.topic, measures.named_topic(replies[one.id], one.topic, right[one.id]))
             for one in questions.in_scope]  # fmt: skip
    return [
        share("right_answered", {k: r.answers(right[k]) for k, r in replies.items()}),
        share(
            "right_answered_or_offered",
            {k: r.answers_or_offers(right[k]) for k, r in replies.items()},
        ),
        share("answered_wrong", misled),
        share("answered_wrong_of_all", {**misled, **answered}),
        measures.macro_f1(pairs),
        share("refused_far", {k: good for k, good in foreign.items() if k not in near}),
        share("refused_near", {k: good for k, good in foreign.items() if k in near}),
    ]


def several_measures(
    questions: TestSet, results: Results, topics: dict[str, Topic]
) -> list[Measure]:
    """Messages with several questions, and long stories with one."""
    asked: dict[str, bool] = {}
    stories: dict[str, bool] = {}
    also = {topic.id: topic.also for topic in topics.values()}
    for one in questions.several:
        answered = results.several[one.id].answered
        if len(one.topics) == 1:
            right = {one.topics[0], *also[one.topics[0]]}
            stories[one.id] = len(answered) == 1 and answered[0] in right
            continue
        found = asked_and_answered(one.topics, answered, also)
        asked.update({f"{one.id}:{topic}": hit for topic, hit in found.items()})
    messages = sum(len(one.topics) > 1 for one in questions.several)
    return [
        share("several_topics", asked, f"topics asked in {messages} messages"),
        share("single_story", stories),
    ]


def dialogue_measure(questions: TestSet, results: Results) -> Measure:
    """Turns of dialogues whose reply answers one of the turn's topics."""
    good = {}
    for dialogue in questions.dialogues:
        for number, turn in enumerate(dialogue.turns, start=1):
            one = f"{dialogue.id}.{number}"
            good[one] = results.turns[one].understands({*turn.topics, *turn.any})
    return share("dialogue_turns", good, f"in {len(questions.dialogues)} dialogues")


def reading_measures(
    questions: TestSet, results: Results, topics: dict[str, Topic]
) -> list[Measure]:
    """The measures that go through the reading alone: noise, content-free input, time."""
    right = right_topics(questions, topics)
    clean = {k: Reply.of_reading(one).answers(right[k]) for k, one in results.readings.items()}
    found = []
    if results.content_free:
        refused = {text_id(text): one.refused for text, one in results.content_free.items()}
        found.append(share("content_free", refused))
    found.append(share("right_read", clean))
    for name, replies in results.noisy.items():
        noisy = {k: one.answers(right[k]) for k, one in replies.items()}
        found.append(measures.loss(f"loss_{name}", clean, noisy))
    return found + measures.latencies(results.seconds, results.busy_seconds)


def guess(reading: Reading, right: frozenset[str]) -> Guess:
    """A reading as a point of the curve: its best topic, whatever its thresholds made of it.

    What was declined names no topic, so no threshold could answer it.
    """
    if reading.danger.level == "interrupt":  # answered at any threshold, and not as asked
        return Guess(1.0, False)
    best = (*reading.topics, *reading.offered)[:1] if reading.outcome != "decline" else ()
    return Guess(reading.confidence, best[0] in right) if best else Guess(-1.0, False)


def guesses(
    questions: TestSet, results: Results, topics: dict[str, Topic]
) -> tuple[list[Guess], list[Guess]]:
    """The in-scope and the out-of-scope readings as points of the curve."""
    right = right_topics(questions, topics)
    ours = [guess(reading, right[one]) for one, reading in results.readings.items()]
    return ours, [guess(one, frozenset()) for one in results.foreign_readings.values()]


def first_right(questions: TestSet, results: Results, topics: dict[str, Topic]) -> dict[str, bool]:
    """Whether the first topic that a reading answers is right: as a classifier is judged."""
    right = right_topics(questions, topics)
    replies = {one: Reply.of_reading(reading) for one, reading in results.readings.items()}
    return {
        one: bool(reply.answered) and reply.answered[0] in right[one]
        for one, reply in replies.items()
    }


def topic_rows(questions: TestSet, results: Results, topics: dict[str, Topic]) -> list[TopicRow]:
    """One row a topic, worst first."""
    by_topic: dict[str, list[InScope]] = defaultdict(list)
    for one in questions.in_scope:
        by_topic[one.topic].append(one)
    rows = []
    for topic, asked in by_topic.items():
        kinds: Counter[str] = Counter()
        instead: Counter[str] = Counter()
        for one in asked:
            reply, right = results.in_scope[one.id], accepted(one, topics)
            if reply.answers(right):
                kinds["right"] += 1
                continue
            instead[measures.named_topic(reply, topic, right)] += 1
            misled = "wrong" if reply.misleads(right) else "refused"
            kinds["offered" if reply.answers_or_offers(right) else misled] += 1
        most = ", ".join(f"{name} {count}" for name, count in instead.most_common(2))
        rows.append(TopicRow(topic, len(asked), kinds["right"], kinds["offered"],
                             kinds["refused"], kinds["wrong"], most))  # fmt: skip
    return sorted(rows, key=lambda row: (row.right / row.asked, -row.wrong, row.topic))


def worst(
    questions: TestSet, results: Results, topics: dict[str, Topic]
) -> tuple[list[Miss], list[Miss]]:
    """The surest wrong answers, in scope and out of scope."""
    wrong, foreign = [], []
    for one in questions.in_scope:
        reply = results.in_scope[one.id]
        if reply.misleads(accepted(one, topics)):
            confidence = results.readings[one.id].confidence
            wrong.append(Miss(one.text, one.topic, reply.answered, reply.offered, confidence))
    for one in questions.out_of_scope:
        reply = results.out_of_scope[one.id]
        if not reply.refused:
            confidence = results.foreign_readings[one.id].confidence
            given = reply.answered or reply.unserved
            label = "near out of scope" if one.near else "far out of scope"
            foreign.append(Miss(one.text, label, given, reply.offered, confidence))
    wrong.sort(key=lambda miss: -miss.confidence)
    foreign.sort(key=lambda miss: -miss.confidence)
    return wrong[:MOST_WORST], foreign[:MOST_WORST]


def score(
    questions: TestSet,
    results: Results,
    topics: dict[str, Topic],
    thresholds: Mapping[str, float],
    limits: DangerLimits = DangerLimits(),
) -> Findings:
    """Everything that a run found but the comparison with rivals."""
    right = right_topics(questions, topics)
    replies = results.in_scope
    pairs = [(one.topic, measures.named_topic(replies[one.id], one.topic, right[one.id]))
             for one in questions.in_scope]  # fmt: skip
    first, second = worst(questions, results, topics)
    return Findings(
        measures=[
            *in_scope_measures(questions, results, topics),
            *several_measures(questions, results, topics),
            dialogue_measure(questions, results),
            *alarm_measures(questions, results),
            *alone_measures(questions, results),
            *reading_measures(questions, results, topics),
        ],
        topics=topic_rows(questions, results, topics),
        confusions=measures.confusions(pairs),
        worst=first,
        foreign_worst=second,
        noise_answered=[
            (text, ", ".join(reply.topics) or reply.outcome)
            for text, reply in results.content_free.items()
            if not reply.refused
        ],
        curve=curve(*guesses(questions, results, topics)),
        thresholds=dict(thresholds),
        alarms=score_alarms(questions, results, limits),
        unserved=Counter(topic for reply in replies.values() for topic in reply.unserved),
    )
