"""Fault: Rasa waits 300 s for an action server that hangs; the patient sees nothing.

With this limit the turn goes on, and the `SafeReplyPolicy` answers in the server's place.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any

ACTION_SERVER_SECONDS = 5.0


def mend(endpoints: ModuleType) -> None:
    """Shorten the time limit of every request that Rasa makes to an endpoint."""
    endpoints.DEFAULT_REQUEST_TIMEOUT = ACTION_SERVER_SECONDS
    request = endpoints.EndpointConfig.request

    async def request_in_time(self: Any, *args: Any, **kwargs: Any) -> Any:
        kwargs.pop("timeout", None)  # an action passes its 300 s along
        return await request(self, *args, **kwargs)

    endpoints.EndpointConfig.request = request_in_time
