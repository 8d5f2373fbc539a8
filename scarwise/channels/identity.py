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
from pathlib import Path

from scarwise.storage import VAR, private_folder

SECRET = "SCARWISE_SECRET"
LEAST_SECRET = 32  # characters
ID_BYTES = 24  # 192 random bits
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


class Tokens:
    """Issues and checks the tokens of one channel."""

    def __init__(self, secret: bytes, channel: str) -> None:
        self._secret = secret
        self._channel = channel

    def issue(self) -> str:
        """A token for a new conversation."""
        conversation = secrets.token_urlsafe(ID_BYTES)
        return f"{conversation}.{self._seal(conversation)}"

    def sender(self, token: str) -> str | None:
        """The conversation that `token` opens, None when this channel did not issue it."""
        parts = _TOKEN.fullmatch(token)
        if not parts:
            return None
        conversation, seal = parts.groups()
        if not hmac.compare_digest(seal, self._seal(conversation)):
            return None
        return f"{self._channel}:{conversation}"

    def _seal(self, conversation: str) -> str:
        bound = f"{self._channel}:{conversation}".encode()
        digest = hmac.new(self._secret, bound, hashlib.sha256).digest()
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")
