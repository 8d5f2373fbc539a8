"""What a running assistant writes and opens, started in surroundings that ask it to tell all."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from scarwise import places
from scarwise.channels.identity import DAY, Tokens

from .planted import PLANTED, SENTENCES, as_id, bad_bodies, found_in, header_value, shout, written
from .running import Answer, Chat, Home, Serving, request, until

RISKS = "Scar revision has risks, as all surgery does."
SAFE = "I cannot answer right now. Your question was not lost on your side"
FORGOTTEN = "This chat is deleted. What you still see on your screen goes away"
# Everything that somebody may have set while looking for a fault, or for another program.
LOUD = {
    "LOG_LEVEL": "DEBUG", "LOG_LEVEL_LIBRARIES": "DEBUG", "SANIC_ACCESS_LOG": "True",
    "SANIC_DEBUG": "True", "SANIC_HOST": "0.0.0.0", "RASA_TELEMETRY_ENABLED": "true",
    "RASA_TELEMETRY_DEBUG": "true", "PYTHONASYNCIODEBUG": "1", "PYTHONDEVMODE": "1",
    "SANIC_PROXIES_COUNT": "1",
}  # fmt: skip
# While the file `fault` lies beside it, the action server tells all in every way that Python has.
FAULTY = """
import logging
import warnings
from pathlib import Path

from rasa_sdk.executor import ActionExecutor

run = ActionExecutor.run


async def run_or_tell(self, call):
    if not Path(__file__).with_name("fault").exists():
        return await run(self, call)
    said = call["tracker"]["latest_message"]["text"]
    logging.getLogger("rasa_sdk.executor").error("cannot answer %s", said)
    logging.getLogger("sanic.error").critical(said, extra={"request": said})
    warnings.warn(said)
    try:
        raise KeyError(said)
    except KeyError:
        logging.getLogger().exception(f"failed: {said}", stack_info=True)
        raise ValueError(f"no answer to {said}")


ActionExecutor.run = run_or_tell
"""


@pytest.fixture(scope="module")
def home(trained_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("private"), trained_model)
    (home.folder / "actions").unlink()
    left_out = shutil.ignore_patterns("__pycache__")
    shutil.copytree(places.ACTIONS, home.folder / "actions", ignore=left_out)
    (home.folder / "actions" / "faulty.py").write_text(FAULTY)
    clinic = (home.folder / "clinic.yml").read_text(encoding="utf-8")
    (home.folder / "clinic.yml").write_text(clinic.replace(": 100000", ": 30"), encoding="utf-8")
    (home.folder / "tmp").mkdir()
    return home


@pytest.fixture(scope="module")
def serving(home: Home) -> Iterator[Serving]:
    serving = Serving(home, TMPDIR=str(home.folder / "tmp"), **LOUD)
    yield serving
    assert serving.stop() == 0, serving.log.read_text()


class Caller(Chat):
    """A conversation from an address of its own, behind one proxy."""

    count = 0

    def __init__(self, serving: Serving, address: str = "") -> None:
        Caller.count += 1
        self.port = serving.port
        self.address = address or f"198.51.{100 + Caller.count // 200}.{Caller.count % 200}"
        self.token = Tokens(secret_of(serving.home), "webchat").issue()
        self._said = 0

    def post(self, body: object, **headers: str) -> Answer:
        mine = {"Authorization": f"Bearer {self.token}", "X-Forwarded-For": self.address}
        return request(self.port, "POST", "messages", body, {**mine, **headers})


def secret_of(home: Home) -> bytes:
    return (home.folder / "var" / "secret").read_bytes().strip()


def children(serving: Serving) -> dict[str, int]:
    """The process ids of Rasa and of the action server."""
    own = serving.process.pid
    found = {}
    for child in Path(f"/proc/{own}/task/{own}/children").read_text().split():
        words = Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")
        found[words[2].decode()] = int(child)
    return found


# What runs


def test_only_what_patients_need_is_open(serving: Serving) -> None:
    for path in ("status", "domain", "version", "conversations/x/tracker", "model/parse", "model"):
        for method in ("GET", "POST", "PUT"):
            asked = urllib.request.Request(
                f"http://127.0.0.1:{serving.port}/{path}", b"{}" if method != "GET" else None,
                {"Content-Type": "application/json"}, method=method,
            )  # fmt: skip
            with pytest.raises(urllib.error.HTTPError) as refused:
                urllib.request.urlopen(asked)
            # Of Rasa's API nothing is there; "/version" and the like are its own 404.
            assert refused.value.code in (404, 405), path


def test_both_processes_keep_to_this_machine_and_report_to_nobody(serving: Serving) -> None:
    ports = {}
    for name, process in children(serving).items():
        sockets = {}
        for line in Path(f"/proc/{process}/net/tcp").read_text().splitlines()[1:]:
            words = line.split()
            sockets[f"socket:[{words[9]}]"] = words
        mine = [sockets.get(str(one.readlink())) for one in open_files(process)]
        used = [words for words in mine if words]
        listening = [words[1] for words in used if words[3] == "0A"]
        assert len(listening) == 1, name
        assert listening[0].startswith("0100007F:"), name
        assert all(words[2].startswith(("0100007F:", "00000000:")) for words in used), name
        ports[name] = int(listening[0].partition(":")[2], 16)
    assert set(ports) == {"rasa", "rasa_sdk"}
    assert ports["rasa"] == serving.port


def open_files(process: int) -> list[Path]:
    return [one for one in Path(f"/proc/{process}/fd").iterdir() if one.is_symlink()]


def test_debugging_and_telemetry_are_off_whatever_the_surroundings_say(serving: Serving) -> None:
    for process in children(serving).values():
        words = Path(f"/proc/{process}/cmdline").read_bytes().decode().split("\0")
        assert "--quiet" in words
        assert not {"--debug", "-vv", "-v", "--enable-api"} & set(words)
        pairs = Path(f"/proc/{process}/environ").read_bytes().decode().split("\0")
        given = dict(pair.split("=", 1) for pair in pairs if "=" in pair)
        assert given["RASA_TELEMETRY_ENABLED"] == "false"
        assert given["SANIC_HOST"] == "127.0.0.1"
        assert given["SANIC_PROXIES_COUNT"] == "1"
        left = set(LOUD) - {"RASA_TELEMETRY_ENABLED", "SANIC_HOST", "SANIC_PROXIES_COUNT"}
        assert not left & set(given)
    assert Caller(serving).say("What are the risks?").status == 200
    assert "DEBUG" not in serving.log.read_text()


# What is written


def lines(serving: Serving, conversation: str) -> list[dict]:
    """The lines of turns of one conversation."""
    found = [one for one in serving.log.read_text().splitlines() if one.startswith('{"conv')]
    return [one for one in map(json.loads, found) if one["conversation"] == conversation]


def test_a_turn_is_one_line(serving: Serving, home: Home) -> None:
    chat = Caller(serving)
    assert RISKS in chat.say("What are the risks?").text
    assert "call 911" in chat.say("I took too many pills and cannot breathe").text.lower()
    assert chat.say("goodbye").status == 200
    first, second, third = until(
        lambda: found if len(found := lines(serving, chat.sender)) == 3 else None, 5, "the lines"
    )
    (stored, *_) = home.events(chat.sender, "user")
    assert first["message"] == stored["message_id"]
    assert re.fullmatch(r"[0-9a-f]{24}", first["message"])
    assert {k: first[k] for k in ("event", "level", "channel", "outcome", "topics", "danger")} == {
        "event": "turn", "level": "info", "channel": "webchat", "outcome": "answered",
        "topics": ["risks"], "danger": "none",
    }  # fmt: skip
    assert 0.75 < first["confidence"] <= 1
    assert 0 < first["ms"] < 20_000
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT[\d:.]+Z", first["at"])
    assert (second["outcome"], second["danger"]) == ("safety", "interrupt")
    assert "problems" not in third


def test_two_hundred_private_strings_are_written_nowhere(serving: Serving, home: Home) -> None:
    fault = home.folder / "actions" / "fault"
    said = iter(PLANTED)
    read = []

    def tell(rounds: int) -> list[Answer]:
        """Say the next strings, each from a conversation and in a form of its own."""
        answers = []
        for number in range(rounds):
            planted, chat = next(said), Caller(serving)
            text = SENTENCES[number % len(SENTENCES)].format(planted)
            tokens = header_value(planted)
            answers.append(chat.post(
                {"id": as_id(planted)[:64], "text": text},
                **{"User-Agent": tokens, "Referer": f"https://x.example/{tokens}",
                   "Cookie": f"name={tokens}", "X-Request-ID": tokens},
            ))  # fmt: skip
            feedback = {"number": 1, "helped": False, "reason": planted}
            assert chat.ask("POST", "feedback", feedback).status in (204, 404, 503)
            typed = {"typed": planted}
            assert request(serving.port, "POST", "suggestions", typed).status == 200
            read.append(planted)
        return answers

    assert {one.status for one in tell(60)} == {200}

    fault.touch()
    try:
        failed = tell(30)
    finally:
        fault.unlink()
    assert {one.status for one in failed} == {200}
    assert sum(SAFE in one.text for one in failed) >= 10

    with closing(sqlite3.connect(home.database, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        locked = tell(4)
        other.execute("ROLLBACK")
    assert all(SAFE in one.text for one in locked)

    chat = Caller(serving)
    for planted in said:
        for body in bad_bodies(planted)[:: 1 if len(read) % 5 == 0 else 3]:
            assert chat.post(body).status in (400, 413)
        assert chat.post({"id": "pressed", "button": planted}).status == 400
        foreign = chat.post({"id": "foreign", "text": "hello"}, Origin=header_value(planted))
        assert foreign.status == 403
        bearer = {"Authorization": f"Bearer {header_value(planted)}"}
        assert request(serving.port, "POST", "messages", b"{}", bearer).status == 401
        assert request(serving.port, "GET", header_value(planted).replace(" ", "%20")).status == 404
        if len(read) % 5 == 0:
            shout(serving.port, planted)
        read.append(planted)
    assert read == PLANTED
    assert RISKS in Caller(serving).say("What are the risks?").text

    everything = [(place, found_in(content)) for place, content in written(home.folder)]
    assert {place for place, _ in everything} >= {"file names", "secret", "table events"}
    assert [(place, found) for place, found in everything if found] == []

    # The search can find: the conversations hold the strings, and something was withheld.
    with closing(sqlite3.connect(home.database)) as database:
        kept = "".join(data for (data,) in database.execute("SELECT data FROM events"))
    assert len(found_in(kept.encode())) > 50
    log = serving.log.read_text()
    assert "rasa_sdk.executor  - withheld message of faulty.py" in log
    assert "withheld message of faulty.py:" in log
    assert "KeyError" in log
    assert "UserWarning of faulty.py" in log
    assert "withheld message of processor.py" in log or "withheld message of action.py" in log


# How much


def test_one_address_behind_the_proxy_is_limited_and_others_are_not(serving: Serving) -> None:
    """The proxy adds the true address last; what stands before it is the caller's own word."""

    def begin(address: str) -> Answer:
        header = {"X-Forwarded-For": address}
        return request(serving.port, "POST", "conversations", {"consent": True}, header)

    begun = [begin(f"10.9.9.{number}, 203.0.113.5").status for number in range(61)]
    assert begun == [201] * 60 + [429]
    assert begin("203.0.113.6").status == 201
    assert begin("2001:db8::1").status == 201
    assert begin("203.0.113.6, 203.0.113.5").status == 429


def test_messages_of_one_address_are_limited(serving: Serving) -> None:
    senders = [Caller(serving, "203.0.113.77") for _ in range(2)]
    started = time.monotonic()
    answers = [senders[number % 2].post({"id": f"n{number}", "text": "ok"}) for number in range(32)]
    assert time.monotonic() - started < 10
    assert [one.status for one in answers] == [200] * 30 + [429] * 2
    held = answers[-1]
    assert held.json["error"].startswith("Many messages come from your network right now.")
    assert "In an emergency, call 911." in held.json["error"]
    assert 1 <= int(held.headers["retry-after"]) <= 10
    assert RISKS in Caller(serving).say("What are the risks?").text


def test_an_old_token_is_told_what_to_do(serving: Serving) -> None:
    chat = Caller(serving)
    chat.token = Tokens(
        secret_of(serving.home), "webchat", clock=lambda: time.time() - 30 * DAY - 5
    ).issue()
    refused = chat.say("What are the risks?")
    assert refused.status == 401
    assert refused.json["error"] == (
        "This chat has ended: it is 30 days old; begin a new one with POST conversations."
    )
    assert refused.headers["www-authenticate"] == "Bearer"


# Forgetting


def on_disk(home: Home, words: bytes) -> bool:
    """Whether any file of the database holds the words."""
    return any(words in one.read_bytes() for one in home.database.parent.glob("conversations.db*"))


def events_of(home: Home, chat: Chat) -> int:
    with closing(sqlite3.connect(home.database)) as database:
        query = "SELECT count(*) FROM events WHERE sender_id = ?"
        return database.execute(query, (chat.sender,)).fetchone()[0]


@pytest.mark.parametrize("how", ["phrase", "words", "button"])
def test_who_asks_is_forgotten_at_once(serving: Serving, home: Home, how: str) -> None:
    chat, other = Caller(serving), Caller(serving)
    said = {"id": "kept", "text": f"What are the risks for quokka{how}?"}
    assert RISKS in chat.post(said).text
    assert RISKS in other.say("What are the risks?").text
    assert on_disk(home, f"quokka{how}".encode())
    if how == "button":
        unsure = chat.say("ok erase my messages, forget it").json["replies"][0]
        assert [button["title"] for button in unsure["buttons"]] == ["Delete my chat"]
        assert events_of(home, chat) > 0
        asked = {"id": "forget", "button": unsure["buttons"][0]["id"]}
    else:
        text = "Forget me!" if how == "phrase" else "erase everything I wrote"
        asked = {"id": "forget", "text": text}
    told = chat.post(asked)
    assert told.text.startswith(FORGOTTEN)
    assert events_of(home, chat) == 0
    assert not on_disk(home, f"quokka{how}".encode())
    assert events_of(home, other) > 0

    assert chat.post(asked).body == told.body  # sent again after a cut
    assert events_of(home, chat) == 0
    # The reply to the first message is not kept either: its id is new again.
    assert "I have not answered a question yet." in chat.post({**said, "text": "tell me more"}).text


def test_danger_comes_before_forgetting(serving: Serving, home: Home) -> None:
    chat = Caller(serving)
    told = chat.say("nobody would miss me, just forget me")
    assert "988" in told.text
    assert told.json["replies"][0]["outcome"] == "safety"
    assert events_of(home, chat) > 0


def test_nothing_is_said_to_be_deleted_when_it_is_not(serving: Serving, home: Home) -> None:
    chat = Caller(serving)
    assert RISKS in chat.say("What are the risks?").text
    before = events_of(home, chat)
    with closing(sqlite3.connect(home.database, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        told = chat.say("forget me")
        other.execute("ROLLBACK")
    assert told.text.startswith(SAFE)
    assert "deleted" not in told.text
    assert events_of(home, chat) == before
    assert chat.say("forget me").text.startswith(FORGOTTEN)
    assert events_of(home, chat) == 0


# Sessions


def test_an_hour_later_nothing_runs_on(serving: Serving, home: Home) -> None:
    chat = Caller(serving)
    assert RISKS in chat.say("What are the risks?").text
    with closing(sqlite3.connect(home.database)) as database:
        database.execute(
            "UPDATE events SET timestamp = timestamp - 3700, data = "
            "json_set(data, '$.timestamp', json_extract(data, '$.timestamp') - 3700) "
            "WHERE sender_id = ?", (chat.sender,),
        )  # fmt: skip
        database.commit()
    nothing = "I have not answered a question yet."
    assert nothing in chat.say("tell me more").text
    assert len(home.events(chat.sender, "session_started")) == 2
    assert len(home.events(chat.sender, "user")) == 2
    assert "laser" in chat.say("Tell me about laser treatment").text.lower()
    assert len(home.events(chat.sender, "session_started")) == 2
    assert len(home.events(chat.sender, "user")) == 3
