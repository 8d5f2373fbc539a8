"""A safe reply when an action failed, so that a patient never meets silence.

Rasa goes on when the action server is down, slow or raises, as if the action had run. This policy
sees that nothing was said and says the fixed text with the clinic's phone, which needs no server.
"""

from __future__ import annotations

from typing import Any

from rasa.core.policies.policy import PolicyPrediction
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.constants import UTTER_PREFIX
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from scarwise.dialogue.overriding_policy import OverridingPolicy

SAFE_REPLY = "utter_unavailable"


def left_silent(tracker: DialogueStateTracker) -> bool:
    """Whether an action of the action server, or a form, ran since the patient's last message
    and nothing was said to them."""
    ran = False
    for event in reversed(tracker.events):
        if isinstance(event, BotUttered):
            return False
        if isinstance(event, UserUttered):
            # Stories under test run no actions; their messages have no id.
            return ran and event.message_id is not None
        if isinstance(event, ActionExecuted):
            name = event.action_name or ACTION_LISTEN_NAME
            ran = ran or not (name == ACTION_LISTEN_NAME or name.startswith(UTTER_PREFIX))
    return False


@DefaultV1Recipe.register(
    DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=False
)
class SafeReplyPolicy(OverridingPolicy):
    """Predicts the safe reply after an action that said nothing, and nothing otherwise."""

    def predict_action_probabilities(
        self,
        tracker: DialogueStateTracker,
        domain: Domain,
        rule_only_data: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> PolicyPrediction:
        """The safe reply when the patient was left silent, and after it nothing more."""
        chances = self._default_predictions(domain)
        if tracker.latest_action_name == SAFE_REPLY:
            chances[domain.index_for_action(ACTION_LISTEN_NAME)] = 1.0
        elif left_silent(tracker):
            chances[domain.index_for_action(SAFE_REPLY)] = 1.0
        # Only a prediction that is marked like a form's own is heard while a form is active.
        return self._prediction(chances, is_no_user_prediction=max(chances) > 0)
