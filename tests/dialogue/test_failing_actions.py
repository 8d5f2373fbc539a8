"""The action server dead, slow or wrong: the patient reads a fixed text with the clinic's phone."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager

import aiohttp
import pytest
from rasa.core.actions.action import ClientResponseError
from rasa.shared.core.events import ActionExecuted, BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from rasa_compat.rasa_endpoints import ACTION_SERVER_SECONDS
from scarwise.dialogue import turn
from scarwise.dialogue.safe_reply_policy import left_silent

SAFE = (
    "I cannot answer right now. Your question was not lost on your side: please ask it again in a "
    "few minutes.\n\nTo talk with a doctor, call Willow Lane Scar Clinic at +1 212 555 0142, or "
    "book a visit: https://clinic.example/book\n\nIn an emergency, call 911."
)


class Failing(EndpointConfig):
    """An action endpoint that fails as a test wants."""

    def __init__(self, error: Exception | None = None, result: object = None) -> None:
        super().__init__(url="http://127.0.0.1:9/webhook")
        self._error = error
        self._result = result

    async def request(self, *args: object, **kwargs: object) -> object:
        if self._error:
            raise self._error
        return self._result


@pytest.fixture
def with_actions(assistant, monkeypatch: pytest.MonkeyPatch):
    """Give the assistant another action endpoint while a test runs."""

    def use(endpoint: EndpointConfig) -> None:
        monkeypatch.setattr(assistant.agent.processor, "action_endpoint", endpoint)

    return use


FAILURES = {
    "dead": Failing(aiohttp.ClientConnectionError("refused")),
    "too_slow": Failing(TimeoutError()),
    "action_raises": Failing(ClientResponseError(500, "error", "{}")),
    "action_unknown": Failing(ClientResponseError(404, "not found", "{}")),
    "says_nothing": Failing(result={"events": [], "responses": []}),
    "wrong_answer": Failing(result={"events": 7}),
    "no_answer": Failing(result=None),
    "foreign_text": Failing(result={"events": [], "responses": [{"text": "You will be fine."}]}),
    "patients_words_in_an_error": Failing(
        result={"events": [], "responses": [{"text": "Traceback (most recent call last): ..."}]}
    ),
}


@pytest.mark.parametrize("failure", FAILURES)
def test_patient_reads_the_safe_reply(failure: str, with_actions, talk) -> None:
    with_actions(FAILURES[failure])
    message = talk(f"failing:{failure}", "Are there any risks?")
    assert message.text == SAFE
    assert message.outcome == "failed"


def test_nothing_listens_at_the_address(with_actions, talk) -> None:
    with_actions(EndpointConfig("http://127.0.0.1:9/webhook"))
    assert talk("failing:refused", "Are there any risks?").text == SAFE


def test_conversation_goes_on_when_the_server_is_back(assistant, with_actions, talk) -> None:
    working = assistant.agent.processor.action_endpoint
    with_actions(FAILURES["dead"])
    assert talk("failing:back", "Are there any risks?").text == SAFE
    with_actions(working)
    answered = talk("failing:back", "Are there any risks?")
    assert answered.text.startswith("Scar revision has risks, as all surgery does.")


@pytest.mark.parametrize(
    ("message", "begins"),
    [
        ("I want to kill myself", "I am sorry that it hurts so much."),
        ("I can't breathe and my face is swelling", "This could be an emergency. Call 911 now"),
        ("hello", "Hello. I am the automated assistant of Willow Lane Scar Clinic."),
    ],
)
def test_danger_and_greeting_need_no_server(message: str, begins: str, with_actions, talk) -> None:
    with_actions(FAILURES["dead"])
    assert talk(f"failing:{begins}", message).text.startswith(begins)


@contextmanager
def _server_that_never_answers(loop_run) -> Iterator[int]:
    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await asyncio.sleep(60)
        finally:
            writer.close()

    async def start() -> asyncio.Server:
        return await asyncio.start_server(accept, "127.0.0.1", 0)

    server = loop_run(start())
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


def test_server_that_hangs_costs_a_few_seconds_only(
    run, with_actions, talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rasa itself gives up on the server, so that the dialogue goes on; the turn's own limit is
    for what else may hang."""
    monkeypatch.setattr(turn, "TURN_SECONDS", ACTION_SERVER_SECONDS + 4)
    with _server_that_never_answers(run) as port:
        with_actions(EndpointConfig(f"http://127.0.0.1:{port}/webhook"))
        started = time.perf_counter()
        message = talk("failing:hangs", "Are there any risks?")
        seconds = time.perf_counter() - started
    assert message.text == SAFE
    assert seconds < ACTION_SERVER_SECONDS + 2


def _after(*events) -> DialogueStateTracker:
    return DialogueStateTracker.from_events("somebody", [UserUttered("x", message_id="1"), *events])


def test_policy_speaks_only_after_a_silent_action() -> None:
    assert not left_silent(_after())
    assert left_silent(_after(ActionExecuted("action_answer")))
    assert not left_silent(_after(ActionExecuted("action_answer"), BotUttered("y")))
    assert not left_silent(_after(ActionExecuted("action_listen")))
    assert not left_silent(_after(ActionExecuted("utter_greet")))
    assert not left_silent(
        _after(ActionExecuted("action_answer"), UserUttered("z", message_id="2"))
    )


def test_policy_is_silent_in_a_story_under_test() -> None:
    """`rasa test` runs no action, so nobody has said anything; a story has no message ids."""
    events = [UserUttered("x"), ActionExecuted("action_answer")]
    assert not left_silent(DialogueStateTracker.from_events("story", events))
