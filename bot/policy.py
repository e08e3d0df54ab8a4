"""Rasa's rule policy, looking only as far back as its longest rule."""

from collections import defaultdict
from functools import cached_property
from itertools import islice
from typing import Any

from rasa.core.policies.rule_policy import RULES, RULES_FOR_LOOP_UNHAPPY_PATH, RulePolicy
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.core.constants import PREVIOUS_ACTION, SHOULD_NOT_BE_SET, USER
from rasa.shared.core.domain import Domain, State
from rasa.shared.core.events import ActionExecuted
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import ACTION_NAME, INTENT, TEXT


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True)
class RecentRulePolicy(RulePolicy):
    """Predicts what `RulePolicy` predicts.

    A rule can only match the latest states, as many as it has itself; and without a rule that
    quotes a customer's words there is nothing to be found by their text.
    """

    @cached_property
    def _rules(self) -> list[list[State]]:
        keys = [*self.lookup.get(RULES, {}), *self.lookup.get(RULES_FOR_LOOP_UNHAPPY_PATH, {})]
        return [self._rule_key_to_state(key) for key in keys]

    @cached_property
    def _states_max(self) -> int:
        return max((len(states) for states in self._rules), default=1)

    @cached_property
    def _quotes_words(self) -> bool:
        return any(TEXT in state.get(USER, {}) for states in self._rules for state in states)

    def _find_action_from_rules(
        self, tracker: DialogueStateTracker, domain: Domain, use_text_for_last_user_input: bool
    ) -> tuple[str | None, str | None, bool]:
        if use_text_for_last_user_input and not self._quotes_words:
            return None, None, False
        found: tuple[str | None, str | None, bool] = super()._find_action_from_rules(
            tracker, domain, use_text_for_last_user_input
        )
        return found

    def format_tracker_states(self, states: list[State]) -> str:
        """Rasa describes the conversation for a log line below our level, and copies that: nobody reads it."""
        return ""

    def _get_possible_keys(self, lookup: dict[str, str], states: list[State]) -> set[str]:
        """The rules that fit `states`: only those that end in the present intent and action are looked at."""
        if not states or not states[-1].get(PREVIOUS_ACTION):
            found: set[str] = super()._get_possible_keys(lookup, states)
            return found
        near = {key: lookup[key] for key in self._ending_in(lookup, states[-1])}
        found = super()._get_possible_keys(near, states)
        return found

    def _ending_in(self, lookup: dict[str, str], state: State) -> list[str]:
        known, size, index = self.__dict__.get("_endings", {}).get(id(lookup), (None, 0, {}))
        if known is not lookup or size != len(lookup):
            index = defaultdict(list)
            for key in lookup:
                index[_ending(self._rule_key_to_state(key)[-1])].append(key)
            self.__dict__.setdefault("_endings", {})[id(lookup)] = (lookup, len(lookup), index)
        intent, action = _ending(state)
        endings = {(intent, action), (None, action), (intent, None), (None, None)}
        return [key for ending in endings for key in index.get(ending, ())]

    def _prediction_states(
        self,
        tracker: DialogueStateTracker,
        domain: Domain,
        use_text_for_last_user_input: bool = False,
        rule_only_data: dict[str, Any] | None = None,
    ) -> list[State]:
        if use_text_for_last_user_input:
            states: list[State] = super()._prediction_states(
                tracker, domain, use_text_for_last_user_input, rule_only_data
            )
            return states
        actions = sum(isinstance(event, ActionExecuted) for event in tracker.applied_events())
        before = max(0, actions + 1 - self._states_max)
        recent = islice(tracker.generate_all_prior_trackers(), before, None)
        return [_without_words(domain.get_active_state(prior)) for prior, _ in recent]


def _ending(state: State) -> tuple[Any, Any]:
    """Intent and last action of a state; None where a rule leaves it open or forbids any."""
    user, action = state.get(USER, {}).get(INTENT), state.get(PREVIOUS_ACTION, {}).get(ACTION_NAME)
    return (None if user == SHOULD_NOT_BE_SET else user), (None if action == SHOULD_NOT_BE_SET else action)


def _without_words(state: State) -> State:
    """Rules look at the intent; what was said has no business in a state."""
    state.get(USER, {}).pop(TEXT, None)
    return state
