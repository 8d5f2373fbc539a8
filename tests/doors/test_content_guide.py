"""`docs/content.md` is true: followed to the letter, it leads from a leaflet to a served answer.

Its second part, which trains a model, is followed in `tests/torture/test_new_topic.py`.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from .following import FIRST_PART, GUIDE, fresh_reader, steps

ANSWER = (
    "A nurse calls you the day after your scar is cut out. Keep the dressing dry until your first "
    "check. The check is two days after the operation. Call the clinic the same day if the wound "
    "bleeds, or gets red, hot or more sore.\n\n"
)
SOURCE = ("Going home after a scar is cut out", "your role", str(date.today()))


def test_from_a_leaflet_to_a_served_answer(trained_model: Path, tmp_path: Path) -> None:
    reader = fresh_reader(tmp_path, trained_model)
    reader.asks = "How do I look after the wound after excision?"
    reader.follow(FIRST_PART)
    assert reader.reply.text.startswith(ANSWER)
    assert reader.reply.sources == [SOURCE]


def test_every_block_of_the_guide_is_followed() -> None:
    kinds = [step.kind for step in steps(GUIDE)]
    assert set(kinds) <= {"sh", "text", "csv", "markdown", "yaml"}
    assert len(kinds) == GUIDE.count("\n```") // 2
