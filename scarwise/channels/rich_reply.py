"""A message as the web shows it: emphasis and links, where it is from, whom to call. Pure.

The only markup is **bold** and [text](address); a client that knows neither shows it as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from scarwise.channels.bodies import Button, Phone, Reply, Source
from scarwise.dialogue.compose import Voice
from scarwise.dialogue.message import PARAGRAPH, Message
from scarwise.knowledge.answers import spoken
from scarwise.knowledge.base import ServedAnswer
from scarwise.knowledge.documents import Passage
from scarwise.texts import placeholders

# The clinic's numbers that a danger reply may name, each with a fixed text as its label.
NUMBERS = ("emergency", "crisis", "abuse", "phone")
SOURCE_FRAMES = ("source", "source.signed")
ANYTHING = "\0"  # stands in a frame for what is filled in


class RichReplies:
    """Sets messages for the web in the voice of one clinic."""

    def __init__(self, voice: Voice) -> None:
        self._voice = voice
        self._served = {(one.answer.id, one.revision): one for one in voice.knowledge.served()}
        say = voice.texts.say
        self._source_lines = _pattern(
            say(name, sources=ANYTHING, reviewed=ANYTHING) for name in SOURCE_FRAMES
        )
        self._heading = _pattern([say("about", subject=ANYTHING)])
        details = voice.texts.clinic.values()
        self._targets = {
            **{details[name]: details[name] for name in ("booking", "privacy")},
            **{details[name]: "tel:" + re.sub(r"[^+\d]", "", details[name]) for name in NUMBERS},
        }
        longest_first = map(re.escape, sorted(self._targets, key=len, reverse=True))
        self._known = re.compile(  # where they stand alone
            rf"(?<![\w/.,-])(?:{'|'.join(longest_first)})(?![\w/-]|[.,]\d|\s\d|\s?%)"
        )

    def reply(self, message: Message, button_id: Callable[[int], str]) -> Reply:
        """`message` for the web; `button_id` names the button at a place, counted from 0."""
        sources = list(self._sources(message))
        blocks = [
            self._marked_up(one)
            for one in message.text.split(PARAGRAPH)
            if not (sources and self._source_lines.fullmatch(one))
        ]
        titles = enumerate(title for title, _ in message.buttons)
        return Reply(
            text=PARAGRAPH.join(blocks),
            outcome=message.outcome,
            buttons=[Button(id=button_id(place), title=title) for place, title in titles],
            sources=sources,
            phones=list(self.phones(dict.fromkeys(self._numbers(message)))),
        )

    def phones(self, names: Iterable[str]) -> Iterator[Phone]:
        """The clinic's numbers of these names, each with its label."""
        details = self._voice.texts.clinic.values()
        for name in names:
            yield Phone(label=self._voice.texts.say(f"label.{name}"), number=details[name])

    def _marked_up(self, block: str) -> str:
        heading, line, rest = block.partition("\n")
        if self._heading.fullmatch(heading):
            return f"**{heading}**{line}{self._linked(rest)}"
        return self._linked(block)

    def _linked(self, text: str) -> str:
        """`text` with links for the clinic's own addresses and numbers, and for nothing else."""
        return self._known.sub(
            lambda found: f"[{_shown(found[0])}]({self._targets[found[0]]})", text
        )

    def _sources(self, message: Message) -> Iterator[Source]:
        """The sections that the answers in `message` rest on, each once.

        Those of an answer that was changed or withdrawn since are not told.
        """
        told: set[tuple[str, str]] = set()
        for said in message.said:
            found = self._served.get((said.answer, said.revision))
            if found is None:
                continue
            for passage in self._cited(message, found):
                if (passage.document, passage.section) not in told:
                    told.add((passage.document, passage.section))
                    yield self._source(said.topic, found, passage)

    def _cited(self, message: Message, found: ServedAnswer) -> Iterator[Passage]:
        """The passages behind those parts of the answer that are said."""
        parts = [part for part in found.answer.parts if part and spoken(part) in message.text]
        for sentence in (sentence for part in parts for sentence in part):
            yield from (self._voice.knowledge.passages[one] for one in sentence.cites)

    def _source(self, topic: str, found: ServedAnswer, passage: Passage) -> Source:
        about = self._voice.knowledge.documents[passage.document].about
        behind = [about.sources[name] for name in passage.sources]
        return Source(
            topic=topic,
            document=about.title,
            section=passage.section,
            publisher="; ".join(dict.fromkeys(one.publisher for one in behind)),
            address=next((one.address for one in behind if one.address.startswith("http")), None),
            reviewed=found.review.on.isoformat(),
            by=found.review.reviewer.role,
        )

    def _numbers(self, message: Message) -> Iterator[str]:
        """The numbers that a danger reply, or a note above an answer, tells; in its order."""
        names = list(message.topics) if message.outcome == "safety" else []
        names += [f"note.{message.note}"] if message.note else []
        for name in names:
            if name in self._voice.texts:
                text = self._voice.texts.fixed[name].text
                told = placeholders(text) & set(NUMBERS)
                yield from sorted(told, key=lambda one: text.index(f"{{{one}}}"))


def _pattern(frames: Iterable[str]) -> re.Pattern[str]:
    """Matches any of the frames, whatever fills them."""
    return re.compile("|".join(re.escape(one).replace(ANYTHING, ".+") for one in frames))


def _shown(target: str) -> str:
    return target.partition("://")[2].rstrip("/") or target
