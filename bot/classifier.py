"""Rasa component: sorts a message into one of the trained labels, or says how unsure it is.

Trained on every phrase of `data/nlu/` whose intent is `faq/<topic>` or an action slug. One threshold decides:
confidence ≥ `answer` → that label (an action: ≥ `act`, because an action asks and reads back before it does anything, while a
wrong answer has been said); ≥ `offer` → intent `did_you_mean` with up to three topics; below → `nlu_fallback`.
Below `sure` an answer comes with up to two other topics that the message may have meant.
`answer` is a calibrated probability (leave-one-out), so it keeps its meaning when phrases or topics are added.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.exceptions import RasaException
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot import courtesy, encoder, encoder_graph, hybrid, ngrams, onnx_graph
from bot.hybrid import Guess, Hybrid
from bot.settings import cache_dir
from bot.spanish import language
from bot.understanding import FAQ, Understanding

DANGER = "danger"
"""Message property (not stored): the probability of the two emergency labels together, for `bot/guard.py`."""

RECENT = 256
"""Guesses that are remembered."""

EMERGENCIES = ("emergency_suicide", "emergency_medical")

WHOLE = "whole"
"""Message property (not stored): the Understanding of the whole text alone."""

GUESSER = "guesser"
"""Message property (not stored): a function from text to Understanding, for the components that follow."""

NEVER_OFFERED = frozenset(
    {"greet", "thanks", "goodbye", "out_of_scope", "bot_identity", "help", "opt_out", "confirm", *EMERGENCIES}
)
"""Choosing one of these from a list makes no sense."""

MATTER_WORDS = 3
"""Fewer beside a courtesy say less than the courtesy: "no thanks", "please help"."""
SMALL_TALK = frozenset({"greet", "thanks", "goodbye", "confirm", "opt_out"})
"""No other topics are put under the reply to one of these."""

Guesser = Callable[[str], Understanding]


class UntrainedError(RasaException):
    """The classifier has no training phrases, or its saved model is missing or damaged."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class HybridClassifier(GraphComponent):
    """See the module."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """answer, act, sure, offer: thresholds, 0 to 1. offer_least: least probability of a topic that is offered."""
        return {"answer": 0.5, "act": 0.5, "sure": 0.8, "offer": 0.2, "offer_least": 0.03}

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Rasa sees only this class's source; the modules that do the work count too."""
        digest = hashlib.sha256()
        for module in (encoder, encoder_graph, hybrid, ngrams, onnx_graph):
            digest.update(Path(str(module.__file__)).read_bytes())
        return digest.hexdigest()

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource) -> None:
        self._config = {**self.get_default_config(), **config}
        self._storage = storage
        self._resource = resource
        self._model: Hybrid | None = None
        # Patients say "yes" and "thanks" a lot.
        self._guess = functools.lru_cache(RECENT)(self._guess_anew)

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> HybridClassifier:
        """Untrained, for training."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> HybridClassifier:
        """Trained. Raises UntrainedError: a server without understanding must not start."""
        component = cls(config, model_storage, resource)
        try:
            with model_storage.read_from(resource) as folder:
                component._model = Hybrid.load(folder)
        except (OSError, ValueError, KeyError) as error:
            raise UntrainedError("the classifier's saved model is missing or damaged: train again") from error
        return component

    def train(self, training_data: TrainingData) -> Resource:
        """Train on all phrases; sentence vectors come from the cache where they are known."""
        pairs = [
            (str(example.get("text")), str(example.get_full_intent()))
            for example in training_data.intent_examples
            if example.get("text")
        ]
        if not pairs:
            raise UntrainedError("no training phrases: data/nlu/ is empty")
        texts, labels = [text for text, _ in pairs], [label for _, label in pairs]
        self._model = Hybrid.train(texts, labels, encoder.encode_phrases(texts, cache_dir()))
        with self._storage.write_to(self._resource) as folder:
            self._model.save(folder)
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Nothing that follows in training reads this component's verdict."""
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Set intent, intent_ranking, response_selector and understood on each message."""
        for message in messages:
            text = str(message.get("text") or "")
            metadata = message.get("metadata") or {}
            message.set("lang", language(text, metadata.get("language") or metadata.get("lang")))
            guess = self._guess(text)
            ranking = [{"name": label, "confidence": round(chance, 4)} for label, chance in guess.ranking[:5]]
            message.set("intent_ranking", ranking, add_to_output=True)
            message.set(GUESSER, self.understand)
            message.set(DANGER, sum(chance for label, chance in guess.ranking if label in EMERGENCIES))
            whole = self._settle(guess)
            message.set(WHOLE, whole)
            whole.put(message)
        return messages

    def understand(self, text: str) -> Understanding:
        """What `text` alone means, by the threshold."""
        return self._settle(self._guess(text))

    def _guess_anew(self, text: str) -> Guess:
        if self._model is None:
            raise UntrainedError("the classifier is not trained")
        if not ngrams.tokens(text):
            return Guess((), 0.0)
        matter = courtesy.without(text)
        if len(matter.split()) >= MATTER_WORDS:
            text = matter
        return self._model.guess(text, encoder.shared().encode(text))

    def _settle(self, guess: Guess) -> Understanding:
        confidence = guess.confidence
        ranking = [(label, chance) for label, chance in guess.ranking if label not in EMERGENCIES]
        if guess.ranking and guess.ranking[0][0] in EMERGENCIES:
            # Whether it is danger says bot/guard.py. Danger in doubt is no ordinary topic either: at most an offer.
            confidence = min(confidence, self._config["act"] - 0.01)
        first = ranking[0][0] if ranking else ""
        least = self._config["offer_least"]
        likely = [label for label, chance in ranking if chance >= least and label not in NEVER_OFFERED]
        if first and confidence >= self._config[_threshold(first)]:
            doubtful = confidence < self._config["sure"] and first not in SMALL_TALK
            return Understanding.answer(first, confidence, others=tuple(likely) if doubtful else ())
        if likely and confidence >= self._config["offer"]:
            return Understanding.offer(tuple(likely), confidence)
        return Understanding.nothing(confidence)


def _threshold(label: str) -> str:
    """Which threshold a label must reach; "I can't help with that" is as careful as not understanding."""
    if label == "out_of_scope":
        return "offer"
    return "answer" if label.startswith(FAQ) else "act"
