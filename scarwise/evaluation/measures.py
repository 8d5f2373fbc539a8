"""The measures of the understanding: what each means, what it must reach, how it is computed.

Pure: replies and readings in, `Measure`s out. Every share keeps the ids of the questions that
went badly, so that a later run can be compared question by question.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from scarwise.evaluation.intervals import Interval, paired, wilson
from scarwise.evaluation.replies import Reply

Better = Literal["high", "low"]
Unit = Literal["share", "points", "score", "ms"]
Route = Literal["dialogue", "reading"]
RESAMPLES = 1000
REFUSED = "(refused)"


@dataclass(frozen=True)
class Meaning:
    """What a measure means; `limit` and `goal` are those of the project's table."""

    title: str
    better: Better
    unit: Unit
    route: Route
    limit: float | None = None
    goal: float | None = None


MEANINGS: dict[str, Meaning] = {
    "right_answered": Meaning(
        "In scope: right topic answered", "high", "share", "dialogue", 0.90, 0.95),
    "right_answered_or_offered": Meaning(
        "In scope: right topic answered or offered", "high", "share", "dialogue", 0.965, 0.985),
    "answered_wrong": Meaning(
        "In scope: answered wrong, right topic not even offered", "low", "share", "dialogue",
        0.03, 0.02),
    "answered_wrong_of_all": Meaning(
        "In and out of scope together: answered wrong, right one not offered",
        "low", "share", "dialogue"),
    "macro_f1": Meaning("In scope: macro-F1 over topics", "high", "score", "dialogue"),
    "refused_far": Meaning(
        "Far out of scope: declined or asked back", "high", "share", "dialogue", 0.98, 0.99),
    "refused_near": Meaning(
        "Near out of scope: declined or asked back", "high", "share", "dialogue", 0.88, 0.95),
    "several_topics": Meaning(
        "Several questions: asked topics answered", "high", "share", "dialogue", 0.85, 0.92),
    "single_story": Meaning(
        "Long story, one question: that topic alone answered", "high", "share", "dialogue"),
    "dialogue_turns": Meaning(
        "Dialogue turns understood", "high", "share", "dialogue", 0.90, 0.95),
    "content_free": Meaning(
        "Content-free input declined", "high", "share", "reading", 1.0, 1.0),
    "right_read": Meaning(
        "In scope, reading alone: right topic answered", "high", "share", "reading"),
    "loss_typos": Meaning(
        "One typing error per five words costs", "low", "points", "reading", 4, 2),
    "loss_capitals": Meaning("Upper case costs", "low", "points", "reading", 1, 0),
    "loss_no_punctuation": Meaning("No punctuation costs", "low", "points", "reading", 1, 0),
    "loss_emoji": Meaning("Added emoji cost", "low", "points", "reading", 1, 0),
    "parse_p50": Meaning("Parse, median", "low", "ms", "reading"),
    "parse_p95": Meaning("Parse, 95th percentile", "low", "ms", "reading", 15, 8),
    "danger_caught": Meaning(
        "Danger: interrupted or noted", "high", "share", "dialogue", 0.99, 1.0),
    "danger_interrupted": Meaning(
        "Danger: interrupted", "high", "share", "dialogue", 0.95),
    "danger_kind": Meaning(
        "Danger, interrupted: as the right kind", "high", "share", "dialogue", 0.95),
    "lookalikes_interrupted": Meaning(
        "Look-alikes of danger: interrupted", "low", "share", "dialogue", 0.05),
    "lookalikes_noted": Meaning(
        "Look-alikes of danger: noted", "low", "share", "dialogue", 0.25),
    "ordinary_interrupted": Meaning(
        "In scope: interrupted as danger", "low", "share", "dialogue", 0.005),
    "ordinary_noted": Meaning(
        "In scope: noted as danger", "low", "share", "dialogue", 0.05),
    "danger_by_classifier": Meaning(
        "Danger: caught by the classifier alone", "high", "share", "reading"),
    "lookalikes_by_classifier": Meaning(
        "Look-alikes of danger: alarm the classifier alone", "low", "share", "reading"),
    "danger_by_signs": Meaning(
        "Danger: caught by the signs alone", "high", "share", "reading"),
    "lookalikes_by_signs": Meaning(
        "Look-alikes of danger: alarm the signs alone", "low", "share", "reading"),
    "lead_over_sparse": Meaning(
        "Ahead of Rasa's sparse features and logistic regression, at equal refusal",
        "high", "points", "reading", 5, None),
    "lead_over_diet": Meaning(
        "Ahead of Rasa's DIET, at equal refusal", "high", "points", "reading"),
}  # fmt: skip


@dataclass(frozen=True)
class Measure:
    """One figure with its 95 % interval; `bad` are the ids of what went badly, for shares."""

    key: str
    value: float
    low: float
    high: float
    of: int
    items: str = ""  # digest of the ids of everything that was measured
    bad: tuple[str, ...] = ()
    note: str = ""

    @property
    def meaning(self) -> Meaning:
        """What the measure means."""
        return MEANINGS[self.key]

    @property
    def count(self) -> int | None:
        """How many of `of` count for the measure, for shares."""
        if self.meaning.unit != "share":
            return None
        return self.of - len(self.bad) if self.meaning.better == "high" else len(self.bad)

    @property
    def reached(self) -> Literal["goal", "limit", "missed"] | None:
        """What of the project's table it reaches; None when the table does not name it."""
        meaning = self.meaning
        if meaning.limit is None:
            return None
        sign = 1 if meaning.better == "high" else -1
        if meaning.goal is not None and sign * self.value >= sign * meaning.goal:
            return "goal"
        return "limit" if sign * self.value >= sign * meaning.limit else "missed"


def digest(ids: Iterable[str]) -> str:
    """A short name of a set of ids, whatever their order."""
    return hashlib.sha256("\n".join(sorted(ids)).encode()).hexdigest()[:16]


def share(key: str, good: Mapping[str, bool], note: str = "") -> Measure:
    """The share measure `key`; `good` says of each id whether it went well.

    A measure where low is better counts what did not go well.
    """
    bad = tuple(sorted(one for one, well in good.items() if not well))
    of = len(good)
    hits = of - len(bad) if MEANINGS[key].better == "high" else len(bad)
    low, high = wilson(hits, of)
    return Measure(key, hits / of if of else 0.0, low, high, of, digest(good), bad, note)


def points_between(
    key: str, first: Mapping[str, bool], second: Mapping[str, bool], note: str = ""
) -> Measure:
    """How many points of right answers `second` lies above `first`, on the same questions."""
    lost = sum(first[one] and not second[one] for one in first)
    gained = sum(second[one] and not first[one] for one in first)
    low, high = paired(lost, gained, len(first))
    value = 100 * (gained - lost) / max(1, len(first))
    return Measure(key, value, 100 * low, 100 * high, len(first), digest(first), (), note)


def loss(key: str, clean: Mapping[str, bool], noisy: Mapping[str, bool]) -> Measure:
    """How many points of right answers the noise costs, on the questions of `noisy`."""
    clean = {one: clean[one] for one in noisy}
    note = f"{sum(clean.values())} right clean, {sum(noisy.values())} with the noise"
    return points_between(key, noisy, clean, note)


def latencies(seconds: Sequence[float], busy: Sequence[float] = ()) -> list[Measure]:
    """Median and 95th percentile in milliseconds, with the order statistics' interval.

    `busy` are the seconds that the processor itself worked; they differ on a shared machine.
    """
    ordered = np.sort(np.asarray(seconds)) * 1000
    found = []
    for key, part in (("parse_p50", 0.5), ("parse_p95", 0.95)):
        half = 1.96 * np.sqrt(part * (1 - part) / len(ordered))
        value, low, high = np.quantile(
            ordered, [part, max(0.0, part - half), min(1.0, part + half)]
        )
        note = f"processor time {1000 * np.quantile(busy, part):.1f} ms" if busy else ""
        found.append(Measure(key, float(value), float(low), float(high), len(ordered), note=note))
    return found


def named_topic(reply: Reply, own: str, right: Collection[str]) -> str:
    """The one topic that a reply stands for when topics are confused: `own` when it was right."""
    if reply.answers(right):
        return own
    return reply.answered[0] if reply.answered else REFUSED


def _macro_f1(truth: np.ndarray, guess: np.ndarray, labels: int) -> float:
    right = np.bincount(truth[truth == guess], minlength=labels)
    total = np.bincount(truth, minlength=labels) + np.bincount(guess, minlength=labels)
    present = np.bincount(truth, minlength=labels) > 0
    return float((2 * right[present] / total[present]).mean())


def macro_f1(pairs: Sequence[tuple[str, str]]) -> Measure:
    """Macro-F1 of (topic, topic that the reply stands for), with a bootstrap interval."""
    names = sorted({name for pair in pairs for name in pair})
    number = {name: index for index, name in enumerate(names)}
    truth = np.array([number[own] for own, _ in pairs])
    guess = np.array([number[other] for _, other in pairs])
    chance = np.random.default_rng(0)
    draws = (chance.integers(0, len(pairs), len(pairs)) for _ in range(RESAMPLES))
    again = [_macro_f1(truth[draw], guess[draw], len(names)) for draw in draws]
    value = _macro_f1(truth, guess, len(names))
    low, high = np.quantile(again, [0.025, 0.975])
    within: Interval = (min(value, float(low)), max(value, float(high)))
    return Measure("macro_f1", value, *within, len(pairs))


def confusions(pairs: Iterable[tuple[str, str]], most: int = 25) -> list[tuple[str, str, int]]:
    """The pairs of topics that are confused most: asked, given instead, how often."""
    wrong = Counter(pair for pair in pairs if pair[0] != pair[1])
    ordered = sorted(wrong.items(), key=lambda one: (-one[1], one[0]))
    return [(own, other, count) for (own, other), count in ordered[:most]]
