"""Cuts a message into the sentences and clauses that may each ask something.

spaCy's tokens carry the places; a cut comes after the end of a sentence, and before a question
that follows a comma, "and", "also", "plus", "or" or "but".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

import spacy
from spacy.language import Language
from spacy.tokens import Token

STARTERS = frozenset(
    "how what whats what's when where who whos which why is are can could do does did will would "
    "should may whether tell give explain show please".split()
)
OPENERS = frozenset("has have am shall might must".split())  # a question begins, no clause does
JOINTS = frozenset("and also plus or but then & + / , ;".split())
ENDS = frozenset("? ! . ; ?! ?? ??? !! ...".split())
REQUEST = re.compile(
    r"\b(want to know|wanna know|like to know|need to know|wonder(ing)?|tell me|please explain|"
    r"question is|curious|asking|interested in|looking for|worried about|advice|any idea|"
    r"how much|how long|what about|is it|can you|can i|do you|not sure (if|whether)|"
    r"(i|we) (need|want|would like)|i'd like|help with)\b"
)
FEWEST_LETTERS = 2
CLAUSE_JOINTS = re.compile(
    r"\s*(?:[,;:/&+]|\.\.+| - |--|\b(?:and|or|also|plus|but|then|n|if so|i mean|while)\b)\s*"
)


@dataclass(frozen=True)
class Part:
    """A stretch of a message, and whether it has the build of a question or a request."""

    text: str
    asks: bool


@cache
def _tokenizer() -> Language:
    return spacy.blank("en")


def _ends_sentence(token: Token) -> bool:
    return token.text in ENDS or (token.is_punct and token.text[-1] in "?!.")


def _numbers_item(tokens: list[Token], index: int) -> bool:
    """Whether "1)" or "2." begins an item at `index`."""
    before, after = tokens[:index][-1:], tokens[index + 1 : index + 2]
    begins = not before or (before[0].is_punct and before[0].text != "(")
    return tokens[index].is_digit and begins and bool(after) and after[0].text in (")", ".")


def _starts_question(tokens: list[Token], index: int) -> bool:
    """Whether a joint at `index` is followed by the beginning of a question."""
    following = [token.lower_ for token in tokens[index + 1 : index + 4]]
    while following and following[0] in JOINTS:
        following.pop(0)
    return bool(following) and following[0] in STARTERS


def _cuts(tokens: list[Token]) -> set[int]:
    """Indices of the tokens before which a new part begins."""
    cuts = set()
    for index, token in enumerate(tokens):
        if _ends_sentence(token):
            cuts.add(index + 1)
        elif _numbers_item(tokens, index):
            cuts.add(index)
        elif token.lower_ in JOINTS and _starts_question(tokens, index):
            cuts.add(index)
    return cuts


def asks(text: str) -> bool:
    """Whether `text` has the build of a question or a request."""
    plain = text.lower().strip()
    words = re.findall(r"[a-z']+", plain)
    while words and words[0] in {*JOINTS, "so", "hi", "hello", "hey", "please", "ok", "if"}:
        words.pop(0)
    starts = bool(words) and words[0] in STARTERS | OPENERS
    return plain.endswith("?") or starts or bool(REQUEST.search(plain))


@lru_cache(maxsize=4)  # the danger check and the reader cut the same message
def split(text: str) -> tuple[Part, ...]:
    """The parts of a normalized message in order; a message without words has none."""
    tokens = list(_tokenizer()(text))
    edges = sorted({0, *_cuts(tokens), len(tokens)})
    parts = []
    for start, end in zip(edges, edges[1:], strict=False):
        stretch = tokens[start:end]
        while stretch and (stretch[0].lower_ in JOINTS or not stretch[0].is_alpha):
            stretch.pop(0)
        if sum(len(t.text) for t in stretch if t.is_alpha) < FEWEST_LETTERS:
            continue
        words = text[stretch[0].idx : stretch[-1].idx + len(stretch[-1])]
        parts.append(Part(words, asks(words)))
    return tuple(parts)


FILLERS = re.compile(
    r"^(?:(?:no|nope|yes|yeah|yep|ok|okay|so|and|but|or|also|well|hm+|oh|ah|sorry|thanks|thank you|"
    r"great|right|alright|cool|hi|hello|hey|please|i see|got it)\b[\s,.!-]*)+",
    re.IGNORECASE,
)


def without_fillers(text: str) -> str:
    """`text` without the little words before what is asked ("no, I meant the cost")."""
    rest = FILLERS.sub("", text)
    return rest if len(rest.split()) > 1 else text


def clauses(text: str) -> tuple[str, ...]:
    """The stretches between the joints of a part ("cost, downtime and pain?"); one is none."""
    found = [one.strip(" ?.!,") for one in CLAUSE_JOINTS.split(text)]
    kept = tuple(one for one in found if len(one) > FEWEST_LETTERS)
    return kept if len(kept) > 1 else ()
