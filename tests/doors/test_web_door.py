"""The web door as its clients meet it: the page, conversations, and everything that is refused."""

from __future__ import annotations

import base64
import json
import os
import re
import socket
import subprocess
import threading
import time
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scarwise import places
from scarwise.channels.identity import Tokens

from .running import DOOR, Chat, Home, Serving, request, until

PHONE = "+1 212 555 0142"
RISKS = "Scar revision has risks, as all surgery does."
PROMPT = f"Please talk with a doctor about your own scar. Call Willow Lane Scar Clinic at {PHONE}"


@pytest.fixture(scope="module")
def serving(home: Home) -> Iterator[Serving]:
    serving = Serving(home)
    yield serving
    assert serving.stop() == 0, serving.log.read_text()


@pytest.fixture(scope="module")
def port(serving: Serving) -> int:
    return serving.port


@pytest.fixture
def chat(port: int) -> Chat:
    return Chat(port)


@pytest.fixture(scope="module")
def shared_chat(port: int) -> Chat:
    """One conversation for what is refused, so that few are begun."""
    return Chat(port)


# The page


def test_the_page_says_what_it_is(port: int) -> None:
    page = request(port, "GET", "")
    text = page.body.decode()
    assert page.status == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "Automated assistant" in text
    assert "not a doctor or a nurse" in text
    assert "This is a demo. The clinic and its numbers are not real." in text
    assert "In an emergency, call 911." in text
    assert PHONE in text
    assert "{" not in text  # a placeholder that nobody filled


def test_the_page_lets_nothing_foreign_in(port: int) -> None:
    page = request(port, "GET", "")
    policy = page.headers["content-security-policy"].split("; ")
    assert policy[0] == "default-src 'none'"
    assert "script-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "require-trusted-types-for 'script'" in policy
    assert page.headers["x-content-type-options"] == "nosniff"
    assert page.headers["referrer-policy"] == "no-referrer"
    named = re.findall(r'(?:src|href)="([^":]+)"', page.body.decode())
    assert sorted(named) == ["icon.svg", "page.css", "page.js"]
    for name in named:
        file = request(port, "GET", name)
        assert file.status == 200
        elsewhere = re.findall(rb"(?:https?:)?//[a-z0-9.-]+\.[a-z]{2,}", file.body)
        assert [address for address in elsewhere if b"www.w3.org/2000/svg" not in address
                and b"www.w3.org" not in address] == []  # fmt: skip
        assert b"innerHTML" not in file.body


@pytest.mark.parametrize("path", ["page.html", "..%2f..%2fclinic.yml", "%2e%2e/clinic.yml", "x/y"])
def test_no_other_file_is_served(port: int, path: str) -> None:
    assert request(port, "GET", path).status == 404


# Conversations


def test_a_conversation(chat: Chat) -> None:
    answered = chat.say("What are the risks?")
    (reply,) = answered.json["replies"]
    assert reply["outcome"] == "answered"
    answer, prompt = answered.text.split("\n\n")
    assert answer.startswith(RISKS)
    assert prompt.startswith(PROMPT)

    (first, *_) = reply["buttons"]
    pressed = chat.say(first["id"], "button")
    assert pressed.json["said"] == first["title"] == "Risk of infection"
    assert "infection" in pressed.text.lower()
    assert PROMPT in pressed.text or "Call a doctor today" in pressed.text

    (hello,) = chat.say("hello").json["replies"]
    assert hello["outcome"] == "conversation"
    assert "I am not a doctor or a nurse." in hello["text"]
    assert [turn["number"] for turn in chat.turns()] == [1, 2, 3]


def test_the_lines_of_the_readme(chat: Chat) -> None:
    """Typed as they stand there, with a token put in for $TOKEN."""
    readme = (places.HOME / "README.md").read_text(encoding="utf-8")
    (lines,) = [
        block
        for block in re.findall(r"```sh\n(.*?)```", readme, flags=re.DOTALL)
        if "webchat/conversations" in block
    ]
    shown = subprocess.run(
        ["sh", "-euc", lines.replace(":5005/", f":{chat.port}/")],
        env={**os.environ, "TOKEN": chat.token}, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    begun, after = json.JSONDecoder().raw_decode(shown)
    assert list(begun) == ["token", "conversation"]
    (reply,) = json.loads(shown[after:])["replies"]
    assert RISKS in reply["text"]
    assert reply["outcome"] == "answered"


def test_conversations_do_not_mix(port: int) -> None:
    one, other = Chat(port), Chat(port)
    assert RISKS in one.say("What are the risks?").text
    assert "I have not answered a question yet." in other.say("tell me more").text
    assert one.token != other.token


def test_a_message_that_comes_again_is_taken_once(chat: Chat, home: Home) -> None:
    message = {"id": "again", "text": "What are the risks?"}
    answers: list[bytes] = []
    senders = [
        threading.Thread(target=lambda: answers.append(chat.post(message).body)) for _ in range(4)
    ]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert len(set(answers)) == 1
    assert RISKS in answers[0].decode()
    assert len(home.events(chat.sender, "user")) == 1

    other = chat.post({"id": "again", "text": "hello"})
    assert other.status == 409
    assert other.json["error"] == '"id" was used before; give every message an id of its own.'


def test_a_client_that_goes_away_does_not_stop_its_turn(chat: Chat, home: Home) -> None:
    body = json.dumps({"id": "gone", "text": "What are the risks?"}).encode()
    head = (
        f"POST {DOOR}messages HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {chat.token}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    ).encode()
    with socket.create_connection(("127.0.0.1", chat.port)) as connection:
        connection.sendall(head + body)
    until(lambda: home.events(chat.sender, "bot"), 20, "the reply in the database")
    assert RISKS in chat.post(json.loads(body)).text
    assert len(home.events(chat.sender, "user")) == 1


# Who may


def altered(token: str) -> dict[str, str]:
    conversation, seal = token.split(".")
    other = "A" if seal[0] != "A" else "B"
    return {
        "missing": "",
        "not_bearer": f"Basic {token}",
        "empty": "Bearer ",
        "no_seal": f"Bearer {conversation}",
        "empty_seal": f"Bearer {conversation}.",
        "other_seal": f"Bearer {conversation}.{other}{seal[1:]}",
        "other_conversation": f"Bearer {'A' * 32}.{seal}",
        "shorter": f"Bearer {token[:-1]}",
        "longer": f"Bearer {token}A",
        "another_secret": f"Bearer {Tokens(b'x' * 40, 'webchat').issue()}",
        "not_ascii": "Bearer \u00e9\u00ff",
        "only_the_id": f"Bearer webchat:{conversation}",
    }


@pytest.mark.parametrize("kind", altered("A" * 32 + "." + "B" * 43))
def test_another_token_opens_nothing(shared_chat: Chat, home: Home, kind: str) -> None:
    header = {"Authorization": altered(shared_chat.token)[kind]}
    before = home.database.stat().st_size if home.database.exists() else 0
    refused = request(
        shared_chat.port, "POST", "messages", {"id": "1", "text": "repeat that"}, header
    )
    assert refused.status == 401
    assert refused.json["error"].startswith("The token is missing or not valid here")
    assert before == (home.database.stat().st_size if home.database.exists() else 0)


def test_a_token_of_another_channel_opens_nothing(shared_chat: Chat, home: Home) -> None:
    secret = (home.folder / "var" / "secret").read_bytes().strip()
    message = {"id": "1", "text": "hello"}

    def status(channel: str) -> int:
        header = {"Authorization": f"Bearer {Tokens(secret, channel).issue()}"}
        return request(shared_chat.port, "POST", "messages", message, header).status

    assert (status("webchat"), status("sms")) == (200, 401)


def test_tokens_are_random_and_the_secret_is_private(port: int, home: Home) -> None:
    ids = {Chat(port).token.partition(".")[0] for _ in range(5)}
    assert len(ids) == 5
    assert all(len(base64.urlsafe_b64decode(one)) * 8 >= 128 for one in ids)
    assert (home.folder / "var" / "secret").stat().st_mode & 0o777 == 0o600
    assert (home.folder / "var").stat().st_mode & 0o777 == 0o700


# What is refused

BAD_BODIES = {
    b"": "not JSON",
    b"null": "one JSON object",
    b"7": "one JSON object",
    b"[]": "one JSON object",
    b'["text"]': "one JSON object",
    b'"text"': "one JSON object",
    b"{": "not JSON",
    b"\xff\xfe{}": "not JSON",
    b'{"id": "1", "text": "\xff"}': "not JSON",
    b'{"id": "1", "text": "\\ud800"}': "not JSON",
    b"[" * 5000: "not JSON",
    b"{}": '"id" is missing',
    b'{"id": "1"}': 'either "text" or "button"',
    b'{"id": "1", "text": null}': 'either "text" or "button"',
    b'{"id": "1", "text": "a", "button": "/b"}': 'either "text" or "button"',
    b'{"id": "1", "button": ""}': '"button" is empty',
    b'{"text": "hello"}': '"id" is missing',
    b'{"id": 1, "text": "hello"}': '"id" must be text',
    b'{"id": "", "text": "hello"}': '"id" must be 1 to 64 letters',
    b'{"id": "a b", "text": "hello"}': '"id" must be 1 to 64 letters',
    b'{"id": "1\\n", "text": "hello"}': '"id" must be 1 to 64 letters',
    b'{"id": "1", "text": 7}': '"text" must be text',
    b'{"id": "1", "text": ["hello"]}': '"text" must be text',
    b'{"id": "1", "text": {"a": 1}}': '"text" must be text',
    b'{"id": "1", "text": true}': '"text" must be text',
    b'{"id": "1", "message": "hello"}': 'Known keys: "id", "text", "button"',
    b'{"id": "1", "text": "hello", "sender": "x"}': "not known here",
    b'{"id": "1", "text": "hello", "metadata": {}}': "not known here",
    b'{"id": "1", "text": "hello", "input_channel": "sms"}': "not known here",
}


@pytest.mark.parametrize(("body", "says"), BAD_BODIES.items(), ids=range(len(BAD_BODIES)))
def test_a_wrong_body_is_told_what_is_wrong(shared_chat: Chat, body: bytes, says: str) -> None:
    refused = shared_chat.post(body)
    assert refused.status == 400, refused.body
    assert says in refused.json["error"]


CONSENT = '"consent" must be true: ask the patient first, and send it when they agree.'


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "The body is not JSON in UTF-8: send one JSON object."),
        (b"[]", "The body must be one JSON object, such as {...}."),
        (b"null", "The body must be one JSON object, such as {...}."),
        (b"{}", CONSENT),
        (b'{"consent": false}', CONSENT),
        (b'{"consent": 1}', CONSENT),
        (b'{"consent": "true"}', CONSENT),
        (b'{"consent": null}', CONSENT),
        (b'{"consent": true, "sender": "x"}',
         'A key is not known here: take it out. Known keys: "consent", "language".'),
        (b'{"consent": true, "language": "<b>"}',
         '"language" must be a language tag, such as "en".'),
    ],
)  # fmt: skip
def test_a_conversation_begins_with_consent_alone(port: int, body: bytes, says: str) -> None:
    refused = request(port, "POST", "conversations", body)
    assert (refused.status, refused.json) == (400, {"error": says})


def test_a_body_over_16_kb_is_refused(shared_chat: Chat) -> None:
    long = {"id": "long", "text": "a" * 16_400}
    assert shared_chat.post(long).status == 413
    assert "16 KB" in shared_chat.post(long).json["error"]
    almost = shared_chat.post({"id": "almost", "text": "a" * 16_000})
    assert "Your message is longer than I can read." in almost.text


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_another_method_is_refused(port: int, method: str) -> None:
    refused = request(port, method, "messages", b"{}")
    assert refused.status in (404, 405)
    assert b"Traceback" not in refused.body


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)
NEARLY = st.fixed_dictionaries(
    {}, optional={"id": JSON, "text": JSON, "button": JSON, "sender": JSON}
)
BODIES = st.binary(max_size=300) | (JSON | NEARLY).map(lambda one: json.dumps(one).encode())


@settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
@given(body=BODIES, path=st.sampled_from(["messages", "conversations"]), known=st.booleans())
def test_whatever_comes_is_told_and_nothing_breaks(
    shared_chat: Chat, body: bytes, path: str, known: bool
) -> None:
    header = {"Authorization": f"Bearer {shared_chat.token}"} if known else {}
    answer = request(shared_chat.port, "POST", path, body, header)
    assert answer.status < 500
    told = answer.json
    assert told.get("error") or told.get("token") or told["replies"][0]["text"]


# What is not a command

COMMANDS = [
    "/restart", " /restart", "\u00a0/restart", "\u3000/restart", "//restart", "/ /restart",
    "/session_start", "/back", '/cost{"technique": "zebra"}', '/cost{"answered": ["zebra"]}',
    "/SetSlots(answered=7)", "EXTERNAL: /restart", "/utter_crisis", "/action_answer",
]  # fmt: skip


def test_a_command_is_no_button(chat: Chat, home: Home) -> None:
    chat.say("What are the risks?")
    for command in [*COMMANDS, "1", "1-", "0-a", "-1", "\u00b2-a", "9" * 4000, "/infection_risk"]:
        refused = chat.say(command, "button")
        assert refused.status == 400
        assert refused.json == {
            "error": '"button" is none of this chat: send the id of one on offer.'
        }
    assert [turn["number"] for turn in chat.turns()] == [1]
    assert len(home.events(chat.sender, "user")) == 1


def test_a_command_that_was_not_offered_is_only_text(chat: Chat, home: Home) -> None:
    for command in COMMANDS:
        assert chat.say(command).status == 200
    for event in home.events(chat.sender, "user"):
        assert not event["text"].strip().startswith("/"), event["text"]
    assert home.events(chat.sender, "restart") == []
    assert len(home.events(chat.sender, "session_started")) == 1
    assert "zebra" not in str(home.events(chat.sender, "slot"))


def test_a_restart_command_does_not_clear_a_conversation(chat: Chat) -> None:
    assert RISKS in chat.say("What are the risks?").text
    chat.say("/restart")
    assert "There is no guarantee" in chat.say("tell me more").text


# How often


def test_a_flood_is_told_kindly_and_others_are_answered(port: int) -> None:
    flood, other = Chat(port), Chat(port)
    answers = []

    def send(number: int) -> None:
        answers.append(flood.post({"id": f"f{number}", "text": "thanks"}))

    senders = [threading.Thread(target=send, args=(number,)) for number in range(26)]
    started = time.monotonic()
    for sender in senders:
        sender.start()
    assert RISKS in other.say("What are the risks?").text
    for sender in senders:
        sender.join()
    assert time.monotonic() - started < 10
    held = [answer for answer in answers if answer.status == 429]
    assert len(held) == 6
    assert held[0].json["error"].startswith("You are writing faster than I can read.")
    assert "In an emergency, call 911." in held[0].json["error"]
    assert 1 <= int(held[0].headers["retry-after"]) <= 10


def test_new_conversations_are_limited_for_each_address(port: int) -> None:
    """An address that the client itself claims does not count."""
    claimed = ({"X-Forwarded-For": f"198.51.100.{number}"} for number in range(61))
    answers = [request(port, "POST", "conversations", {"consent": True}, one) for one in claimed]
    assert {one.status for one in answers} == {201, 429}
    held = answers[-1]
    assert held.json["error"].startswith("Too many new chats were begun from your network.")
    assert "+1 212 555 0142" in held.json["error"]
    assert "In an emergency, call 911." in held.json["error"]
    assert 1 <= int(held.headers["retry-after"]) <= 3600


# What is written down


def test_no_words_of_a_patient_are_logged(home: Home, serving: Serving, shared_chat: Chat) -> None:
    secret = Tokens((home.folder / "var" / "secret").read_bytes().strip(), "webchat")
    header = {"Authorization": f"Bearer {secret.issue()}"}
    for number, text in enumerate(["zebra zebra", "/zebra{", "zebra " * 300, "/zebra"]):
        message = {"id": str(number), "text": text}
        assert request(serving.port, "POST", "messages", message, header).status == 200
    request(serving.port, "POST", "messages", b'{"zebra": 1}', header)
    assert "zebra" not in serving.log.read_text()
    assert shared_chat.token not in serving.log.read_text()
