"""What the chat on a website is given: turns, sources, numbers to call, suggestions, feedback."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from .running import Chat, Home, Serving, request, until

PHONE = "+1 212 555 0142"
CLINIC = "https://www.clinic.example"
FOREIGN = "https://evil.example"
PROMPT = (
    "Please talk with a doctor about your own scar. Call Willow Lane Scar Clinic at "
    "[+1 212 555 0142](tel:+12125550142), or book a visit: "
    "[clinic.example/book](https://clinic.example/book)"
)


@pytest.fixture(scope="module")
def serving(home: Home) -> Iterator[Serving]:
    clinic = (home.folder / "clinic.yml").read_text(encoding="utf-8")
    (home.folder / "clinic.yml").write_text(f"{clinic}\nwebsites: ['{CLINIC}/']\n")
    # Stands for the built chat, which set-up makes.
    (home.folder / "widget").unlink()
    files = {"dist/scar-chat.js": "load()", "dist/scar-chat-core.js": "chat()",
             "dist/notes.txt": "private", "demo/index.html": "{clinic_name}"}  # fmt: skip
    for name, text in files.items():
        file = home.folder / "widget" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    serving = Serving(home)
    yield serving
    assert serving.stop() == 0, serving.log.read_text()


@pytest.fixture(scope="module")
def port(serving: Serving) -> int:
    return serving.port


@pytest.fixture
def chat(port: int) -> Chat:
    return Chat(port)


def rows(home: Home, query: str, *values: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(home.database)) as database:
        return database.execute(query, values).fetchall()


def only_reply(turn: dict[str, Any]) -> dict[str, Any]:
    (reply,) = turn["replies"]
    return reply


# A reply


def test_an_answer_names_its_source_apart_from_its_text(chat: Chat) -> None:
    turn = chat.say("What are the risks?").json
    assert (turn["number"], turn["id"], turn["said"]) == (1, "m1", "What are the risks?")
    reply = only_reply(turn)
    answer, prompt = reply["text"].split("\n\n")
    assert answer.startswith("Scar revision has risks, as all surgery does.")
    assert prompt == PROMPT
    assert reply["outcome"] == "answered"
    assert reply["sources"] == [
        {
            "topic": "risks",
            "document": "Scar revision surgery",
            "section": "Are there any risks involved with scar revision surgery?",
            "publisher": "The supplied document",
            "address": None,
            "reviewed": "2026-11-22",
            "by": "supplied document",
        }
    ]
    assert reply["phones"] == []
    assert [button["title"] for button in reply["buttons"]] == [
        "Risk of infection", "Skin color or texture", "Risks of anesthesia",
    ]  # fmt: skip
    assert "/" not in json.dumps(reply["buttons"])


def test_several_answers_are_headed(chat: Chat) -> None:
    reply = only_reply(chat.say("What is a keloid, and how much does it cost?").json)
    assert reply["text"].startswith("**About keloids:**\n")
    assert "\n\n**About cost:**\nI have no prices." in reply["text"]
    assert {one["topic"] for one in reply["sources"]} == {"keloid"}
    (raised, *_) = [one for one in reply["sources"] if one["document"].startswith("Keloids")]
    assert raised["address"].startswith("https://")
    assert raised["publisher"]
    places = [(one["document"], one["section"]) for one in reply["sources"]]
    assert len(set(places)) == len(places) > 1


def test_a_danger_reply_has_numbers_to_call(chat: Chat) -> None:
    emergency = only_reply(chat.say("I took too many pills and I cannot breathe").json)
    assert emergency["outcome"] == "safety"
    assert "Call [911](tel:911) now" in emergency["text"]
    assert emergency["phones"] == [{"label": "Help right now", "number": "911"}]
    crisis = only_reply(chat.say("I want to die").json)
    assert crisis["phones"] == [
        {"label": "Crisis line", "number": "988"},
        {"label": "Help right now", "number": "911"},
    ]
    note = only_reply(chat.say("my scar is hot and red, do creams work?").json)
    assert note["outcome"] == "answered"
    assert note["phones"] == [{"label": "Willow Lane Scar Clinic", "number": PHONE}]
    assert "Creams and ointments can" in note["text"]


# Buttons


def test_a_button_is_what_was_offered(chat: Chat, home: Home) -> None:
    risks = only_reply(chat.say("What are the risks?").json)
    infection, skin, *_ = risks["buttons"]
    pressed = chat.say(infection["id"], "button").json
    assert (pressed["number"], pressed["said"]) == (2, "Risk of infection")
    assert [event["text"] for event in home.events(chat.sender, "user")][-1] == "/infection_risk"

    # It was offered two turns ago: now it is a question like any other.
    later = chat.say(skin["id"], "button").json
    assert (later["number"], later["said"]) == (3, "Skin color or texture")
    (*_, event) = home.events(chat.sender, "user")
    assert event["text"] == "Skin color or texture"
    assert "reading" in event["parse_data"]


def test_a_button_of_another_chat_is_none(chat: Chat, port: int) -> None:
    chat.say("What are the risks?")
    other = Chat(port)
    button = only_reply(other.say("What are the risks?").json)["buttons"][0]["id"]
    refused = chat.say(button, "button")
    assert refused.status == 400
    assert [turn["number"] for turn in chat.turns()] == [1]


def test_a_button_pressed_twice_is_one_turn(chat: Chat) -> None:
    button = only_reply(chat.say("What are the risks?").json)["buttons"][0]["id"]
    first = chat.post({"id": "pressed", "button": button})
    again = chat.post({"id": "pressed", "button": button})
    assert first.json == again.json
    assert [turn["number"] for turn in chat.turns()] == [1, 2]


# To come back


def test_a_chat_is_restored(chat: Chat, port: int) -> None:
    said = [chat.say(text).json for text in ("hello", "What are the risks?", "thanks")]
    assert chat.turns() == said
    assert chat.turns(after=1) == said[1:]
    everything = chat.ask("GET", "messages?after=3").json
    assert everything == {"turns": [], "last": 3}
    assert chat.ask("GET", "messages").json == {"turns": said, "last": 3}


@pytest.mark.parametrize("after", ["-1", "x", "1.5", "\u0661", "9" * 30, " 1", "1e3"])
def test_an_odd_number_is_told(chat: Chat, after: str) -> None:
    from urllib.parse import quote

    refused = chat.ask("GET", f"messages?after={quote(after)}")
    assert refused.status == 400
    assert refused.json == {"error": '"after" must be the number of a turn, or 0 for all of them.'}


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "messages"), ("DELETE", "conversation"), ("POST", "feedback")]
)
def test_without_its_token_a_chat_is_closed(port: int, method: str, path: str) -> None:
    refused = request(port, method, path, {"number": 1, "helped": True})
    assert refused.status == 401
    assert refused.json["error"].startswith("The token is missing or not valid here")
    assert refused.headers["www-authenticate"] == "Bearer"


def test_a_deleted_chat_is_gone(chat: Chat, home: Home) -> None:
    for text in ("hello", "I am a numbat in the garden"):
        chat.say(text)
    chat.ask("POST", "feedback", {"number": 1, "helped": True, "reason": "numbat"})
    assert chat.ask("DELETE", "conversation").status == 204
    assert chat.ask("GET", "messages").json == {"turns": [], "last": 0}
    for table, column in (("events", "sender_id"), ("turns", "conversation"),
                          ("feedback", "conversation")):  # fmt: skip
        assert rows(home, f"SELECT * FROM {table} WHERE {column} = ?", chat.sender) == []
    files = home.database.parent.glob("conversations.db*")
    assert not any(b"numbat" in file.read_bytes() for file in files)
    assert chat.ask("DELETE", "conversation").status == 204
    assert "I have not answered a question yet." in chat.say("tell me more").text
    assert [turn["number"] for turn in chat.turns()] == [1]


def test_who_asks_to_be_forgotten_is_gone_too(chat: Chat, home: Home) -> None:
    chat.say("hello")
    assert chat.say("forget me").text.startswith("This chat is deleted.")
    assert chat.turns() == []
    assert rows(home, "SELECT * FROM turns WHERE conversation = ?", chat.sender) == []


# Feedback


def test_feedback_names_the_answer_and_its_words(chat: Chat, home: Home) -> None:
    chat.say("What are the risks?")
    given = {"number": 1, "helped": False, "reason": "not \u00fc\0my case"}
    assert chat.ask("POST", "feedback", given).status == 204
    query = "SELECT number, answers, helped, reason FROM feedback WHERE conversation = ?"
    ((number, answers, helped, reason),) = rows(home, query, chat.sender)
    ((said,),) = rows(home, "SELECT replies FROM turns WHERE conversation = ?", chat.sender)
    assert (number, helped, reason) == (1, 0, "not \u00fc\ufffdmy case")
    assert json.loads(answers) == json.loads(said)[0]["scarwise"]["said"]
    assert json.loads(answers)[0]["answer"] == "risks"
    assert len(json.loads(answers)[0]["revision"]) == 12

    assert chat.ask("POST", "feedback", {"number": 1, "helped": True}).status == 204
    ((_, _, helped, reason),) = rows(home, query, chat.sender)
    assert (helped, reason) == (1, None)


@pytest.mark.parametrize(
    ("body", "status", "says"),
    [
        ({"number": 2, "helped": True}, 404, '"number" is that of no turn of this chat.'),
        ({"number": 0, "helped": True}, 400, '"number" must be the number of a turn, 1 or more.'),
        ({"number": 2**40, "helped": True}, 400, '"number" is the number of no turn.'),
        ({"number": "1", "helped": True}, 400, '"number" must be a whole number.'),
        ({"number": True, "helped": True}, 400, '"number" must be a whole number.'),
        ({"number": 1}, 400, '"helped" is missing; add it.'),
        ({"number": 1, "helped": 1}, 400, '"helped" must be true or false.'),
        ({"number": 1, "helped": True, "reason": "x" * 301}, 400,
         '"reason" has more than 300 characters; shorten it.'),
    ],
)  # fmt: skip
def test_odd_feedback_is_told(
    port: int, body: dict[str, Any], status: int, says: str, shared: Chat
) -> None:
    refused = shared.ask("POST", "feedback", body)
    assert (refused.status, refused.json) == (status, {"error": says})


@pytest.fixture(scope="module")
def shared(port: int) -> Chat:
    """One chat with one turn."""
    chat = Chat(port)
    chat.say("hello")
    return chat


# Without a token


def test_settings_are_what_anybody_may_know(port: int) -> None:
    answer = request(port, "GET", "settings")
    assert answer.json == {
        "clinic": "Willow Lane Scar Clinic",
        "phone": PHONE,
        "booking": "https://clinic.example/book",
        "privacy": "https://clinic.example/privacy",
        "emergency": {"label": "Help right now", "number": "911"},
        "crisis": {"label": "Crisis line", "number": "988"},
        "demo": True,
        "keep_days": 30,
        "starters": ["What is scar revision?", "What are the risks?", "Do scar creams work?",
                     "How much does it cost?"],
        "language": "en",
    }  # fmt: skip


def test_suggestions_come_while_typing(port: int, serving: Serving) -> None:
    def suggested(typed: str) -> list[str]:
        answer = request(port, "POST", "suggestions", {"typed": typed})
        assert answer.status == 200
        return [one["text"] for one in answer.json["suggestions"]]

    assert suggested("ri") == []
    assert suggested("recov")[0] == "How long is the recovery?"
    assert suggested("zebra crossing") == []
    assert suggested("") == []
    assert "zebra" not in serving.log.read_text()
    missing = request(port, "POST", "suggestions", {})
    assert (missing.status, missing.json) == (
        400, {"error": '"typed" is missing; add it.'},
    )  # fmt: skip


def test_the_chat_is_served_to_websites(port: int) -> None:
    loader = request(port, "GET", "scar-chat.js", headers={"Origin": CLINIC})
    assert (loader.status, loader.body) == (200, b"load()")
    assert loader.headers["content-type"] == "text/javascript; charset=utf-8"
    assert loader.headers["access-control-allow-origin"] == CLINIC
    assert loader.headers["cross-origin-resource-policy"] == "cross-origin"
    assert loader.headers["cache-control"] == "no-cache"
    same = request(port, "GET", "scar-chat.js", headers={"If-None-Match": loader.headers["etag"]})
    assert (same.status, same.body) == (304, b"")
    core = request(port, "GET", "scar-chat-core.js?v=abc.0")
    assert core.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert request(port, "GET", "notes.txt").status == 404
    missing = request(port, "GET", "scar-chat-xx.js")
    assert missing.json == {
        "error": "The chat is not built here: run `make setup`, and start the assistant again."
    }


# Which websites may


def test_a_website_on_the_list_may_read(port: int) -> None:
    asked = {
        "Origin": CLINIC,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type",
    }
    preflight = request(port, "OPTIONS", "messages", headers=asked)
    assert preflight.status == 204
    allowed = {name: value for name, value in preflight.headers.items() if "access-" in name}
    assert allowed == {
        "access-control-allow-origin": CLINIC,
        "access-control-allow-methods": "GET, POST, DELETE",
        "access-control-allow-headers": "Authorization, Content-Type",
        "access-control-max-age": "600",
        "access-control-expose-headers": "Retry-After",
    }
    begun = request(port, "POST", "conversations", {"consent": True}, {"Origin": CLINIC})
    assert begun.status == 201
    assert begun.headers["access-control-allow-origin"] == CLINIC
    assert begun.headers["vary"] == "Origin"
    refused = request(port, "POST", "messages", {}, {"Origin": CLINIC})
    assert refused.headers["access-control-allow-origin"] == CLINIC


def test_the_assistants_own_page_may_read(port: int) -> None:
    own = {"Origin": f"http://127.0.0.1:{port}"}
    assert request(port, "POST", "conversations", {"consent": True}, own).status == 201


@pytest.mark.parametrize(
    "origin",
    [FOREIGN, "null", "", f"{CLINIC}.evil.example", "http://www.clinic.example", f"{CLINIC}:444",
     "https://evil.example#https://www.clinic.example", "https://[", "*", "https://127.0.0.1:1"],
)  # fmt: skip
def test_another_website_may_not(port: int, chat: Chat, origin: str) -> None:
    from_there = {"Origin": origin}
    bearer = {**from_there, "Authorization": f"Bearer {chat.token}"}
    for method, path, body, headers in (
        ("POST", "conversations", {"consent": True}, from_there),
        ("POST", "messages", {"id": "1", "text": "hello"}, bearer),
        ("GET", "messages", None, bearer),
        ("DELETE", "conversation", None, bearer),
        ("POST", "feedback", {"number": 1, "helped": True}, bearer),
        ("POST", "suggestions", {"typed": "risks"}, from_there),
        ("GET", "settings", None, from_there),
        ("OPTIONS", "messages", None, {**from_there, "Access-Control-Request-Method": "POST"}),
    ):
        refused = request(port, method, path, body, headers)
        assert refused.status == 403, (method, path)
        assert refused.json == {
            "error": "This website may not show the chat: add it to `websites` in clinic.yml."
        }
        assert not any(name.startswith("access-control") for name in refused.headers)
    file = request(port, "GET", "scar-chat.js", headers=from_there)
    assert (file.status, "access-control-allow-origin" in file.headers) == (200, False)


# When the database is down


def test_without_the_database_everything_says_so(serving: Serving, home: Home) -> None:
    chat = Chat(serving.port)
    button = only_reply(chat.say("What are the risks?").json)["buttons"][0]["id"]
    with closing(sqlite3.connect(home.database, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        told = {"error": "This cannot be done right now: try again in a few minutes."}
        for method, path, body in (
            ("DELETE", "conversation", None),
            ("POST", "feedback", {"number": 1, "helped": True}),
        ):
            refused = chat.ask(method, path, body)
            assert (refused.status, refused.json) == (503, told)
        safe = chat.post({"id": "again", "button": button})
        assert safe.json["number"] == 0
        assert safe.text.startswith("I cannot answer right now.")
        other.execute("ROLLBACK")
    answered = chat.post({"id": "again", "button": button})
    assert (answered.json["number"], answered.json["said"]) == (2, "Risk of infection")
    assert until(lambda: len(chat.turns()) == 2, 5, "both turns")
