"""Anybody sees the door for text messages without an account: a pretend phone in the browser."""

from __future__ import annotations

import json
import re
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from .running import Home, Serving, free_port, until

_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@pytest.fixture(scope="module")
def phone(home: Home) -> Iterator[str]:
    """The address of the pretend phone."""
    serving = Serving(home, free_port(), "--sms-demo")
    news = until(lambda: serving.log.read_text().partition("The pretend phone: ")[2], 5, "it")
    assert news.strip() == f"http://127.0.0.1:{serving.port + 1}/"
    yield news.strip()
    assert serving.stop() == 0


def got(address: str, body: Any = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    with _DIRECT.open(address, data, timeout=20) as answered:
        return json.loads(answered.read())


def screen(phone: str, channel: str, count: int) -> list[dict[str, Any]]:
    """What stands on the phone, once it is `count` messages."""

    def come() -> list[dict[str, Any]]:
        shown = got(f"{phone}messages?channel={channel}")["messages"]
        return shown if len(shown) >= count else []

    return until(come, 30, f"{count} messages")


def test_the_page_and_all_that_it_names_are_served(phone: str) -> None:
    with _DIRECT.open(phone, timeout=20) as answered:
        page = answered.read().decode()
    named = re.findall(r'(?:href|src)="([^"]+)"', page)
    assert named == ["icon.svg", "phone.css", "phone.js"]
    for name in named:
        with _DIRECT.open(phone + name, timeout=20) as answered:
            assert answered.read()


def test_a_talk_by_sms(phone: str) -> None:
    got(f"{phone}say", {"channel": "sms", "text": "Are there any risks?"})
    shown = screen(phone, "sms", 3)
    assert [one["mine"] for one in shown] == [True, False, False]
    assert shown[2]["text"].startswith("Scar revision has risks, as all surgery does.")
    assert shown[2]["note"] == "3 SMS segments"
    got(f"{phone}say", {"channel": "sms", "text": "2"})
    assert screen(phone, "sms", 5)[4]["text"].startswith("After scar revision, the color")
    got(f"{phone}say", {"channel": "sms", "media": "image/jpeg"})
    assert screen(phone, "sms", 7)[6]["text"].startswith("I cannot look at photos or videos.")
    got(f"{phone}again", {})
    assert got(f"{phone}messages?channel=sms") == {"messages": []}


def test_a_talk_by_whatsapp(phone: str) -> None:
    got(f"{phone}say", {"channel": "whatsapp", "text": "How much does it cost?"})
    button = screen(phone, "whatsapp", 3)[2]["buttons"][0]
    assert button == {"title": "Insurance", "id": "/insurance"}
    pressed = {"channel": "whatsapp", "text": button["title"], "payload": button["id"]}
    got(f"{phone}say", pressed)
    assert screen(phone, "whatsapp", 5)[4]["text"].startswith("I cannot say if your plan pays.")


def test_the_page_takes_nothing_from_elsewhere(phone: str) -> None:
    with _DIRECT.open(phone, timeout=20) as answered:
        page = answered.read().decode()
        assert "default-src 'none'" in answered.headers["Content-Security-Policy"]
    assert "Willow Lane Scar Clinic" in page and "This is a demo." in page
    assert "http" not in page.replace("http-equiv", "") and "{" not in page
    for name in ("phone.js", "phone.css"):
        with _DIRECT.open(phone + name, timeout=20) as answered:
            assert b"http" not in answered.read()
