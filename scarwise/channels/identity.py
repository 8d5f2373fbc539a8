"""Who may read and drive a conversation: the holder of a token that this server issued.

Rasa takes any conversation id from anybody. Here the id is random, and a token binds it to this
server's secret, so that an id that was guessed, or seen in a log, opens nothing.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import os
import re
import secrets
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from scarwise.storage import VAR, private_folder

SECRET = "SCARWISE_SECRET"
LEAST_SECRET = 32  # characters
TIME_BYTES = 4  # of an id: when it was issued, in seconds
RANDOM_BYTES = 20  # and 160 random bits
DAY = 24 * 3600
_TOKEN = re.compile(r"([A-Za-z0-9_-]{32})\.([A-Za-z0-9_-]{43})")


class SecretError(ValueError):
    """The secret cannot be used; the message names the place and the mend."""


def load_secret(path: Path | None = None) -> bytes:
    """`SCARWISE_SECRET`, else the content of `var/secret`, which is made at first use."""
    setting = os.environ.get(SECRET)
    if setting is not None:
        return _checked(setting, SECRET)
    path = path or VAR / "secret"
    if not path.exists():
        _make_secret(path)
    try:
        return _checked(path.read_text(encoding="ascii").strip(), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise SecretError(f"{path} cannot be read ({error}): give it back, or remove it.") from None


def _checked(secret: str, place: str) -> bytes:
    if len(secret) < LEAST_SECRET:
        raise SecretError(
            f"{place} is shorter than {LEAST_SECRET} characters: put in a random text, such as "
            'the output of `python3 -c "import secrets; print(secrets.token_urlsafe(32))"`.'
        )
    return secret.encode()


def _make_secret(path: Path) -> None:
    """Write a new secret that only this user may read; one made meanwhile is left as it is."""
    with tempfile.NamedTemporaryFile("w", dir=private_folder(path.parent)) as made:  # of mode 0600
        made.write(secrets.token_urlsafe(48))
        made.flush()
        with contextlib.suppress(FileExistsError):
            os.link(made.name, path)


class ExpiredError(ValueError):
    """The token was issued here, too long ago."""


class Tokens:
    """Issues and checks the tokens of one channel; each opens its conversation for `days`."""

    def __init__(
        self, secret: bytes, channel: str, days: int = 30, clock: Callable[[], float] = time.time
    ) -> None:
        self._secret = secret
        self._channel = channel
        self._seconds = days * DAY
        self._clock = clock

    def issue(self) -> str:
        """A token for a new conversation."""
        issued = int(self._clock()).to_bytes(TIME_BYTES, "big")
        random = secrets.token_bytes(RANDOM_BYTES)
        conversation = base64.urlsafe_b64encode(issued + random).decode()
        return f"{conversation}.{self._seal(conversation)}"

    def expires_at(self, token: str) -> datetime:
        """When a token that this channel issued opens nothing any more."""
        conversation = token.partition(".")[0]
        return datetime.fromtimestamp(_issued(conversation) + self._seconds, UTC)

    def sender(self, token: str) -> str | None:
        """The conversation that `token` opens, None when this channel did not issue it.

        Raises `ExpiredError` when it is too old.
        """
        parts = _TOKEN.fullmatch(token)
        if not parts:
            return None
        conversation, seal = parts.groups()
        if not hmac.compare_digest(seal, self._seal(conversation)):
            return None
        # One day ahead: the clock was set back. Further ahead: it was not issued by this release.
        if not -DAY <= self._clock() - _issued(conversation) < self._seconds:
            raise ExpiredError
        return f"{self._channel}:{conversation}"

    def mark(self, sender: str, message_id: str) -> str:
        """What stands for a caller's own message id in records and logs: it may say anything."""
        bound = f"{sender}:{message_id}".encode()
        return hmac.new(self._secret, bound, hashlib.sha256).hexdigest()[:24]

    def _seal(self, conversation: str) -> str:
        bound = f"{self._channel}:{conversation}".encode()
        digest = hmac.new(self._secret, bound, hashlib.sha256).digest()
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _issued(conversation: str) -> int:
    """When this id was made, in seconds."""
    return int.from_bytes(base64.urlsafe_b64decode(conversation)[:TIME_BYTES], "big")
