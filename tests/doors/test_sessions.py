"""A long conversation is cut so that a message costs no more than before; nobody notices."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from rasa.core.agent import Agent
from rasa.shared.core.events import (
    ActiveLoop,
    BotUttered,
    SessionStarted,
    SlotSet,
    UserUttered,
)  # fmt: skip
from rasa.shared.core.slots import AnySlot
from rasa.shared.core.trackers import DialogueStateTracker

from scarwise.dialogue.session import MOST_TURNS, MOST_TURNS_IN_FORM, is_long, running_on
from scarwise.in_process import Assistant
from scarwise.storage.tracker_store import ConversationStore

RISKS = "Scar revision has risks, as all surgery does."
MORE_RISKS = "There is no guarantee that all signs of the wound go away."


@pytest.fixture
def store(
    assistant: Assistant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[ConversationStore]:
    """The assistant keeps its conversations in a SQLite file meanwhile."""
    monkeypatch.setenv("SCARWISE_DATABASE_URL", f"sqlite:///{tmp_path}/conversations.db")
    store = ConversationStore(assistant.agent.domain)
    kept = Agent._create_tracker_store(store, assistant.agent.domain)
    monkeypatch.setattr(assistant.agent, "tracker_store", kept)
    monkeypatch.setattr(assistant.agent.processor, "tracker_store", kept)
    yield store
    store.engine.dispose()


def count(tracker: DialogueStateTracker, kind: type) -> int:
    return sum(isinstance(event, kind) for event in tracker.events)


def test_a_long_conversation_goes_on_in_a_new_session(
    talk: Callable, store: ConversationStore, run: Callable
) -> None:
    for _ in range(MOST_TURNS - 1):
        talk("long", "thanks")
    assert talk("long", "What are the risks?").text.startswith(RISKS)
    assert count(run(store.retrieve("long")), UserUttered) == MOST_TURNS

    # The next message opens a new session, and leans on what was said in the old one.
    assert talk("long", "tell me more").text.startswith(MORE_RISKS)
    assert count(run(store.retrieve("long")), UserUttered) == 1
    assert talk("long", "say that again").text.startswith(MORE_RISKS)
    assert count(run(store.retrieve("long")), UserUttered) == 2

    whole = run(store.retrieve_full_tracker("long"))
    assert count(whole, UserUttered) == MOST_TURNS + 2
    assert count(whole, SessionStarted) == 2


def test_what_was_said_last_can_be_said_again_after_the_cut(
    talk: Callable, store: ConversationStore
) -> None:
    for _ in range(MOST_TURNS - 1):
        talk("repeat", "thanks")
    asked = talk("repeat", "What are the risks?")
    again = talk("repeat", "say that again")
    assert again.text == asked.text
    button = asked.buttons[0][1]
    assert talk("repeat", button).topics == (button.removeprefix("/"),)


def test_a_button_from_before_the_cut_counts(talk: Callable, store: ConversationStore) -> None:
    for _ in range(MOST_TURNS - 1):
        talk("press", "thanks")
    (_, payload), *_ = talk("press", "What are the risks?").buttons
    assert talk("press", payload).topics == (payload.removeprefix("/"),)


def session(turns: int, *more: object) -> DialogueStateTracker:
    said = [event for _ in range(turns) for event in (UserUttered("x"), BotUttered("y"))]
    slots = [AnySlot(name, [{}]) for name in ("answered", "technique", "patient_phone")]
    return DialogueStateTracker.from_events("a", [*said, *more], slots=slots)


def test_a_session_of_text_messages_lasts_a_day(
    talk: Callable, store: ConversationStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    for sender in ("webchat:late", "sms:late", "whatsapp:late", "telegram:late"):
        assert talk(sender, "What are the risks?").text.startswith(RISKS)
    now = time.time()
    monkeypatch.setattr("scarwise.dialogue.session.time.time", lambda: now + 23 * 3600)
    assert talk("webchat:late", "tell me more").text.startswith("I have not answered a question")
    for sender in ("sms:late", "whatsapp:late"):
        assert talk(sender, "tell me more").text.startswith(MORE_RISKS)
    monkeypatch.setattr("scarwise.dialogue.session.time.time", lambda: now + 25 * 3600)
    assert talk("telegram:late", "tell me more").text.startswith("I have not answered a question")


def test_a_form_is_finished_first() -> None:
    assert [is_long(session(turns)) for turns in (MOST_TURNS - 1, MOST_TURNS)] == [False, True]
    form = ActiveLoop("callback_form")
    assert not is_long(session(MOST_TURNS, form))
    assert not is_long(session(MOST_TURNS_IN_FORM - 1, form))
    assert is_long(session(MOST_TURNS_IN_FORM, form))


def test_only_the_running_subject_is_lent() -> None:
    lent = running_on(session(
        2, SlotSet("technique", "laser"), SlotSet("patient_phone", "+1 646 555 0100"),
        BotUttered("last", metadata={"scarwise": {"topics": ["laser"]}}),
    ))  # fmt: skip
    assert [(one.key, one.value) for one in lent if isinstance(one, SlotSet)] == [
        ("technique", "laser")
    ]
    (said,) = [one for one in lent if isinstance(one, BotUttered)]
    assert (said.text, said.metadata) == ("last", {"scarwise": {"topics": ["laser"]}})
