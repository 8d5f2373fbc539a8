"""The web door: the HTTP interface of the chat, the files that a website embeds, the demo page.

    POST   conversations           {"consent": true}                    -> 201 {"token", ...}
    POST   messages                {"id", "text"} or {"id", "button"}   -> 200 a turn
    GET    messages?after=n                                             -> 200 the turns after n
    POST   feedback                {"number", "helped", "reason"}       -> 204
    DELETE conversation                                                 -> 204
    POST   suggestions             {"typed"}                            -> 200, without a token
    GET    settings                                                     -> 200, without a token

The others need `Authorization: Bearer <token>`. Whatever is refused is told as {"error": "..."};
`openapi.json` describes all of it. Named in `credentials.yml`.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Awaitable, Callable
from functools import lru_cache, partial, wraps
from itertools import takewhile
from json import dumps
from typing import Any

from pydantic import BaseModel
from rasa.core.channels.channel import InputChannel
from sanic import Blueprint, Request
from sanic.exceptions import SanicException
from sanic.response import HTTPResponse, empty, json, raw, redirect
from sqlalchemy.exc import SQLAlchemyError

from scarwise import private_logs
from scarwise.channels.bodies import (
    Conversation,
    Feedback,
    NewConversation,
    NewToken,
    RefusedError,
    Said,
    Settings,
    Suggestion,
    Suggestions,
    Turns,
    Typed,
    read_body,
)  # fmt: skip
from scarwise.channels.identity import ExpiredError, Tokens, load_secret
from scarwise.channels.limits import RateLimit, network_of
from scarwise.channels.openapi import OPERATIONS, describe
from scarwise.channels.origins import cross_origin_headers, may_come_from, preflight_headers
from scarwise.channels.page import HEADERS, LASTING, LOADER, NOT_BUILT, File, load_page, load_widget
from scarwise.channels.rich_reply import RichReplies
from scarwise.channels.shared import Conversations, OnNewMessage, unkept
from scarwise.channels.type_ahead import TypeAhead
from scarwise.channels.web_turns import WebTurns, messages_of, turn_of
from scarwise.clinic import load_clinic
from scarwise.dialogue.compose import Voice, load_voice
from scarwise.dialogue.turn import TURN_SECONDS, last_check
from scarwise.knowledge.suggestions import load_suggestions
from scarwise.storage.database import database_url, open_engine
from scarwise.storage.feedback import FeedbackStore
from scarwise.storage.journal import Journal

MOST_BYTES = 16 * 1024
MOST_MESSAGES = 20  # of one conversation in ten seconds
MOST_READS = 100  # of one conversation in ten seconds, feedback and deleting included
SUGGESTIONS_A_MESSAGE = 5  # how often a typing patient asks for them
DAY = 24 * 3600
LANGUAGE = "en"  # of the answers
PROXY_HEADERS = ("x-forwarded-for", "forwarded", "x-real-ip")
ENDPOINTS = ("conversations", "messages", "conversation", "feedback", "suggestions", "settings")
logger = logging.getLogger(__name__)

Handler = Callable[[Request], Awaitable[HTTPResponse]]


def _description(server: str) -> File:
    return File(dumps(describe(OPERATIONS, server), indent=2).encode(), "application/json")


def _bearer(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _sent(answer: BaseModel, status: int = 200) -> HTTPResponse:
    return json(answer.model_dump(), status=status)


def _after(request: Request) -> int:
    """Which turn the client has already."""
    number = request.args.get("after", "0")
    if not (number.isascii() and number.isdecimal() and len(number) < 10):
        raise RefusedError(400, '"after" must be the number of a turn, or 0 for all of them.')
    return int(number)


def _digest(said: Said) -> str:
    return hashlib.sha256(dumps([said.text, said.button]).encode()).hexdigest()


def can_answer(voice: Voice) -> list[str]:
    """Topics to which a patient would get an answer today."""
    return [
        topic.id
        for topic in voice.topics.values()
        if topic.source in (None, "clinic") or voice.knowledge.find(topic.id, {})
    ]


@lru_cache(maxsize=1)
def type_ahead_of(today: Voice) -> TypeAhead:
    """What finds the questions that can be answered today."""
    return TypeAhead(load_suggestions(), today.topics, can_answer(today))


class WebChat(InputChannel):
    """Rasa's input channel for the web."""

    _chats: Conversations
    _turns: WebTurns
    _settings: Settings

    def __init__(self, secret: bytes | None = None) -> None:
        clinic = load_clinic()
        self._days = clinic.keep_days
        self._websites = clinic.websites
        self._tokens = Tokens(secret or load_secret(), self.name(), self._days)
        limits = clinic.limits
        self._of_chat = RateLimit(MOST_MESSAGES, seconds=10)
        self._of_address = RateLimit(limits.messages_in_10_seconds, seconds=10)
        self._reads = RateLimit(MOST_READS, seconds=10)
        self._typing = RateLimit(limits.messages_in_10_seconds * SUGGESTIONS_A_MESSAGE, seconds=10)
        self._chats_an_hour = RateLimit(limits.new_chats_an_hour, seconds=3600)
        self._chats_a_day = RateLimit(limits.new_chats_a_day, seconds=DAY)
        self._told_of_proxy = False
        engine = open_engine(database_url())
        self._journal = Journal(engine)
        self._feedback = FeedbackStore(engine)
        self._files: dict[str, File] = {}

    @classmethod
    def name(cls) -> str:
        """Names the channel in addresses, conversation ids and records."""
        return "webchat"

    def blueprint(self, on_new_message: OnNewMessage) -> Blueprint:
        """The routes below `/webhooks/webchat/`."""
        door = Blueprint("webchat")
        self._chats = Conversations(on_new_message, self._journal, self.name())

        @door.before_server_start
        async def prepare(app: Any) -> None:
            private_logs.show_turns()
            app.config.REQUEST_MAX_SIZE = MOST_BYTES
            # The last of many messages sent at once waits for the turns of all the others.
            app.config.RESPONSE_TIMEOUT = MOST_MESSAGES * TURN_SECONDS
            self._prepare(last_check().voice)
            # Sanic's own handler answers a wrong method with a page, and some headers with a 500.
            app.error_handler.add(Exception, _refuse)

        @door.after_server_start
        async def resume(app: Any) -> None:
            app.add_task(self._chats.resume())

        routes: tuple[tuple[str, str, Handler], ...] = (
            ("POST", "conversations", self._begin),
            ("POST", "messages", self._say),
            ("GET", "messages", self._restore),
            ("DELETE", "conversation", self._forget),
            ("POST", "feedback", self._judge),
            ("POST", "suggestions", self._suggest),
            ("GET", "settings", self._tell),
        )
        for method, path, handler in routes:
            door.add_route(
                self._checked(handler), f"/{path}", [method], name=f"{method.lower()}_{path}"
            )
        for path in ENDPOINTS:
            door.add_route(
                self._checked(_preflight), f"/{path}", ["OPTIONS"], name=f"options_{path}"
            )
        door.add_route(self._show_page, "/", ["GET"], name="page")
        door.add_route(self._send_file, "/<name:str>", ["GET"], name="file")
        door.exception(Exception)(_refuse)

        @door.on_response
        async def add_headers(request: Request, response: HTTPResponse) -> None:
            self._add_headers(request, response)

        return door

    def _prepare(self, voice: Voice) -> None:
        """Read once what does not change while the server runs."""
        self._files = {
            **load_page(voice.texts),
            **load_widget(),
            "openapi.json": _description(f"/webhooks/{self.name()}"),
        }
        rich = RichReplies(voice)
        self._turns = WebTurns(self._tokens, rich)
        questions = load_suggestions()
        clinic = voice.texts.clinic
        emergency, crisis = rich.phones(["emergency", "crisis"])
        self._settings = Settings(
            clinic=clinic.name, phone=clinic.phone, booking=clinic.booking, privacy=clinic.privacy,
            emergency=emergency, crisis=crisis, demo=clinic.demo, language=LANGUAGE,
            keep_days=self._days,
            starters=[questions[one] for one in voice.texts.offers("greet") if one in questions],
        )  # fmt: skip

    # Who may

    def _checked(self, handler: Handler) -> Handler:
        """`handler` for allowed websites alone; it says so when the database is down."""

        @wraps(handler)
        async def checked(request: Request) -> HTTPResponse:
            if not self._is_allowed(request):
                raise RefusedError(
                    403, "This website may not show the chat: add it to `websites` in clinic.yml."
                )
            try:
                return await handler(request)
            except SQLAlchemyError as error:
                logger.error("webchat.database error=%s", type(error).__name__)
                why = "This cannot be done right now: try again in a few minutes."
                raise RefusedError(503, why, {"Retry-After": "10"}) from None

        return checked

    def _is_allowed(self, request: Request) -> bool:
        return may_come_from(request.headers.get("origin"), request.host, self._websites)

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

    def _reader(self, request: Request) -> str:
        """The same, for what asks nothing of the assistant."""
        sender = self._sender(request)
        self._hold_back(self._reads, sender, "too_fast")
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

    # What can be asked

    async def _begin(self, request: Request) -> HTTPResponse:
        read_body(request.body, NewConversation)
        address = self._address(request)
        self._hold_back(self._chats_an_hour, address, "too_many_chats")
        self._hold_back(self._chats_a_day, address, "too_many_chats")
        token = self._tokens.issue()
        expires = self._tokens.expires_at(token).isoformat()
        return _sent(NewToken(token=token, conversation=Conversation(expires_at=expires)), 201)

    async def _say(self, request: Request) -> HTTPResponse:
        sender = self._sender(request)
        said = read_body(request.body, Said)
        address = self._address(request)

        def admit() -> None:
            self._hold_back(self._of_chat, sender, "too_fast")
            self._hold_back(self._of_address, address, "too_busy")

        mark, digest = self._tokens.mark(sender, said.id), _digest(said)
        entry = self._chats.last_words(sender, mark)  # its button is no longer on offer
        if entry is None:
            try:
                shown, text = await self._input(sender, said)
            except SQLAlchemyError:
                return _sent(self._turns.turn(unkept(sender, mark, digest, "", client_id=said.id)))
            entry = await self._chats.turn(sender, mark, digest, shown, text, said.id, admit)
        if entry.digest != digest:
            raise RefusedError(409, '"id" was used before; give every message an id of its own.')
        return _sent(self._turns.turn(entry))

    async def _restore(self, request: Request) -> HTTPResponse:
        sender, after = self._reader(request), _after(request)
        entries = await asyncio.to_thread(self._journal.entries, sender)
        # One that is under way, and what waits behind it, the client gets next time.
        done = list(takewhile(lambda one: one.replies is not None, entries))
        turns = [self._turns.turn(one) for one in done if one.number > after]
        return _sent(Turns(turns=turns, last=done[-1].number if done else 0))

    async def _forget(self, request: Request) -> HTTPResponse:
        await self._chats.forget(self._reader(request))
        return empty()

    async def _judge(self, request: Request) -> HTTPResponse:
        sender = self._reader(request)
        given = read_body(request.body, Feedback)
        entries = await asyncio.to_thread(self._journal.entries, sender, given.number - 1)
        if not entries or entries[0].number != given.number:
            raise RefusedError(404, '"number" is that of no turn of this chat.')
        answers = [one for reply in messages_of(entries[0]) for one in reply.record()["said"]]
        keep = partial(
            self._feedback.give, sender, given.number, answers, given.helped, given.reason
        )
        await asyncio.to_thread(keep)
        return empty()

    async def _suggest(self, request: Request) -> HTTPResponse:
        typed = read_body(request.body, Typed).typed
        self._hold_back(self._typing, self._address(request), "too_busy")
        found = [Suggestion(text=one) for one in type_ahead_of(load_voice()).find(typed)]
        return _sent(Suggestions(suggestions=found))

    async def _tell(self, _: Request) -> HTTPResponse:
        return _sent(self._settings)

    async def _input(self, sender: str, said: Said) -> tuple[str, str]:
        """What the patient sees as said, and what goes to the assistant."""
        if said.button is None:
            return said.text or "", said.text or ""
        number = turn_of(said.button)
        if number:
            entries = await asyncio.to_thread(self._journal.entries, sender, number - 1)
            found = self._turns.pressed(entries, said.button)
            if found:
                return found
        raise RefusedError(400, '"button" is none of this chat: send the id of one on offer.')

    # Files

    async def _show_page(self, request: Request) -> HTTPResponse:
        if not request.path.endswith("/"):  # the page's own files are named relative to it
            return redirect(f"{request.path}/", status=308)
        return await self._send_file(request, "")

    async def _send_file(self, request: Request, name: str) -> HTTPResponse:
        found = self._files.get(name)
        if found is None:
            missing = name.startswith(LOADER.removesuffix(".js")) and name.endswith(".js")
            raise RefusedError(404, NOT_BUILT if missing else "There is no such file here.")
        headers = dict(found.headers)
        if "v" in request.args and "ETag" in headers:
            headers["Cache-Control"] = LASTING
        if headers.get("ETag") and request.headers.get("if-none-match") == headers["ETag"]:
            return empty(304, headers)
        return raw(found.body, content_type=found.content_type, headers=headers)

    def _add_headers(self, request: Request, response: HTTPResponse) -> None:
        origin = request.headers.get("origin")
        cross_origin = cross_origin_headers(origin, self._is_allowed(request))
        for name, value in {**HEADERS, **cross_origin}.items():
            response.headers.setdefault(name, value)


async def _preflight(_: Request) -> HTTPResponse:
    """A browser asks what a page of another website may send."""
    return empty(headers=preflight_headers())


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
