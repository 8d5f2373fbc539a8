"""Telegram as patients meet it: private chats, inline buttons, a provider that fails at times."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from scarwise.texts import load_texts

from .running import Home
from .telegramming import TOKEN, Telegramming, buttons, is_secret
from .texting import PUBLIC

TEXTS = load_texts()
NOTICE = f"{TEXTS.say('first_contact')}\n\n{TEXTS.say('demo')}"
PROMPT = TEXTS.say("doctor_prompt.general")
RISKS = "Scar revision has risks, as all surgery does. One is infection."


@pytest.fixture(scope="module")
def bot(home: Home) -> Iterator[Telegramming]:
    """A server with the stand-in as its provider."""
    telegramming = Telegramming(home)
    yield telegramming
    telegramming.stop()


@pytest.fixture
def known(bot: Telegramming) -> int:
    """The chat of somebody who has read the notice of the first contact."""
    chat = bot.somebody()
    assert bot.say(bot.update(chat, "thanks"), 2)[0]["text"] == NOTICE
    return chat


def test_the_server_tells_telegram_where_to_call_and_with_which_secret(bot: Telegramming) -> None:
    assert bot.webhook["url"] == f"{PUBLIC}/webhooks/telegram/updates"
    assert bot.webhook["allowed_updates"] == ["message", "callback_query"]
    assert is_secret(bot.webhook["secret_token"])
    assert TOKEN not in bot.serving.log.read_text()
    assert bot.webhook["secret_token"] not in bot.serving.log.read_text()


@pytest.mark.parametrize("secret", ["", "x", "0" * 64, "é", TOKEN])
def test_without_the_secret_nobody_may_call(secret: str, bot: Telegramming) -> None:
    chat = bot.somebody()
    assert bot.post(bot.update(chat, "hello"), secret) == 403
    bot.quiet(chat, 0, 0.2)


@pytest.mark.parametrize(
    "raw",
    [b"", b"x", b"null", b"[1]", b'"a"', b"{}", b'{"update_id": "1"}', b'{"update_id": -1}',
     b'{"update_id": 1, "message": 5}', b'{"update_id": 1, "message": {"text": "a"}}',
     b'{"update_id": 1, "message": {"chat": {"id": "x", "type": "private"}}}', b"\xff"],
)  # fmt: skip
def test_malformed_updates(raw: bytes, bot: Telegramming) -> None:
    assert bot.post(None, raw=raw) == 400


def test_a_large_body(bot: Telegramming) -> None:
    assert bot.post(None, raw=b"x" * 20_000) == 413


def test_an_answer_is_whole_with_inline_buttons(bot: Telegramming) -> None:
    chat = bot.somebody()
    first, second = bot.say(bot.update(chat, "Are there any risks?"), 2)
    assert first["text"] == NOTICE
    assert second["text"].startswith(RISKS)
    assert second["text"].count(PROMPT) == 1
    assert buttons(second) == [
        ("Risk of infection", "/infection_risk"), ("Skin color or texture", "/skin_changes"),
        ("Risks of anesthesia", "/anaesthesia_risk"),
    ]  # fmt: skip
    assert all(len(data.encode()) <= 64 for _, data in buttons(second))
    assert second["link_preview_options"] == {"is_disabled": True}
    assert "parse_mode" not in second  # nothing in a text is markup


def test_an_update_that_comes_again_has_no_second_effect(bot: Telegramming, known: int) -> None:
    update = bot.update(known, "What are the risks?")
    for _ in range(5):
        assert bot.post(update) == 200  # anything else, and Telegram sends it again
    bot.quiet(known, 3)


def test_an_edited_message_is_no_new_one(bot: Telegramming, known: int) -> None:
    update = bot.update(known, "What are the risks?")
    edited = {"update_id": update["update_id"], "edited_message": update["message"]}
    assert bot.post(edited) == 200
    bot.quiet(known, 2)


@pytest.mark.parametrize("kind", ["group", "supergroup", "channel"])
def test_groups_get_nothing(kind: str, bot: Telegramming) -> None:
    chat = bot.somebody()
    assert bot.post(bot.update(chat, "What are the risks?", kind)) == 200
    bot.quiet(chat, 0, 0.3)


def test_a_pressed_button_counts_and_comes_to_rest(bot: Telegramming, known: int) -> None:
    bot.say(bot.update(known, "Are there any risks?"))
    update = bot.press(known, "/infection_risk", "Risk of infection")
    (sent,) = bot.say(update)
    assert sent["text"].startswith("Infection is one of the risks of scar revision.")
    query = update["callback_query"]["id"]
    end = time.monotonic() + 10
    while query not in bot.answered and time.monotonic() < end:
        time.sleep(0.05)
    assert query in bot.answered


def test_a_button_of_an_earlier_message_is_its_title(bot: Telegramming, known: int) -> None:
    bot.say(bot.update(known, "Are there any risks?"))
    bot.say(bot.update(known, "thanks"))
    (sent,) = bot.say(bot.press(known, "/infection_risk", "Risk of infection"))
    assert sent["text"].startswith("Infection is one of the risks of scar revision.")


@pytest.mark.parametrize("data", ["/restart", "/affirm", '/set{"answered": 1}'])
def test_data_that_was_not_offered_is_nothing(data: str, bot: Telegramming, known: int) -> None:
    bot.say(bot.update(known, "Are there any risks?"))
    (sent,) = bot.say(bot.press(known, data, "How much does it cost?"))
    assert sent["text"].startswith("I have no prices.")


def test_a_press_in_a_group_is_passed_over(bot: Telegramming) -> None:
    update = bot.press(bot.somebody(), "/risks", "Risks")
    update["callback_query"]["message"]["chat"]["type"] = "group"
    assert bot.post(update) == 200
    assert bot.post({"update_id": 5, "callback_query": {"id": "1", "data": "x"}}) == 200


@pytest.mark.parametrize(
    ("command", "starts"),
    [
        ("/start", "Hello. I am the automated assistant"),
        ("/start@clinic_bot from-a-poster", "Hello. I am the automated assistant"),
        ("/help", TEXTS.say("help_word")),
        ("/restart", "I could not read a question in this."),
    ],
)
def test_commands(command: str, starts: str, bot: Telegramming, known: int) -> None:
    (sent,) = bot.say(bot.update(known, command))
    assert sent["text"].startswith(starts)


@pytest.mark.parametrize("word", ["/stop", "STOP", "unsubscribe"])
def test_stop_and_start(word: str, bot: Telegramming, known: int) -> None:
    assert bot.say(bot.update(known, word))[0]["text"] == TEXTS.say("opted_out")
    assert bot.post(bot.update(known, "What are the risks?")) == 200
    bot.quiet(known, 3)
    assert bot.say(bot.update(known, "/start"))[0]["text"] == TEXTS.say("opted_in")
    assert bot.say(bot.update(known, "What are the risks?"))[0]["text"].startswith(RISKS)


@pytest.mark.parametrize(
    ("sent", "name"),
    [
        ({"photo": [{"file_id": "a"}]}, "no_photo"), ({"video": {"file_id": "a"}}, "no_photo"),
        ({"video_note": {"file_id": "a"}}, "no_photo"), ({"voice": {"file_id": "a"}}, "no_voice"),
        ({"audio": {"file_id": "a"}}, "no_voice"), ({"document": {"file_id": "a"}}, "no_file"),
        ({"sticker": {"file_id": "a"}}, "no_sticker"),
        ({"location": {"latitude": 1.0, "longitude": 2.0}}, "no_location"),
        ({"venue": {"title": "a"}, "location": {"latitude": 1.0}}, "no_location"),
        ({"contact": {"phone_number": "+12125550177"}}, "no_contact"),
        ({"poll": {"id": "1"}}, "no_file"), ({"dice": {"value": 1}}, "no_sticker"),
    ],
)  # fmt: skip
def test_what_it_cannot_look_at(sent: dict, name: str, bot: Telegramming, known: int) -> None:
    assert bot.say(bot.update(known, **sent))[0]["text"] == TEXTS.say(name)


def test_a_question_below_a_photo(bot: Telegramming, known: int) -> None:
    update = bot.update(known, photo=[{"file_id": "a"}], caption="What are the risks?")
    first, second = bot.say(update, 2)
    assert first["text"] == TEXTS.say("no_photo")
    assert second["text"].startswith(RISKS)


def test_what_says_nothing_is_passed_over(bot: Telegramming, known: int) -> None:
    assert bot.post(bot.update(known, pinned_message={"message_id": 1})) == 200
    assert bot.post({"update_id": 7, "my_chat_member": {}}) == 200
    bot.quiet(known, 2, 0.3)


def test_danger_comes_first_and_whole(bot: Telegramming) -> None:
    update = bot.update(bot.somebody(), "I can't breathe and my face is swelling")
    assert [one["text"] for one in bot.say(update, 2)] == [TEXTS.say("emergency"), NOTICE]


@pytest.mark.parametrize("fault", ["429", "502", "cut"])
def test_a_fault_loses_nothing(fault: str, bot: Telegramming, known: int) -> None:
    bot.faults.append(fault)
    assert bot.say(bot.update(known, "What are the risks?"))[0]["text"].startswith(RISKS)
    bot.quiet(known, 3)


def test_who_blocked_the_bot_has_opted_out(bot: Telegramming, known: int) -> None:
    bot.blocked[known] = 403
    assert bot.post(bot.update(known, "What are the risks?")) == 200
    time.sleep(1.0)
    del bot.blocked[known]
    assert bot.post(bot.update(known, "What are the risks?")) == 200
    bot.quiet(known, 2)
    assert bot.say(bot.update(known, "/start"))[0]["text"] == TEXTS.say("opted_in")


def test_a_chat_that_is_gone_is_let_go(bot: Telegramming, known: int) -> None:
    bot.blocked[known] = 400
    assert bot.post(bot.update(known, "What are the risks?")) == 200
    time.sleep(1.0)
    del bot.blocked[known]
    assert bot.say(bot.update(known, "What are the risks?"))[0]["text"].startswith(RISKS)


def test_no_chat_id_is_kept(bot: Telegramming, known: int) -> None:
    bot.say(bot.update(known, "What are the risks?"))
    time.sleep(0.5)
    folder: Path = bot.home.folder
    files = [path for path in (folder / "var").rglob("*") if path.is_file()]
    for path in [*files, bot.serving.log]:
        assert str(known).encode() not in path.read_bytes(), path
