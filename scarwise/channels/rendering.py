"""One message of the assistant as each kind of text message shows it. Pure.

An SMS has no buttons and little room: it gets numbered choices, the answer's short form, and MORE
for the rest. Nothing is ever cut inside a sentence, and the doctor prompt stands whole in every SMS
that tells something about health.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
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


Unit = tuple[Block, str]  # one sentence, and the block that it belongs to


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
        # What was asked beside the answer must be shown, and so what stands above it in the menu.
        asked = [f"/{one}" for one in message.offered]
        needed = [sent in asked for _, sent in self._choices]
        if message.outcome in NEED_ALL_CHOICES:
            needed = [True] * len(self._choices)
        self._needed = max((place for place, one in enumerate(needed, start=1) if one), default=0)

    def _asked_more(self) -> bool:
        start = self._voice.texts.fixed["also_asked"].text.partition("{")[0]
        return any(one.kind == "titles" and one.text.startswith(start) for one in self._blocks)

    def pages(self) -> list[str]:
        """All pages, in order; one at least."""
        whole_text = self._told(self._units(self._of("answer", "other", "source")), note=True)
        alone = self._set(whole_text, self._needed)
        if self._fits(alone) or not self._of("answer"):
            return [self._with_choices(whole_text, self._needed)]
        first, left = self._first(self._of("answer", "other"))
        pages = [self._with_choices(first, self._needed, more=True)]
        while left:
            count = self._most(left)
            more = count < len(left)
            pages.append(self._with_choices(self._told(left[:count]), 0, more))
            left = left[count:]
        return pages

    def _of(self, *kinds: Kind) -> list[Block]:
        return [one for one in self._blocks if one.kind in kinds]

    @staticmethod
    def _units(some: Sequence[Block]) -> list[Unit]:
        return [(one, sentence) for one in some for sentence in one.sentences or (one.text,)]

    def _first(self, some: list[Block]) -> tuple[str, list[Unit]]:
        """The text of the first page, and what is left for the others, the source at their end."""
        given = [one.short or one.sentences or (one.text,) for one in some]
        counts = [1] + [0] * (len(some) - 1)
        lengthen = partial(self._lengthen, some, given, counts)
        lengthen([1] * len(some))  # of each subject something, where there is room
        lengthen([len(all_) if one.short else 1 for one, all_ in zip(some, given, strict=True)])
        lengthen([len(all_) for all_ in given], SUGGESTED_BEFORE_DETAIL)
        left = []
        for block, count in zip(some, counts, strict=True):
            # A short form says it in other words, so the whole is told after it.
            left += self._units([block])[0 if block.short else count :]
        told = self._told(_chosen(some, given, counts), note=True)
        return told, [*left, *self._units(self._of("source"))]

    def _lengthen(
        self, some: list[Block], given: list[tuple[str, ...]], counts: list[int],
        most: list[int], suggestions: int = 0,
    ) -> None:  # fmt: skip
        """Add sentences in turn, while there is room for them and for the choices."""
        kept = max(self._needed, min(suggestions, len(self._choices)))
        grown = True
        while grown:
            grown = False
            for one in range(len(some)):
                if counts[one] >= most[one]:
                    continue
                counts[one] += 1
                text = self._told(_chosen(some, given, counts), note=True)
                if self._fits(self._set(text, kept, more=True)):
                    grown = True
                else:
                    counts[one] -= 1

    def _most(self, left: list[Unit]) -> int:
        """How many of the sentences fit on the next page; one at least."""
        for count in range(len(left), 1, -1):
            if self._fits(self._set(self._told(left[:count]), 0, more=count < len(left))):
                return count
        return 1

    def _told(self, some: Sequence[Unit], note: bool = False) -> str:
        """A page's text: sentences below their headings, the doctor prompt, the source."""
        under: dict[Block, list[str]] = {}
        for block, sentence in some:
            under.setdefault(block, []).append(sentence)
        told = [_under(one.heading, said) for one, said in under.items() if one.kind != "source"]
        source = [one.text for one in under if one.kind == "source"]
        before = self._of("note") if note else []
        prompt = [one.text for one in self._of("prompt")]
        return paragraphs(*(one.text for one in before), *told, *prompt, *source)

    def _with_choices(self, text: str, needed: int, more: bool = False) -> str:
        """The page with as many choices as fit, all those that are needed among them."""
        for count in range(len(self._choices), needed, -1):
            page = self._set(text, count, more)
            if self._fits(page):
                return page
        return self._set(text, needed, more)

    def _set(self, text: str, count: int, more: bool = False) -> str:
        read_on = self._voice.texts.say("read_on") if more else None
        menu = numbered(self._voice, "", self._choices[:count], self._heading)
        below = "\n".join(one for one in (read_on, menu) if one)
        return paragraphs(text, below)


def _chosen(some: list[Block], given: list[tuple[str, ...]], counts: list[int]) -> list[Unit]:
    """The first sentences of each block, as many as `counts` tells."""
    every = zip(some, given, counts, strict=True)
    return [(block, one) for block, sentences, count in every for one in sentences[:count]]


def _under(heading: str, sentences: Sequence[str]) -> str:
    text = " ".join(sentences)
    return f"{heading}\n{text}" if heading else text
