"""The web door: the demo page, and the small HTTP interface that it and others talk to.

    POST conversations             -> 201 {"token": "..."}
    POST messages                  -> 200 {"replies": [{"text", "buttons", "outcome"}]}
         Authorization: Bearer <token>
         {"id": "<unique for each message>", "text": "..."}, or "button" instead of "text"

Whatever is refused is told as {"error": "..."}. Named in `credentials.yml`.
"""

from __future__ import annotations

import hashlib
import logging
from json import dumps
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from rasa.core.channels.channel import InputChannel
from sanic import Blueprint, Request
from sanic.exceptions import SanicException
from sanic.response import HTTPResponse, json, raw, redirect

from scarwise import private_logs
from scarwise.channels.identity import ExpiredError, Tokens, load_secret
from scarwise.channels.limits import RateLimit, network_of
from scarwise.channels.openapi import Button, NewToken, Operation, Reply, TurnReplies, describe
from scarwise.channels.page import HEADERS, TYPES, File, load_page
from scarwise.channels.shared import Conversations, OnNewMessage
from scarwise.clinic import load_clinic
from scarwise.dialogue.message import Message
from scarwise.dialogue.turn import TURN_SECONDS, last_check
from scarwise.storage.database import database_url, open_engine
from scarwise.storage.journal import Journal

MOST_BYTES = 16 * 1024
MOST_MESSAGES = 20  # of one conversation in ten seconds
DAY = 24 * 3600
PROXY_HEADERS = ("x-forwarded-for", "forwarded", "x-real-ip")
logger = logging.getLogger(__name__)


class Body(BaseModel):
    """Base of all bodies: strict types, no unknown keys."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class NewConversation(Body):
    """There is nothing to say yet: an empty body or an empty object."""


class Said(Body):
    """One message of the patient: something typed, or a button that was offered."""

    model_config = ConfigDict(
        json_schema_extra={
            "oneOf": [
                {"required": [name], "properties": {name: {"type": "string"}}}
                for name in ("text", "button")
            ]
        }
    )

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


OPERATIONS = (
    Operation(
        "POST", "/conversations", "Begins a conversation", 201, NewToken,
        body=NewConversation, body_required=False, refusals=(400, 413, 429),
    ),
    Operation(
        "POST", "/messages", "Takes a message and replies", 200, TurnReplies,
        body=Said, token=True, refusals=(400, 401, 409, 413, 429),
    ),
    Operation("GET", "/", "The demo page", 200, "text/html"),
    *(
        Operation("GET", f"/{name}", "A file of the demo page", 200, kind.partition(";")[0])
        for name, kind in TYPES.items()
    ),
    Operation("GET", "/openapi.json", "This description", 200, "application/json"),
)  # fmt: skip


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


def _as_json(message: Message) -> dict[str, Any]:
    buttons = [Button(title=title, payload=payload) for title, payload in message.buttons]
    return Reply(text=message.text, buttons=buttons, outcome=message.outcome).model_dump()


def _description(server: str) -> File:
    body = dumps(describe(OPERATIONS, server), indent=2).encode()
    return File(body, "application/json")


def _bearer(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


class WebChat(InputChannel):
    """Rasa's input channel for the web."""

    def __init__(self, secret: bytes | None = None) -> None:
        clinic = load_clinic()
        self._days = clinic.keep_days
        self._tokens = Tokens(secret or load_secret(), self.name(), self._days)
        self._messages = RateLimit(MOST_MESSAGES, seconds=10)
        self._of_address = RateLimit(clinic.limits.messages_in_10_seconds, seconds=10)
        self._chats_an_hour = RateLimit(clinic.limits.new_chats_an_hour, seconds=3600)
        self._chats_a_day = RateLimit(clinic.limits.new_chats_a_day, seconds=DAY)
        self._told_of_proxy = False
        self._journal = Journal(open_engine(database_url()))
        self._page: dict[str, File] = {}

    @classmethod
    def name(cls) -> str:
        """Names the channel in addresses, conversation ids and records."""
        return "webchat"

    def blueprint(self, on_new_message: OnNewMessage) -> Blueprint:
        """The routes below `/webhooks/webchat/`."""
        door = Blueprint("webchat")
        conversations = Conversations(on_new_message, self._journal, self.name())

        @door.before_server_start
        async def prepare(app: Any) -> None:
            private_logs.show_turns()
            app.config.REQUEST_MAX_SIZE = MOST_BYTES
            # The last of many messages sent at once waits for the turns of all the others.
            app.config.RESPONSE_TIMEOUT = MOST_MESSAGES * TURN_SECONDS
            self._page = load_page(last_check().voice.texts)
            # Sanic's own handler answers a wrong method with a page, and some headers with a 500.
            app.error_handler.add(Exception, _refuse)
            self._page["openapi.json"] = _description(f"/webhooks/{self.name()}")

        @door.after_server_start
        async def resume(app: Any) -> None:
            app.add_task(conversations.resume())

        @door.get("/", name="page")
        async def page(request: Request) -> HTTPResponse:
            if not request.path.endswith("/"):  # the page's own files are named relative to it
                return redirect(f"{request.path}/", status=308)
            return self._send_file("")

        @door.get("/<name:str>", name="file")
        async def file(_: Request, name: str) -> HTTPResponse:
            return self._send_file(name)

        @door.post("/conversations", name="conversations")
        async def begin(request: Request) -> HTTPResponse:
            read_body(request.body or b"{}", NewConversation)
            address = self._address(request)
            self._hold_back(self._chats_an_hour, address, "too_many_chats")
            self._hold_back(self._chats_a_day, address, "too_many_chats")
            return json({"token": self._tokens.issue()}, status=201)

        @door.post("/messages", name="messages")
        async def messages(request: Request) -> HTTPResponse:
            sender = self._sender(request)
            said = read_body(request.body, Said)
            address = self._address(request)
            return json({"replies": await self._replies(conversations, sender, said, address)})

        door.exception(Exception)(_refuse)
        door.on_response(_add_headers)
        return door

    def _send_file(self, name: str) -> HTTPResponse:
        found = self._page.get(name)
        if found is None:
            raise RefusedError(404, "There is no such file here.")
        return raw(found.body, content_type=found.content_type)

    def _sender(self, request: Request) -> str:
        """The conversation that the request's token opens."""
        begin = "begin a new one with POST conversations."
        why = f"The token is missing or not valid here: {begin}"
        try:
            sender = self._tokens.sender(_bearer(request))
        except ExpiredError:
            sender, why = None, f"This chat has ended: it is {self._days} days old; {begin}"
        if sender is None:
            raise RefusedError(401, why, {"WWW-Authenticate": "Bearer"})
        return sender

    def _address(self, request: Request) -> str:
        """Whose limits the request counts for: the peer, or who Sanic's proxy settings say."""
        unknown = not request.remote_addr and any(one in request.headers for one in PROXY_HEADERS)
        if unknown and network_of(request.ip).startswith("127.") and not self._told_of_proxy:
            self._told_of_proxy = True
            logger.warning(
                "Requests come through a proxy, and all of them count as one address: "
                "set SANIC_PROXIES_COUNT or SANIC_REAL_IP_HEADER (see the README)."
            )
        return network_of(request.client_ip)

    @staticmethod
    def _hold_back(limit: RateLimit, key: str, text: str) -> None:
        seconds = limit.wait(key)
        if seconds:
            why = last_check().voice.texts.say(text)
            raise RefusedError(429, why, {"Retry-After": str(seconds)})

    async def _replies(
        self, conversations: Conversations, sender: str, said: Said, address: str
    ) -> list[Any]:
        """The replies to `said`; a message that came before is not taken again."""

        def admit() -> None:
            self._hold_back(self._messages, sender, "too_fast")
            self._hold_back(self._of_address, address, "too_busy")

        mark = self._tokens.mark(sender, said.id)
        digest = hashlib.sha256(said.words.encode()).hexdigest()
        entry = await conversations.turn(
            sender, mark, digest, said.words, said.words, said.id, admit
        )
        if entry.digest != digest:
            raise RefusedError(409, '"id" was used before; give every message an id of its own.')
        return [_as_json(one) for one in map(Message.from_response, entry.replies or ()) if one]


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
