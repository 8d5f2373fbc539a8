"""What the policies share that come before every other one, also in the middle of a form."""

from __future__ import annotations

from typing import Any

from rasa.core.policies.policy import Policy
from rasa.engine.storage.resource import Resource
from rasa.shared.core.domain import Domain
from rasa.shared.core.generator import TrackerWithCachedStates

PRIORITY = 100  # above every other policy; Rasa's own go up to 6


class OverridingPolicy(Policy):
    """A policy that learns nothing, and is heard first where it predicts something."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Options as `config.yml` may set them."""
        return {"priority": PRIORITY, "max_history": 1}

    def train(
        self, training_trackers: list[TrackerWithCachedStates], domain: Domain, **kwargs: Any
    ) -> Resource:
        """Nothing is learned."""
        return self._resource
