"""Rasa component, last of the pipeline: danger wins over every other reading of a message.

On a verdict of `bot.safety.assess` the intent becomes `emergency_suicide` or `emergency_medical` with confidence 1 and the
entities go, so that nothing else in the talk acts on the message. Likeness alone does not count for a message that holds an
appointment's time and no other word (`bot.when_only`). The reply is a plain `responses:` entry (named in
`understood.response`), which needs neither the action server nor scheduling.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message

from bot import safety
from bot.classifier import EMERGENCIES, NEAREST
from bot.understanding import Understanding
from bot.when_only import only_times


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class Guard(GraphComponent):
    """See the module."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Guard:
        """Nothing to load."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Judge each message."""
        for message in messages:
            judge(message)
        return messages


def judge(message: Message) -> None:
    """Let danger take the message. The text that counts is the patient's whole text, whatever is open."""
    lang = str(message.get("lang") or "en")
    text = str(message.get("text") or "")
    likeness = None if _wishes_a_time(text, message) else _similarity(message.get(NEAREST) or {})
    verdict = safety.assess(text, lang, likeness)
    if verdict is None:
        understood = message.get("understood") or {}
        if care := safety.care(text):
            message.set("understood", {**understood, "care": care}, add_to_output=True)
        return
    understood = Understanding(
        intent=verdict.intent,
        topic=verdict.intent,
        confidence=1.0,
        topics=(verdict.intent,),
        lang=verdict.lang,
        kind=verdict.kind,
        response=verdict.response,
    )
    understood.put(message)
    message.set("intent_ranking", [{"name": verdict.intent, "confidence": 1.0}], add_to_output=True)
    message.set("entities", [], add_to_output=True)


def _wishes_a_time(text: str, message: Message) -> bool:
    """Whether the message names a time to come and says nothing beyond it: likeness to a farewell is then no sign."""
    found = next((e["value"] for e in message.get("entities") or [] if e.get("entity") == "when"), None) or {}
    return bool(found.get("windows") or found.get("old_windows")) and only_times(text)


def _similarity(nearest: Mapping[str, float]) -> dict[str, float] | None:
    """Highest cosine to the phrases of each emergency and to all others, as `bot.safety.assess` takes it."""
    if not nearest:
        return None
    ordinary = max((cosine for label, cosine in nearest.items() if label not in EMERGENCIES), default=-1.0)
    return {**{label: nearest.get(label, -1.0) for label in EMERGENCIES}, "other": ordinary}
