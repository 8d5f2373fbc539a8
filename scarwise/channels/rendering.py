"""One message of the assistant as each kind of text message shows it. Pure.

An SMS has no buttons and little room: it gets numbered choices, the answer's short form, and MORE
for the rest. Nothing is ever cut inside a sentence, and the doctor prompt stands whole in every SMS
that tells something about health.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from scarwise.channels.menu import Choice
from scarwise.channels.sms_text import plain, segments
from scarwise.dialogue.compose import Voice
from scarwise.dialogue.message import PARAGRAPH, Message, paragraphs
from scarwise.knowledge.answers import spoken

MOST_SEGMENTS = 3
SUGGESTED_BEFORE_DETAIL = 2  # suggestions that an answer without a short form leaves room for
# Choices without which the patient could not go on; suggestions are left out where room is short.
NEED_ALL_CHOICES = frozenset({"asked_back", "form", "safety"})
Kind = Literal["note", "answer", "prompt", "source", "titles", "other"]
FRAMES: dict[str, Kind] = {"source": "source", "also_asked": "titles", "may_also_mean": "titles"}
Fits = Callable[[str], bool]


@dataclass(frozen=True)
class Block:
    """One paragraph of a message, and what it is."""

    kind: Kind
    text: str
    heading: str = ""  # "About ...:" above an answer
    sentences: tuple[str, ...] = ()  # of an answer
    short: tuple[str, ...] = ()  # its vetted short form, where there is one


@dataclass(frozen=True)
class Shown:
    """A whole message for a channel that has buttons of its own."""

    text: str
    choices: tuple[Choice, ...]


def blocks(voice: Voice, message: Message) -> list[Block]:
    """The paragraphs of `message`, each told apart."""
    return [_block(voice, message, one) for one in message.text.split(PARAGRAPH)]


def _block(voice: Voice, message: Message, text: str) -> Block:
    heading, _, rest = text.partition("\n")
    said = {one.answer for one in message.said}
    for served in voice.knowledge.served():
        if served.answer.id not in said:
            continue
        for part in (served.answer.say, served.answer.more):
            words = spoken(part)
            if part and words in (text, rest):
                short = served.answer.short if part is served.answer.say else []
                return Block(
                    "answer", text, heading if words == rest else "",
                    tuple(one.text for one in part), tuple(one.text for one in short),
                )  # fmt: skip
    return Block(_kind(voice, text), text)


def _kind(voice: Voice, text: str) -> Kind:
    texts = voice.texts
    for name in texts.fixed:
        if name.startswith("doctor_prompt.") and texts.say(name) == text:
            return "prompt"
        if name.startswith("note.") and texts.say(name) == text:
            return "note"
    frames: dict[str, Kind] = {
        "source": "source",
        "also_asked": "titles",
        "may_also_mean": "titles",
    }
    for name, kind in frames.items():
        if text.startswith(texts.fixed[name].text.partition("{")[0]):
            return kind
    return "other"


def in_place(voice: Voice, message: Message, *kinds: str) -> str:
    """The text of `message` with the fixed texts that text messages have of their own."""
    for kind in kinds:
        for name in voice.texts.fixed:
            of, _, usual = name.partition(".")
            if of == kind and usual in voice.texts and voice.texts.say(usual) in message.text:
                return message.text.replace(voice.texts.say(usual), voice.texts.say(name))
    return message.text


def whole(voice: Voice, message: Message) -> Shown:
    """The whole message, for WhatsApp and Telegram."""
    return Shown(in_place(voice, message, "messages"), message.buttons)


def numbered(voice: Voice, text: str, choices: Sequence[Choice], heading: str = "choose") -> str:
    """`text` with its choices as a numbered menu below it."""
    if not choices:
        return text
    lines = [f"{number} {title}" for number, (title, _) in enumerate(choices, start=1)]
    return paragraphs(text, "\n".join([voice.texts.say(heading), *lines]))


def sms_pages(voice: Voice, message: Message) -> list[str]:
    """The texts that an SMS patient reads: the first at once, each other one after MORE."""
    text = in_place(voice, message, "sms", "messages")
    short = _Pages(voice, message, text, lambda page: segments(plain(page)) <= MOST_SEGMENTS)
    return [plain(page) for page in short.pages()]


def paged(voice: Voice, message: Message, fits: Fits) -> list[str]:
    """As `sms_pages`, for a channel with more room; `fits` tells how much."""
    return _Pages(voice, message, in_place(voice, message, "messages"), fits).pages()


class _Pages:
    """Cuts one message into pages, between sentences, each with its choices below it."""

    def __init__(self, voice: Voice, message: Message, text: str, fits: Fits) -> None:
        self._voice = voice
        self._fits = fits
        self._choices = message.buttons
        self._blocks = blocks(voice, replace(message, text=text))
        self._heading = "choose_asked" if self._asked_more() else "choose"
        all_needed = message.outcome in NEED_ALL_CHOICES
        self._needed = len(self._choices) if all_needed else len(message.offered)
        self._needed = min(self._needed, len(self._choices))

    def _asked_more(self) -> bool:
        start = self._voice.texts.fixed["also_asked"].text.partition("{")[0]
        return any(one.kind == "titles" and one.text.startswith(start) for one in self._blocks)

    def _of(self, *kinds: Kind) -> list[str]:
        return [one.text for one in self._blocks if one.kind in kinds]

    def pages(self) -> list[str]:
        """All pages, in order; one at least."""
        answers = [one for one in self._blocks if one.kind == "answer"]
        text = paragraphs(*self._of("note", "answer", "other", "prompt", "source"))
        if not answers:
            return [self._with_choices(text, more=False)]
        if self._fits(self._set(text, self._needed)):
            return [self._with_choices(text, more=False)]
        first, rest = self._first(answers)
        return [first, *self._further(rest)]

    def _first(self, answers: list[Block]) -> tuple[str, list[tuple[str, str]]]:
        """The first page, and the sentences that are left, each with its heading."""
        given = [one.short or one.sentences for one in answers]
        counts = [1] * len(answers)
        self._lengthen(answers, given, counts, [bool(one.short) for one in answers], 0)
        derived = [not one.short for one in answers]
        self._lengthen(answers, given, counts, derived, SUGGESTED_BEFORE_DETAIL)
        left = []
        for block, count in zip(answers, counts, strict=True):
            # A short form says it in other words, so the whole is told after it.
            unsaid = block.sentences if block.short else block.sentences[count:]
            left += [(block.heading, one) for one in unsaid]
        return self._with_choices(self._page(answers, given, counts), more=bool(left)), left

    def _lengthen(
        self, answers: list[Block], given: list[tuple[str, ...]], counts: list[int],
        which: list[bool], suggestions: int,
    ) -> None:  # fmt: skip
        """Add sentences in turn, while there is room for them and for the choices."""
        kept = max(self._needed, min(suggestions, len(self._choices)))
        grown = True
        while grown:
            grown = False
            for one, wanted in enumerate(which):
                if not wanted or counts[one] == len(given[one]):
                    continue
                counts[one] += 1
                if self._fits(self._set(self._page(answers, given, counts), kept, more=True)):
                    grown = True
                else:
                    counts[one] -= 1

    def _page(self, answers: list[Block], given: list[tuple[str, ...]], counts: list[int]) -> str:
        told = [
            _under(block.heading, sentences[:count])
            for block, sentences, count in zip(answers, given, counts, strict=True)
        ]
        return paragraphs(*self._of("note"), *told, *self._of("other"), *self._of("prompt"))

    def _further(self, left: list[tuple[str, str]]) -> list[str]:
        """The pages after the first."""
        pages = []
        while left:
            count = self._most(left)
            last = count == len(left)
            pages.append(self._with_choices(self._told(left[:count], last), more=not last))
            left = left[count:]
        return pages

    def _most(self, left: list[tuple[str, str]]) -> int:
        """How many of the sentences fit on the next page; one at least."""
        for count in range(len(left), 1, -1):
            last = count == len(left)
            if self._fits(self._set(self._told(left[:count], last), 0, more=not last)):
                return count
        return 1

    def _told(self, some: list[tuple[str, str]], last: bool) -> str:
        under: dict[str, list[str]] = {}
        for heading, sentence in some:
            under.setdefault(heading, []).append(sentence)
        told = [_under(heading, sentences) for heading, sentences in under.items()]
        return paragraphs(*told, *self._of("prompt"), *(self._of("source") if last else []))

    def _with_choices(self, text: str, more: bool) -> str:
        """The page with as many choices as fit, all those that are needed among them."""
        for count in range(len(self._choices), self._needed, -1):
            page = self._set(text, count, more)
            if self._fits(page):
                return page
        return self._set(text, self._needed, more)

    def _set(self, text: str, count: int, more: bool = False) -> str:
        read_on = self._voice.texts.say("read_on") if more else None
        menu = numbered(self._voice, "", self._choices[:count], self._heading)
        below = "\n".join(one for one in (read_on, menu) if one)
        return paragraphs(text, below)


def _under(heading: str, sentences: Sequence[str]) -> str:
    text = " ".join(sentences)
    return f"{heading}\n{text}" if heading else text
