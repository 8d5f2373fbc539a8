"""Asks the test questions: of the whole assistant, and, where there are thousands, of its reading.

This is the only module of the evaluation that talks to the assistant; it measures nothing but
time.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from typing import TypeVar

from rasa.core.channels.channel import UserMessage
from threadpoolctl import threadpool_limits

from scarwise.dialogue.guard import inbound
from scarwise.evaluation.noise import NOISES, content_free
from scarwise.evaluation.questions import TestSet, sample
from scarwise.evaluation.replies import Reply, Results
from scarwise.in_process import Assistant
from scarwise.understanding.reading import Reading

Item = TypeVar("Item")
WARM_UP = 10
# Only typing errors change much; the other noises show on fewer questions that they cost nothing.
FEWER = 300


def progress(what: str, items: Sequence[Item]) -> Iterator[Item]:
    """`items`, with a line on standard error that says how far they are."""
    started = time.monotonic()
    for number, item in enumerate(items, start=1):
        yield item
        if number % 100 == 0 or number == len(items):
            seconds = time.monotonic() - started
            print(f"{what}: {number} of {len(items)}, {seconds:.0f} s", file=sys.stderr, flush=True)


async def read(assistant: Assistant, text: str) -> Reading:
    """The reading of `text` as the first message of a conversation, behind the same guard."""
    arrived = inbound(text, ())
    if arrived.kind == "too_long":
        return Reading("decline")
    message = UserMessage(arrived.text, sender_id="evaluation")
    found = await assistant.agent.processor.parse_message(message)
    return Reading.from_json(found["reading"])


async def ask_all(assistant: Assistant, questions: TestSet, results: Results) -> None:
    """Every question through the whole dialogue, each in a conversation of its own.

    On one thread: several wait for each other wherever something else is running as well.
    """
    with threadpool_limits(1):
        await _ask_each(assistant, questions, results)


async def _ask_each(assistant: Assistant, questions: TestSet, results: Results) -> None:
    for danger in progress("danger", questions.danger):
        said = await assistant.say(f"evaluation:danger:{danger.id}", danger.text)
        results.danger[danger.id] = Reply.of_message(said)
    for one in progress("in scope", questions.in_scope):
        said = await assistant.say(f"evaluation:{one.id}", one.text)
        results.in_scope[one.id] = Reply.of_message(said)
    for one in progress("out of scope", questions.out_of_scope):
        said = await assistant.say(f"evaluation:{one.id}", one.text)
        results.out_of_scope[one.id] = Reply.of_message(said)
    for one in progress("several questions", questions.several):
        said = await assistant.say(f"evaluation:{one.id}", one.text)
        results.several[one.id] = Reply.of_message(said)
    for dialogue in progress("dialogues", questions.dialogues):
        for number, turn in enumerate(dialogue.turns, start=1):
            said = await assistant.say(f"evaluation:{dialogue.id}", turn.say)
            results.turns[f"{dialogue.id}.{number}"] = Reply.of_message(said)


async def read_all(assistant: Assistant, questions: TestSet, results: Results) -> None:
    """Readings of the questions, one after another on one thread, with their time."""
    with threadpool_limits(1):
        for one in questions.in_scope[:WARM_UP]:
            await read(assistant, one.text)
        for one in progress("readings, in scope", questions.in_scope):
            started, worked = time.perf_counter(), time.thread_time()
            results.readings[one.id] = await read(assistant, one.text)
            results.seconds.append(time.perf_counter() - started)
            results.busy_seconds.append(time.thread_time() - worked)
        for one in progress("readings, out of scope", questions.out_of_scope):
            results.foreign_readings[one.id] = await read(assistant, one.text)
        for one in progress("readings, danger", questions.danger):
            results.danger_readings[one.id] = await read(assistant, one.text)


def noisy_texts(questions: TestSet) -> dict[str, dict[str, str]]:
    """By noise, the in-scope questions with it, by their ids."""
    fewer = sample(questions, FEWER, 0, 0).in_scope
    asked = {name: questions.in_scope if name == "typos" else fewer for name in NOISES}
    return {
        name: {one.id: noise(one.text) for one in asked[name]} for name, noise in NOISES.items()
    }


async def _read_each(texts: Sequence[str]) -> list[Reading]:
    assistant = Assistant()
    with threadpool_limits(1):
        return [await read(assistant, text) for text in progress("noise", texts)]


def read_apart(texts: Sequence[str]) -> list[Reading]:
    """The readings of `texts`, by an assistant of its own: for a process beside this one."""
    return asyncio.run(_read_each(texts))


@contextmanager
def noise_beside(questions: TestSet, results: Results) -> Iterator[None]:
    """Read noisy and content-free messages in a second process while the block runs."""
    noisy, empty = noisy_texts(questions), content_free()
    texts = [text for by_id in noisy.values() for text in by_id.values()] + empty
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        reading = pool.submit(read_apart, texts)
        yield
        replies = map(Reply.of_reading, reading.result())
        for name, by_id in noisy.items():
            results.noisy[name] = {one: next(replies) for one in by_id}
        results.content_free = dict(zip(empty, replies, strict=True))
