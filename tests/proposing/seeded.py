"""Sentences that say the contrary of what is served, made from it by rule."""

from __future__ import annotations

import random
import re

from scarwise.knowledge.quantities import quantities

NUMBER = re.compile(r"\b(\d+(?:\.\d+)?|two|three|four|five|six|seven|eight|nine|ten|twelve)\b")
WORDS = dict(zip("two three four five six seven eight nine ten twelve".split(),
                 (2, 3, 4, 5, 6, 7, 8, 9, 10, 12), strict=True))  # fmt: skip
VERB = r"is|are|can|may|should|will|does|do|has|have|must|could"
DENIED = re.compile(rf"\b(?:(?P<verb>{VERB}) not|(?P<cannot>cannot)|no|never)\b")


def other_figures(text: str, luck: random.Random) -> str | None:
    """`text` with every number three to five times as large; None without a figure."""
    if not quantities(text) or not NUMBER.search(text):
        return None
    times = luck.choice((3, 4, 5))
    return NUMBER.sub(lambda one: f"{float(WORDS.get(one[1], 0) or one[1]) * times:g}", text)


def denied(text: str) -> str | None:
    """`text` without its first "not", or with one after its first verb; None without either."""
    found = DENIED.search(text)
    if found:
        left = "can" if found["cannot"] else found["verb"] or ""
        return " ".join(f"{text[: found.start()]}{left}{text[found.end() :]}".split())
    verb = re.search(rf"\b(?:{VERB})\b", text)
    return f"{text[: verb.end()]} not{text[verb.end() :]}" if verb else None
