"""A turn always ends with a reply, and in time, whatever Rasa does."""

from __future__ import annotations

import asyncio
import logging
import time

import pytest
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.shared.core.events import BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from scarwise.dialogue import compose, turn
from scarwise.dialogue.message import Message
from scarwise.understanding.reading import RECORD, Reading

SAFE = (
    "I cannot answer right now. Your question was not lost on your side: please ask it again in a "
    "few minutes.\n\nTo talk with a doctor, call Willow Lane Scar Clinic at +1 212 555 0142, or "
    "book a visit: https://clinic.example/book\n\nIn an emergency, call 911."
)
NO_CONTENT = (
    "I could not read a question in this. Please write it in a few words.\n\n"
    "You can also call Willow Lane Scar Clinic at +1 212 555 0142."
)
TOO_LONG = (
    "Your message is longer than I can read. Please ask in fewer words. You can also call Willow "
    "Lane Scar Clinic at +1 212 555 0142. In an emergency, call 911. If you think about "
    "hurting yourself, call 988."
)
SECRET = "my name is Erika Mustermann"


def risks() -> Message:
    return compose.answer(compose.load_voice(), Reading("answer", topics=("risks",)), {})


class Rasa:
    """Stands for Rasa: remembers what reached it, and does what a test wants."""

    def __init__(self, *replies: Message, does=None, buttons: tuple[str, ...] = ()) -> None:
        self.replies = replies
        self.does = does
        self.buttons = buttons
        self.got: list[str] = []

    async def handle(self, message: UserMessage) -> None:
        self.got.append(message.text)
        if self.does:
            await self.does()
        for reply in self.replies:
            await message.output_channel.send_response(message.sender_id, reply.as_response())

    async def retrieve(self, sender: str) -> DialogueStateTracker:
        buttons = [{"title": one, "payload": one} for one in self.buttons]
        events = [UserUttered("x"), BotUttered("y", {"buttons": buttons})]
        return DialogueStateTracker.from_events(sender, events)

    def take(self, text: object, channel=None) -> list[Message]:
        message = UserMessage(text, channel, "somebody")
        return asyncio.run(turn.take(self.handle, self.retrieve, message))


async def _raise() -> None:
    raise RuntimeError(SECRET)


async def _hang() -> None:
    await asyncio.sleep(30)


def test_good_turn() -> None:
    rasa = Rasa(risks())
    assert rasa.take("are there risks") == [risks()]
    assert rasa.got == ["are there risks"]


def test_rasa_raises(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        assert [one.text for one in Rasa(does=_raise).take(SECRET)] == [SAFE]
    assert '"outcome": "failed"' in caplog.text
    assert '"problems": ["RuntimeError"]' in caplog.text
    assert SECRET not in caplog.text


def test_rasa_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turn, "TURN_SECONDS", 0.1)
    started = time.perf_counter()
    replies = Rasa(risks(), does=_hang).take("are there risks")
    assert time.perf_counter() - started < 5
    assert [one.text for one in replies] == [SAFE]
    assert replies[0].outcome == "failed"


def test_rasa_says_nothing() -> None:
    assert [one.text for one in Rasa().take("are there risks")] == [SAFE]


def test_rasa_says_what_nobody_vetted(caplog: pytest.LogCaptureFixture) -> None:
    foreign = Message(f"{SECRET}, you will be fine.", "answered")
    with caplog.at_level(logging.ERROR):
        assert [one.text for one in Rasa(risks(), foreign).take("x")] == [SAFE]
    assert '"problems": ["unknown text"]' in caplog.text
    assert SECRET not in caplog.text


def test_a_message_without_text_gets_an_answer() -> None:
    rasa = Rasa(risks())
    message = UserMessage(None, None, "somebody")
    message.text = None  # Rasa's own class makes an empty text of it
    replies = asyncio.run(turn.take(rasa.handle, rasa.retrieve, message))
    assert [one.text for one in replies] == [NO_CONTENT]
    assert rasa.got == []


def test_a_message_too_long_gets_an_answer_before_rasa_reads_it() -> None:
    rasa = Rasa(risks())
    assert [one.text for one in rasa.take("x" * 1001)] == [TOO_LONG]
    assert rasa.got == []


@pytest.mark.parametrize(
    ("typed", "reaches"),
    [
        ("/risks", "/risks"),
        ("/restart", "restart"),
        ('/risks{"technique": "laser"}', 'risks{"technique": "laser"}'),
        ("\u00a0/restart", "restart"),
    ],
)
def test_only_offered_buttons_reach_rasa_as_commands(typed: str, reaches: str) -> None:
    rasa = Rasa(risks(), buttons=("/risks",))
    rasa.take(typed)
    assert rasa.got == [reaches]


def test_buttons_of_an_earlier_turn_count_no_more() -> None:
    tracker = DialogueStateTracker.from_events("somebody", [
        UserUttered("x"),
        BotUttered("y", {"buttons": [{"title": "Cost", "payload": "/cost"}]}),
        UserUttered("z"),
        BotUttered("y", {"buttons": [{"title": "Risks", "payload": "/risks"}]}),
        BotUttered("y"),
    ])  # fmt: skip
    assert turn.offered_payloads(tracker) == {"/risks"}
    assert turn.offered_payloads(None) == set()


def test_message_stays_one_on_channels_that_cut_at_blank_lines() -> None:
    channel = CollectingOutputChannel()
    Rasa(risks()).take("x", channel)
    assert len(channel.messages) == 1
    assert channel.messages[0]["text"] == risks().text.replace("\n\n", "\n \n")
    assert [one["title"] for one in channel.messages[0]["buttons"]] == [
        "Risk of infection", "Skin color or texture", "Risks of anesthesia",
    ]  # fmt: skip


def test_record_does_not_leave_on_a_channel_of_rasas() -> None:
    class Seen(CollectingOutputChannel):
        def __init__(self) -> None:
            super().__init__()
            self.responses: list[dict] = []

        async def send_response(self, recipient_id: str, message: dict) -> None:
            self.responses.append(message)

    channel = Seen()
    Rasa(risks()).take("x", channel)
    assert [sorted(one) for one in channel.responses] == [["buttons", "text"]]
    assert RECORD not in channel.responses[0]
