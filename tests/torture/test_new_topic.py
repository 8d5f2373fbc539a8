"""The second part of `docs/content.md`: a topic that the assistant did not know, to the letter.

The long run trains a model with it and asks it; the short one stops before the training.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from doors.following import SECOND_PART, fresh_reader

TRAINING = "make train\n"


def test_a_new_topic(
    trained_model: Path,
    tmp_path: Path,
    many: Callable[[int, int], int],
    figures: Callable[[str, str], None],
) -> None:
    reader = fresh_reader(tmp_path, trained_model)
    if many(1, 0):
        reader.follow(SECOND_PART)
        figures("docs/content.md, a new topic", "written, trained, reviewed and answered")
        return
    before, training, _ = SECOND_PART.partition(TRAINING)
    assert training
    reader.follow(f"{before}```\n")
    reader.run("scarwise check", "1 faults")
    reader.compare("data/answers/about_me/photos.yml: has no review, so it is not served\n1 faults")
