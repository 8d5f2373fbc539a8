"""How a text travels as an SMS: which letters it may use, and how many segments it takes.

A text of GSM-7 letters has 160 of them in one segment, or 153 in each of several; one letter beyond
(an emoji, a curly quote) leaves 70 and 67. So look-alikes are exchanged first.
"""

from __future__ import annotations

import unicodedata

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_ESCAPED = frozenset("^{}\\[~]|€\f")  # two septets each
_SINGLE, _PART = 160, 153  # septets of a whole text, and of one of several segments
_WIDE_SINGLE, _WIDE_PART = 70, 67  # UTF-16 units
_LOOK_ALIKES = str.maketrans(
    {"’": "'", "‘": "'", "`": "'", "´": "'", "“": '"', "”": '"', "–": "-", "—": "-", "‑": "-",
     "−": "-", "…": "...", "•": "-", "\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u200b": ""}
)  # fmt: skip


def is_gsm(text: str) -> bool:
    """Whether GSM-7 has all letters of `text`."""
    return all(one in _BASIC or one in _ESCAPED for one in text)


def plain(text: str) -> str:
    """`text` with typographic marks as GSM-7 writes them; no letter is lost."""
    exchanged = unicodedata.normalize("NFC", text).translate(_LOOK_ALIKES)
    return "\n".join(line.rstrip() for line in exchanged.strip().split("\n"))


def segments(text: str) -> int:
    """How many SMS segments `text` takes; none for an empty text."""
    if is_gsm(text):
        return _count([2 if one in _ESCAPED else 1 for one in text], _SINGLE, _PART)
    return _count([2 if ord(one) > 0xFFFF else 1 for one in text], _WIDE_SINGLE, _WIDE_PART)


def _count(widths: list[int], single: int, part: int) -> int:
    """Segments for letters of these widths; no letter is split between two."""
    if not widths:
        return 0
    if sum(widths) <= single:
        return 1
    count, room = 1, part
    for width in widths:
        if width > room:
            count, room = count + 1, part
        room -= width
    return count
