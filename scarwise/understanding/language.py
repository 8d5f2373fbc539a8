"""Which language a message is in, when it is not English.

A patient who writes in another language gets one line in it that leads to a person. English is
assumed unless its words are missing: short English messages are easily taken for others.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from scarwise.understanding.vocabulary import Vocabulary, words

REPLIES = ("es", "fr", "de", "pt", "it", "zh", "ar", "vi", "tl")
SCRIPTS = {"CJK": "zh", "ARABIC": "ar", "HIRAGANA": "other", "KATAKANA": "other",
           "HANGUL": "other", "CYRILLIC": "other", "DEVANAGARI": "other", "GREEK": "other",
           "HEBREW": "other", "THAI": "other", "BENGALI": "other", "TAMIL": "other"}  # fmt: skip
ENGLISH_SHARE = 0.7  # from this share of English words on, a message is English
FEWEST_WORDS = 2


@lru_cache
def load_identifier() -> LanguageIdentifier:
    """The one identifier of this process; loading takes longer than a patient should wait."""
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(["en", *REPLIES])
    return identifier


def _script_language(text: str) -> str | None:
    letters = [c for c in text if c.isalpha()]
    if not letters:
        return None
    scripts = [unicodedata.name(c, "").partition(" ")[0] for c in letters]
    foreign = [SCRIPTS[script] for script in scripts if script in SCRIPTS]
    if len(foreign) * 2 < len(letters):
        return None
    kana = {"HIRAGANA", "KATAKANA"} & set(scripts)
    return "other" if kana else max(set(foreign), key=foreign.count)


def foreign_language(text: str, vocabulary: Vocabulary) -> str | None:
    """A key of `REPLIES` or `other` when `text` is not English, else None."""
    by_script = _script_language(text)
    if by_script:
        return by_script
    if vocabulary.known_share(text) >= ENGLISH_SHARE:
        return None
    accented = sum(c.isalpha() and not c.isascii() for c in text)
    if len(words(text)) < FEWEST_WORDS and not accented:
        return None
    language, probability = load_identifier().classify(text)
    return language if language != "en" and probability > 0.6 else None
