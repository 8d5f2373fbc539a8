"""What a running assistant writes down: one line a turn, and never a patient's words.

Rasa and Sanic put texts, addresses and whole conversations into their messages, their warnings and
their errors, and no setting of theirs stops that. So once the doors open, a message of a foreign
logger is told by its place alone, and an error by its kind and the lines of code it passed.
"""

from __future__ import annotations

import hashlib
import logging
import re
import secrets
import sys
import threading
import traceback
import warnings
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any

import structlog

# These write no words of patients; of all other loggers that cannot be known.
OUR_LOGGERS = frozenset({"scarwise", "actions", "rasa_compat"})
# What this server made itself: random ids and hashes. A phone number has at most 15 digits.
_OWN_ID = re.compile(r"(?:[a-z]+:)?(?:[0-9a-f]{16,64}|[A-Za-z0-9_-]{32})")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,60}")
_KEY = secrets.token_bytes(16)  # a hash that nobody can try phone numbers on
DEBUGGING = "Debug logging is on: patients' words are written to the log."

logger = logging.getLogger(__name__)
_turn_logger = logging.getLogger("scarwise.turns")
_turns = structlog.wrap_logger(
    _turn_logger,
    wrapper_class=structlog.stdlib.BoundLogger,
    processors=[
        structlog.stdlib.filter_by_level,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        structlog.processors.JSONRenderer(),
    ],
)


def id_for_log(value: object) -> str:
    """An id that this server made, as it is; any other one (a caller's) as a keyed hash."""
    text = str(value)
    if _OWN_ID.fullmatch(text):
        return text
    hashed = hashlib.blake2b(text.encode(errors="replace"), key=_KEY, digest_size=8)
    return f"h-{hashed.hexdigest()}"


def _names(values: Iterable[object]) -> list[str]:
    return [str(one) if _NAME.fullmatch(str(one)) else "?" for one in values]


def turn_line(
    conversation: str,
    message: str,
    channel: str,
    outcome: str,
    topics: Iterable[str],
    reading: dict[str, Any],
    milliseconds: float,
    problems: Iterable[str] = (),
) -> None:
    """Write the line of one turn; `problems` are names of errors and of objections."""
    danger = reading.get("danger") or {}
    fields = {
        "conversation": id_for_log(conversation),
        "message": id_for_log(message),
        "channel": _names([channel])[0],
        "outcome": outcome,
        "topics": _names(topics),
        "confidence": round(float(reading.get("confidence") or 0.0), 3),
        "danger": _names([danger.get("level") or "none"])[0],
        "ms": round(milliseconds),
    }
    found = list(problems)
    if found:
        _turns.error("turn", **fields, problems=found)
    else:
        _turns.info("turn", **fields)


def show_turns() -> None:
    """Write the lines of turns to standard output: for a server, not for the shell or a test."""
    if not _turn_logger.handlers:
        handler = logging.StreamHandler(sys.stdout)
        handler.setFormatter(logging.Formatter("%(message)s"))
        _turn_logger.addHandler(handler)
    _turn_logger.setLevel(logging.INFO)
    _turn_logger.propagate = False


def keep_words_out() -> None:
    """From now on let no foreign message through; until now no patient could say anything.

    Somebody who starts Rasa by hand with `--debug` wants to see words, and is told that they are
    written. `scarwise run` never does.
    """
    if logging.getLogger("rasa").getEffectiveLevel() <= logging.DEBUG:
        logger.warning(DEBUGGING)
        return
    if not isinstance(logging.getLogRecordFactory(), _PrivateRecords):
        logging.setLogRecordFactory(_PrivateRecords())
    logging.getLogger("sanic.access").disabled = True  # addresses
    warnings.showwarning = _warned
    sys.excepthook = _failed
    threading.excepthook = lambda failed: _failed(
        failed.exc_type, failed.exc_value, failed.exc_traceback
    )


class _PrivateRecords:
    """Makes the records of all loggers of this process."""

    def __init__(self) -> None:
        self._make = logging.getLogRecordFactory()

    def __call__(
        self, name: str, level: int, path: str, line: int, message: Any, arguments: Any,
        error: Any, function: str | None = None, stack: str | None = None, **more: Any,
    ) -> logging.LogRecord:  # fmt: skip
        if name.partition(".")[0] not in OUR_LOGGERS:
            message, arguments = f"withheld message of {Path(path).name}:{line}", ()
        if error and error[0] is not None:
            message = logging.LogRecord(name, level, path, line, message, arguments, None)
            message, arguments = f"{message.getMessage()}: {told(error[1], error[2])}", ()
        return self._make(name, level, path, line, message, arguments, None, function, None, **more)


def told(error: BaseException | None, trace: TracebackType | None) -> str:
    """An error by its kind and places; its message may hold a patient's words."""
    kinds = []
    while error is not None and len(kinds) < 5:
        kinds.append(type(error).__name__)
        error = error.__cause__ or error.__context__
    return "\n".join([" from ".join(kinds), *"".join(traceback.format_tb(trace)).splitlines()])


def _warned(
    _: Warning | str, category: type[Warning], filename: str, lineno: int, *__: Any, **___: Any
) -> None:
    logger.warning("%s of %s:%d", category.__name__, Path(filename).name, lineno)


def _failed(
    kind: type[BaseException], error: BaseException | None, trace: TracebackType | None
) -> None:
    logger.critical("Unhandled error.", exc_info=(kind, error or kind(), trace))
