"""Asked back, the patient taps a topic, or none of them, and the conversation goes on."""

from __future__ import annotations

import pytest
from rasa.shared.core.events import ActionExecuted, BotUttered, SessionStarted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from scarwise.dialogue import compose
from scarwise.understanding.reading import RECORD, Reading

NONE = (
    "Thank you for telling me. Please say it in other words, or ask a person. Call Willow Lane "
    "Scar Clinic at +1 212 555 0142, or book a visit: https://clinic.example/book"
)


@pytest.fixture
def asked_back(assistant, run):
    """A conversation in which the assistant has just asked back."""

    def start(sender: str) -> None:
        offered = Reading("ask_back", offered=("laser", "creams", "results"))
        response = compose.ask_back(compose.load_voice(), offered).as_response()
        said = BotUttered(
            response["text"], {"buttons": response["buttons"]}, {RECORD: response[RECORD]}
        )
        events = [
            ActionExecuted("action_session_start"), SessionStarted(),
            ActionExecuted("action_listen"),
            UserUttered("hm", {"name": "nlu_fallback", "confidence": 0.1}, message_id="1"),
            ActionExecuted("action_ask_back"), said, ActionExecuted("action_listen"),
        ]  # fmt: skip
        slots = assistant.agent.domain.slots
        tracker = DialogueStateTracker.from_events(sender, events, slots)
        run(assistant.agent.tracker_store.save(tracker))

    return start


def test_one_is_chosen(asked_back, talk) -> None:
    asked_back("choices:one")
    chosen = talk("choices:one", "/laser")
    assert chosen.text.startswith("In some cases a laser is used on a scar.")
    assert chosen.outcome == "answered"
    more = talk("choices:one", "tell me more")
    assert more.text.startswith("No scar can be fully erased.")


def test_one_is_typed(asked_back, talk) -> None:
    asked_back("choices:typed")
    assert talk("choices:typed", "Can a laser flatten my scar?").topics == ("laser",)


def test_none_of_these(asked_back, talk) -> None:
    asked_back("choices:none")
    assert talk("choices:none", "/none_of_these").text == NONE
    after = talk("choices:none", "Are there any risks?")
    assert after.text.startswith("Scar revision has risks, as all surgery does.")


def test_a_topic_that_was_not_offered_is_text(asked_back, talk) -> None:
    asked_back("choices:other")
    message = talk("choices:other", "/urgent_wound")
    assert message.outcome != "safety"


def test_yes_to_several_shows_them_again(asked_back, talk) -> None:
    asked_back("choices:yes")
    message = talk("choices:yes", "yes")
    assert message.text == "Good. What would you like to know?"
    assert [title for title, _ in message.buttons] == [
        "Laser treatment", "Creams and ointments", "What results to expect", "None of these",
    ]  # fmt: skip
