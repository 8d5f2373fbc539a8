"""The smallest common form of all documents: headings, paragraphs, list items and table rows."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Literal

Kind = Literal["heading", "paragraph", "item", "row"]
_INVISIBLE = frozenset({"Cc", "Cf", "Cn", "Co", "Cs"})  # control, format, unassigned and private
_LIGATURES = str.maketrans({"ﬁ": "fi", "ﬂ": "fl", "ﬀ": "ff", "ﬃ": "ffi", "ﬄ": "ffl"})


class UnreadableError(Exception):
    """A document cannot be read; the message says why and names the mend."""


@dataclass(frozen=True)
class Block:
    """One block of a document in reading order."""

    kind: Kind
    text: str


@dataclass(frozen=True)
class Contents:
    """What stands in a file: its blocks, its own title if it has one, and what was left out."""

    blocks: tuple[Block, ...]
    title: str = ""
    left_out: tuple[str, ...] = ()


def tidy(text: str) -> str:
    """`text` on one line, composed, without characters that nobody sees."""
    composed = unicodedata.normalize("NFC", text.translate(_LIGATURES))
    words = "".join(" " if one.isspace() else one for one in composed).split()
    shown = (
        "".join(c for c in word if unicodedata.category(c) not in _INVISIBLE) for word in words
    )
    return " ".join(word for word in shown if word)
