"""Trains the judge of a topics model on whole messages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from scarwise.knowledge.messages import WholeMessage
from scarwise.knowledge.topics import Topic
from scarwise.understanding.encoder import Encoder, MessageVectors, in_threads
from scarwise.understanding.evidence import gather
from scarwise.understanding.judge import Judge, kinds_of
from scarwise.understanding.splitting import without_fillers
from scarwise.understanding.topics_model import TopicsModel, plain

PUNCTUATION = re.compile(r"[^\w\s']")
STRIDE = 7  # steps through the subjects, so that neighbors get different ones


def train_judge(
    model: TopicsModel,
    topics: Mapping[str, Topic],
    messages: Iterable[WholeMessage],
    encoder: Encoder,
) -> Judge:
    """A judge for `model`, trained on whole messages.

    Each is judged without its punctuation too, since many patients write none. Those that stand
    alone are judged once more after a running subject that has nothing to do with them, so that
    the judge learns when to leave the subject.
    """
    number = {label: index for index, label in enumerate(model.labels)}
    subjects = [topic for topic in topics.values() if topic.answered]
    cases: list[tuple[str, Topic | None, frozenset[int]]] = []
    for index, message in enumerate(messages):
        text = without_fillers(plain(message.text, model.vocabulary))
        ours = all(one in number for one in message.asks)
        if not ours or not model.vocabulary.has_content(text):
            continue
        asked = frozenset(number[one] for one in message.asks)
        after = topics[message.after] if message.after else None
        cases.append((text, after, asked))
        if (bare := _bare(text)) != text:
            cases.append((bare, after, asked))
        if after is None and len(asked) < 2:
            cases.append((text, subjects[index * STRIDE % len(subjects)], asked))
    evidence = in_threads(
        lambda case: gather(model, case[0], case[1], MessageVectors(encoder).encode), cases
    )
    return Judge.fit(evidence, [asked for *_, asked in cases], kinds_of(model.labels, topics))


def _bare(text: str) -> str:
    """`text` without punctuation."""
    return " ".join(PUNCTUATION.sub(" ", text).split())
