"""Unanswered questions are grouped by meaning, and only what several chats asked is shown."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from scarwise.gaps import Gap, as_text, find_gaps
from scarwise.storage.unanswered import Unanswered
from scarwise.understanding.encoder import load_encoder

SWIMMING = (
    "can i go swimming with a new scar",
    "when can i swim again after my scar surgery",
    "swimming in the sea with a healing scar",
)
SCANNER = ("will my scar set off the airport scanner", "does an airport scanner see my scar")


def asked(*questions: str, reason: str = "declined") -> list[Unanswered]:
    """Each question in a chat of its own."""
    return [Unanswered(f"chat {one}", one, reason) for one in questions]


def test_groups() -> None:
    found = find_gaps(asked(*SCANNER, *SWIMMING), load_encoder().encode, 3)
    assert [(one.questions, one.conversations) for one in found.shown] == [(3, 3)]
    assert sorted(found.shown[0].examples) == sorted(SWIMMING)
    assert (found.held_back_groups, found.held_back_questions) == (1, 2)
    assert found.held_back_conversations == 2


def test_one_chat_that_asks_many_times_is_one() -> None:
    same = [Unanswered("chat", one, "declined") for one in SWIMMING]
    found = find_gaps(same, load_encoder().encode, 2)
    assert found.shown == []
    assert found.held_back_questions == 3
    assert not any(one in as_text(found, 2) for one in SWIMMING)


def test_what_a_person_reads() -> None:
    helped = Unanswered("another", SWIMMING[0], "not_helpful")
    found = find_gaps([*asked(*SWIMMING), helped, *asked(SCANNER[0])], load_encoder().encode, 3)
    first, *examples, last = as_text(found, 3).splitlines()
    assert first == "4 chats, 4 questions (3 declined, 1 answer did not help)"
    assert sorted(examples) == sorted(f"  {one}" for one in SWIMMING)
    assert last == (
        "Held back: 1 questions of 1 chats, in groups of fewer than 3 chats, as they could tell "
        "who asked."
    )


def test_nothing_was_asked() -> None:
    found = find_gaps([], load_encoder().encode, 3)
    assert as_text(found, 3) == "No question was left unanswered in 3 chats or more."


@given(
    st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from(SWIMMING + SCANNER))),
    st.integers(2, 5),
)
def test_nothing_that_fewer_chats_asked_is_shown(rows, fewest: int) -> None:
    questions = [Unanswered(chat, text, "declined") for chat, text in rows]
    found = find_gaps(questions, load_encoder().encode, fewest)
    shown: list[Gap] = found.shown
    assert all(one.conversations >= fewest for one in shown)
    assert sum(one.questions for one in shown) + found.held_back_questions == len(rows)
    for gap in shown:
        chats = {chat for chat, text in rows if text in gap.examples}
        assert len(chats) >= fewest or len(gap.examples) == 3
