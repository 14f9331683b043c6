"""Rules looked up by the last steps of a talk say what RulePolicy says after reading all of it."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest
from rasa.core.policies.rule_policy import RULES, RulePolicy
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    BotUttered,
    DefinePrevUserUtteredFeaturization,
    Event,
    SessionStarted,
    SlotSet,
    UserUtteranceReverted,
    UserUttered,
)
from rasa.shared.core.generator import TrainingDataGenerator
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.core.training_data.loading import load_data_from_resource
from rasa.shared.core.training_data.structures import StoryGraph

from bot.rules import Remembered

ROOT = Path(__file__).parents[2]
RULES_FOLDER = ROOT / "data" / "rules"


@pytest.fixture(scope="module")
def domain() -> Domain:
    """domain.yml, and the curated answers that rules name."""
    text = "".join(file.read_text() for file in RULES_FOLDER.glob("*.yml"))
    return Domain.load(ROOT / "domain.yml").merge(
        Domain.from_dict({"actions": re.findall(r"action: (utter_\w+)", text)})
    )


@pytest.fixture(scope="module")
def policy(domain: Domain, tmp_path_factory: pytest.TempPathFactory) -> RulePolicy:
    """RulePolicy as Rasa trains it on our rules."""
    graph = StoryGraph(load_data_from_resource(str(RULES_FOLDER), domain))
    rules = TrainingDataGenerator(graph, domain, augmentation_factor=0).generate()
    made = RulePolicy.create(
        {
            **RulePolicy.get_default_config(),
            "core_fallback_action_name": "utter_nlu_fallback",
            "core_fallback_threshold": 0.1,
        },
        LocalModelStorage(tmp_path_factory.mktemp("policy")),
        Resource("policy"),
        ExecutionContext(GraphSchema({}), "model"),
    )
    assert isinstance(made, RulePolicy)
    made.train(rules, domain)
    return made


def _agree(policy: RulePolicy, remembered: Remembered, domain: Domain, tracker: DialogueStateTracker) -> str | None:
    action, rule, _ = policy._find_action_from_rules(tracker, domain, use_text_for_last_user_input=False)
    assert remembered.find(tracker) == ((action, rule) if action else None), list(tracker.events)
    assert policy._find_action_from_rules(tracker, domain, use_text_for_last_user_input=True)[0] is None
    return action


def test_every_step_of_every_rule_is_found(policy: RulePolicy, domain: Domain) -> None:
    remembered = Remembered(policy, domain)
    assert remembered.by_intent_alone
    found = set()
    for rule, action in policy.lookup[RULES].items():
        events: list[Event] = [ActionExecuted("action_session_start"), SessionStarted()]
        for state in policy._rule_key_to_state(rule):
            if "task" in state.get("slots", {}):
                events.append(SlotSet("task", "book"))
            events.append(ActionExecuted(state["prev_action"]["action_name"]))
            if state["prev_action"]["action_name"] == "action_listen":
                events.append(UserUttered("text", {"name": state["user"]["intent"]}))
        tracker = DialogueStateTracker.from_events("talk", events, domain.slots)
        assert _agree(policy, remembered, domain, tracker) == action
        found.add(rule)
    assert len(found) > 100


@pytest.mark.parametrize("seed", range(40))
def test_random_talks_go_the_same_way(policy: RulePolicy, domain: Domain, seed: int) -> None:
    choose = random.Random(seed)
    remembered = Remembered(policy, domain)
    tracker = DialogueStateTracker("talk", domain.slots)
    if choose.random() < 0.8:
        tracker.update_with_events([ActionExecuted("action_session_start"), SessionStarted()], domain)
    tracker.update(ActionExecuted("action_listen"))
    for _ in range(8):
        if choose.random() < 0.1:
            tracker.update_with_events([ActionExecuted("action_session_start"), SessionStarted()], domain)
            tracker.update(ActionExecuted("action_listen"))
        tracker.update(UserUttered("text", {"name": choose.choice(domain.intents)}, message_id="one"))
        for _ in range(3):
            action = _agree(policy, remembered, domain, tracker)
            tracker.update(DefinePrevUserUtteredFeaturization(False))
            if choose.random() < 0.1:
                action = choose.choice(domain.action_names_or_texts)
            tracker.update(ActionExecuted(action or "utter_nlu_fallback"))
            if action == "action_listen":
                break
            tracker.update(BotUttered("said"))
            if choose.random() < 0.3:
                tracker.update(SlotSet("task", choose.choice(["book", "cancel", None])))
            if choose.random() < 0.3:
                tracker.update(SlotSet("language", "es"))


def test_after_a_turn_of_a_task_the_bot_waits_though_the_task_has_ended(policy: RulePolicy, domain: Domain) -> None:
    for intent in sorted(set(domain.intents) - {"emergency_suicide", "emergency_medical"}):
        events: list[Event] = [SlotSet("task", "book"), ActionExecuted("action_listen")]
        events.append(UserUttered("text", {"name": intent}))
        tracker = DialogueStateTracker.from_events("talk", events, domain.slots)
        if (action := _agree(policy, Remembered(policy, domain), domain, tracker)) is None:
            continue  # Rasa's own intents, which no message of ours has
        assert action == "action_in_task", intent
        tracker.update_with_events([ActionExecuted(action), BotUttered("said"), SlotSet("task", None)], domain)
        assert _agree(policy, Remembered(policy, domain), domain, tracker) == "action_listen", intent


def test_what_it_does_not_know_is_left_to_rasa(policy: RulePolicy, domain: Domain) -> None:
    events = [ActionExecuted("action_listen"), UserUttered("text", {"name": "greet"})]
    remembered = Remembered(policy, domain)
    tracker = DialogueStateTracker.from_events("talk", events, domain.slots)
    assert remembered.find(tracker) is not None
    tracker.update(UserUtteranceReverted())
    assert remembered.find(tracker) is None
