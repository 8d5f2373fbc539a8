"""Guessed and forged tokens read nothing, and one message sent a thousand times is one turn."""

from __future__ import annotations

import base64
import http.client
import json
import random
import secrets
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from doors.running import DOOR

from scarwise.channels.identity import Tokens

from .patients import Assailed, Patient

Many = Callable[[int, int], int]
ASKED = [
    ("GET", "messages", None),
    ("POST", "messages", {"id": "1", "text": "say that again"}),
    ("POST", "feedback", {"number": 1, "helped": False}),
    ("DELETE", "conversation", None),
]


def guesses(known: str, others: str, number: int) -> Iterator[str]:
    """So many tokens that open nothing: random ones, and a known one with something changed."""
    chance = random.Random(7)
    conversation, seal = known.split(".")
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    forgers = [Tokens(secrets.token_bytes(48), "webchat"), Tokens(b"x" * 48, "webchat")]

    def changed(text: str) -> str:
        # Not the last letter of a seal: it holds bits that count for nothing.
        place = chance.randrange(len(text) - 1)
        other = chance.choice([one for one in letters if one != text[place]])
        return text[:place] + other + text[place + 1 :]

    ways: list[Callable[[], str]] = [
        lambda: f"{base64.urlsafe_b64encode(chance.randbytes(24)).decode()}.{seal}",
        lambda: f"{conversation}.{secrets.token_urlsafe(32)}",
        lambda: f"{changed(conversation)}.{seal}",
        lambda: f"{conversation}.{changed(seal)}",
        lambda: f"{conversation}.{others.partition('.')[2]}",
        lambda: f"{others.partition('.')[0]}.{seal}",
        lambda: chance.choice(forgers).issue(),
        lambda: known[: chance.randrange(1, len(known))],
        lambda: known + chance.choice(letters),
        lambda: f"webchat:{conversation}",
    ]
    for count in range(number):
        yield ways[count % len(ways)]()


def asked(line: http.client.HTTPConnection, guess: str, count: int) -> int:
    """The status of one request with a guessed token."""
    method, path, body = ASKED[count % len(ASKED)]
    sent = json.dumps(body).encode() if body else None
    line.request(method, DOOR + path, sent, {"Authorization": f"Bearer {guess}"})
    answer = line.getresponse()
    told = answer.read()
    assert b"Scar revision" not in told
    return answer.status


def test_guessed_tokens_read_nothing(assailed: Assailed, many: Many, figures: Any) -> None:
    victim, other = assailed.patient(), assailed.patient()
    for patient in (victim, other):
        assert patient.say("What are the risks?").outcome == "answered"
    before = turns(victim)
    line = http.client.HTTPConnection("127.0.0.1", assailed.port, timeout=60)
    number = many(10_000, 100)
    came: Counter[int] = Counter()
    for count, guess in enumerate(guesses(victim.token, other.token, number)):
        came[asked(line, guess, count // 10)] += 1
    figures("guessed tokens", f"{number} sent, {number - came[401]} read or changed something")
    assert came == {401: number}
    assert turns(victim) == before
    # A right token reads its own conversation, and no other.
    assert [turn["number"] for turn in before] == [1]
    assert turns(other) != before


def turns(patient: Patient) -> list[dict[str, Any]]:
    """What a client that comes back is given."""
    line = http.client.HTTPConnection("127.0.0.1", patient.port, timeout=60)
    line.request("GET", f"{DOOR}messages", headers={"Authorization": f"Bearer {patient.token}"})
    return json.loads(line.getresponse().read())["turns"]


def test_a_message_sent_again_and_again_is_one_turn(
    assailed: Assailed, many: Many, figures: Any
) -> None:
    number, patient = many(1_000, 40), assailed.patient()
    body = json.dumps({"id": "again", "text": "What are the risks?"}).encode()

    def send(_: int) -> bytes:
        line = http.client.HTTPConnection("127.0.0.1", assailed.port, timeout=60)
        bearer = {"Authorization": f"Bearer {patient.token}"}
        line.request("POST", f"{DOOR}messages", body, bearer)
        answer = line.getresponse()
        assert answer.status == 200
        return answer.read()

    with ThreadPoolExecutor(16) as pool:
        answers = set(pool.map(send, range(number)))
    users = [one for one in assailed.events(patient.sender) if one["event"] == "user"]
    figures("one message id, posted again", f"{number} sent, {len(users)} turn")
    assert (len(answers), len(users)) == (1, 1)
    assert [json.dumps(turn, separators=(",", ":")).encode() for turn in turns(patient)] == [
        *answers
    ]
