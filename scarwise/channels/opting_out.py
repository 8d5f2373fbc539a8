"""The words by which a patient ends, resumes or asks about text messages.

Carriers act on some of them by themselves, so here they mean the same, whatever is being talked
about. A word counts only when it is the whole message: "stop the bleeding" is a question.
"""

from __future__ import annotations

from typing import Literal

from scarwise.understanding.normalize import normalize

Keyword = Literal["stop", "start", "help"]

STOP_WORDS = ("STOP", "UNSUBSCRIBE", "END", "QUIT", "STOPALL", "CANCEL", "REVOKE", "OPTOUT")
_STOP_PHRASES = (
    "stop all", "opt out", "opt me out", "please stop", "stop please", "stop texting me",
    "stop messaging me", "stop texts", "stop messages", "unsubscribe me", "do not text me",
    "dont text me", "remove me",
)  # fmt: skip
START_WORDS = ("START", "UNSTOP")
# Carriers take this one as a wish to resume; from anybody else it is an answer like any other.
RESUMING_ANSWERS = ("YES",)
HELP_WORDS = ("HELP", "INFO")

_MEANING: dict[str, Keyword] = {
    **{word.lower(): "stop" for word in (*STOP_WORDS, *_STOP_PHRASES)},
    **{word.lower(): "start" for word in START_WORDS},
    **{word.lower(): "help" for word in HELP_WORDS},
}


def _words(text: str) -> str:
    """The letters of `text` as lower-case words: "Stop!" and " STOP. " are "stop"."""
    kept = (one if one.isalnum() or one.isspace() else "" if one in "'-" else " "
            for one in normalize(text))  # fmt: skip
    return " ".join("".join(kept).lower().split())


def keyword(text: str, opted_out: bool = False) -> Keyword | None:
    """What `text` asks of the messages themselves, None for everything else."""
    words = _words(text)
    if opted_out and words.upper() in RESUMING_ANSWERS:
        return "start"
    return _MEANING.get(words)
