"""Rasa component: what a message says about times and about the person, as entities.

`when` (value as in `bot.when.When.as_dict`), `phone` (E.164), `date_of_birth` (ISO date), `name`, `visit_type` and
`location` (ids of clinic.yml). Times are local to the clinic, by the one clock of the process.
"""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message

from bot import entities, when
from clinic import clock
from clinic.config import Clinic, load

LONGEST = 500
NEW_VISIT = ("book", "availability", "waitlist")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class Recogniser(GraphComponent):
    """See the module."""

    def __init__(self, clinic: Clinic) -> None:
        self._clinic = clinic
        self._zone = ZoneInfo(clinic.timezone)

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Recogniser:
        """Reads clinic.yml. Raises ClinicError."""
        return cls(load())

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the entities to each message."""
        for message in messages:
            metadata = message.get("metadata") or {}
            text = _ends(str(message.get("text") or ""))
            found = self.entities(text, metadata.get("expects"), str(message.get("lang") or "en"))
            if (message.get("intent") or {}).get("name") in NEW_VISIT:
                found = [
                    one if one["entity"] != "when" else {**one, "value": _for_new_visit(one["value"])} for one in found
                ]
            message.set("entities", [*(message.get("entities") or []), *found], add_to_output=True)
        return messages

    def entities(self, text: str, expects: str | None, language: str) -> list[dict[str, Any]]:
        """Entities of one message; `expects` is what the open question asks for."""
        local = clock.now().astimezone(self._zone)
        today: date = local.date()
        values: dict[str, Any] = {}
        if any(letter.isdigit() for letter in text):
            values["phone"] = entities.phone(text)
            born = entities.date_of_birth(text, today, expects == "date_of_birth", language)
            values["date_of_birth"] = born.isoformat() if born else None
        values["name"] = entities.name(text, expects == "name")
        values["visit_type"] = entities.visit_type(text, self._clinic)
        values["location"] = entities.location(text, self._clinic)
        if text.strip() and not (values.get("date_of_birth") and expects == "date_of_birth"):
            meant = when.understand(text, local, language, self._clinic.timezone)
            # A date of birth alone is a date in the past: no time that anybody wants to come.
            wanted = meant.windows or meant.asap or meant.series if values.get("date_of_birth") else meant
            values["when"] = meant.as_dict() if wanted else None
        return [
            {"entity": name, "value": value, "start": 0, "end": len(text), "extractor": "Recogniser"}
            for name, value in values.items()
            if value is not None
        ]


def _for_new_visit(when: dict[str, Any]) -> dict[str, Any]:
    """ "A visit on Tuesday" sounds like one that exists; who wants a new one means the time of it."""
    old = when["old_windows"]
    return {**when, "windows": old, "old_windows": []} if old and not when["windows"] else when


def _ends(text: str) -> str:
    """A long message without its middle: people say what they want first or last, and reading costs time by length."""
    half = LONGEST // 2
    return text if len(text) <= LONGEST else f"{text[:half]} . {text[-half:]}"
