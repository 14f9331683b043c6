"""What Rasa 3.6 works out anew for every message, worked out once. Nothing here changes an answer.

- The graph of components is cut, sorted and handed to dask's scheduler for each parse and each prediction: `bot/runner.py`.
- The class of each stored event is looked for among all subclasses of Event, with `inspect.isabstract` on each: a table.
- The JSON schema of action results is itself checked against the meta-schema at each call: checked once.
- Rules are looked up by reading the whole talk, twice for each step: `bot.rules` looks at the last two steps.
- An action runs on a copy of the tracker, made by applying all events anew: the state is copied instead.
- Each call of an action carries all events of the talk; ours read what was said last.
- To name one action all twelve built-in ones are made; to see that the domain is not empty another domain is made; slots that
  only our actions set are gone through for something to set; debug lines that are not written copy what they would show.

`tests/bot/test_lean.py` compares answers with and without.
"""

from __future__ import annotations

import copy
import functools
import math
from types import SimpleNamespace
from typing import Any
from weakref import WeakKeyDictionary

import rasa
import rasa.core.processor
from jsonschema.validators import validator_for
from rasa.core.actions import action
from rasa.core.actions.action import ActionExtractSlots, RemoteAction
from rasa.core.agent import Agent
from rasa.core.policies.rule_policy import RulePolicy
from rasa.core.processor import MessageProcessor
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.shared.core.constants import ACTION_VALIDATE_SLOT_MAPPINGS
from rasa.shared.core.domain import Domain, State
from rasa.shared.core.events import BotUttered, Event
from rasa.shared.core.trackers import DialogueStateTracker

from bot.rules import Remembered
from bot.runner import InOrder


def install(agent: Agent) -> None:
    """Put all of it in place, in this process and in a loaded agent."""
    processor = agent.processor
    if processor is None:
        return
    if isinstance(runner := processor.graph_runner, DaskGraphRunner):
        processor.graph_runner = InOrder(runner._graph_schema, runner._instantiated_nodes)
    Event.resolve_by_type = staticmethod(functools.cache(Event.resolve_by_type))  # type: ignore[method-assign]
    DialogueStateTracker.copy = _copy  # type: ignore[method-assign]
    # What it copies is shown in debug lines alone.
    rasa.core.processor.copy = SimpleNamespace(deepcopy=lambda value: value)  # type: ignore[attr-defined]
    empty = processor.domain.is_empty()
    processor.domain.is_empty = lambda: empty  # type: ignore[method-assign]
    if RemoteAction("", processor.action_endpoint)._is_selective_domain_enabled():
        RemoteAction._action_call_format = action_call  # type: ignore[method-assign]
    _check_results_by_one_schema()
    _make_actions_once(processor)
    _extract_slots_that_are_heard(processor.domain)
    _remember_rules()


def _check_results_by_one_schema() -> None:
    schema = RemoteAction.action_response_format_spec()
    checker = validator_for(schema)
    checker.check_schema(schema)
    checked = checker(schema)

    def validate(action: RemoteAction, result: dict[str, Any]) -> bool:
        checked.validate(result)
        return True

    RemoteAction._validate_action_result = validate  # type: ignore[method-assign]


def action_call(action: RemoteAction, tracker: DialogueStateTracker, domain: Domain) -> dict[str, Any]:
    """RemoteAction._action_call_format (3.6.21) with the events since the bot last spoke: our actions read no older ones."""
    recent: list[dict[str, Any]] = []
    for event in reversed(tracker.events):
        recent.append(event.as_dict())
        if isinstance(event, BotUttered):
            break
    state = tracker.current_state() | {"events": recent[::-1]}
    call = {"next_action": action.name(), "sender_id": tracker.sender_id, "tracker": state, "version": rasa.__version__}
    needs_domain = domain.does_custom_action_explicitly_need_domain(action.name())
    return call | ({"domain": domain.as_dict()} if needs_domain else {})


def _make_actions_once(processor: MessageProcessor) -> None:
    """Actions keep nothing between two runs; a form would."""
    domain, endpoint, make = processor.domain, processor.action_endpoint, action.action_for_name_or_text
    if not domain.form_names:
        made = functools.cache(lambda name: make(name, domain, endpoint))
        action.action_for_name_or_text = lambda name, _domain, _endpoint: made(name)


def _copy(tracker: DialogueStateTracker) -> DialogueStateTracker:
    """The same events, and the state they led to, which `copy` of Rasa works out anew from the first event."""
    if tracker.active_loop is not None:
        return tracker.travel_back_in_time(math.inf)
    twin = copy.copy(tracker)
    twin.events = tracker.events.copy()
    twin.slots = {name: copy.copy(slot) for name, slot in tracker.slots.items()}
    twin.model_id = twin.assistant_id = None
    return twin


def _extract_slots_that_are_heard(domain: Domain) -> None:
    """Leave out the slots that only an action sets (`type: custom`, without an action of its own)."""
    if ACTION_VALIDATE_SLOT_MAPPINGS in domain.user_actions:
        return
    heard = copy.copy(domain)
    heard.slots = [slot for slot in domain.slots if any(part != {"type": "custom"} for part in slot.mappings)]
    extract = ActionExtractSlots.run

    async def run(extractor: ActionExtractSlots, channel: Any, nlg: Any, tracker: Any, _: Domain) -> list[Event]:
        events: list[Event] = await extract(extractor, channel, nlg, tracker, heard)
        return events

    ActionExtractSlots.run = run  # type: ignore[method-assign]


def _remember_rules() -> None:
    RulePolicy._get_possible_keys = _possible_keys  # type: ignore[method-assign]
    find = RulePolicy._find_action_from_rules
    known = WeakKeyDictionary[RulePolicy, Remembered]()

    def find_action(
        policy: RulePolicy, tracker: Any, domain: Domain, use_text_for_last_user_input: bool
    ) -> tuple[str | None, str | None, bool]:
        if policy not in known:
            known[policy] = Remembered(policy, domain)
        if use_text_for_last_user_input and known[policy].by_intent_alone:
            return None, None, False
        if not use_text_for_last_user_input and (found := known[policy].find(tracker)):
            return *found, False
        asked: tuple[str | None, str | None, bool] = find(policy, tracker, domain, use_text_for_last_user_input)
        return asked

    RulePolicy._find_action_from_rules = find_action  # type: ignore[method-assign]


def _possible_keys(policy: RulePolicy, lookup: dict[str, str], states: list[State]) -> set[str]:
    """The rules that fit the talk; a rule that has ended is not looked at again."""
    fit, going = set[str](), list(lookup)
    for turn, state in enumerate(reversed(states)):
        fit.update(rule for rule in going if len(policy._rule_key_to_state(rule)) <= turn)
        going = [rule for rule in going if rule not in fit and policy._is_rule_applicable(rule, turn, state)]
        if not going:
            break
    return fit | set(going)
