"""A request for a call back: what belongs to one, and what counts as a name, a phone, a time.

Pure, and the one place that says so: the understanding asks it whether a message is nothing but a
value, the form's validator takes values through it, and the last check lets through what it allows.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from scarwise import places
from scarwise.datafile import read_yaml
from scarwise.understanding.normalize import QUOTES, normalize

FORM = "callback_form"
NAME, PHONE, TIME, CONFIRMED = (
    "callback_name",
    "callback_phone",
    "callback_time",
    "callback_confirmed",
)
SLOTS = (NAME, PHONE, TIME, CONFIRMED)

# Intents that only buttons and the form itself set.
ASK, RESUME, STOP, INFORM = "ask_for_callback", "resume_callback", "stop_callback", "inform"
INTENTS = (ASK, RESUME, STOP, INFORM)

MOST_NAME_CHARACTERS = 60
FEWEST_DIGITS, MOST_DIGITS = 7, 15
FEWEST_TO_TRY = 3
TIMES = ("Morning", "Afternoon", "Any time")

# What may be shown back to the patient, and nothing else.
_LETTER = r"[^\W\d_]"
NAME_PATTERN = (
    rf"(?!.*{_LETTER}{{2}}\.{_LETTER})"  # "J.R. Lee" is a name, "example.org" is not
    rf"{_LETTER}(?:{_LETTER}|[ .'-]){{0,{MOST_NAME_CHARACTERS - 1}}}"
)
PHONE_PATTERN = (
    rf"[+(]{{0,2}}[0-9](?:[ ()-]{{0,3}}[0-9]){{{FEWEST_DIGITS - 1},{MOST_DIGITS - 1}}}\)?"
)
TIME_PATTERN = "|".join(TIMES)

_MY_NAME_IS = re.compile(
    r"(?:(?:and )?my (?:full )?name(?: is|'s|:)|name(?: is|:)) ", re.IGNORECASE
)
_I_AM = re.compile(r"(?:i am|i'm|im|it is|it's|its|this is|call me) ", re.IGNORECASE)
_MY_NUMBER_IS = re.compile(
    r"(?:(?:my |the )?(?:phone |cell |mobile |tel(?:ephone)? )?(?:number|phone|cell|mobile)"
    r"(?: number)?(?: is|'s|:)?|it is|it's|its|call me (?:on|at)|ring me on|tel|phone):? ?",
    re.IGNORECASE,
)
_TIME_WORDS = {
    "Morning": ("morning", "mornings", "am", "a.m"),
    "Afternoon": ("afternoon", "afternoons", "pm", "p.m"),
    "Any time": (
        "any", "any time", "anytime", "whenever", "no preference", "either", "both", "all day",
        "not sure", "i do not mind", "i don't mind", "i dont mind", "don't mind", "dont mind",
        "it does not matter", "it doesn't matter", "doesn't matter",
    ),
}  # fmt: skip
_TIME_OF = {word: time for time, words in _TIME_WORDS.items() for word in words}
_LEADS_TO_TIME = re.compile(r"^(?:in |during )?(?:the |any )?(?=morning|afternoon)")
_TIME_TALK = re.compile(
    r"\b(?:(?:mon|tues|wednes|thurs|fri|satur|sun)days?|today|tonight|tomorrow|week ?days?|"
    r"weekends?|weeks?|any ?day|mornings?|afternoons?|evenings?|nights?|noon|lunch(?:time)?|"
    r"early|late|later|o'?clock|after work|before work|\d{1,2}(?::\d\d)? ?(?:am|pm)?)\b",
    re.IGNORECASE,
)
_QUESTION = re.compile(
    r"\?|\b(?:how|what|when|where|who|why|which|can|could|do|does|is|are|should|will)\b",
    re.IGNORECASE,
)
_STOP = re.compile(
    r"(?:no,? )?(?:please )?(?:"
    r"(?:cancel|stop|quit|exit|leave|end|abort|skip|forget)(?: (?:it|this|that|about it|now|asking|"
    r"(?:(?:the|this|my) )?(?:form|request|call(?: ?back)?(?: request)?)))?"
    r"|never ?mind|no longer (?:wanted|needed|interested)|not interested"
    r"|i (?:do not|don't|dont|no longer) (?:want|need) (?:it|this|that|to|"
    r"(?:a|the|this) (?:call(?: ?back)?|form|request))(?: any ?more| any longer| now)?"
    r"|i(?:'ve| have)? changed my mind|no call(?: ?back)?|do not call(?: me)?|don't call(?: me)?"
    r")(?: please| thanks| thank you)?[.!]*",
    re.IGNORECASE,
)
_YES = re.compile(
    r"(?:yes,? )?(?:please )?(?:send(?: it| that| this)?(?: now)?|correct|that is right|"
    r"that's right|thats right|all correct|looks right)(?: please)?[.!]*",
    re.IGNORECASE,
)
_NO = re.compile(
    r"(?:no,? )?(?:do not|don't|dont) send(?: it| that| this)?[.!]*"
    r"|(?:no,? )?(?:that|this|it)(?: is|'s)? (?:wrong|not right|not correct)[.!]*"
    r"|wrong(?: name| number| phone| time)?[.!]*|i made a mistake[.!]*|go back[.!]*"
    r"|(?:please )?change (?:it|(?:the |my )?(?:name|phone|number|phone number|time))[.!]*",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Request:
    """Whom to call, where, and when; every part checked."""

    name: str
    phone: str
    time: str


def request_of(slots: Mapping[str, Any]) -> Request | None:
    """The request that the slots hold, None when a part is missing or not what it should be."""
    parts = [reader(slots.get(slot)) for slot, reader in READERS.items()]
    return Request(*(part for part in parts if part)) if all(parts) else None


def read_name(text: object) -> str | None:
    """The name that `text` gives, None when it is no name by its letters."""
    found = _one_line(text)
    if found is None:
        return None
    lead = _MY_NAME_IS.match(found) or _I_AM.match(found)
    found = found[lead.end() :] if lead else found
    found = found.strip(" ,;")
    found = found[:-1] if found.endswith(".") and " " not in found[-3:] else found
    is_name = re.fullmatch(NAME_PATTERN, found) and len(found) > 1
    only_letters = all(one.isalpha() or one in " .'-" for one in found)  # a pattern takes "²" too
    return found if is_name and only_letters else None


def says_name(text: str) -> bool:
    """Whether `text` says in words that it is a name."""
    found = _one_line(text)
    return found is not None and _MY_NAME_IS.match(found) is not None


def read_phone(text: object) -> str | None:
    """The phone number that `text` gives, None when it is none."""
    found = _phone_characters(text)
    return found if found and re.fullmatch(PHONE_PATTERN, found) else None


def read_time(text: object) -> str | None:
    """The time that `text` chooses, None when it chooses none of the three."""
    found = _one_line(text)
    if found is None:
        return None
    plain = found.lower().rstrip(".!").removesuffix(" please")
    return _TIME_OF.get(_LEADS_TO_TIME.sub("", plain))


READERS = {NAME: read_name, PHONE: read_phone, TIME: read_time}


def fault_of(slot: str, text: str) -> str:
    """The fixed text that tells kindly why `text` does not fit `slot`."""
    if slot == NAME:
        found = _one_line(text) or ""
        return "callback_long_name" if len(found) > MOST_NAME_CHARACTERS else "callback_bad_name"
    if slot == PHONE:
        digits = _digits(normalize(text))
        if _phone_characters(text) and digits < FEWEST_DIGITS:
            return "callback_short_phone"
        return "callback_long_phone" if digits > MOST_DIGITS else "callback_bad_phone"
    return "callback_bad_time" if slot == TIME else "callback_not_clear"


def tries(slot: object, text: str) -> bool:
    """Whether `text` tries to give what `slot` asks for, though it may not fit."""
    if slot == PHONE:
        return _digits(normalize(text)) >= FEWEST_TO_TRY and "?" not in text
    return slot == TIME and bool(_TIME_TALK.search(text)) and not _QUESTION.search(text)


def wants_to_stop(text: str) -> bool:
    """Whether `text` says nothing but that the call back is no longer wanted."""
    return _STOP.fullmatch(_one_line(text) or "") is not None


def read_consent(text: str) -> bool | None:
    """What `text` says to "may I send it" in words of its own; None when it leaves that open."""
    found = _one_line(text) or ""
    if _NO.fullmatch(found):
        return False
    return True if _YES.fullmatch(found) else None


@lru_cache
def given_names() -> frozenset[str]:
    """Given names and titles in lower case: they tell "Will Burn" from "burn scars"."""
    groups = read_yaml(places.DATA / "given_names.yml", dict[str, str])
    return frozenset(name for names in groups.values() for name in names.split())


def _one_line(text: object) -> str | None:
    """The text as it is to be kept: composed letters, plain quotes, single spaces."""
    if not isinstance(text, str):
        return None
    return " ".join(unicodedata.normalize("NFC", text.translate(QUOTES)).split())


def _phone_characters(text: object) -> str | None:
    """The number without the words before it, None when other characters stand in it."""
    found = _one_line(text)
    if found is None:
        return None
    lead = _MY_NUMBER_IS.match(found)
    number = unicodedata.normalize("NFKC", found[lead.end() :] if lead else found).strip(" .,;:")
    number = re.sub(r"(?<=[0-9)])[./–](?=[0-9(])", "-", number)
    return number if re.fullmatch(r"[0-9+() -]+", number) else None


def _digits(text: str) -> int:
    return sum(character in "0123456789" for character in text)
