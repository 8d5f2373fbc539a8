"""Finds the question after the meaning of a word: "What is a keloid?", "what does sedation mean?"

Only a message that asks this and nothing else counts; everything else stays with the classifier,
which knows more ways to ask and keeps several questions apart.
"""

from __future__ import annotations

import re
from difflib import get_close_matches

from scarwise.knowledge.glossary import Glossary
from scarwise.knowledge.questions import comparable

SHORTEST_MISTYPED = 6  # letters; shorter words are too near to each other
LIKENESS = 0.84

LEAD = re.compile(
    r"^(?:(?:hi|hello|hey|ok|okay|so|and|but|um|sorry|please|excuse me|thanks|thank you|"
    r"(?:can|could|would) you (?:please )?(?:tell|explain|explain to) me|tell me|do you know|"
    r"i (?:do not|dont) (?:know|understand|get)|i (?:want|would like) to know|id like to know) )+"
)
TAIL = re.compile(
    r"(?: (?:please|exactly|actually|again|then|anyway|thanks|thank you|"
    r"in (?:plain|simple|easy) (?:words|terms|english)))+$"
)
ARTICLE = r"(?:(?:a|an|the) )?(?:(?:word|term) )?"
FORMS = tuple(
    re.compile(form)
    for form in (
        rf"what(?:s| is| are| was|re) (?:meant by )?{ARTICLE}(?P<term>.+?)(?: means?)?",
        rf"what (?:does|do|did) {ARTICLE}(?P<term>.+?) (?:mean|stand for)",
        rf"what (?:do|did) you mean by {ARTICLE}(?P<term>.+)",
        rf"what {ARTICLE}(?P<term>.+?) (?:is|are|means?|stands for)",
        rf"(?:(?:what is|whats) )?(?:the )?(?:meaning|definition) of {ARTICLE}(?P<term>.+)",
        rf"(?:define|explain) {ARTICLE}(?P<term>.+)",
        r"(?P<term>.+?) (?:meaning|definition|means? what)",
    )
)


def asked_term(text: str, glossary: Glossary) -> str | None:
    """The term whose meaning `text` asks for, None when it asks anything else."""
    plain = TAIL.sub("", LEAD.sub("", comparable(text)))
    names = {comparable(word): name for word, name in glossary.words.items()}
    for form in FORMS:
        match = form.fullmatch(plain)
        if match:
            words = _known(match["term"], names)
            if words:
                return names[words]
    return None


def _known(words: str, names: dict[str, str]) -> str | None:
    """The form of a term that `words` are, or that they are a slip of the pen away from."""
    if words in names:
        return words
    if len(words) < SHORTEST_MISTYPED:
        return None
    return next(iter(get_close_matches(words, names, n=1, cutoff=LIKENESS)), None)
