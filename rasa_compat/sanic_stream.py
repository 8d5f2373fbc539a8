"""Fault: Sanic 22 renamed `response.stream`, which `rasa shell` reads its replies from."""

from __future__ import annotations

from types import ModuleType


def mend(response: ModuleType) -> None:
    """Offer the new name in its old place."""
    if not hasattr(response, "stream"):
        response.stream = response.ResponseStream
