"""Rasa component, last of the pipeline: danger wins over every other reading of a message.

On a verdict of `bot.safety.assess` the intent becomes `emergency_suicide` or `emergency_medical` with confidence 1 and the
entities go, so that nothing else in the talk acts on the message. Likeness alone does not count for a message that holds an
appointment's time and no other word (`bot.when_only`). The reply is a plain `responses:` entry (named in
`understood.response`), which needs neither the action server nor scheduling.
Trained: `bot.danger`, which hears what no rule foresees.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot import danger, encoder, encoder_graph, hybrid, ngrams, onnx_graph, safety, safety_text, when
from bot.classifier import DANGER, UntrainedError
from bot.danger import KIND_OF, Phrase
from bot.hybrid import Hybrid
from bot.settings import cache_dir
from bot.understanding import Understanding
from bot.when_only import only_times
from clinic import clock
from clinic.config import load

MARKUP = re.compile(r"</?[a-zA-Z][\w-]*(?:\s+[\w-]+\s*=[^<>]{0,200})?\s*/?>")
WORD = re.compile(r"[^\W\d_]{2}")
"""Without one there is nothing that could be like anything."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class Guard(GraphComponent):
    """See the module."""

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Rasa sees only this class's source; the modules and phrases that it learns from count too."""
        files = [
            Path(str(module.__file__))
            for module in (danger, encoder, encoder_graph, hybrid, ngrams, onnx_graph, safety_text)
        ]
        digest = hashlib.sha256()
        for file in files + sorted(danger.PHRASES.glob("*.tsv")):
            digest.update(file.read_bytes())
        return digest.hexdigest()

    def __init__(self, storage: ModelStorage, resource: Resource) -> None:
        self._storage = storage
        self._resource = resource
        self._model: Hybrid | None = None

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Guard:
        """Untrained, for training."""
        return cls(model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> Guard:
        """Trained. Raises UntrainedError: a server that hears less danger than it could must not start."""
        component = cls(model_storage, resource)
        try:
            with model_storage.read_from(resource) as folder:
                component._model = Hybrid.load(folder)
        except (OSError, ValueError, KeyError) as error:
            raise UntrainedError("the guard's saved model is missing or damaged: train again") from error
        return component

    def train(self, training_data: TrainingData) -> Resource:
        """Train on danger against everything else. Raises UntrainedError when there is no phrase of danger or no other."""
        known, ordinary = danger.phrases(), []
        for example in training_data.intent_examples:
            text, intent = str(example.get("text") or ""), str(example.get("intent"))
            if text and intent in KIND_OF:
                about = (example.get("metadata") or {}).get("intent") or {}
                known.append(Phrase(text, about.get("kind", KIND_OF[intent])))
            elif text:
                ordinary.append(text)
        if not ordinary or not any(phrase.kind != danger.HARMLESS for phrase in known):
            raise UntrainedError("the guard needs phrases of both emergency intents, and ordinary ones")
        texts = [*(phrase.text for phrase in known), *ordinary]
        vectors = encoder.encode_phrases(texts, cache_dir())
        self._model = danger.train(known, vectors[: len(known)], ordinary, vectors[len(known) :])
        with self._storage.write_to(self._resource) as folder:
            self._model.save(folder)
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Nothing that follows in training reads this component's verdict."""
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Judge each message."""
        for message in messages:
            self._judge(message)
        return messages

    def _judge(self, message: Message) -> None:
        """Let danger take the message. The text that counts is the patient's whole text, whatever is open."""
        lang, text = str(message.get("lang") or "en"), str(message.get("text") or "")
        heard = None if _wishes_a_time(text, message) else self._heard(text, message.get(DANGER))
        if heard and only_times(text) and _names_a_time(text):
            heard = None  # the open question, or the talk's language, hid the time: a verdict hangs on the text alone
        verdict = safety.assess(text, lang, heard)
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

    def _heard(self, text: str, second: float | None) -> str | None:
        """The kind of danger in `text`, if any; `second`: what the topics' classifier gives the two emergency labels."""
        text = MARKUP.sub(" ", text)
        if self._model is None or not WORD.search(text):
            return None
        return danger.heard(self._model, text, encoder.shared().encode, second or 0.0, safety.remainder(text))


def _names_a_time(text: str) -> bool:
    """Whether a text of `only_times`, whose words are English, names a time, whatever is open."""
    zone = load().timezone
    meant = when.understand(text, clock.now().astimezone(ZoneInfo(zone)), "en", zone)
    return bool(meant.windows or meant.old_windows)


def _wishes_a_time(text: str, message: Message) -> bool:
    """Whether the message names a time to come and says nothing beyond it: likeness to a farewell is then no sign."""
    found = next((e["value"] for e in message.get("entities") or [] if e.get("entity") == "when"), None) or {}
    return bool(found.get("windows") or found.get("old_windows")) and only_times(text)
