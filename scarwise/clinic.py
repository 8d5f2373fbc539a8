"""The clinic that the assistant speaks for: its name, numbers and addresses (`clinic.yml`)."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator

from scarwise import places
from scarwise.datafile import Schema, read_yaml
from scarwise.knowledge.base import Serve

Country = Literal["US", "UK", "CA", "AU", "IE", "IN", "EU"]


class Numbers(Schema):
    """Whom to call: an emergency, a crisis of the soul, somebody who hurts you."""

    emergency: str
    crisis: str
    abuse: str


# 988 Lifeline, Samaritans, Lifeline Australia, Tele-MANAS; national helplines against violence at
# home; 116 123 and 116 016 are the numbers reserved across the European Union. Canada has no
# single national abuse line: 211 leads to the local one.
NUMBERS: dict[Country, Numbers] = {
    "US": Numbers(emergency="911", crisis="988", abuse="1-800-799-7233"),
    "UK": Numbers(emergency="999", crisis="116 123", abuse="0808 2000 247"),
    "CA": Numbers(emergency="911", crisis="988", abuse="211"),
    "AU": Numbers(emergency="000", crisis="13 11 14", abuse="1800 737 732"),
    "IE": Numbers(emergency="112", crisis="116 123", abuse="1800 341 900"),
    "IN": Numbers(emergency="112", crisis="14416", abuse="181"),
    "EU": Numbers(emergency="112", crisis="116 123", abuse="116 016"),
}


class OwnNumbers(Schema):
    """Numbers that the clinic sets itself; those left out are its country's."""

    emergency: str | None = None
    crisis: str | None = None
    abuse: str | None = None


class Limits(Schema):
    """How much one address may ask; people in one building often share an address."""

    messages_in_10_seconds: int = Field(100, ge=1)
    new_chats_an_hour: int = Field(60, ge=1)
    new_chats_a_day: int = Field(200, ge=1)


def _website(address: str) -> str:
    """The website as browsers name it: the scheme and the host, nothing after it."""
    found = address.strip().lower().removesuffix("/")
    here = r"http://(?:localhost|127\.0\.0\.1)"
    if not re.fullmatch(rf"(?:https://[a-z0-9.-]+|{here})(?::\d{{1,5}})?", found):
        raise ValueError(
            f"{address!r} is no website; write it like https://www.clinic.example, without a path"
        )
    return found


class Clinic(Schema):
    """The clinic's settings, every one checked."""

    name: str
    demo: bool
    country: Country
    phone: str
    booking: str
    address: str
    hours: str
    parking: str = ""
    privacy: str
    serve: Serve = "signed"
    websites: tuple[str, ...] = ()  # that may show the chat
    keep_days: int = Field(30, ge=1, le=3650)
    keep_unanswered: bool = True
    limits: Limits = Limits()
    numbers: OwnNumbers = OwnNumbers()

    @field_validator("name", "address", "hours")
    @classmethod
    def _says_something(cls, value: str) -> str:
        if not value.strip():
            raise ValueError("is empty; patients read it, so fill it in")
        return value.strip()

    @field_validator("phone")
    @classmethod
    def _is_phone(cls, value: str) -> str:
        if not re.fullmatch(r"\+?[\d ().-]+", value) or sum(c.isdigit() for c in value) < 7:
            raise ValueError('is no phone number; write it like "+1 212 555 0142", in quotes')
        return value

    @field_validator("booking", "privacy")
    @classmethod
    def _is_address(cls, value: str) -> str:
        if not re.fullmatch(r"https?://[^\s{}]+", value):
            raise ValueError("is no web address; begin it with https://")
        return value

    @field_validator("websites")
    @classmethod
    def _are_websites(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(_website(one) for one in value)

    @property
    def emergency_numbers(self) -> Numbers:
        """The country's numbers, or the clinic's own where it has set them."""
        own = self.numbers.model_dump(exclude_none=True)
        return NUMBERS[self.country].model_copy(update=own)

    def values(self) -> dict[str, str]:
        """What fills the placeholders of fixed texts."""
        details = self.model_dump(
            include={"phone", "booking", "address", "hours", "parking", "privacy"}
        )
        kept = {"keep_days": str(self.keep_days)}
        return {"clinic_name": self.name, **details, **kept, **self.emergency_numbers.model_dump()}


@lru_cache
def load_clinic(path: Path | None = None) -> Clinic:
    """The clinic's settings; raises `FaultyDataError` naming the setting and the mend."""
    return read_yaml(path or places.CLINIC, Clinic)
