"""The last check: what leaves for a patient is made of vetted and fixed texts, or it is replaced.

It does not trust the action that composed a message. It knows every paragraph that may be said
(today's served answers, the fixed texts of this clinic) by its hash, and refuses a turn that is
empty, that holds another paragraph, that states a fact without the prompt to speak with a doctor,
or that shows something internal.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from scarwise.callback import NAME_PATTERN, PHONE_PATTERN, TIME_PATTERN
from scarwise.dialogue.compose import Voice, fixed
from scarwise.dialogue.message import PARAGRAPH, Message
from scarwise.knowledge.answers import spoken
from scarwise.knowledge.documents import text_hash

# Lines that name topics or sources are made for each message; these are their frames.
FRAMES = (
    "source",
    "source.signed",
    "about",
    "no_answer",
    "no_more_detail",
    "may_also_mean",
    "also_asked",
    "callback_summary",
    "callback_saved",
)
# What fills them: capitals in the pattern's place, so that a frame can be made like any text.
GIVEN = {
    "given_name": ("GIVEN_NAME", NAME_PATTERN),
    "given_phone": ("GIVEN_PHONE", PHONE_PATTERN),
    "given_time": ("GIVEN_TIME", f"(?:{TIME_PATTERN})"),
    "number": ("NUMBER", r"\d{4}-\d{4}"),
}
INTERNAL = re.compile(r"\{[a-z_]*\}|Traceback \(most recent|(?:^|\s)/[a-z_]+\b(?!/)|utter_|action_")


class LastCheck:
    """Recognizes what may be said today."""

    def __init__(self, voice: Voice) -> None:
        self.voice = voice
        self._allowed = {text_hash(text) for text in self._every_text()}
        self._health = {
            text_hash(spoken(part)): one.answer.id
            for one in voice.knowledge.served()
            for part in one.answer.parts
            if part
        }
        self._frames = [re.compile(self._frame(name)) for name in FRAMES]
        self._prompts = [
            voice.texts.say(name) for name in voice.texts.fixed if name.startswith("doctor_prompt.")
        ]

    def _every_text(self) -> Iterator[str]:
        texts = self.voice.texts
        for name in texts.fixed:
            if name not in FRAMES:
                yield from texts.say(name).split(PARAGRAPH)

    def _frame(self, name: str) -> str:
        """A pattern that matches the frame filled with known subjects, titles or sources."""
        topics = self.voice.topics.values()
        titles = "|".join(re.escape(topic.title) for topic in topics)
        documents = self.voice.knowledge.documents.values()
        sources = "|".join(re.escape(one.about.title) for one in documents)
        text = re.escape(self.voice.texts.say(
            name, subject="SUBJECT", titles="TITLES", sources="SOURCES", reviewed="REVIEWED",
            **{one: placeholder for one, (placeholder, _) in GIVEN.items()},
        ))  # fmt: skip
        subjects = "|".join(re.escape(topic.subject) for topic in topics)
        for placeholder, pattern in (
            ("SUBJECT", f"(?:{subjects})"),
            ("TITLES", f"(?:{titles})(?:, (?:{titles}))*"),
            ("SOURCES", f"(?:{sources})(?:; (?:{sources}))*"),
            ("REVIEWED", r"\d{4}-\d{2}-\d{2}"),
            *GIVEN.values(),
        ):
            text = text.replace(placeholder, pattern)
        return text

    def objections(self, messages: Sequence[Message]) -> list[str]:
        """Why these messages of one turn may not leave; empty when they may."""
        if not any(message.text.strip() for message in messages):
            return ["empty turn"]
        found = []
        states_fact = False
        for message in messages:
            for block in message.text.split(PARAGRAPH):
                health, objection = self._judge(block)
                states_fact = states_fact or health
                if objection:
                    found.append(objection)
        text = PARAGRAPH.join(message.text for message in messages)
        if states_fact and not any(prompt in text for prompt in self._prompts):
            found.append("no doctor prompt")
        return found

    def _judge(self, block: str) -> tuple[bool, str | None]:
        """Whether a paragraph states a fact of a served answer, and the objection to it."""
        heading, _, rest = block.partition("\n")
        if rest and self._frames[FRAMES.index("about")].fullmatch(heading):
            return self._judge(rest)
        if text_hash(block) in self._health:
            return True, None
        if text_hash(block) in self._allowed:
            return False, None
        if any(frame.fullmatch(block) for frame in self._frames):
            return False, None
        return False, "internal text" if INTERNAL.search(block) else "unknown text"

    def passed(self, messages: Sequence[Message]) -> tuple[list[Message], list[str]]:
        """The messages that may leave (the safe reply in place of refused ones), and why."""
        found = self.objections(messages)
        if found:
            return [self.safe_reply()], found
        return list(messages), []

    def safe_reply(self) -> Message:
        """The fixed reply when nothing else may be said."""
        return fixed(self.voice, "unavailable", "failed", ["unavailable"])
