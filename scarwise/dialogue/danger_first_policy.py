"""The danger reply comes first, also in the middle of a form.

While a form is active, Rasa's rules run the form for every message and do not look at the intent;
the form would need the action server before anything else could be said. This policy answers a
danger with its fixed reply alone. The form stays where it is, and nothing is filled.
"""

from __future__ import annotations

from typing import Any

from rasa.core.policies.policy import PolicyPrediction
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.constants import UTTER_PREFIX
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT_NAME_KEY

from scarwise.dialogue.compose import SAFETY_TOPICS
from scarwise.dialogue.overriding_policy import OverridingPolicy


@DefaultV1Recipe.register(
    DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=False
)
class DangerFirstPolicy(OverridingPolicy):
    """Predicts the danger reply when a form is active, and nothing otherwise."""

    def predict_action_probabilities(
        self,
        tracker: DialogueStateTracker,
        domain: Domain,
        rule_only_data: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> PolicyPrediction:
        """The danger reply after a message that shows danger, and after it nothing more."""
        chances = self._default_predictions(domain)
        intent = tracker.latest_message.intent if tracker.latest_message else {}
        kind = intent.get(INTENT_NAME_KEY)
        if tracker.active_loop_name and kind in SAFETY_TOPICS:
            said = tracker.latest_action_name == UTTER_PREFIX + kind
            action = ACTION_LISTEN_NAME if said else UTTER_PREFIX + kind
            chances[domain.index_for_action(action)] = 1.0
            return self._prediction(chances, is_no_user_prediction=True)  # as the form's own
        return self._prediction(chances)
