"""Whole messages are read with the topics that they ask, and a fault names its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from scarwise.faults import FaultyDataError
from scarwise.knowledge.messages import load_messages

FILE = """\
messages:
- asks: [cost, pain]
  examples: |
    - what does it cost and does it hurt
- asks: [sessions]
  after: laser
  examples: |
    - how many?
- asks: []
  examples: |
    - what is the capital of France
"""


def test_messages_with_their_topics(tmp_path: Path) -> None:
    (tmp_path / "some.yml").write_text(FILE)
    both, leaning, foreign = load_messages(tmp_path)
    assert (both.text, both.asks, both.after) == (
        "what does it cost and does it hurt",
        ("cost", "pain"),
        None,
    )
    assert (leaning.asks, leaning.after) == (("sessions",), "laser")
    assert foreign.asks == ()


def test_every_fault_is_named(tmp_path: Path) -> None:
    (tmp_path / "some.yml").write_text(FILE.replace("cost, pain", "cots").replace("- how", "how"))
    with pytest.raises(FaultyDataError) as error:
        load_messages(tmp_path)
    first, second = (str(one) for one in error.value.faults)
    assert first.endswith("'how many?' must begin with '- ' and a phrasing")
    assert second.endswith("cots is not in data/topics.yml; correct it")
