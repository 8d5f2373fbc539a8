"""A messaging channel is off without settings, and a wrong one is told with its mend at start."""

from __future__ import annotations

from pathlib import Path

import pytest

from scarwise import places
from scarwise.channels.provider_settings import (
    ProviderSettingError,
    check,
    telegram_settings,
    twilio_settings,
)

TWILIO = {
    "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "TWILIO_AUTH_TOKEN": "1" * 32,
    "TWILIO_SMS_NUMBER": "+12125550100",
    "SCARWISE_PUBLIC_URL": "https://chat.clinic.example",
}
NAMES = ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_SMS_NUMBER", "TWILIO_WHATSAPP_NUMBER",
         "TWILIO_API_URL", "TELEGRAM_TOKEN", "TELEGRAM_API_URL", "SCARWISE_PUBLIC_URL")  # fmt: skip


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


def test_a_fresh_clone_has_no_messaging() -> None:
    assert check(places.HOME / "credentials.yml") == (None, None)


def test_a_public_address_alone_switches_nothing_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCARWISE_PUBLIC_URL", "https://chat.clinic.example")
    assert (twilio_settings(), telegram_settings()) == (None, None)


def test_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in TWILIO.items():
        monkeypatch.setenv(name, value)
    found = twilio_settings()
    assert found.webhook == "https://chat.clinic.example/webhooks/twilio/messages"
    assert (found.sms_number, found.whatsapp_number) == ("+12125550100", None)


def test_from_the_file_and_the_environment_counts_before_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "credentials.yml"
    file.write_text(
        "scarwise.channels.telegram.Telegram:\n"
        '  token: "123456:ABCDEFGHIJKLMNOPQRSTU"\n'
        "  public_url: https://one.example/\n"
    )
    assert check(file)[1].webhook == "https://one.example/webhooks/telegram/updates"
    monkeypatch.setenv("SCARWISE_PUBLIC_URL", "https://two.example")
    assert check(file)[1].webhook == "https://two.example/webhooks/telegram/updates"


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("TWILIO_ACCOUNT_SID", "", "TWILIO_ACCOUNT_SID (account_sid in credentials.yml) is "
         "missing, and other settings of twilio are there: set it too, or take the others out."),
        ("TWILIO_ACCOUNT_SID", "SK123", "TWILIO_ACCOUNT_SID (account_sid in credentials.yml) must "
         "be AC and 32 letters or digits, as on the console's first page."),
        ("TWILIO_AUTH_TOKEN", "secret", "TWILIO_AUTH_TOKEN (auth_token in credentials.yml) must be "
         "the 32 letters or digits below the account SID on the same page."),
        ("TWILIO_SMS_NUMBER", "212 555 0100", "TWILIO_SMS_NUMBER (sms_number in credentials.yml) "
         'must be a phone number in the form "+12125550142", in quotes.'),
        ("TWILIO_SMS_NUMBER", "", "TWILIO_SMS_NUMBER (sms_number in credentials.yml) and "
         "TWILIO_WHATSAPP_NUMBER are both missing: set the number that patients write to."),
        ("SCARWISE_PUBLIC_URL", "", "SCARWISE_PUBLIC_URL (public_url in credentials.yml) is "
         "missing, and other settings of twilio are there: set it too, or take the others out."),
        ("SCARWISE_PUBLIC_URL", "https://clinic.example/chat", "SCARWISE_PUBLIC_URL (public_url in "
         "credentials.yml) must be the address by which the provider reaches this server, such as "
         "https://chat.clinic.example, without a path."),
        ("SCARWISE_PUBLIC_URL", "http://clinic.example", "SCARWISE_PUBLIC_URL (public_url in "
         "credentials.yml) must begin with https://."),
        ("TWILIO_API_URL", "none", "TWILIO_API_URL (api_url in credentials.yml) must be the "
         "address of a stand-in for Twilio; leave it out."),
    ],
)  # fmt: skip
def test_wrong_settings(name: str, value: str, told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for known, usual in {**TWILIO, name: value}.items():
        monkeypatch.setenv(known, usual)
    with pytest.raises(ProviderSettingError) as raised:
        twilio_settings()
    assert str(raised.value).startswith(told)
    assert value == "" or value not in str(raised.value)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ({"acount_sid": "AC1"}, "credentials.yml: twilio.acount_sid is not known; take it out, or "
         "use one of account_sid, auth_token, sms_number, whatsapp_number, api_url, public_url."),
        ({"sms_number": 12125550100}, "credentials.yml: twilio.sms_number must be text; put it in "
         "quotes."),
        ("AC1", "credentials.yml: twilio must hold names and values."),
    ],
)  # fmt: skip
def test_wrong_file(content: object, told: str) -> None:
    with pytest.raises(ProviderSettingError) as raised:
        twilio_settings(content)
    assert str(raised.value) == told


def test_wrong_token_of_telegram(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_TOKEN", "abc")
    with pytest.raises(ProviderSettingError) as raised:
        telegram_settings()
    assert str(raised.value).startswith(
        "TELEGRAM_TOKEN (token in credentials.yml) must be the token that BotFather gave, such as "
        "123456:ABC-def."
    )


def test_a_wrong_setting_stops_the_start(home) -> None:
    ran = home.scarwise("run", TWILIO_ACCOUNT_SID="AC1")
    assert ran.returncode == 1
    assert ran.stderr == (
        "scarwise: TWILIO_ACCOUNT_SID (account_sid in credentials.yml) must be AC and 32 letters "
        "or digits, as on the console's first page. docs/messaging.md tells how, step by step.\n"
    )
