"""What patients asked and got no answer to, grouped by meaning: what a clinic could write next.

Only groups that enough conversations share are shown: a question that one person alone asked could
tell who it was, even without its names.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from sklearn.cluster import AgglomerativeClustering

from scarwise.dialogue.masking import MASK
from scarwise.storage.database import DATABASE_ERRORS, database_url, explained, open_engine
from scarwise.storage.unanswered import Unanswered, newest
from scarwise.understanding.encoder import load_encoder

FEWEST_CONVERSATIONS = 3  # that must share a group for it to be shown
MOST_QUESTIONS = 5000  # grouping takes memory by the square of them
MOST_EXAMPLES = 3
APART = 0.4  # the mean cosine distance up to which questions are of one group
REASONS = {
    "declined": "declined",
    "no_answer": "no answer written",
    "none_of_these": "none of the offered topics",
    "not_helpful": "answer did not help",
}

Encode = Callable[[Sequence[str]], np.ndarray]


@dataclass(frozen=True)
class Gap:
    """Questions of one meaning, with examples from its middle outward."""

    questions: int
    conversations: int
    reasons: dict[str, int]
    examples: list[str]


@dataclass(frozen=True)
class Gaps:
    """What may be shown, largest first, and how much is held back."""

    shown: list[Gap]
    held_back_groups: int
    held_back_questions: int
    held_back_conversations: int


def find_gaps(
    asked: Sequence[Unanswered], encode: Encode, fewest: int = FEWEST_CONVERSATIONS
) -> Gaps:
    """The groups of `asked`; those of fewer than `fewest` conversations are held back."""
    groups = _grouped(asked, encode)
    shown = [one for one in groups if len(_conversations(one)) >= fewest]
    held = [one for one in groups if len(_conversations(one)) < fewest]
    shown.sort(key=lambda one: (-len(_conversations(one)), -len(one), one[0].question))
    return Gaps(
        [_gap(one) for one in shown],
        len(held),
        sum(map(len, held)),
        len({conversation for one in held for conversation in _conversations(one)}),
    )


def _conversations(group: Sequence[Unanswered]) -> set[str]:
    return {one.conversation for one in group}


def _grouped(asked: Sequence[Unanswered], encode: Encode) -> list[list[Unanswered]]:
    """Groups of one meaning; in each, the questions nearest to its middle come first."""
    if not asked:
        return []
    texts = sorted({one.question for one in asked})
    vectors = encode([text.replace(MASK, " ").lower() for text in texts])
    labels = _labels(vectors)
    place = {text: at for at, text in enumerate(texts)}
    groups: dict[int, list[Unanswered]] = {}
    for one in asked:
        groups.setdefault(int(labels[place[one.question]]), []).append(one)
    for label, group in groups.items():
        middle = vectors[labels == label].mean(axis=0)
        group.sort(key=lambda one: (-float(vectors[place[one.question]] @ middle), one.question))
    return list(groups.values())


def _labels(vectors: np.ndarray) -> np.ndarray:
    """The number of each vector's group."""
    if len(vectors) == 1:
        return np.zeros(1, dtype=int)
    clustering = AgglomerativeClustering(
        n_clusters=None, metric="cosine", linkage="average", distance_threshold=APART
    )
    return clustering.fit_predict(vectors)


def _gap(group: Sequence[Unanswered]) -> Gap:
    examples = list(dict.fromkeys(one.question for one in group))[:MOST_EXAMPLES]
    reasons = dict(Counter(one.reason for one in group).most_common())
    return Gap(len(group), len(_conversations(group)), reasons, examples)


def as_text(gaps: Gaps, fewest: int) -> str:
    """The groups as a person reads them."""
    lines = []
    for one in gaps.shown:
        why = ", ".join(f"{count} {REASONS.get(name, name)}" for name, count in one.reasons.items())
        lines.append(f"{one.conversations} chats, {one.questions} questions ({why})")
        lines += [f"  {example}" for example in one.examples]
    if not gaps.shown:
        lines.append(f"No question was left unanswered in {fewest} chats or more.")
    if gaps.held_back_groups:
        lines.append(
            f"Held back: {gaps.held_back_questions} questions of {gaps.held_back_conversations} "
            f"chats, in groups of fewer than {fewest} chats, as they could tell who asked."
        )
    return "\n".join(lines)


def main(fewest: int, in_json: bool) -> int:
    """Print the groups; the exit code is 1 when the database cannot be read, 2 for wrong use."""
    if fewest < 2:
        print("scarwise: --at-least must be 2 or more: what one person asked is theirs",
              file=sys.stderr)  # fmt: skip
        return 2
    try:
        engine = open_engine(database_url())
        asked = newest(engine, MOST_QUESTIONS)
    except DATABASE_ERRORS as error:
        print(explained(error, "the questions could not be read"), file=sys.stderr)
        return 1
    gaps = find_gaps(asked, load_encoder().encode, fewest)
    print(json.dumps(asdict(gaps), ensure_ascii=False, indent=2) if in_json
          else as_text(gaps, fewest))  # fmt: skip
    return 0
