"""How long the parts of an answer may be, and which it must have."""

from __future__ import annotations

from collections.abc import Iterator

from scarwise.knowledge.answers import Answer, spoken
from scarwise.knowledge.reading_grade import WORD
from scarwise.knowledge.sentence_form import tells_to_act

LONGEST_MAIN = 90  # words
LONGEST_SHORT = 300  # characters: two text messages


def words_of(text: str) -> int:
    """How many words `text` has; a number counts as one."""
    return len(text.split()) if WORD.search(text) else 0


def objections(answer: Answer) -> Iterator[str]:
    """What an answer lacks, or has too much of."""
    if (count := words_of(spoken(answer.say))) > LONGEST_MAIN:
        yield f"say has {count} words; at most {LONGEST_MAIN}: move a sentence to `more`"
    if len(short := spoken(answer.short)) > LONGEST_SHORT:
        yield f"short has {len(short)} characters; at most {LONGEST_SHORT}"
    for name, part in (("more", answer.more), ("short", answer.short)):
        if not part:
            yield f"has no `{name}`; add it"
    if not answer.follow_up:
        yield "offers no topic next; add follow_up"
    if not any(tells_to_act(one.text) for one in answer.say):
        yield "does not say what to do next; add a sentence such as 'Ask the doctor ...' to `say`"
