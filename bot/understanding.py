"""What a message was understood as, and how that is written onto a Rasa message.

`Understanding.put` sets the properties that reach the tracker's `parse_data`: `intent`, `response_selector` (so that
`utter_faq` answers with `utter_faq/<topic>`) and `understood` = {"topic", "confidence", "topics", "lang", …}.
Labels are as in the training data: `faq/<topic>` for content, else an action slug; `topic` is without `faq/`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rasa.shared.nlu.training_data.message import Message

FAQ = "faq/"
FALLBACK = "fallback"
RETRIEVAL = "faq"
SHOWN = 3


@dataclass(frozen=True)
class Understanding:
    """intent: the name rules see. topic: slug, or "fallback". topics: what the patient is shown, best first: the answer
    and, when it is doubtful, up to two others to choose from; without an answer, up to three to choose from.

    response: the response that must be uttered, when the intent alone does not tell (safety kinds, another language).
    """

    intent: str
    topic: str
    confidence: float
    topics: tuple[str, ...]
    lang: str = "en"
    kind: str | None = None
    response: str | None = None

    @classmethod
    def answer(cls, label: str, confidence: float, lang: str = "en", others: tuple[str, ...] = ()) -> Understanding:
        """One reading: a content topic or an action slug; `others` (labels) are offered beside it."""
        intent = RETRIEVAL if label.startswith(FAQ) else label
        return cls(intent, slug(label), confidence, _first_slugs((label, *others)), lang)

    @classmethod
    def offer(cls, labels: tuple[str, ...], confidence: float, lang: str = "en") -> Understanding:
        """Unsure: up to three topics to choose from."""
        return cls("did_you_mean", FALLBACK, confidence, _first_slugs(labels), lang)

    @classmethod
    def both(cls, labels: tuple[str, ...], confidence: float, lang: str = "en") -> Understanding:
        """Two questions in one message; the first is the topic."""
        slugs = tuple(slug(label) for label in labels)
        return cls("two_questions", slugs[0], confidence, slugs, lang)

    @classmethod
    def nothing(cls, confidence: float = 0.0, lang: str = "en", response: str | None = None) -> Understanding:
        """Not understood; `response` says so in other words than the usual ones."""
        return cls("nlu_fallback", FALLBACK, confidence, (), lang, response=response)

    def as_dict(self) -> dict[str, Any]:
        """The message property `understood`."""
        known: dict[str, Any] = {
            "topic": self.topic,
            "confidence": round(self.confidence, 4),
            "topics": list(self.topics),
            "lang": self.lang,
        }
        return known | {key: value for key in ("kind", "response") if (value := getattr(self, key)) is not None}

    def put(self, message: Message) -> None:
        """Write this onto a Rasa message."""
        for name, value in self.properties().items():
            message.set(name, value, add_to_output=True)

    def properties(self) -> dict[str, Any]:
        """`intent`, `understood` and `response_selector` as in Rasa's parse_data."""
        intent: dict[str, Any] = {"name": self.intent, "confidence": round(self.confidence, 4)}
        selector: dict[str, Any] = {"all_retrieval_intents": [RETRIEVAL]}
        if self.intent == RETRIEVAL:
            label = FAQ + self.topic
            intent["full_retrieval_intent_name"] = label
            selector[RETRIEVAL] = {
                "response": {
                    "responses": [],
                    "confidence": round(self.confidence, 4),
                    "intent_response_key": label,
                    "utter_action": f"utter_{label}",
                },
                "ranking": [],
            }
        return {"intent": intent, "understood": self.as_dict(), "response_selector": selector}


def slug(label: str) -> str:
    """The topic of a label: without `faq/`, and a course of visits is something to book."""
    return "book" if label == "course" else label.removeprefix(FAQ)


def _first_slugs(labels: tuple[str, ...]) -> tuple[str, ...]:
    """Up to three different slugs."""
    return tuple(dict.fromkeys(slug(label) for label in labels))[:SHOWN]
