"""Every question that a patient is offered while typing is answered as its own topic."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from scarwise.knowledge.suggestions import load_suggestions


@pytest.mark.parametrize("topic", load_suggestions())
def test_a_suggestion_leads_to_its_topic(topic: str, talk: Callable) -> None:
    reply = talk(f"suggestion:{topic}", load_suggestions()[topic])
    assert reply.outcome in ("answered", "conversation")
    assert topic in reply.topics
