"""Words of the bot's replies: picks a response's variant, fills in the clinic's facts, passes on its metadata.

A variant is chosen by language first (`condition: [{type: slot, name: language, value: es}]`), then by channel; Rasa's own
order would give a Spanish speaker the English text message. Never random: one approved wording for each case.
The language is that of the message being answered, so a first Spanish message already gets a Spanish reply.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping, Sequence
from typing import Any

from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from clinic.config import Clinic, display_phone, load
from clinic.topic_titles import choice

PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
FAQ = "utter_faq/"
CARE = "utter_care/"
EMERGENCY = "utter_emergency"
NOT_UNDERSTOOD = "utter_nlu_fallback"
TOPICS = {NOT_UNDERSTOOD: "fallback", "utter_out_of_scope": "out_of_scope", "utter_opt_out": "opt_out"}
AGAIN = {NOT_UNDERSTOOD: "utter_not_understood_again", "utter_out_of_scope": "utter_not_understood_again"}
ANSWERED_BEFORE = "utter_answered_before"
OTHERS = "utter_or_did_you_mean"
SPANISH_MISSING = "utter_spanish_missing"
GIST = 160
GO_ON = {"payload": '/in_task{"choice": "resume"}', "kind": "answer"}
GO_ON_WORDS = ("Go on where we were", "Seguir donde estábamos")

GAP = "\n\n"

Response = dict[str, Any]


def facts(clinic: Clinic) -> dict[str, str]:
    """What `{placeholders}` stand for. A missing fact falls back to the clinic's phone, so no sentence has a hole."""
    phone = display_phone(clinic.phone)
    return {
        "clinic_name": clinic.name,
        "clinic_short_name": clinic.short_name,
        "clinic_phone": phone,
        "clinic_email": clinic.email or phone,
        "clinic_website": clinic.website or phone,
        "billing_phone": display_phone(clinic.facts.billing_phone) if clinic.facts.billing_phone else phone,
    }


class Wording(TemplatedNaturalLanguageGenerator):
    """Rasa's generator of `responses:`, by the rules of this module. `endpoints.yml`: `nlg: {type: bot.nlg.Wording}`."""

    def __init__(self, endpoint_config: EndpointConfig | None = None, domain: Domain | None = None) -> None:
        super().__init__(domain.responses if domain else {})
        self._facts = facts(load())

    async def generate(
        self, utter_action: str, tracker: DialogueStateTracker, output_channel: str, **kwargs: Any
    ) -> Response | None:
        """The message of a response: text, buttons, metadata (with `lang`, and `topic` for content). None: no such response."""
        understood = _understood(tracker)
        lang = str(understood.get("lang") or tracker.current_slot_values().get("language") or "en")
        name = self._name(utter_action, understood)
        response = self._response(name, lang, output_channel)
        if response is None:
            return None
        said = _last_text(tracker)
        if name.startswith(FAQ) and lang == "es" and not _is_for(response, "es"):
            response = self._response(SPANISH_MISSING, lang, output_channel) or response
            name = SPANISH_MISSING
        values = {**self._facts, **_words(tracker.current_slot_values()), **_words(kwargs)}
        message = self._filled(response, values)
        if said is not None and _same(said, str(message.get("text"))) and not name.startswith(EMERGENCY):
            message = self._other_words(name, message, values, lang, output_channel)
        if others := _others(tracker, understood, utter_action):
            self._offer(message, others, lang, output_channel)
        care = self._response(f"{CARE}{understood.get('care')}", lang, output_channel)
        if care is not None and not utter_action.startswith(EMERGENCY):
            message["text"] = _fill(str(care.get("text") or ""), values).strip() + "\n\n" + message["text"]
        metadata = {"lang": lang, **(message.get("metadata") or {})}
        if name.startswith(FAQ):
            metadata.setdefault("topic", name[len(FAQ) :])
        elif utter_action in TOPICS:
            # The clinic's report lists what had no answer; the gateway ends texts to whoever asked for that.
            metadata.setdefault("topic", TOPICS[utter_action])
        if understood.get("kind") and utter_action.startswith(EMERGENCY):
            metadata.setdefault("alert", {"kind": understood["kind"]})
        if utter_action.startswith(EMERGENCY) and output_channel == "web" and tracker.current_slot_values().get("task"):
            # The open question's own buttons are above the help now; this one asks it again.
            message["buttons"] = [*(message.get("buttons") or []), {**GO_ON, "title": GO_ON_WORDS[lang == "es"]}]
        message["metadata"] = metadata
        return message

    def _name(self, utter_action: str, understood: Mapping[str, Any]) -> str:
        """Each kind of emergency has its own reply, and so has another language; the rule knows only the intent."""
        wanted = understood.get("response")
        if (utter_action.startswith(EMERGENCY) or utter_action == NOT_UNDERSTOOD) and wanted in self.responses:
            return str(wanted)
        return utter_action

    def _response(self, name: str, lang: str, channel: str) -> Response | None:
        variants = [item for item in self.responses.get(name, []) if item.get("channel") in (None, channel)]
        fitting = [item for item in variants if _is_for(item, lang)] or [
            item for item in variants if not item.get("condition")
        ]
        fitting.sort(key=lambda item: item.get("channel") != channel)
        return fitting[0] if fitting else None

    def _filled(self, response: Response, values: Mapping[str, str]) -> Response:
        message = copy.deepcopy(
            {key: value for key, value in response.items() if key not in ("condition", "channel", "id")}
        )
        message["text"] = _fill(str(message.get("text") or ""), values)
        for button in message.get("buttons") or []:
            button["title"] = _fill(str(button.get("title") or ""), values)
        return message

    def _offer(self, message: Response, topics: Sequence[str], lang: str, channel: str) -> None:
        """Put other topics under a doubtful answer; they take the place of the answer's own buttons."""
        words = self._response(OTHERS, lang, channel) or {}
        message["text"] = f"{str(message.get('text') or '').strip()}{GAP}{words.get('text') or ''}"
        message["buttons"] = [choice(topic, lang) for topic in topics]

    def _other_words(
        self, name: str, message: Response, values: Mapping[str, str], lang: str, channel: str
    ) -> Response:
        """Not the same words twice in a row: the gist with a way on, or, after a miss, a person."""
        other = self._response(ANSWERED_BEFORE if name.startswith(FAQ) else AGAIN.get(name, ""), lang, channel)
        if other is None:
            return message
        filled = self._filled(other, {**values, "gist": _gist(str(message.get("text") or ""))})
        kept = {key: value for key, value in (message.get("metadata") or {}).items() if key in ("sources", "reviewed")}
        filled["metadata"] = {**kept, **(filled.get("metadata") or {})}
        return filled


def _understood(tracker: DialogueStateTracker) -> Mapping[str, Any]:
    latest = tracker.latest_message
    value = (latest.parse_data or {}).get("understood") if latest else None
    return value if isinstance(value, dict) else {}


def _others(tracker: DialogueStateTracker, understood: Mapping[str, Any], utter_action: str) -> Sequence[str]:
    """The topics to offer under this answer; none under the answers to two questions, which are all that was asked."""
    latest = tracker.latest_message
    intent = str((latest.intent or {}).get("name") or "") if latest else ""
    topic = understood.get("topic")
    doubtful = utter_action in (f"{FAQ}{topic}", f"utter_{topic}") and intent in ("faq", topic)
    return list(understood.get("topics") or ())[1:] if doubtful else []


def _same(said: str, text: str) -> bool:
    """Whether a text was said last, with or without an offer of other topics under it."""
    return said == text or said.startswith(text + GAP)


def _is_for(response: Response, lang: str) -> bool:
    """Whether the variant is written for this language, and for nothing else that it would have to check."""
    return any(part.get("name") == "language" and part.get("value") == lang for part in response.get("condition") or [])


def _last_text(tracker: DialogueStateTracker) -> str | None:
    for event in reversed(tracker.events):
        if isinstance(event, BotUttered):
            return str(event.text)
    return None


def _words(values: Mapping[str, Any]) -> dict[str, str]:
    return {key: str(value) for key, value in values.items() if isinstance(value, (str, int, float)) and value != ""}


def _fill(text: str, values: Mapping[str, str]) -> str:
    return PLACEHOLDER.sub(lambda match: values.get(match[1], match[0]), text)


def _gist(text: str) -> str:
    """The first sentence, or the first two when they are short."""
    sentences = SENTENCE_END.split(text.split("\n\n")[0].strip())
    gist = sentences[0]
    if len(sentences) > 1 and len(gist) + len(sentences[1]) < GIST:
        gist += " " + sentences[1]
    return gist
