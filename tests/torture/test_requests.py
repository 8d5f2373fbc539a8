"""Whatever is sent to the web door is answered as its OpenAPI description says."""

from __future__ import annotations

import http.client
import json
import socket
import time
from collections import Counter
from collections.abc import Callable
from typing import Any, get_args

import pytest
from doors.running import DOOR, Answer, request
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from scarwise.channels.openapi import OPERATIONS
from scarwise.channels.page import LOADER
from scarwise.channels.webchat import WebChat
from scarwise.dialogue.message import Outcome

from .generated import Description, Request
from .patients import Assailed

ENDPOINTS = [(one.method, one.path) for one in OPERATIONS]
FILES = ("/", f"/{LOADER}", "/openapi.json")
ASSAILED = [one for one in ENDPOINTS if one[1] != f"/{LOADER}"]  # which set-up may not have built
TOKENS = 100  # so many conversations take turns, that none of them is too fast
Many = Callable[[int, int], int]


def generated(number: int) -> Any:
    """Settings for `number` examples: what is found is told at once, not made smaller."""
    return settings(
        max_examples=number, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip


class Door:
    """Sends generated requests on one connection, and judges what comes back."""

    def __init__(self, assailed: Assailed, told: Description) -> None:
        self.assailed = assailed
        self.told = told
        self.came: Counter[str] = Counter()
        patient = assailed.patient()
        patient.say("hello")
        self._tokens = [patient.token, *(assailed.token() for _ in range(TOKENS - 1))]
        self._line: http.client.HTTPConnection | None = None

    def send(self, sent: Request) -> Answer:
        """What came back; a connection that was closed in between is opened again."""
        token = self._tokens[sum(self.came.values()) % TOKENS]
        headers = {name: value.replace("TOKEN", token) for name, value in sent.headers.items()}
        for fresh in (self._line is None, True):
            if self._line is None or fresh:
                self._line = http.client.HTTPConnection("127.0.0.1", self.assailed.port, timeout=60)
            try:
                path = DOOR.rstrip("/") + sent.path
                self._line.request(sent.method, path, sent.body, headers)
                answer = self._line.getresponse()
                got = {name.lower(): value for name, value in answer.getheaders()}
                return Answer(answer.status, got, answer.read())
            except (ConnectionError, http.client.HTTPException):
                self._line.close()
                self._line = None
                if fresh:
                    raise
        raise AssertionError("unreachable")

    def judge(self, method: str, path: str, sent: Request) -> None:
        """Send a request and see that the answer is right."""
        answer = self.send(sent)
        self.came[f"{answer.status // 100}xx"] += 1
        assert answer.status < 500, answer.body
        assert "access-control-allow-origin" not in answer.headers
        if sent.method == "OPTIONS":  # a browser's question; the files have no answer to it
            assert answer.status in (204, 400, 403, 404, 405, 413), answer.body
            return
        if sent.method != method and (sent.method, path) in ENDPOINTS:
            return  # another operation, which has a run of its own
        if sent.method != method:
            assert answer.status in (400, 404, 405), answer.body
            assert sent.method == "HEAD" or json.loads(answer.body)["error"]
            return
        kind = answer.headers.get("content-type", "")
        assert self.told.faults(method, path, answer.status, kind, answer.body) is None
        accepted = answer.status < 300
        if not accepted:
            assert answer.json["error"].strip()
        if not (sent.fits and sent.knows) or (sent.foreign and path not in FILES):
            assert not accepted, (answer.status, answer.body)
        elif len(sent.body) <= 16 * 1024:
            unknown = answer.status == 400 and b'\\"button\\" is none of' in answer.body
            assert accepted or unknown or answer.status in (404, 409, 429), answer.body
        if accepted and (method, path) == ("POST", "/messages"):
            for reply in answer.json["replies"]:
                assert reply["text"].strip()
                assert reply["outcome"] in get_args(Outcome)
                assert reply["outcome"] != "failed", "nothing is broken here"


@pytest.fixture(scope="module")
def told(assailed: Assailed) -> Description:
    """The description as the server gives it."""
    got = request(assailed.port, "GET", "openapi.json")
    assert got.status == 200
    assert got.headers["content-type"] == "application/json"
    return Description(got.json)


def test_the_description_is_whole(told: Description) -> None:
    assert told.told["openapi"] == "3.1.0"
    assert told.told["servers"] == [{"url": DOOR.rstrip("/")}]
    assert told.operations() == ENDPOINTS
    for schema in told.told["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
    routes = {
        (method, future.uri)
        for future in WebChat(b"x" * 32).blueprint(lambda message: None)._future_routes
        for method in future.methods
    }
    asked = {("OPTIONS", path) for _, path in ENDPOINTS}
    files = {("GET", path) for path in FILES}
    assert set(ENDPOINTS) == (routes - asked - {("GET", "/<name:str>")}) | files


@pytest.mark.parametrize(("method", "path"), ASSAILED, ids=lambda one: one.strip("/") or "page")
def test_generated_requests(
    method: str, path: str, told: Description, assailed: Assailed, many: Many, figures: Any
) -> None:
    door = Door(assailed, told)
    rasa, logged, number = assailed.child("rasa"), len(assailed.log), many(20_000, 60)
    started = time.monotonic()

    @generated(number)
    @given(sent=told.requests(method, path))
    def play(sent: Request) -> None:
        door.judge(method, path, sent)

    if path == "/feedback":  # there is one turn to judge
        right = b'{"number": 1, "helped": true}'
        bearer = {"Authorization": "Bearer TOKEN"}
        door.judge(method, path, Request(method, path, bearer, right, True, True, False))
    try:
        play()
    finally:
        came = ", ".join(f"{count} x {kind}" for kind, count in sorted(door.came.items()))
        figures(f"{method} {path}", f"{came}, {time.monotonic() - started:.0f} s")
    assert sum(door.came.values()) >= number
    assert door.came["2xx"] > 0
    assert assailed.child("rasa") == rasa
    assert "Traceback" not in assailed.log[logged:]
    assert "webchat.error" not in assailed.log[logged:]


HTTP = [
    b"POST ", b"GET ", DOOR.encode(), b"messages", b" HTTP/1.1\r\n", b" HTTP/9\r\n", b"\r\n",
    b"Content-Length: 5\r\n", b"Content-Length: -1\r\n", b"Content-Length: x\r\n",
    b"Content-Length: 99999999999\r\n", b"Transfer-Encoding: chunked\r\n", b"5\r\nhello\r\n",
    b"ffffffffff\r\n", b"-1\r\n", b"0\r\n\r\n", b"Expect: 100-continue\r\n", b"Host: x\r\n",
    b"\xff\xfe: \x00\r\n", b"Upgrade: websocket\r\nConnection: upgrade\r\n", b"%00", b"..%2f",
    b"?a[]",
]  # fmt: skip
WIRE = st.lists(st.sampled_from(HTTP) | st.binary(max_size=12), min_size=1, max_size=12)


def test_broken_http(assailed: Assailed, many: Many, figures: Any) -> None:
    """Bytes that are no whole request: refused or hung up on, and the next one is answered."""
    number, came = many(20_000, 60), Counter[str]()
    rasa = assailed.child("rasa")

    @generated(number)
    @given(parts=WIRE)
    def play(parts: list[bytes]) -> None:
        with socket.create_connection(("127.0.0.1", assailed.port), timeout=30) as line:
            line.sendall(b"".join(parts) + b"\r\n\r\n")
            line.shutdown(socket.SHUT_WR)
            try:
                first = line.makefile("rb").readline()
            except ConnectionResetError:
                first = b""
        status = first.split()[1].decode() if first.startswith(b"HTTP/") else "closed"
        came[status[0] + "xx" if status.isdecimal() else status] += 1
        assert not status.startswith("5"), parts

    try:
        play()
    finally:
        figures("broken HTTP", ", ".join(f"{n} x {kind}" for kind, n in sorted(came.items())))
    assert assailed.child("rasa") == rasa
    assert assailed.patient().say("hello").outcome == "conversation"
