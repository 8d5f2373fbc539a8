"""The whole assistant in one process, without ports: the same guard, understanding, rules, actions
and last check as in production.

Used by `scarwise replay` and by the tests.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import structlog
from rasa.core.agent import Agent
from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.utils.endpoints import EndpointConfig
from rasa_sdk.executor import ActionExecutor

from scarwise import places
from scarwise.dialogue.message import Message
from scarwise.storage import requests

NLG = "scarwise.dialogue.nlg.FixedTextNLG"


class LocalActions(EndpointConfig):
    """An action endpoint that runs the project's actions in this process."""

    def __init__(self) -> None:
        super().__init__(url="http://in-process")
        requests.use(requests.in_memory())  # what is replayed is no request to the clinic
        self._executor = ActionExecutor()
        self._executor.register_package("actions")

    async def request(self, *args: Any, **kwargs: Any) -> Any:
        """Run the action that Rasa asks for, as the action server would."""
        return await self._executor.run(kwargs["json"])


class NoModelError(RuntimeError):
    """There is no trained model; the message names the mend."""


def quiet_logs() -> None:
    """Let nothing below a warning be logged: Rasa's debug logs carry patients' words."""
    logging.getLogger().setLevel(logging.WARNING)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))


class Assistant:
    """The assistant, loaded once; every conversation has an id of its own."""

    def __init__(self, models: Path | None = None, actions: EndpointConfig | None = None) -> None:
        quiet_logs()
        folder = models or places.MODELS
        if not list(folder.glob("*.tar.gz")):
            raise NoModelError(f"There is no model in {places.shown(folder)}: run `make train`.")
        self.agent = Agent.load(
            str(folder),
            action_endpoint=actions or LocalActions(),
            generator=EndpointConfig(type=NLG),
        )

    async def say(self, sender: str, text: object, channel: OutputChannel | None = None) -> Message:
        """One turn of the conversation `sender`: what the patient reads in reply to `text`."""
        message = UserMessage(text, channel, sender)  # type: ignore[arg-type]
        sent = await self.agent.handle_message(message)
        replies = [Message.from_response(one) for one in sent or []]
        known = [one for one in replies if one is not None]
        if len(known) == 1:
            return known[0]
        first, text = known[0], "\n\n".join(one.text for one in known)
        note = next((one.note for one in known if one.note), None)
        buttons = known[-1].buttons
        return Message(text, first.outcome, first.topics, first.offered, buttons, note=note)
