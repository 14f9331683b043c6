"""Rasa component: what a message means where the talk stands.

Reads the message's metadata, which the channel takes from the tracker: `task` (the open task or none), `expects` (what its
open question asks for), `last_topic` (the content topic answered last). Decides, in this order:

0. a message in a language that is neither English nor Spanish hears so, unless it is understood all the same;
1. a message that holds two questions becomes `two_questions`;
2. a follow-up that leans on the last topic ("and for teenagers?", "tell me more") is read together with it;
3. a time and nothing else, with no task open, is a wish to come then: `book`;
4. while a task is open, whatever is not a plain question belongs to the task: `in_task`.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message

from bot.classifier import GUESSER, WHOLE, Guesser
from bot.entities import name
from bot.foreign import foreign
from bot.ngrams import tokens
from bot.understanding import FALLBACK, RETRIEVAL, Understanding
from bot.when_only import bare_time

INFORMATION = frozenset({"hours", "location", "contact", "insurance_accepted", "price", "privacy", "bot_identity"})
"""Actions that answer a question and change nothing: inside a task they stay questions."""

QUESTION = re.compile(
    r"\?|¿|^\s*(?:(?:ok(?:ay)?|and|but|so|also|wait|oh|well|y|pero|oye)[,\s]+)*"
    r"(?:whats?|hows?|why|whos?|wheres?|which|is|are|am|do|does|did|can|could|will|would|should|has|have|any|tell me|explain|"
    r"que|como|por que|cuanto|cuanta|donde|quien|cual|puedo|duele|tiene|hay|es|son)\b",
    re.I,
)
SPLIT = re.compile(
    r"(?<=[?!])\s+|(?<=[.;])\s+(?=\S+\s+\S+)|\s+(?:and|n|&|also|plus|y|y tambien|ademas)\s+(?=(?:also\s+)?"
    r"(?:whats?|hows?|why|whos?|wheres?|whens?|is|are|do|does|did|can|could|will|would|should|que|como|cuanto|cuando|donde|puedo|es)\b)"
    r"|,\s+(?=(?:and\s+|also\s+|y\s+)?(?:whats?|hows?|why|whos?|wheres?|is|are|do|does|did|can|could|will|would|should)\b)"
    r"|\s+(?:and also|oh and|also)\s+|\s+(?:btw|by the way)\s+",
    re.I,
)
MORE = re.compile(
    r"^\W*(?:(?:can you |could you |please |pls )*(?:tell me more|more (?:info|information|details?)|say more|go on|explain more|"
    r"elaborate|know more|learn more|i(?:'d| would) like to know more|tell me more about (?:it|that|this))"
    r"|(?:digame|dime|cuenteme) mas|mas (?:informacion|detalles)|explique mas)\W*(?:please|por favor)?\W*$",
    re.I,
)
LEANS = re.compile(
    r"^\W*(?:and|what about|how about|but|so|y|y para|que tal)\b|\b(?:it|that|this|they|them|those|the same|eso|esto|lo mismo)\b",
    re.I,
)
LEAN_WORDS = 8
ANSWERS = frozenset({"name", "date_of_birth", "phone", "code", "yes_no", "choice", "time"})


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class Context(GraphComponent):
    """See the module."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """part: confidence that each of two questions needs. in_task: confidence, inside a task, of a question that has not its form.

        foreign: confidence from which a message in another language is answered all the same.
        """
        return {"part": 0.6, "in_task": 0.6, "foreign": 0.9}

    def __init__(self, config: dict[str, Any]) -> None:
        self._config = {**self.get_default_config(), **config}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Context:
        """Nothing to load."""
        return cls(config)

    def process(self, messages: list[Message]) -> list[Message]:
        """Settle each message in its place."""
        for message in messages:
            self._settle(message)
        return messages

    def _settle(self, message: Message) -> None:
        metadata = message.get("metadata") or {}
        text = str(message.get("text") or "")
        lang = str(message.get("lang") or "en")
        if metadata.get("expects") == "name" and name(text, asked=True):
            lang = metadata.get("language") or lang  # "Maria de la Cruz" is no sentence in Spanish
        guess: Guesser = message.get(GUESSER)
        understood: Understanding = message.get(WHOLE)
        if foreign(text) and not metadata.get("task") and not self._known(understood):
            understood = Understanding.nothing(response="utter_other_language")
        understood = self._two(text, understood, guess) or self._lean(text, understood, metadata, guess)
        if metadata.get("task"):
            understood = self._in_task(text, understood, metadata, message)
        elif understood.intent not in (RETRIEVAL, *INFORMATION) and _only_a_time(text, message):
            understood = Understanding.answer("book", max(understood.confidence, 0.5))
        understood = replace(understood, lang=lang)
        understood.put(message)
        entities = [*(message.get("entities") or []), _entity("language", lang, text)]
        message.set("entities", entities, add_to_output=True)

    def _known(self, understood: Understanding) -> bool:
        """Whether a message in another language is understood all the same: "TMS prix?"."""
        return understood.intent != "out_of_scope" and understood.confidence >= self._config["foreign"]

    def _two(self, text: str, whole: Understanding, guess: Guesser) -> Understanding | None:
        """Both questions of a message that holds two; None when it holds one."""
        parts = [part for part in SPLIT.split(text) if part and _is_question(part)]
        if len(parts) < 2 or whole.intent not in (RETRIEVAL, "did_you_mean", "nlu_fallback", *INFORMATION):
            # "Book me for Tuesday. Does it hurt?": a wish to act outranks the questions beside it.
            return None
        found: list[tuple[float, str]] = []
        for part in parts[:4]:
            reading = guess(part)
            answerable = reading.intent == RETRIEVAL or reading.intent in INFORMATION
            label = "faq/" + reading.topic if reading.intent == RETRIEVAL else reading.topic
            sure = answerable and reading.confidence >= self._config["part"]
            if sure and label not in [known for _, known in found]:
                found.append((reading.confidence, label))
        if len(found) < 2:
            return None
        return Understanding.both(tuple(label for _, label in found[:2]), min(chance for chance, _ in found[:2]))

    def _lean(self, text: str, understood: Understanding, metadata: dict[str, Any], guess: Guesser) -> Understanding:
        last = metadata.get("last_topic")
        if not last:
            return understood
        if MORE.match(text):
            return Understanding.answer(f"faq/{last}", 0.9)
        if understood.intent == RETRIEVAL or len(tokens(text)) > LEAN_WORDS or not LEANS.search(text):
            return understood
        if understood.topic != FALLBACK:
            return understood
        together = guess(f"{str(last).replace('_', ' ')}: {text}")
        return together if together.intent == RETRIEVAL else understood

    def _in_task(
        self, text: str, understood: Understanding, metadata: dict[str, Any], message: Message
    ) -> Understanding:
        """A plain question stays what it is; all else is the task's. `understood` keeps what the message would be outside."""
        question = understood.intent == RETRIEVAL or understood.intent in INFORMATION
        if understood.topic != FALLBACK and understood.intent != "two_questions":
            understood = replace(understood, topics=understood.topics[:1])  # the open task's choices stay alone
        if understood.intent == "two_questions":
            return understood
        asked = understood.intent == RETRIEVAL and QUESTION.search(text)
        sure = asked or understood.confidence >= self._config["in_task"]
        if question and sure and not self._answers(text, metadata, message):
            return understood
        return replace(understood, intent="in_task")

    def _answers(self, text: str, metadata: dict[str, Any], message: Message) -> bool:
        """Whether the message may be the answer to the open question."""
        expects = metadata.get("expects")
        if expects not in ANSWERS:
            return False
        values = {entity["entity"] for entity in message.get("entities") or []}
        asked = bool(QUESTION.search(text))
        if expects in ("name", "date_of_birth", "phone"):
            return expects in values and not asked
        if expects == "time":
            return "when" in values and not asked
        # choice, yes_no, code: a few words without a question are the answer ("2", "yes that one", "the later one")
        return not asked and len(tokens(text)) <= 4


def _only_a_time(text: str, message: Message) -> bool:
    """ "tomorrow afternoon", "the 3rd at 10": a time to come, and no word that says anything else."""
    when = next((one["value"] for one in message.get("entities") or [] if one["entity"] == "when"), None)
    return bool(when and (when["windows"] or when["asap"])) and bare_time(text)


def _is_question(part: str) -> bool:
    """Whether a part of a message can be a question of its own; a word or two must end with a question mark."""
    words = len(tokens(part))
    return bool(QUESTION.search(part)) if words >= 3 else words > 0 and part.rstrip().endswith("?")


def _entity(name: str, value: str, text: str) -> dict[str, Any]:
    return {"entity": name, "value": value, "start": 0, "end": len(text), "extractor": "Context"}
