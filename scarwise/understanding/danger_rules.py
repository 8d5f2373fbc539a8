"""Words that mean danger by themselves, unless the sentence takes them back.

Beside the classifier, which may miss a rare word: what is said outright must always interrupt.
A part of a message that denies it, asks about it in general, or tells of the past is left to the
classifier.
"""

from __future__ import annotations

import re

_CANNOT = r"(?:can't|cant|cannot|can not|couldn't|could not|unable to)"
_PERSON = (
    r"(?:he|she|they|husband|wife|partner|boyfriend|girlfriend|bf|gf|dad|father|mum|mom|mother|"
    r"brother|uncle|stepdad|stepfather|ex|boss|carer)"
)
# Said outright, by kind. Single words count only as the whole message.
OUTRIGHT: dict[str, tuple[str, ...]] = {
    "crisis": (
        r"\b(?:want|wanna|going|gonna|plan|ready) (?:to )?(?:die|be dead|kill myself)\b",
        r"\bwish i (?:was|were) dead\b",
        r"\b(?:kill|killing|hang|hanging) myself\b",
        r"\bend (?:my life|it all)\b",
        r"\b(?:i'm|i am|im|feel|feeling) suicidal\b",
        r"\b(?:hurt|cut|burn|harm) myself (?:again|now|tonight|right now|today)\b",
        r"^\W*(?:crisis|suicide|suicidal|self harm now)\W*$",
    ),
    "emergency": (
        rf"\b{_CANNOT} breathe\b",
        r"\b(?:trouble|difficulty|hard|struggling) (?:to breathe|breathing)\b",
        r"\b(?:bleed|bleeding|blood)\b.{0,40}\b(?:won't|wont|will not|doesn't|doesnt|not) stop",
        r"\bbleeding (?:heavily|a lot|badly|everywhere|through)\b",
        r"\b(?:throat|tongue) (?:is |are )?(?:closing|swelling|swollen)\b",
        r"\b(?:overdosed|took an overdose|took too many (?:pills|tablets|painkillers))\b",
        r"\b(?:having a|having an) (?:stroke|heart attack|seizure|fit)\b",
        r"^\W*(?:an |it's an )?emergency\W*$",
        r"^\W*call an ambulance\W*$",
    ),
    "abuse": (
        rf"\b{_PERSON} (?:hits|beats|punches|kicks|chokes|slaps|burns|strangles|threatens) me\b",
        rf"\b{_PERSON} (?:hit|beat|punched|kicked|choked|slapped|burned|strangled) me"
        r"(?: again| last night| yesterday| today| tonight| up)\b",
    ),
}
# What takes it back: a negation before it, a general or later case, the past, somebody's idiom.
TAKEN_BACK = re.compile(
    r"\b(?:no|not|never|without|if|whether|risks?|chance|could|would|should|might|signs?|happens?|"
    r"when should|years? ago|months? ago|last year|as a child|as a kid|used to|was|were|had|"
    r"film|movie|book|song|game|patient of mine|dont|don't|didn't|isn't|doesn't|wasn't)\b"
)
# Wherever it stands: an idiom, a joke, a year gone by.
ELSEWHERE = re.compile(
    r"\b(?:haha|lol|kidding|giggles|die (?:less )?of|died? laughing|dying to|(?:19|20)\d\d|"
    r"tried to|now and then)\b"
)
_PATTERNS = [
    (kind, re.compile(pattern)) for kind, patterns in OUTRIGHT.items() for pattern in patterns
]


def said_outright(part: str) -> str | None:
    """The kind of danger that one plain part of a message says outright, None without."""
    for kind, pattern in _PATTERNS:
        match = pattern.search(part)
        if match and not TAKEN_BACK.search(part[: match.start()]) and not ELSEWHERE.search(part):
            return kind
    return None
