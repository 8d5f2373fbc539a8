"""What stands for a patient's phone number or account; where the address is needed, seals it.

Trackers, logs and locks know a keyed hash, which nobody can turn back without this server's secret.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from base64 import urlsafe_b64encode
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_PURPOSE = b"scarwise: messages that are due"


class SealError(ValueError):
    """What was sealed cannot be opened: the secret is another one, or the text was changed."""


class Addresses:
    """Hashes and seals with keys of `secret`, each for its own purpose."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        key = HKDF(SHA256(), 32, salt=None, info=_PURPOSE).derive(secret)
        self._fernet = Fernet(urlsafe_b64encode(key))

    def sender(self, channel: str, address: str) -> str:
        """The conversation of `address`: the channel and 160 bits of a hash."""
        return f"{channel}:{self._hash('sender', channel, address)[:40]}"

    def mark(self, channel: str, message_id: str) -> str:
        """What stands for the provider's id of a message."""
        return self._hash("message", channel, message_id)[:32]

    def digest(self, content: Any) -> str:
        """What stands for the whole content of a message."""
        return self._hash("content", json.dumps(content, sort_keys=True))

    def secret_for(self, purpose: str) -> str:
        """A secret to share with one other party, such as a provider that sends it back."""
        return self._hash("shared", purpose)

    def seal(self, content: dict[str, Any]) -> str:
        """`content`, readable for this server alone."""
        return self._fernet.encrypt(json.dumps(content).encode()).decode()

    def open(self, sealed: str) -> dict[str, Any]:
        """What was sealed; raises `SealError`."""
        try:
            return dict(json.loads(self._fernet.decrypt(sealed.encode())))
        except (InvalidToken, ValueError, TypeError):
            raise SealError from None

    def _hash(self, *parts: str) -> str:
        bound = json.dumps(parts).encode()
        return hmac.new(self._secret, bound, hashlib.sha256).hexdigest()
