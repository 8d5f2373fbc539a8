"""The settings of the messaging channels: from the environment, or from `credentials.yml`.

A channel without any setting is off. One that is set by half, or wrongly, stops the start with a
message that names the setting and the mend. Loads neither Rasa nor a provider's library.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

PUBLIC_URL = "SCARWISE_PUBLIC_URL"
TWILIO, TELEGRAM = "scarwise.channels.twilio.Twilio", "scarwise.channels.telegram.Telegram"
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
HOW = "docs/messaging.md tells how, step by step."


class ProviderSettingError(ValueError):
    """A messaging channel cannot be used as set; the message names the setting and the mend."""


@dataclass(frozen=True)
class TwilioSettings:
    """What Twilio's console shows, and where Twilio reaches this server."""

    account_sid: str
    auth_token: str
    public_url: str
    sms_number: str | None
    whatsapp_number: str | None
    api_url: str | None = None  # of a stand-in; None: Twilio's own

    @property
    def webhook(self) -> str:
        """The address that Twilio calls, as it stands in its console."""
        return f"{self.public_url}/webhooks/twilio/messages"


@dataclass(frozen=True)
class TelegramSettings:
    """The bot's token, and where Telegram reaches this server."""

    token: str
    public_url: str
    api_url: str = "https://api.telegram.org"

    @property
    def webhook(self) -> str:
        """The address that Telegram calls; told to it at every start."""
        return f"{self.public_url}/webhooks/telegram/updates"


class _Reader:
    """Reads the settings of one channel; the environment counts before the file."""

    def __init__(self, channel: str, variables: Mapping[str, str], file: Any) -> None:
        if file is not None and not isinstance(file, dict):
            raise ProviderSettingError(f"credentials.yml: {channel} must hold names and values.")
        content = file or {}
        unknown = sorted(set(map(str, content)) - set(variables))
        if unknown:
            raise ProviderSettingError(
                f"credentials.yml: {channel}.{unknown[0]} is not known; take it out, or use one of "
                f"{', '.join(variables)}."
            )
        self._channel = channel
        self._variables = variables
        self._values: dict[str, str] = {}
        for name, variable in variables.items():
            value = os.environ.get(variable, "").strip() or content.get(name)
            if value is not None and not isinstance(value, str):
                raise ProviderSettingError(
                    f"credentials.yml: {channel}.{name} must be text; put it in quotes."
                )
            if value and value.strip():
                self._values[name] = value.strip()

    def has_any(self, *names: str) -> bool:
        return any(name in self._values for name in names)

    def read(self, name: str, pattern: str, mend: str) -> str | None:
        """The setting in the form of `pattern`, None when it is not set."""
        value = self._values.get(name)
        if value is not None and not re.fullmatch(pattern, value):
            raise ProviderSettingError(f"{self._place(name)} {mend} {HOW}")
        return value

    def need(self, name: str, pattern: str, mend: str) -> str:
        """As `read`, for what the channel cannot do without."""
        value = self.read(name, pattern, mend)
        if value is None:
            raise ProviderSettingError(
                f"{self._place(name)} is missing, and other settings of {self._channel} are there: "
                f"set it too, or take the others out. {HOW}"
            )
        return value

    def public_url(self) -> str:
        """Where the provider reaches this server, without a slash at its end."""
        mend = ("must be the address by which the provider reaches this server, such as "
                "https://chat.clinic.example, without a path.")  # fmt: skip
        url = self.need("public_url", r"https?://[^\s/?#]+/?", mend).rstrip("/")
        if url.startswith("http://") and urlsplit(url).hostname not in _LOOPBACK:
            raise ProviderSettingError(f"{self._place('public_url')} must begin with https://.")
        return url

    def _place(self, name: str) -> str:
        return f"{self._variables[name]} ({name} in credentials.yml)"


_URL = r"https?://[^\s?#]+"
_NUMBER = r"\+[1-9][0-9]{6,14}"
_NUMBER_MEND = 'must be a phone number in the form "+12125550142", in quotes.'


def twilio_settings(file: Any = None) -> TwilioSettings | None:
    """The settings of SMS and WhatsApp; None: they are off. Raises `ProviderSettingError`."""
    own = {
        "account_sid": "TWILIO_ACCOUNT_SID",
        "auth_token": "TWILIO_AUTH_TOKEN",
        "sms_number": "TWILIO_SMS_NUMBER",
        "whatsapp_number": "TWILIO_WHATSAPP_NUMBER",
        "api_url": "TWILIO_API_URL",
    }
    reader = _Reader("twilio", {**own, "public_url": PUBLIC_URL}, file)
    if not reader.has_any(*own):
        return None
    sid_mend = "must be AC and 32 letters or digits, as on the console's first page."
    token_mend = "must be the 32 letters or digits below the account SID on the same page."
    settings = TwilioSettings(
        reader.need("account_sid", r"AC[0-9a-fA-F]{32}", sid_mend),
        reader.need("auth_token", r"[0-9a-fA-F]{32}", token_mend),
        reader.public_url(),
        reader.read("sms_number", _NUMBER, _NUMBER_MEND),
        reader.read("whatsapp_number", _NUMBER, _NUMBER_MEND),
        reader.read("api_url", _URL, "must be the address of a stand-in for Twilio; leave it out."),
    )
    if settings.sms_number is None and settings.whatsapp_number is None:
        raise ProviderSettingError(
            "TWILIO_SMS_NUMBER (sms_number in credentials.yml) and TWILIO_WHATSAPP_NUMBER are both "
            f"missing: set the number that patients write to. {HOW}"
        )
    return settings


def telegram_settings(file: Any = None) -> TelegramSettings | None:
    """The settings of Telegram; None: it is off. Raises `ProviderSettingError`."""
    own = {"token": "TELEGRAM_TOKEN", "api_url": "TELEGRAM_API_URL"}
    reader = _Reader("telegram", {**own, "public_url": PUBLIC_URL}, file)
    if not reader.has_any(*own):
        return None
    token_mend = "must be the token that BotFather gave, such as 123456:ABC-def."
    api_url = reader.read("api_url", _URL, "must be the address of a stand-in; leave it out.")
    return TelegramSettings(
        reader.need("token", r"[0-9]{3,20}:[A-Za-z0-9_-]{20,100}", token_mend),
        reader.public_url(),
        (api_url or TelegramSettings.api_url).rstrip("/"),
    )


def check(credentials: Path) -> tuple[TwilioSettings | None, TelegramSettings | None]:
    """The settings of the channels that `credentials` names; raises `ProviderSettingError`."""
    try:
        content = YAML(typ="safe").load(credentials.read_text(encoding="utf-8")) or {}
    except (OSError, UnicodeDecodeError, YAMLError) as error:
        kind = type(error).__name__
        raise ProviderSettingError(
            f"{credentials.name} cannot be read ({kind}): mend it."
        ) from None
    twilio = twilio_settings(content[TWILIO]) if TWILIO in content else None
    telegram = telegram_settings(content[TELEGRAM]) if TELEGRAM in content else None
    return twilio, telegram
