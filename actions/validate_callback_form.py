"""Fills the slots of the form for a call back, and stores the request after the patient's yes.

A slot takes only what fits it. Every other message gets its reply here, and Rasa's form then asks
for the same slot again.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.forms import REQUESTED_SLOT, FormValidationAction
from sqlalchemy.exc import SQLAlchemyError

from actions.conversation import facets_of, reading_of, said_before, say
from scarwise import callback
from scarwise.callback import CONFIRMED, NAME, PHONE, READERS, SLOTS, TIME
from scarwise.dialogue.callback import beside, left, not_saved, saved
from scarwise.dialogue.compose import load_voice
from scarwise.storage import requests
from scarwise.storage.database import DatabaseSettingError
from scarwise.understanding.thresholds import Thresholds

logger = logging.getLogger(__name__)

Slots = dict[str, Any]
# The form ends, and what it asked for is forgotten.
ENDED: Slots = {**dict.fromkeys(SLOTS), REQUESTED_SLOT: None}
SURE = Thresholds().sure  # a yes that sends something
LIKELY = 0.5  # a no: what was typed can be typed again
LEAVING = (callback.STOP, "deny", "goodbye")


class ValidateCallbackForm(FormValidationAction):
    """One slot a turn: the one that was asked for."""

    def name(self) -> str:
        return "validate_callback_form"

    def extract_callback_name(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> Slots:
        return _said_to(NAME, tracker)

    def extract_callback_phone(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> Slots:
        return _said_to(PHONE, tracker)

    def extract_callback_time(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> Slots:
        return _said_to(TIME, tracker)

    def extract_callback_confirmed(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> Slots:
        return _said_to(CONFIRMED, tracker)

    def validate_callback_name(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> Slots:
        return _taken(NAME, value, dispatcher, tracker)

    def validate_callback_phone(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> Slots:
        return _taken(PHONE, value, dispatcher, tracker)

    def validate_callback_time(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> Slots:
        return _taken(TIME, value, dispatcher, tracker)

    async def validate_callback_confirmed(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> Slots:
        if isinstance(value, str) and _is_asked(CONFIRMED, tracker) and _consents(tracker):
            return await _stored(dispatcher, tracker)
        return _taken(CONFIRMED, value, dispatcher, tracker)


def _intent(tracker: Tracker) -> str | None:
    name = tracker.latest_message["intent"].get("name")
    return name if isinstance(name, str) else None


def _consents(tracker: Tracker) -> bool:
    """Whether the message is a yes without doubt."""
    return _intent(tracker) == "affirm" and reading_of(tracker).confidence >= SURE


def _is_asked(slot: str, tracker: Tracker) -> bool:
    return tracker.get_slot(REQUESTED_SLOT) == slot


def _said_to(slot: str, tracker: Tracker) -> Slots:
    """What the patient said, when it was said to the question for `slot`."""
    return {slot: tracker.latest_message.get("text")} if _is_asked(slot, tracker) else {}


def _taken(slot: str, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker) -> Slots:
    """The slot filled with `value` if it fits; else what was said is answered."""
    if not isinstance(value, str) or not _is_asked(slot, tracker):
        return {slot: None}  # set by other means than an answer to the form's question
    intent = _intent(tracker)
    if intent == callback.INFORM and slot in READERS and (fitting := READERS[slot](value)):
        return {slot: fitting}
    reading = reading_of(tracker)
    if intent in LEAVING and reading.confidence >= LIKELY:
        say(dispatcher, left(load_voice(), reading))
        return ENDED
    reply = beside(load_voice(), slot, value, reading, facets_of(tracker), said_before(tracker))
    kept = say(dispatcher, reply) if reply else []
    return {slot: None} | {event["name"]: event["value"] for event in kept}


async def _stored(dispatcher: CollectingDispatcher, tracker: Tracker) -> Slots:
    """The request committed and its number told, or the patient told that it was not saved."""
    request = callback.request_of(tracker.slots)
    if request is None:  # a part is not what it should be: it is asked for again
        wrong = [slot for slot, read in READERS.items() if not read(tracker.get_slot(slot))]
        return dict.fromkeys([*wrong, CONFIRMED])
    try:
        number = await asyncio.to_thread(requests.store().save, tracker.sender_id, request)
    except (SQLAlchemyError, DatabaseSettingError, OSError) as error:
        logger.error("callback.not_saved error=%s", type(error).__name__)
        say(dispatcher, not_saved(load_voice()))
        return {CONFIRMED: None}
    say(dispatcher, saved(load_voice(), number))
    return dict(ENDED)
