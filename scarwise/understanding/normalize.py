"""Brings what people type into one form, so that looks do not change the meaning.

Covers Unicode variants, invisible characters, look-alike letters, held-down keys, emoji and
curly quotes. The raw text stays in the tracker; only the understanding works on this form.
"""

from __future__ import annotations

import re
import unicodedata

# Cyrillic and Greek letters that look Latin, as used to slip words past filters or typed with the
# wrong keyboard (Unicode TR 39, confusables). Applied only inside words that also have Latin ones.
LOOK_ALIKES = str.maketrans(
    "аеорсухіѕјһԁԛԝкмтвнАВЕКМНОРСТХУІЅЈαεοριυνκτΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
    "aeopcyxisjhdqwkmtbhABEKMHOPCTXYISJaeopiuvktABEZHIKMNOPTYX",
)
QUOTES = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'", "“": '"', "”": '"', "…": "..."})
HELD_KEY = re.compile(r"([^\W\d_])\1{2,}")
SPACES = re.compile(r"\s+")
WORD = re.compile(r"[^\W_]+", re.UNICODE)
# A mark between letters that hides a word ("s.c.a.r", "s-c-a-r") is taken out.
SPELLED_OUT = re.compile(r"\b(?:[A-Za-z][.\-*_]){2,}[A-Za-z]\b")


def _visible(character: str) -> str:
    category = unicodedata.category(character)
    if character in "\n\r\t":
        return " "
    if category in ("Cf", "Cc", "Cs", "Co", "Cn", "Mn", "Me"):
        return ""
    return " " if category == "So" else character  # So: emoji and other pictures


def _untangled(match: re.Match[str]) -> str:
    word = match[0]
    has_latin = any(c.isalpha() and "LATIN" in unicodedata.name(c, "") for c in word)
    return word.translate(LOOK_ALIKES) if has_latin and not word.isascii() else word


def normalize(text: str) -> str:
    """`text` in one form: readable, single-spaced, with its case kept; may be empty.

    Accents of other languages are kept; a second call changes nothing.
    """
    composed = unicodedata.normalize("NFKC", text.translate(QUOTES))
    visible = "".join(_visible(character) for character in composed).translate(QUOTES)
    joined = SPELLED_OUT.sub(lambda match: re.sub(r"[.\-*_]", "", match[0]), visible)
    latin = WORD.sub(_untangled, joined)
    calm = HELD_KEY.sub(r"\1\1", latin)
    return SPACES.sub(" ", calm).strip()
