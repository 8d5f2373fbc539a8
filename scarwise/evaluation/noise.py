"""What typing does to a message, and messages that say nothing. Pure and deterministic.

The same text always gets the same errors, so two runs can be compared question by question.
"""

from __future__ import annotations

import random
import re
import string
from collections.abc import Callable

from scarwise.understanding.vocabulary import english_words

WORD = re.compile(r"[A-Za-z]{4,}")  # shorter words are left alone
WORDS_PER_ERROR = 5
ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
EMOJI = "😀😂😭😍🥺😡🤔😅👍👎🙏👋💉🩹❤💔🔥✨🎉👀🤷💯🥲😬🌸"
ADDED_EMOJI = ("😭", "🙏", "😅", "❤️", "🤔", "😬")
SYMBOLS = "!?.,;:-_*#+=~/\\|()[]{}<>@$%^&\"'"
EVERY_KIND = 7
# y, n and k are left out: to a patient who texts they are yes, no and okay.
LETTERS = "".join(one for one in string.ascii_letters if one.lower() not in "ynk")


def _neighbors() -> dict[str, str]:
    """The keys around each key: left and right, and below and above it."""
    found: dict[str, str] = {}
    for number, row in enumerate(ROWS):
        for place, key in enumerate(row):
            beside = row[max(0, place - 1) : place] + row[place + 1 : place + 2]
            above = ROWS[number - 1][place : place + 2] if number else ""
            below = ROWS[number + 1][max(0, place - 1) : place + 1] if number < 2 else ""
            found[key] = beside + above + below
    return found


NEIGHBORS = _neighbors()


def _swap(word: str, chance: random.Random) -> str:
    places = [i for i in range(len(word) - 1) if word[i].lower() != word[i + 1].lower()]
    if not places:
        return _drop(word, chance)
    i = chance.choice(places)
    return word[:i] + word[i + 1] + word[i] + word[i + 2 :]


def _drop(word: str, chance: random.Random) -> str:
    i = chance.randrange(len(word))
    return word[:i] + word[i + 1 :]


def _double(word: str, chance: random.Random) -> str:
    i = chance.randrange(len(word))
    return word[:i] + word[i] + word[i:]


def _neighbor(word: str, chance: random.Random) -> str:
    i = chance.randrange(len(word))
    key = chance.choice(NEIGHBORS[word[i].lower()])
    return word[:i] + (key.upper() if word[i].isupper() else key) + word[i + 1 :]


ERRORS = (_swap, _drop, _double, _neighbor)


def typing_errors(text: str) -> str:
    """One typing error per five words (rounded), each in another word of 4 letters or more."""
    chance = random.Random(f"typing:{text}")
    words = list(WORD.finditer(text))
    wanted = round(len(text.split()) / WORDS_PER_ERROR)
    hit = chance.sample(words, min(wanted, len(words)))
    for match in sorted(hit, key=lambda one: -one.start()):
        spoiled = chance.choice(ERRORS)(match[0], chance)
        text = text[: match.start()] + spoiled + text[match.end() :]
    return text


def upper_case(text: str) -> str:
    """`text` in capitals."""
    return text.upper()


def no_punctuation(text: str) -> str:
    """`text` without its punctuation; apostrophes vanish, other marks leave a space."""
    bare = re.sub(r"['’]", "", text)
    return " ".join(re.sub(r"[^\w\s]|_", " ", bare).split()) or text


def added_emoji(text: str) -> str:
    """`text` with one emoji within and one or two behind it."""
    chance = random.Random(f"emoji:{text}")
    words = text.split()
    words.insert(chance.randrange(len(words) + 1), chance.choice(ADDED_EMOJI))
    return " ".join(words) + " " + chance.choice(ADDED_EMOJI) * chance.randint(1, 2)


NOISES: dict[str, Callable[[str], str]] = {
    "typos": typing_errors,
    "capitals": upper_case,
    "no_punctuation": no_punctuation,
    "emoji": added_emoji,
}


def _mashed(chance: random.Random) -> str:
    """Letters as a hand on the keyboard makes them; never an English word."""
    row = chance.choice([*ROWS, "asdfghjkl", "asdfjkl", "".join(ROWS)])
    words = []
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        words.append("".join(chance.choice(row) for _ in range(chance.randint(4, 14))))
    return " ".join(words)


def _content_free(kind: int, chance: random.Random) -> str:
    pick = chance.choice
    match kind:
        case 0:
            return "".join(pick("!?.,;:-…") for _ in range(chance.randint(1, 12)))
        case 1:
            return "".join(pick(EMOJI) for _ in range(chance.randint(1, 8)))
        case 2:
            digits = ["".join(pick(string.digits) for _ in range(chance.randint(1, 9)))
                      for _ in range(chance.randint(1, 3))]  # fmt: skip
            return pick((" ", ".", "-", "/", ",")).join(digits)
        case 3:
            return _mashed(chance)
        case 4:
            count = chance.choice((1, 1, 2, 3, 4, 5))
            return pick((" ", "", ". ")).join([pick(LETTERS)] * count)
        case 5:
            return pick(SYMBOLS) * chance.randint(1, 30)
        case _:
            parts = [pick(SYMBOLS) * 3, pick(EMOJI), str(chance.randint(0, 9999)), pick("xqzv")]
            return pick((" ", "")).join(chance.sample(parts, chance.randint(2, 4)))


def content_free(count: int = 2000) -> list[str]:
    """`count` different strings that say nothing: the same ones every time."""
    chance = random.Random("content-free")
    english = english_words()
    found: dict[str, None] = {}
    kind = 0
    while len(found) < count:
        kind = (kind + 1) % EVERY_KIND
        text = _content_free(kind, chance)
        if not any(word in english for word in re.findall(r"[a-z]{2,}", text.lower())):
            found[text] = None
    return list(found)
