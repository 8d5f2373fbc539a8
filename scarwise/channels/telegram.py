"""Telegram, for general information: verifies who calls, reads what came, hands over what goes out.

    POST /webhooks/telegram/updates   as Telegram sends it -> 200, or 4xx {"error": "..."}

Named in `credentials.yml`; off until its token is set (`docs/messaging.md`). Only chats with one
person are answered. Telegram sends an update again until it reads 200, and nothing else meanwhile:
so what is not for us, and what came before, is answered with 200 too.
"""

from __future__ import annotations

import hmac
import logging
from functools import partial
from typing import Any

import aiohttp
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from rasa.core.channels.channel import InputChannel
from sanic import Blueprint, Request
from sanic.response import HTTPResponse, json
from tenacity import AsyncRetrying, retry_if_exception_type, wait_exponential_jitter

from scarwise.channels.addresses import Addresses
from scarwise.channels.background import Background
from scarwise.channels.delivery import (
    BadAddressError,
    DownError,
    LaterError,
    Line,
    NotSentError,
    OpenError,
    OptedOutError,
    Part,
    RefusedError,
    ThrottledError,
    TooLongError,
)
from scarwise.channels.doorway import RefusedCallError, open_door
from scarwise.channels.identity import load_secret
from scarwise.channels.messaging import Arrival, Attachment
from scarwise.channels.provider_settings import TelegramSettings, telegram_settings
from scarwise.channels.rendering import whole
from scarwise.channels.shared import OnNewMessage
from scarwise.dialogue.message import Message
from scarwise.dialogue.turn import last_check

TELEGRAM = "telegram"
CALL_SECONDS = 10.0
MOST_DATA = 64  # bytes that a button may send
UPDATES = ["message", "callback_query"]
# A command may name the bot, or carry a word: "/start@clinic_bot from-poster".
_COMMANDS = {"/start": "START", "/stop": "STOP", "/help": "HELP"}
_ATTACHMENTS: dict[str, Attachment] = {
    "photo": "photo", "video": "photo", "video_note": "photo", "animation": "photo",
    "voice": "voice", "audio": "voice", "document": "file", "sticker": "sticker",
    "location": "location", "venue": "location", "contact": "contact",
    "poll": "file", "dice": "sticker", "story": "photo", "game": "file", "paid_media": "photo",
}  # fmt: skip
logger = logging.getLogger(__name__)


class Body(BaseModel):
    """Base of what Telegram sends; it adds keys without notice."""

    model_config = ConfigDict(extra="allow", strict=True, frozen=True)


class Chat(Body):
    """Where a message was written."""

    id: int
    type: str


class Keyboard(Body):
    """The buttons below a message."""

    inline_keyboard: list[list[dict[str, Any]]] = []


class Said(Body):
    """One message."""

    chat: Chat
    text: str = ""
    caption: str = ""
    reply_markup: Keyboard | None = None


class Pressed(Body):
    """A button that was pressed, and the message that it stands below."""

    id: str
    data: str = ""
    message: Said | None = None


class Update(Body):
    """One thing that happened; edited messages are among the kinds that are passed over."""

    update_id: int = Field(ge=0)
    message: Said | None = None
    callback_query: Pressed | None = None


def read_update(body: bytes) -> Update:
    """The update in `body`; raises `RefusedCallError` that says what is wrong."""
    try:
        return Update.model_validate_json(body)
    except ValidationError as error:
        place = ".".join(str(step) for step in error.errors(include_input=False)[0]["loc"])
        raise RefusedCallError(
            400, f"The body is no update of Telegram: {place or 'JSON'}."
        ) from None


def read_arrival(update: Update) -> Arrival | None:
    """The message in an update, None when there is none to answer."""
    pressed = update.callback_query
    said = pressed.message if pressed else update.message
    if said is None or said.chat.type != "private":
        return None
    text, payload, attachments = said.text or said.caption, None, _attachments(said)
    if pressed:
        text, payload, attachments = _title(pressed), pressed.data, ()
    command = text.partition(" ")[0].partition("@")[0].lower()
    text = _COMMANDS.get(command, text)
    if not text.strip() and not attachments:
        return None
    return Arrival(
        TELEGRAM, str(said.chat.id), "", str(update.update_id), text, payload, attachments
    )


def _title(pressed: Pressed) -> str:
    markup = pressed.message.reply_markup if pressed.message else None
    for row in markup.inline_keyboard if markup else []:
        for button in row:
            if button.get("callback_data") == pressed.data:
                return str(button.get("text") or "")
    return pressed.data


def _attachments(said: Said) -> tuple[Attachment, ...]:
    sent = said.model_extra or {}
    return tuple(dict.fromkeys(kind for name, kind in _ATTACHMENTS.items() if sent.get(name)))


def show(message: Message) -> list[Part]:
    """`message` whole with its buttons."""
    shown = whole(last_check().voice, message)
    return [Part(shown.text, shown.choices)]


class TelegramProvider:
    """Telegram's bot interface."""

    def __init__(self, settings: TelegramSettings, shared_secret: str) -> None:
        self._settings = settings
        self._secret = shared_secret
        self._session: aiohttp.ClientSession | None = None
        self._background = Background(partial(logger.warning, "telegram.failed error=%s"))

    async def open(self) -> None:
        """Tell Telegram where to call, as soon as it listens."""
        timeout = aiohttp.ClientTimeout(total=CALL_SECONDS)
        self._session = aiohttp.ClientSession(timeout=timeout, trust_env=True)
        self._background.begin(self._set_webhook())

    async def close(self) -> None:
        """Begin no further call."""
        self._background.cancel()
        if self._session:
            await self._session.close()

    def answer(self, pressed: Pressed) -> None:
        """Let the button that was pressed come to rest; nobody waits for it."""
        self._background.begin(self._call("answerCallbackQuery", callback_query_id=pressed.id))

    async def send(self, line: Line, part: Part) -> str:
        """Hand over one part; returns Telegram's id of it."""
        rows = [[{"text": title, "callback_data": sent}] for title, sent in part.choices
                if len(sent.encode()) <= MOST_DATA]  # fmt: skip
        given: dict[str, Any] = {"reply_markup": {"inline_keyboard": rows}} if rows else {}
        result = await self._call(
            "sendMessage", chat_id=int(line.address), text=part.text,
            link_preview_options={"is_disabled": True}, **given,
        )  # fmt: skip
        return str(result.get("message_id", ""))

    async def find(self, *_: Any) -> None:
        """Telegram does not tell what it has taken, so an open part is sent again.

        A reply that comes twice does less harm than a danger reply that never comes.
        """

    async def _set_webhook(self) -> None:
        retrying = AsyncRetrying(
            retry=retry_if_exception_type(LaterError), wait=wait_exponential_jitter(1, 60)
        )
        async for attempt in retrying:
            with attempt:
                await self._call(
                    "setWebhook", url=self._settings.webhook, secret_token=self._secret,
                    allowed_updates=UPDATES, drop_pending_updates=False,
                )  # fmt: skip

    async def _call(self, method: str, **given: Any) -> dict[str, Any]:
        """The result of one method; raises `NotSentError`, which never holds the token."""
        assert self._session is not None, "open() comes first"
        address = f"{self._settings.api_url}/bot{self._settings.token}/{method}"
        try:
            async with self._session.post(address, json=given) as answered:
                told = await answered.json(content_type=None)
        except aiohttp.ClientConnectorError:  # nothing was handed over
            raise DownError("unreachable") from None
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise OpenError(type(error).__name__) from None
        if not isinstance(told, dict) or not told.get("ok"):
            raise told_apart(answered.status, told if isinstance(told, dict) else {})
        result = told.get("result")
        return result if isinstance(result, dict) else {}


def told_apart(status: int, told: dict[str, Any]) -> NotSentError:
    """What Telegram's answer means."""
    why = str(told.get("description") or "").lower()
    if status == 429:
        wait = (told.get("parameters") or {}).get("retry_after") or 0
        return ThrottledError(status, float(wait))
    if status >= 500:
        return OpenError(status)
    if status in (401, 404):
        logger.error("telegram.settings: Telegram refuses the token (%s)", status)
        return DownError(status)
    if status == 403:  # blocked by the user, or the account is gone
        return OptedOutError(status)
    if "too long" in why:
        return TooLongError(status)
    return BadAddressError(status) if "chat not found" in why else RefusedError(status)


class Telegram(InputChannel):
    """Rasa's input channel for Telegram."""

    def __init__(self, settings: TelegramSettings | None) -> None:
        self._settings = settings

    @classmethod
    def name(cls) -> str:
        """Names the channel in addresses and conversation ids."""
        return TELEGRAM

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> InputChannel:
        """The channel as set; raises `ProviderSettingError`."""
        return cls(telegram_settings(credentials))

    def blueprint(self, on_new_message: OnNewMessage) -> Blueprint:
        """The route below `/webhooks/telegram/`; none while the channel is off."""
        door = Blueprint(TELEGRAM)
        if self._settings is None:
            return door
        addresses = Addresses(load_secret())
        shared_secret = addresses.secret_for(f"{TELEGRAM} {self._settings.token}")
        provider = TelegramProvider(self._settings, shared_secret)
        messaging = open_door(door, on_new_message, {TELEGRAM: show}, provider, addresses)

        @door.post("/updates", name="updates")
        async def updates(request: Request) -> HTTPResponse:
            told = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
            if not hmac.compare_digest(told.encode(), shared_secret.encode()):
                raise RefusedCallError(403, "The secret token is missing or not ours.")
            update = read_update(request.body)
            arrival = read_arrival(update)
            if arrival:
                await messaging.arrive(arrival)
            if update.callback_query:
                provider.answer(update.callback_query)
            return json({})

        return door
