"""Sets answers and fixed texts into one message. Pure: values in, a `Message` out.

A message is made of whole vetted or fixed texts, a paragraph each, so the last check can
recognize every one of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from scarwise.dialogue.meanings import asked_term
from scarwise.dialogue.message import PARAGRAPH, Message, Outcome, Said, paragraphs
from scarwise.knowledge.answers import spoken
from scarwise.knowledge.base import KnowledgeBase, ServedAnswer, load_knowledge
from scarwise.knowledge.build import INTERNAL_INTENTS
from scarwise.knowledge.glossary import Glossary, load_glossary
from scarwise.knowledge.topics import Topic, load_topics
from scarwise.texts import Texts, load_texts
from scarwise.understanding.reading import Danger, Reading

MOST_BUTTONS = 4
NONE_OF_THESE = "none_of_these"
# When several answers share a message, the most careful prompt is the one that stays.
PROMPT_ORDER = ("self_harm", "wound", "child", "kind", "general")
SAFETY_TOPICS = ("emergency", "urgent_wound", "crisis", "abuse")
LIKELY_ASKED = 0.5  # from here on a question beside a danger is offered
ORIENTATION = ("capabilities", "talk_to_person")

assert NONE_OF_THESE in INTERNAL_INTENTS


@dataclass(frozen=True, eq=False)
class Voice:
    """All that may be said on one day: topics, served answers, fixed texts, explained words."""

    topics: Mapping[str, Topic]
    knowledge: KnowledgeBase
    texts: Texts
    glossary: Glossary

    def buttons(self, topic_ids: Iterable[str]) -> tuple[tuple[str, str], ...]:
        """Buttons for topics, each once, at most `MOST_BUTTONS`."""
        chosen = list(dict.fromkeys(topic_ids))[:MOST_BUTTONS]
        return tuple((self.topics[one].title, f"/{one}") for one in chosen)

    def titles(self, topic_ids: Iterable[str]) -> str:
        """Titles of topics as one line."""
        return ", ".join(self.topics[one].title for one in topic_ids)


def load_voice() -> Voice:
    """What may be said today; raises `FaultyDataError`."""
    return _voice_on(date.today())


@lru_cache(maxsize=1)
def _voice_on(today: date) -> Voice:
    texts = load_texts()
    return Voice(load_topics(), load_knowledge(texts.clinic.serve, today), texts, load_glossary())


def fixed(voice: Voice, name: str, outcome: Outcome, topics: Sequence[str] = ()) -> Message:
    """A fixed text with the buttons that belong to it."""
    text = voice.texts.say(name)
    if name == "greet" and voice.texts.clinic.demo:
        text = paragraphs(text, voice.texts.say("demo"))
    buttons = (*voice.texts.buttons(name), *voice.buttons(voice.texts.offers(name)))
    return Message(text, outcome, tuple(topics), buttons=buttons)


def _found(voice: Voice, topic_id: str, facets: Mapping[str, str]) -> ServedAnswer | None:
    topic = voice.topics[topic_id]
    return None if topic.source == "clinic" else voice.knowledge.find(topic_id, facets)


def _prompt(voice: Voice, answers: Sequence[ServedAnswer]) -> str:
    wanted = {one.answer.doctor_prompt for one in answers} or {"general"}
    kind = next((one for one in PROMPT_ORDER if one in wanted), "general")
    return voice.texts.say(f"doctor_prompt.{kind}")


def source_line(voice: Voice, answers: Sequence[ServedAnswer]) -> str:
    """Where the answers come from and when they were reviewed last."""
    titles = [title for one in answers for title in voice.knowledge.sources_of(one.answer)]
    oldest = min(one.review.on for one in answers)
    sources = "; ".join(dict.fromkeys(titles))
    signed = all(one.review.reviewer.kind == "clinician" for one in answers)
    frame = "source.signed" if signed else "source"
    return voice.texts.say(frame, sources=sources, reviewed=oldest.isoformat())


def _about(voice: Voice, topic_id: str, text: str, several: bool) -> str:
    """The text, headed by its subject when it does not stand alone."""
    subject = voice.topics[topic_id].subject
    return f"{voice.texts.say('about', subject=subject)}\n{text}" if several else text


def _clinic_text(voice: Voice, topic_id: str, alone: bool) -> str:
    """The clinic's details; beside an answer without its own way to call, which the prompt has."""
    every = voice.texts.say(topic_id).split(PARAGRAPH)
    kept = [one for one in every if alone or not one.startswith("Call ")]
    return PARAGRAPH.join(kept)


def _said(voice: Voice, topic_id: str, found: ServedAnswer | None) -> Said:
    if found:
        return Said(topic_id, found.answer.id, found.revision)
    return Said(topic_id, "", "")


def answer(voice: Voice, reading: Reading, facets: Mapping[str, str]) -> Message:
    """One message that answers every topic of `reading`, with one doctor prompt."""
    found = {one: _found(voice, one, facets) for one in reading.topics}
    several = len(found) > 1
    clinic_only = all(voice.topics[one].source == "clinic" for one in found)
    blocks, served = [], [one for one in found.values() if one]
    for topic_id, one in found.items():
        if one:
            text = spoken(one.answer.say)
        elif voice.topics[topic_id].source == "clinic":
            text = _clinic_text(voice, topic_id, alone=clinic_only)
        else:
            text = voice.texts.say("no_answer", subject=voice.topics[topic_id].subject)
        blocks.append(_about(voice, topic_id, text, several))
    answered = bool(served) or any(voice.topics[one].source == "clinic" for one in found)
    return Message(
        paragraphs(
            note_text(voice, reading.danger),
            *blocks,
            None if clinic_only else _prompt(voice, served),
            source_line(voice, served) if served else None,
            voice.texts.say("may_also_mean", titles=voice.titles(reading.offered))
            if reading.offered
            else None,
            voice.texts.say("also_asked", titles=voice.titles(reading.also_asked))
            if reading.also_asked
            else None,
        ),
        "answered" if answered else "declined",
        topics=reading.topics,
        offered=(*reading.offered, *reading.also_asked),
        buttons=_next_buttons(voice, reading, served),
        said=tuple(_said(voice, topic_id, one) for topic_id, one in found.items()),
        note=reading.danger.kind if reading.danger.level == "note" else None,
    )


def meaning(voice: Voice, text: str, reading: Reading) -> Message | None:
    """The answer that explains a term, when `text` asks what it means; danger comes first."""
    term = asked_term(text, voice.glossary)
    if term is None or reading.danger.level == "interrupt":
        return None
    found = voice.knowledge.get(voice.glossary.terms[term].answer)
    if found is None:
        return None
    asked = Reading("answer", (found.answer.topic,), confidence=1.0, danger=reading.danger)
    message = answer(voice, asked, found.answer.facet)
    return replace(message, buttons=voice.buttons(found.answer.follow_up))


def _next_topics(voice: Voice, reading: Reading, served: Sequence[ServedAnswer]) -> list[str]:
    follow_ups = [one for answer in served for one in answer.answer.follow_up]
    for topic_id in reading.topics:
        if voice.topics[topic_id].source == "clinic":
            follow_ups += voice.texts.offers(topic_id)
    wanted = [*reading.also_asked, *reading.offered, *(follow_ups or ORIENTATION)]
    return [one for one in wanted if one not in reading.topics]


def _next_buttons(
    voice: Voice, reading: Reading, served: Sequence[ServedAnswer]
) -> tuple[tuple[str, str], ...]:
    clinic = (one for one in reading.topics if voice.topics[one].source == "clinic")
    own = [button for one in clinic for button in voice.texts.buttons(one)]
    return (*own, *voice.buttons(_next_topics(voice, reading, served)))[:MOST_BUTTONS]


def note_text(voice: Voice, danger: Danger) -> str | None:
    """The quiet note for a danger that is not sure, else None."""
    return voice.texts.say(f"note.{danger.kind}") if danger.level == "note" else None


def with_question(voice: Voice, message: Message, reading: Reading) -> Message:
    """A danger reply that offers what was asked beside the danger; it is not answered first."""
    likely = reading.outcome == "answer" and reading.confidence >= LIKELY_ASKED
    asked = [one for one in reading.topics if likely and voice.topics[one].answered]
    buttons = dict.fromkeys((*message.buttons, *voice.buttons(asked)))
    return replace(message, offered=tuple(asked), buttons=tuple(buttons)[:MOST_BUTTONS])


def ask_back(voice: Voice, reading: Reading) -> Message:
    """Two or three named topics to choose from, and "none of these"."""
    none_button = ("None of these", f"/{NONE_OF_THESE}")
    return Message(
        paragraphs(note_text(voice, reading.danger), voice.texts.say("did_you_mean")),
        "asked_back",
        offered=reading.offered,
        buttons=(*voice.buttons(reading.offered[: MOST_BUTTONS - 1]), none_button),
        note=reading.danger.kind if reading.danger.level == "note" else None,
    )


def decline(voice: Voice, reading: Reading) -> Message:
    """What is said to a message that is not ours, is empty, or is in another language."""
    if reading.language:
        known = reading.language if reading.language in voice.texts else "other"
        text, buttons = voice.texts.say(known), ()
    elif reading.empty:
        text, buttons = voice.texts.say("no_content"), voice.buttons(ORIENTATION)
    else:
        text, buttons = voice.texts.say("out_of_scope"), voice.buttons(ORIENTATION)
    return Message(
        paragraphs(note_text(voice, reading.danger), text),
        "declined",
        topics=("out_of_scope",),
        buttons=buttons,
        note=reading.danger.kind if reading.danger.level == "note" else None,
    )


def more_detail(voice: Voice, said: Sequence[Said]) -> Message:
    """The detail of what was answered last."""
    if not said:
        return _nothing_before(voice, "more_detail")
    last = said[0]
    found = _found_again(voice, last)
    if found is None or not found.answer.more:
        subject = voice.topics[last.topic].subject
        text = paragraphs(
            voice.texts.say("no_more_detail", subject=subject),
            _prompt(voice, [found] if found else []),
        )
        return Message(text, "conversation", ("more_detail",),
                       buttons=voice.buttons([*_follow_ups(found), *ORIENTATION]))  # fmt: skip
    return Message(
        paragraphs(spoken(found.answer.more), _prompt(voice, [found]), source_line(voice, [found])),
        "answered",
        topics=("more_detail", last.topic),
        buttons=voice.buttons(_follow_ups(found)),
        said=(last,),
    )


def _found_again(voice: Voice, said: Said) -> ServedAnswer | None:
    """The answer that was said, unless it has been changed or withdrawn since."""
    for one in voice.knowledge.served():
        if one.answer.id == said.answer and one.revision == said.revision:
            return one
    return None


def _follow_ups(found: ServedAnswer | None) -> list[str]:
    return list(found.answer.follow_up) if found else []


def _nothing_before(voice: Voice, topic_id: str) -> Message:
    return Message(
        voice.texts.say("nothing_before"),
        "conversation",
        (topic_id,),
        buttons=voice.buttons(voice.texts.offers("greet")),
    )


def repeat(voice: Voice, last: Message | None) -> Message:
    """What was said last, again, as far as it may still be said."""
    if last is None:
        return _nothing_before(voice, "repeat")
    return Message(
        last.text, "conversation", ("repeat", *last.topics), last.offered, last.buttons, last.said
    )


def affirm(voice: Voice, last: Message | None) -> Message:
    """A yes: to the one topic that was offered, or to "what would you like to know"."""
    if last and len(last.offered) == 1:
        return answer(voice, Reading("answer", topics=last.offered), {})
    message = fixed(voice, "affirm", "conversation", ["affirm"])
    if last and last.buttons:
        return Message(message.text, "conversation", ("affirm",), buttons=last.buttons)
    return message
