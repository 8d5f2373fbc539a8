"""Fault: the action server listens on every interface, to every web page, and tells too much.

It asks nobody who they are, and an action that fails makes it return the whole conversation, which
Rasa then logs. Here it listens to this machine alone, unless `SANIC_HOST` says otherwise, and an
error is told by its kind.
"""

from __future__ import annotations

import logging
import os
import traceback
from types import ModuleType
from typing import Any

logger = logging.getLogger(__name__)


def mend(endpoint: ModuleType) -> None:
    """Close the action server's doors to others, and keep its errors short."""
    create_app = endpoint.create_app

    def create_quiet_app(*args: Any, **kwargs: Any) -> Any:
        app = create_app(*args, **kwargs)
        # Sanic takes one handler for each kind of error, and the server has set its own.
        app.error_handler.cached_handlers[(Exception, None)] = _tell_kind
        return app

    endpoint.create_app = create_quiet_app
    endpoint.configure_cors = lambda app, cors_origins: None  # no web page has business here
    os.environ.setdefault("SANIC_HOST", "127.0.0.1")


async def _tell_kind(_: Any, error: Exception) -> Any:
    from sanic.exceptions import SanicException
    from sanic.response import json

    status = error.status_code if isinstance(error, SanicException) else 500
    if status >= 500:  # where it happened, but not the message: it may hold a patient's words
        places = "".join(traceback.format_tb(error.__traceback__))
        logger.error("action.failed error=%s\n%s", type(error).__name__, places)
    return json({"error": type(error).__name__}, status=status)
