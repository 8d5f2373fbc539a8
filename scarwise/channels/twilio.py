"""SMS and WhatsApp by Twilio: verifies who calls, reads what came, and hands over what goes out.

    POST /webhooks/twilio/messages   as Twilio sends it -> 200 <Response/>, or 4xx {"error": "..."}

Named in `credentials.yml`; off until its settings are there (`docs/messaging.md`).
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import re
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import parse_qsl

import requests
import urllib3
from multidict import MultiDict
from rasa.core.channels.channel import InputChannel
from sanic import Blueprint, Request
from sanic.response import HTTPResponse, text
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.request_validator import RequestValidator, get_signature_algorithm
from twilio.rest import Client
from twilio.rest.content.v1.content import ContentList
from twilio.twiml.messaging_response import MessagingResponse

from scarwise import callback
from scarwise.channels.addresses import Addresses
from scarwise.channels.delivery import (
    BadAddressError,
    DownError,
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
from scarwise.channels.messaging import Arrival, Attachment, Show
from scarwise.channels.opting_out import Keyword
from scarwise.channels.provider_settings import TwilioSettings, twilio_settings
from scarwise.channels.rendering import numbered, paged, sms_pages, whole
from scarwise.channels.shared import OnNewMessage
from scarwise.dialogue.message import Message
from scarwise.dialogue.turn import last_check

SMS, WHATSAPP = "sms", "whatsapp"
CALL_SECONDS = 10.0
AT_ONCE = 16  # calls of Twilio
MOST_FIELDS = 200
MOST_CHARACTERS = 1600
MOST_WITH_BUTTONS, MOST_QUICK, QUICK_CHARACTERS, LIST_CHARACTERS = 1024, 3, 20, 24
LOOK_BACK = timedelta(minutes=2)  # Twilio's clock may differ from ours
LISTED = 50
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_SID = re.compile(r"(?:SM|MM)[0-9a-fA-F]{32}")
_OPTED_OUT, _TOO_LONG = {21610}, {21617, 21605}
_BAD_ADDRESS = {21211, 21214, 21217, 21265, 21604, 21614}
_THROTTLED = {14107, 20429, 63018}
_KEYWORDS: dict[str, Keyword] = {"STOP": "stop", "START": "start", "HELP": "help"}
_KINDS: tuple[tuple[str, Attachment], ...] = (
    ("image/webp", "sticker"), ("image/", "photo"), ("video/", "photo"), ("audio/", "voice"),
    ("text/vcard", "contact"), ("text/x-vcard", "contact"),
)  # fmt: skip
Result = TypeVar("Result")
logger = logging.getLogger(__name__)


def read_form(body: bytes) -> MultiDict[str]:
    """The fields of a form; raises `RefusedCallError` when it is none that Twilio would send."""
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=MOST_FIELDS,
        )
    except ValueError:  # not ASCII, not UTF-8 below it, or too many fields
        raise RefusedCallError(403, "The body is no form that Twilio could have signed.") from None
    return MultiDict(pairs)


def read_arrival(form: Mapping[str, str], settings: TwilioSettings) -> Arrival:
    """The message in a verified form; raises `RefusedCallError` that says what is wrong."""
    if form.get("AccountSid") != settings.account_sid:
        raise RefusedCallError(403, "AccountSid is another account's.")
    message_id = form.get("MessageSid") or form.get("SmsMessageSid") or ""
    if not _SID.fullmatch(message_id):
        raise RefusedCallError(400, "MessageSid is missing or no id of a message.")
    ours, theirs = form.get("To", ""), form.get("From", "")
    channel = WHATSAPP if theirs.startswith("whatsapp:") else SMS
    if not _E164.fullmatch(theirs.removeprefix("whatsapp:")):
        raise RefusedCallError(400, "From is no phone number that can be answered.")
    number = settings.whatsapp_number if channel == WHATSAPP else settings.sms_number
    if number is None or ours.removeprefix("whatsapp:") != number:
        logger.error("twilio.other_number: a message came to a number that is not in the settings")
        raise RefusedCallError(403, "To is not the number that the settings name.")
    payload = form.get("ButtonPayload") or form.get("ListId") or None
    title = form.get("ButtonText") or form.get("ListTitle") if payload else None
    return Arrival(
        channel, theirs, ours, message_id, title or form.get("Body", ""), payload,
        _attachments(form), _KEYWORDS.get(form.get("OptOutType", "").upper()),
    )  # fmt: skip


def _attachments(form: Mapping[str, str]) -> tuple[Attachment, ...]:
    count = form.get("NumMedia") or "0"
    if not re.fullmatch(r"[0-9]{1,2}", count):
        raise RefusedCallError(400, "NumMedia is no number.")
    found: list[Attachment] = []
    for index in range(int(count)):
        sent = form.get(f"MediaContentType{index}", "").lower()
        found.append(next((kind for start, kind in _KINDS if sent.startswith(start)), "file"))
    if form.get("Latitude") and form.get("Longitude"):
        found.append("location")
    return tuple(found)


def show_sms(message: Message) -> list[Part]:
    """The pages of `message` as SMS."""
    return [Part(page) for page in sms_pages(last_check().voice, message)]


def show_whatsapp(message: Message) -> list[Part]:
    """`message` whole with its buttons; in pages where it is longer than WhatsApp takes."""
    voice = last_check().voice
    shown = whole(voice, message)
    if message.slot == callback.CONFIRMED:  # what the patient gave must not become a template
        return [Part(numbered(voice, shown.text, shown.choices))]
    if len(numbered(voice, shown.text, shown.choices)) <= MOST_CHARACTERS:
        return [Part(shown.text, shown.choices)]
    return [Part(page) for page in paged(voice, message, lambda page: len(page) <= MOST_CHARACTERS)]


SHOWS: dict[str, Show] = {SMS: show_sms, WHATSAPP: show_whatsapp}


class TwilioProvider:
    """Twilio's REST interface."""

    def __init__(self, settings: TwilioSettings) -> None:
        http = TwilioHttpClient(timeout=CALL_SECONDS)
        self._client = Client(settings.account_sid, settings.auth_token, http_client=http)
        if settings.api_url:
            self._client.api.base_url = settings.api_url
            self._client.content.base_url = settings.api_url
        # Threads of its own: while Twilio is slow, the database must not wait for a thread.
        self._threads = ThreadPoolExecutor(AT_ONCE, "twilio")
        self._contents: dict[str, str] | None = None

    async def open(self) -> None:
        """There is nothing to begin: Twilio's console holds the address to call."""

    async def close(self) -> None:
        """Begin no further call."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def send(self, line: Line, part: Part) -> str:
        """Hand over one part; returns Twilio's id of it."""
        content = await self._in_thread(self._content, line, part)
        if content:
            given: dict[str, Any] = {"content_sid": content}
        else:
            given = {"body": _body(part)}
        create = self._client.messages.create
        sent = await self._in_thread(
            lambda: _called(lambda: create(to=line.address, from_=line.ours, **given))
        )
        return str(sent.sid)

    async def find(self, line: Line, part: Part, since: datetime, known: set[str]) -> str | None:
        """The id of a message with these words that Twilio took after `since`."""
        ask = self._client.messages.list
        try:
            listed = await self._in_thread(
                lambda: _called(lambda: ask(to=line.address, from_=line.ours, limit=LISTED))
            )
        except NotSentError as error:
            raise DownError(error.code) from None
        bodies = {_body(part).strip(), part.text.strip()}
        for one in listed:
            created = one.date_created or datetime.now(UTC)
            new = one.sid not in known and created >= since - LOOK_BACK
            if new and (one.body or "").strip() in bodies:
                return str(one.sid)
        return None

    async def _in_thread(self, call: Callable[..., Result], *given: Any) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._threads, call, *given)

    def _content(self, line: Line, part: Part) -> str | None:
        """The id of the template that shows `part` with buttons, made at its first use.

        None: it goes out as text with numbers, as on SMS, and where no template can be made.
        """
        types = _buttons(part) if line.channel == WHATSAPP else None
        if types is None:
            return None
        name = "scarwise_" + hashlib.sha256(json.dumps(types).encode()).hexdigest()[:32]
        contents = self._client.content.v1.contents
        request = {"friendly_name": name, "language": "en", "variables": {}, "types": types}
        try:
            if self._contents is None:
                listed = _called(lambda: contents.list(limit=5000))
                self._contents = {one.friendly_name: one.sid for one in listed}
            if name not in self._contents:
                body = ContentList.ContentCreateRequest(request)
                self._contents[name] = _called(lambda: contents.create(body)).sid
        except NotSentError as error:
            logger.warning("twilio.no_buttons error=%s", error)
            return None
        return self._contents[name]


def _body(part: Part) -> str:
    return numbered(last_check().voice, part.text, part.choices)


def _buttons(part: Part) -> dict[str, Any] | None:
    """The template's types: quick replies, else a list; None where neither can show the part."""
    if not part.choices or len(part.text) > MOST_WITH_BUTTONS:
        return None
    longest = max(len(title) for title, _ in part.choices)
    if len(part.choices) <= MOST_QUICK and longest <= QUICK_CHARACTERS:
        actions = [{"type": "QUICK_REPLY", "title": title, "id": sent}
                   for title, sent in part.choices]  # fmt: skip
        return {"twilio/quick-reply": {"body": part.text, "actions": actions}}
    if longest <= LIST_CHARACTERS:
        items = [{"item": title, "id": sent, "description": None} for title, sent in part.choices]
        button = last_check().voice.texts.say("choose_button")
        return {"twilio/list-picker": {"body": part.text, "button": button, "items": items}}
    return None


def _called(call: Callable[[], Result]) -> Result:
    """The result of a call of Twilio; raises the `NotSentError` that tells what went wrong."""
    try:
        return call()
    except TwilioRestException as error:
        raise told_apart(error.status, error.code) from None
    except requests.exceptions.ConnectionError as error:
        reason = getattr(error.args[0] if error.args else None, "reason", None)
        if isinstance(reason, urllib3.exceptions.NewConnectionError):  # nothing was handed over
            raise DownError("unreachable") from None
        raise OpenError("cut") from None
    except (requests.exceptions.RequestException, TwilioException, ValueError) as error:
        raise OpenError(type(error).__name__) from None


def told_apart(status: int, code: int | None) -> NotSentError:
    """What Twilio's answer means."""
    told = code or status
    for codes, kind in (
        (_OPTED_OUT, OptedOutError), (_TOO_LONG, TooLongError), (_BAD_ADDRESS, BadAddressError),
        (_THROTTLED, ThrottledError),
    ):  # fmt: skip
        if code in codes:
            return kind(told)
    if status == 429:
        return ThrottledError(told)
    if status >= 500:  # it may have been taken before that
        return OpenError(told)
    if status in (401, 403, 404) and code not in (21408, 21612):
        logger.error("twilio.settings: Twilio refuses account or token (%s)", told)
        return DownError(told)
    return RefusedError(told)


class Twilio(InputChannel):
    """Rasa's input channel for Twilio."""

    def __init__(self, settings: TwilioSettings | None) -> None:
        self._settings = settings

    @classmethod
    def name(cls) -> str:
        """Names the channel in addresses."""
        return "twilio"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> InputChannel:
        """The channel as set; raises `ProviderSettingError`."""
        return cls(twilio_settings(credentials))

    def blueprint(self, on_new_message: OnNewMessage) -> Blueprint:
        """The route below `/webhooks/twilio/`; none while the channel is off."""
        door = Blueprint("twilio")
        if self._settings is None:
            return door
        settings = self._settings
        provider, addresses = TwilioProvider(settings), Addresses(load_secret())
        messaging = open_door(door, on_new_message, SHOWS, provider, addresses)
        validator = RequestValidator(settings.auth_token)

        @door.post("/messages", name="messages")
        async def messages(request: Request) -> HTTPResponse:
            form = read_form(request.body)
            url = settings.webhook + (f"?{request.query_string}" if request.query_string else "")
            algorithm = get_signature_algorithm(
                request.headers.get("X-Twilio-Webhooks-Signature-Settings")
            )
            signature = request.headers.get("X-Twilio-Signature", "")
            if not validator.validate(url, form, signature, algorithm):
                raise RefusedCallError(403, "The signature is missing or not Twilio's.")
            if not await messaging.arrive(read_arrival(form, settings)):
                raise RefusedCallError(403, "This message came before.")
            return text(str(MessagingResponse()), content_type="text/xml")

        return door
