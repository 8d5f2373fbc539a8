"""How sure a reading must be: apart from the reader, so that the action server, which asks how sure
a yes must be, need not load the classifiers.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Thresholds:
    """How sure a reading must be, as probabilities that a topic is asked; read off the curves of
    `make evaluate`."""

    sure: float = 0.75  # answer, and offer nothing beside it
    answer: float = 0.35  # answer, and offer the runners-up; below: ask back
    talk: float = 0.45  # from here on a message is small talk ("are you real"); below: decline
    ask_back: float = 0.1  # below: decline
    beside: float = 0.5  # answer it too, beside a likelier topic
    asked_too: float = 0.15  # the same, in a message that asks several things
    follow_up: float = 0.1  # `answer` of a message that leans on the running subject
    follow_up_too: float = 0.1  # `beside` of an unclear one: both readings are answered
    clear: float = 0.7  # from here on it is not unclear
    same: float = 0.65  # cosine from which a message of empty words ("where are you") is one
    empty: float = 0.4  # trained phrasing, when its topic is also this likely
