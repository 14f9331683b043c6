"""Rules looked up by the last steps of a talk, instead of reading the whole talk again.

Rasa's RulePolicy makes a state of every earlier step by replaying all events, at each prediction, and compares each state
with all rules. But no rule is longer than a few steps (ours: two), and of a step it sees the intent, the action before it and
the slots that influence rules (ours: `task`). So only those steps are put together, in one pass back over the session's
events, and what RulePolicy answers for them is remembered: the rules of the trained model decide as before.
Whatever else there may be (loops, rules by text, undone events, no rule that fits) is left to RulePolicy itself.
"""

from __future__ import annotations

import copy
from collections.abc import Hashable
from typing import Any

from rasa.core.policies.rule_policy import RULES, RULES_FOR_LOOP_UNHAPPY_PATH, RulePolicy
from rasa.shared.core.constants import PREVIOUS_ACTION, SHOULD_NOT_BE_SET, SLOTS, USER
from rasa.shared.core.domain import USED_ENTITIES_KEY, Domain, State
from rasa.shared.core.events import (
    ActionExecuted,
    BotUttered,
    DefinePrevUserUtteredFeaturization,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.slots import Slot
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import ACTION_NAME, INTENT, TEXT

Step = tuple[Hashable, ...]
"""(intent, action before, feature of each influencing slot): what a rule can see of one step."""
HARMLESS = (BotUttered, DefinePrevUserUtteredFeaturization)
"""Events that no rule sees."""


class Remembered:
    """What a RulePolicy answers, by the last steps. One per loaded policy and domain."""

    def __init__(self, policy: RulePolicy, domain: Domain) -> None:
        rules = policy.lookup[RULES]
        self._policy = policy
        self._longest = max((len(policy._rule_key_to_state(rule)) for rule in rules), default=0)
        self._slots = {slot.name: copy.copy(slot) for slot in domain.slots if slot.influence_conversation}
        self._plain = not (
            domain.form_names
            or policy.lookup.get(RULES_FOR_LOOP_UNHAPPY_PATH)
            or any(intent[USED_ENTITIES_KEY] for intent in domain.intent_properties.values())
            or any(_by_text(policy._rule_key_to_state(rule)) for rule in rules)
        )
        self._answers: dict[tuple[Step, ...], tuple[str, str] | None] = {}

    @property
    def by_intent_alone(self) -> bool:
        """Whether no rule asks for the very words of a message."""
        return self._plain

    def find(self, tracker: DialogueStateTracker) -> tuple[str, str] | None:
        """The next action and the rule that says so; None when RulePolicy must be asked."""
        if not self._plain or (steps := self._last_steps(tracker)) is None:
            return None
        if steps not in self._answers:
            lookup = self._policy.lookup[RULES]
            fitting = self._policy._get_possible_keys(lookup, [self._state(step) for step in steps])
            best = max(fitting, key=len, default="")
            self._answers[steps] = (lookup[best], best) if lookup.get(best) else None
        return self._answers[steps]

    def _last_steps(self, tracker: DialogueStateTracker) -> tuple[Step, ...] | None:
        """The last steps of the session, oldest first; None after an event that means more than a step of ours can tell.

        A step is what held when the next action was chosen: now, and before each action so far.
        """
        steps: list[dict[Hashable, Any]] = [{}]
        for event in reversed(tracker.events):
            if isinstance(event, ActionExecuted) and event.action_name:
                _note(steps, PREVIOUS_ACTION, event.action_name)
                if len(steps) < self._longest:
                    steps.append({})
            elif isinstance(event, UserUttered) and event.intent_name and not event.use_text_for_featurization:
                _note(steps, USER, event.intent_name)
            elif isinstance(event, SlotSet):
                _note(steps, (SLOTS, event.key), event.value)
            elif isinstance(event, SessionStarted):
                break
            elif not isinstance(event, HARMLESS):
                return None
        return tuple(self._step(step) for step in reversed(steps))

    def _step(self, found: dict[Hashable, Any]) -> Step:
        features = (
            self._feature(slot, found.get((SLOTS, name), slot.initial_value)) for name, slot in self._slots.items()
        )
        return (found.get(USER), found.get(PREVIOUS_ACTION), *features)

    @staticmethod
    def _feature(slot: Slot, value: Any) -> Hashable:
        """As Domain._get_slots_sub_state."""
        if value == SHOULD_NOT_BE_SET:
            return str(SHOULD_NOT_BE_SET)
        slot.value = value
        return tuple(slot.as_feature()) if any(slot.as_feature()) else None

    def _state(self, step: Step) -> State:
        """The step as Rasa writes it."""
        intent, action, *features = step
        slots = {name: feature for name, feature in zip(self._slots, features, strict=True) if feature is not None}
        parts = {
            USER: {INTENT: intent} if intent else None,
            PREVIOUS_ACTION: {ACTION_NAME: action} if action else None,
            SLOTS: slots,
        }
        return {name: part for name, part in parts.items() if part}


def _note(steps: list[dict[Hashable, Any]], name: Hashable, value: Any) -> None:
    """What a later event has already said counts."""
    for step in steps:
        step.setdefault(name, value)


def _by_text(states: list[State]) -> bool:
    return any(TEXT in state.get(USER, {}) for state in states)
