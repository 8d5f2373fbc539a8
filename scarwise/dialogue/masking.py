"""Takes out of a question what could tell who asked it, before the question is kept.

In doubt a word is masked: a question is kept to learn what patients ask about, and does so without
some of its words. What stays are words that the project's own texts use, and plain English words
that are no known name, place or date.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from scarwise import places
from scarwise.callback import given_names
from scarwise.datafile import Schema, read_yaml
from scarwise.knowledge.documents import load_documents
from scarwise.knowledge.questions import load_questions
from scarwise.knowledge.topics import load_topics
from scarwise.understanding.normalize import normalize
from scarwise.understanding.vocabulary import EMPTY_WORDS, english_words, words

MASK = "___"
MOST_CHARACTERS = 300
FEWEST_WORDS = 2  # that say something, for a question to be worth keeping

_WHOLE = (  # what is private as a whole, whatever its words
    re.compile(r"\S*(?:://|www\.)\S*", re.IGNORECASE),
    re.compile(r"\S*@\S*(?:\s*\.\s*[a-z]{2,6}\b)?", re.IGNORECASE),
    re.compile(r"\S+\s*[\[({]?\s*\bat\b\s*[\])}]?\s*\S+\s*[\[({]?\s*\bdot\b.*", re.IGNORECASE),
    re.compile(r"\b[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}\b\S*", re.IGNORECASE),
    re.compile(r"[+(]*\w*\d(?:[\s()./:+-]*\w*\d)*[\w)%]*"),
)
_WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
_KEPT_MARKS = re.compile(r"[^\w\s.,;:?!'()/-]|_")
_SENTENCE_END = ".?!\n"
_NUMBER_WORDS = frozenset(
    "zero oh one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty "
    "ninety hundred thousand double triple first second third".split()
)
# Words that stand before a name.
_TITLES = frozenset("dr doctor mr mrs ms miss mx prof professor rev sir nurse surgeon".split())
_LEADS = frozenset(
    "named called name name's names am i'm im is it's its this signed regards sincerely love "
    "brother sister son daughter husband wife friend partner boyfriend girlfriend mom mum mother "
    "dad father aunt uncle cousin niece nephew fiance baby with by from to for and".split()
)
_PLACE_BEFORE = frozenset("in from near at to around of".split())
_LIVES = frozenset(
    "live lives lived living work works worked working come comes born based located move moved "
    "moving fly flying travel traveling travelling visit visiting drive driving".split()
)
_STREETS = frozenset(
    "street st road rd avenue ave lane drive close court square place terrace boulevard blvd "
    "crescent gardens way".split()
)
# "Will it hurt" and "May I swim" begin like names.
_ALSO_VERBS = frozenset({"will", "may"})
_ALSO_MONTHS = frozenset({"april", "june", "march", "may"})
_AFTER_VERB = frozenset(
    "it i my the a an this that these those there you he she they we his her their your our scar "
    "scars surgery laser all any".split()
)


class PrivateWords(Schema):
    """The word lists of `data/private_words.yml`."""

    surnames: str
    also_surnames: str
    places: str
    days: str
    known: str


class _Lists:
    """All word lists, ready to be asked."""

    def __init__(self) -> None:
        path = places.DATA / "private_words.yml"
        lists = read_yaml(path, PrivateWords)
        given = read_yaml(places.DATA / "given_names.yml", dict[str, str])
        also_given = set(given["also_words"].split())
        names_only = given_names() - also_given - _TITLES
        self.also_given = also_given
        self.also = (also_given | set(lists.also_surnames.split())) - names_only
        others = {*lists.surnames.split(), *lists.places.split(), *lists.days.split()}
        self.private = names_only | (others - self.also)
        self.used = (_own_words() | set(lists.known.split())) - self.private
        self.english = english_words()

    def is_known(self, word: str) -> bool:
        """Whether `word`, in lower case, is a word that names nobody."""
        return word not in self.private and (word in self.used or word in self.english)


def _own_words() -> set[str]:
    """Words of the documents, and of phrasings of the topics that are answered."""
    topics = load_topics()
    texts = [one.text for one in load_documents().values() for one in one.passages]
    texts += [one.text for one in load_questions() if topics[one.topic].answered]
    return {word for text in texts for word in words(text)}


@lru_cache
def _lists() -> _Lists:
    return _Lists()


def mask(text: str) -> str:
    """`text` in one form, with a mark for everything that may be private.

    Phone numbers, addresses, dates and all other figures, web and mail addresses, names, and words
    that nobody here knows.
    """
    plain = normalize(text)
    if sum(c.isupper() for c in plain) > sum(c.islower() for c in plain):
        plain = plain.lower()  # capitals tell nothing in a text that is all capitals
    for pattern in _WHOLE:
        plain = pattern.sub(" _ ", plain)
    shown = _shown(plain)
    tidy = re.sub(r"\s+([.,;:?!])", r"\1", " ".join(shown.split()))
    return _cut(re.sub(rf"{re.escape(MASK)}(?:\W*{re.escape(MASK)})+", MASK, tidy))


def _cut(text: str) -> str:
    """At most `MOST_CHARACTERS`, whole words."""
    return text if len(text) <= MOST_CHARACTERS else text[:MOST_CHARACTERS].rpartition(" ")[0]


def says_something(masked: str) -> bool:
    """Whether enough of a masked question is left to learn from."""
    found = {word for word in words(masked.replace(MASK, " ")) if word not in EMPTY_WORDS}
    return len(found) >= FEWEST_WORDS


def _shown(plain: str) -> str:
    """`plain` with its private words masked; `_` stands for what was masked before."""
    found = list(re.finditer(rf"{_WORD.pattern}|_+", plain))
    spoken = [match[0] for match in found]
    begins = [_begins_sentence(plain, match.start()) for match in found]
    hidden = _hidden(spoken, begins, [_is_joined(plain, match.start()) for match in found])
    parts, end = [], 0
    for match, is_hidden in zip(found, hidden, strict=True):
        parts.append(_KEPT_MARKS.sub(" ", plain[end : match.start()]))
        parts.append(MASK if is_hidden else match[0])
        end = match.end()
    return "".join([*parts, _KEPT_MARKS.sub(" ", plain[end:])])


def _begins_sentence(text: str, at: int) -> bool:
    before = text[:at].rstrip(" \"'(-")
    return not before or before[-1] in _SENTENCE_END


def _is_joined(text: str, at: int) -> bool:
    """Whether nothing but space parts the word from the one before."""
    return text[:at].rstrip()[-1:].isalnum()


def _hidden(spoken: Sequence[str], begins: Sequence[bool], joined: Sequence[bool]) -> list[bool]:
    """Which words are masked: each with whether it begins a sentence, or joins the one before."""
    hidden: list[bool] = []
    for at, word in enumerate(spoken):
        before = spoken[at - 1].lower() if at else ""
        after_name = joined[at] and hidden[at - 1] and before[0] != "_"
        follows = spoken[at + 1] if at + 1 < len(spoken) else ""
        private = (
            _is_private(word, begins[at], before, follows)
            or (after_name and _may_be_surname(word))
            or _is_place(spoken, at)
        )
        hidden.append(private)
    return [a or b for a, b in zip(hidden, _spelled_numbers(spoken), strict=True)]


def _is_private(word: str, begins: bool, before: str, follows: str) -> bool:
    """Whether the word is masked for what it is and where it stands."""
    low = _base(word)
    lists = _lists()
    if word[0] == "_" or before in _TITLES and before != "doctor" and before != "surgeon":
        return True
    if low in _ALSO_MONTHS and "_" in (before[:1], follows[:1]):
        return True
    parts = [part for part in re.split(r"['-]", low) if part]
    if low not in lists.used and not all(lists.is_known(part) for part in parts):
        return True
    capital = word[0].isupper() and word != "I" and not word.startswith("I'")
    if low in lists.also:
        if not capital:
            named = low not in _ALSO_VERBS and before in _LEADS | _TITLES
            return named and low in lists.also_given
        if begins and low in _ALSO_VERBS:
            return follows.lower() not in _AFTER_VERB
        return not begins or low in lists.also_given or follows[:1].isupper()
    return capital and low not in lists.used


def _may_be_surname(word: str) -> bool:
    """Whether a word that follows a name is masked with it: any but the words of this subject."""
    low = _base(word)
    capital = word[0].isupper() and word != "I" and not word.startswith("I'")
    return capital or low in _lists().also or low not in _lists().used


def _is_place(spoken: Sequence[str], at: int) -> bool:
    """Whether the word says where somebody lives, or the street."""
    low = _base(spoken[at])
    after = _base(spoken[at + 1]) if at + 1 < len(spoken) else ""
    if after in _STREETS and at and spoken[at - 1][0] == "_":
        return True
    two, one = (_base(spoken[at - back]) if at >= back else "" for back in (2, 1))
    return one in _PLACE_BEFORE and two in _LIVES and low not in EMPTY_WORDS


def _spelled_numbers(spoken: Sequence[str]) -> list[bool]:
    """Figures in words, from two in a row on: "five five five"."""
    is_number = [_base(word) in _NUMBER_WORDS for word in spoken]
    return [
        one and (at > 0 and is_number[at - 1] or at + 1 < len(spoken) and is_number[at + 1])
        for at, one in enumerate(is_number)
    ]


def _base(word: str) -> str:
    """The word in lower case, without a possessive."""
    return re.sub(r"'s?$", "", word.lower())
