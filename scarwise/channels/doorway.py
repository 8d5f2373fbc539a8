"""The HTTP side that messaging providers share: how a call is refused, what start and stop do."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any, Protocol

from sanic import Blueprint, Request
from sanic.exceptions import SanicException
from sanic.response import HTTPResponse, json

from scarwise import private_logs
from scarwise.channels import delivery
from scarwise.channels.addresses import Addresses
from scarwise.channels.messaging import Messaging, Show
from scarwise.channels.shared import Conversations, OnNewMessage
from scarwise.storage.database import database_url, open_engine
from scarwise.storage.journal import Journal
from scarwise.storage.opt_outs import OptOuts
from scarwise.storage.outbox import Outbox

logger = logging.getLogger(__name__)


class RefusedCallError(Exception):
    """A call that is refused: the status, and why."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status
        self.why = why


class Provider(delivery.Provider, Protocol):
    """A provider that is told when the server starts and stops."""

    async def open(self) -> None:
        """Begin; must not wait for the provider."""

    async def close(self) -> None:
        """Begin no further call."""


def open_door(
    door: Blueprint,
    on_new_message: OnNewMessage,
    shows: Mapping[str, Show],
    provider: Provider,
    addresses: Addresses,
) -> Messaging:
    """What works behind `door`; a channel of conversations for each of `shows`."""
    engine = open_engine(database_url())
    journal = Journal(engine)
    conversations = {name: Conversations(on_new_message, journal, name) for name in shows}
    messaging = Messaging(
        conversations, shows, provider, addresses, Outbox(engine), OptOuts(engine)
    )

    @door.after_server_start
    async def begin(_: Any) -> None:
        private_logs.show_turns()
        await provider.open()
        messaging.resume()

    @door.before_server_stop
    async def end(_: Any) -> None:
        await messaging.stop()
        await provider.close()

    door.exception(Exception)(_refuse)
    return messaging


async def _refuse(_: Request, error: Exception) -> HTTPResponse:
    """The error as JSON; what went wrong in here is not shown."""
    if isinstance(error, RefusedCallError):
        return json({"error": error.why}, status=error.status)
    if isinstance(error, SanicException):
        return json({"error": str(error)}, status=error.status_code)
    logger.error("messaging.error error=%s", type(error).__name__)
    return json({"error": "Something went wrong here."}, status=500)
