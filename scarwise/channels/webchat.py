"""The web door: the demo page, and the small HTTP interface that it and others talk to.

    POST conversations             -> 201 {"token": "..."}
    POST messages                  -> 200 {"replies": [{"text", "buttons", "outcome"}]}
         Authorization: Bearer <token>
         {"id": "<unique for each message>", "text": "..."}, or "button" instead of "text"

Whatever is refused is told as {"error": "..."}. Named in `credentials.yml`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from sanic import Blueprint, Request
from sanic.exceptions import SanicException
from sanic.response import HTTPResponse, json, raw, redirect

from scarwise.channels.identity import Tokens, load_secret
from scarwise.channels.limits import RateLimit
from scarwise.channels.once import Turns
from scarwise.channels.page import HEADERS, File, load_page
from scarwise.dialogue.message import Message
from scarwise.dialogue.turn import TURN_SECONDS, last_check

MOST_BYTES = 16 * 1024
MOST_MESSAGES = 20  # of one conversation in ten seconds
logger = logging.getLogger(__name__)

OnNewMessage = Callable[[UserMessage], Awaitable[Any]]


class Body(BaseModel):
    """Base of all bodies: strict types, no unknown keys."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class NewConversation(Body):
    """There is nothing to say yet: an empty body or an empty object."""


class Said(Body):
    """One message of the patient: something typed, or a button that was offered."""

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
    text: str | None = None
    button: Annotated[str, Field(min_length=1)] | None = None

    @model_validator(mode="after")
    def _has_one_of_both(self) -> Said:
        if (self.text is None) == (self.button is None):
            raise ValueError('must hold either "text" or "button"')
        return self

    @property
    def words(self) -> str:
        """What goes to the assistant."""
        return self.text if self.text is not None else self.button or ""


class RefusedError(Exception):
    """A request that is refused: the status, and an error text that names the mend."""

    def __init__(self, status: int, why: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(why)
        self.status = status
        self.why = why
        self.headers = headers or {}


Shape = TypeVar("Shape", bound=Body)

_MENDS = {
    "missing": "is missing; add it",
    "string_pattern_mismatch": "must be 1 to 64 letters, digits, - or _",
    "string_type": "must be text in quotes",
    "string_too_short": "is empty",
}


def read_body(body: bytes, shape: type[Shape]) -> Shape:
    """The JSON `body` as `shape`; raises `RefusedError` that says what is wrong with it."""
    try:
        return shape.model_validate_json(body)
    except ValidationError as error:
        problem = error.errors(include_url=False, include_context=False)[0]
    if problem["type"] == "json_invalid":
        raise RefusedError(400, "The body is not JSON in UTF-8: send one JSON object.")
    if problem["type"] == "model_type":
        raise RefusedError(400, "The body must be one JSON object, such as {...}.")
    if problem["type"] == "extra_forbidden":  # the client's own key is not repeated back
        known = ", ".join(f'"{name}"' for name in shape.model_fields) or "none"
        raise RefusedError(400, f"A key is not known here: take it out. Known keys: {known}.")
    place = f'"{problem["loc"][0]}"' if problem["loc"] else "The message"
    said = _MENDS.get(problem["type"], problem["msg"].removeprefix("Value error, "))
    raise RefusedError(400, f"{place} {said}.")


class Replies(OutputChannel):
    """Collects the whole messages of one turn."""

    keeps_paragraphs = True

    def __init__(self) -> None:
        self.messages: list[Message] = []

    @classmethod
    def name(cls) -> str:
        """The channel's name."""
        return WebChat.name()

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Keep one message; the last check has passed it."""
        known = Message.from_response(message)
        if known:
            self.messages.append(known)


def _as_json(message: Message) -> dict[str, Any]:
    response = message.as_response()
    return {"text": message.text, "buttons": response["buttons"], "outcome": message.outcome}


def _bearer(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


class WebChat(InputChannel):
    """Rasa's input channel for the web."""

    def __init__(self, secret: bytes | None = None) -> None:
        self._tokens = Tokens(secret or load_secret(), self.name())
        self._messages = RateLimit(MOST_MESSAGES, seconds=10)
        self._conversations = RateLimit(most=60, seconds=3600)
        self._turns = Turns()
        self._page: dict[str, File] = {}

    @classmethod
    def name(cls) -> str:
        """Names the channel in addresses, conversation ids and records."""
        return "webchat"

    def blueprint(self, on_new_message: OnNewMessage) -> Blueprint:
        """The routes below `/webhooks/webchat/`."""
        door = Blueprint("webchat")

        @door.before_server_start
        async def prepare(app: Any) -> None:
            app.config.REQUEST_MAX_SIZE = MOST_BYTES
            # The last of many messages sent at once waits for the turns of all the others.
            app.config.RESPONSE_TIMEOUT = MOST_MESSAGES * TURN_SECONDS
            self._page = load_page(last_check().voice.texts)

        @door.get("/", name="page")
        async def page(request: Request) -> HTTPResponse:
            if not request.path.endswith("/"):  # the page's own files are named relative to it
                return redirect(f"{request.path}/", status=308)
            return self._send_file("")

        @door.get("/<name:str>", name="file")
        async def file(_: Request, name: str) -> HTTPResponse:
            return self._send_file(name)

        @door.post("/conversations", name="conversations")
        async def conversations(request: Request) -> HTTPResponse:
            read_body(request.body or b"{}", NewConversation)
            self._hold_back(self._conversations, request.client_ip)
            return json({"token": self._tokens.issue()}, status=201)

        @door.post("/messages", name="messages")
        async def messages(request: Request) -> HTTPResponse:
            sender = self._tokens.sender(_bearer(request))
            if sender is None:
                raise RefusedError(
                    401,
                    "The token is missing or not valid here: begin with POST conversations.",
                    {"WWW-Authenticate": "Bearer"},
                )
            said = read_body(request.body, Said)
            return json({"replies": await self._replies(on_new_message, sender, said)})

        door.exception(Exception)(_refuse)
        door.on_response(_add_headers)
        return door

    def _send_file(self, name: str) -> HTTPResponse:
        found = self._page.get(name)
        if found is None:
            raise RefusedError(404, "There is no such file here.")
        return raw(found.body, content_type=found.content_type)

    @staticmethod
    def _hold_back(limit: RateLimit, key: str) -> None:
        seconds = limit.wait(key)
        if seconds:
            why = last_check().voice.texts.say("too_fast")
            raise RefusedError(429, why, {"Retry-After": str(seconds)})

    async def _replies(self, on_new_message: OnNewMessage, sender: str, said: Said) -> list[Any]:
        """The replies to `said`; a message that came before is not taken again."""
        turn = self._turns.find(sender, said.id)
        if turn is None:
            self._hold_back(self._messages, sender)
            reply = self._take(on_new_message, sender, said)
            turn = self._turns.begin(sender, said.id, hash(said.words), reply)
        elif turn.said != hash(said.words):
            raise RefusedError(409, '"id" was used before; give every message an id of its own.')
        # A client that goes away must not stop the turn: its action may have been done already.
        return await asyncio.shield(turn.reply)

    async def _take(self, on_new_message: OnNewMessage, sender: str, said: Said) -> list[Any]:
        """One turn; there is always a reply."""
        channel = Replies()
        message = UserMessage(
            said.words, channel, sender, input_channel=self.name(), message_id=said.id
        )
        try:
            await on_new_message(message)
        except Exception as error:  # the patient must not meet what went wrong in here
            logger.error("webchat.failed sender=%s error=%s", sender, type(error).__name__)
        replies = channel.messages or [last_check().safe_reply()]
        return [_as_json(reply) for reply in replies]


async def _refuse(_: Request, error: Exception) -> HTTPResponse:
    """The error as JSON; what went wrong in here is not shown."""
    if isinstance(error, RefusedError):
        return json({"error": error.why}, status=error.status, headers=error.headers)
    if not isinstance(error, SanicException):
        logger.error("webchat.error error=%s", type(error).__name__)
        return json({"error": "Something went wrong here. Please try again."}, status=500)
    why = str(error)
    if error.status_code == 413:
        why = f"The body is larger than {MOST_BYTES // 1024} KB: send the text alone."
    return json({"error": why}, status=error.status_code)


async def _add_headers(_: Request, response: HTTPResponse) -> None:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
