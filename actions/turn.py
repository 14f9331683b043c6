"""One turn of a talk: what was said, what is open, what we answer, and what is remembered."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import wording
from actions.desk import Desk
from actions.draft import Draft
from actions.message import Message
from actions.problems import BackendError, OutcomeUnknown, Unreachable
from clinic import clock, topic_titles

T = TypeVar("T")
Choice = dict[str, str]


@dataclass
class Bubble:
    """One bot message: paragraphs, or the name of a response; then choices and what else a Reply carries."""

    parts: list[str] = field(default_factory=list)
    response: str | None = None
    choices: list[Choice] = field(default_factory=list)
    meta: dict[str, Any] = field(default_factory=dict)
    closed: bool = False


class Turn:
    """What a skill sees and does in one turn.

    `draft` is the open task or None; setting it to None closes the task. Nothing is sent before the turn ends, so a turn that
    fails leaves nothing half said.
    """

    def __init__(self, desk: Desk, tracker: Tracker, channel: str | None = None) -> None:
        self.desk = desk
        self.clinic = desk.clinic
        self.said = Message.read(tracker.latest_message, channel or tracker.get_latest_input_channel())
        self.conversation = str(tracker.sender_id)
        slots: Mapping[str, Any] = tracker.slots or {}
        self._slots = dict(slots)
        self.language = self.said.language or slots.get("language") or "en"
        self.channel = "sms" if self.said.channel == "sms" else "web"
        self.visitor_phone: str | None = slots.get("visitor_phone") or self.said.phone_of_sender
        self.last_topic: str | None = slots.get("last_topic")
        self.draft: Draft | None = Draft.read(slots.get("draft")) if slots.get("task") else None
        self.expects: str | None = slots.get("expects")
        self.unsure: str | None = self.draft.unsure if self.draft else None
        self._made: str | None = None
        self.verified: dict[str, Any] | None = self._still_verified(slots.get("verified"))
        self.bubbles: list[Bubble] = []
        self._said_last = next(
            (one.get("text") for one in reversed(tracker.events or []) if one["event"] == "bot"), None
        )

    # ---- time and place -----------------------------------------------------------------------------------------------

    def now(self) -> datetime:
        """The present in the clinic's zone."""
        return self.desk.now()

    def today(self) -> date:
        return self.now().date()

    @property
    def open_draft(self) -> Draft:
        """The open task's draft; LookupError when no task is open."""
        if self.draft is None:
            raise LookupError("no task is open")
        return self.draft

    @property
    def token(self) -> str | None:
        """The patient token while it counts."""
        return str(self.verified["token"]) if self.verified else None

    @property
    def asked(self) -> bool:
        """Whether this turn already ends with a question of ours."""
        return bool(self.bubbles) and self.bubbles[-1].closed and not self.bubbles[-1].response

    @property
    def is_plain_question(self) -> bool:
        """Whether understanding took the message for a question that has an answer of its own."""
        return self.said.intent not in (
            "",
            "in_task",
            "nlu_fallback",
            "book",
            "availability",
            "reschedule",
            "waitlist",
            "course",
        )

    @property
    def is_question(self) -> bool:
        """Whether understanding took the message for a question or a request of its own, not for an answer to ours."""
        return self.said.intent not in ("", "in_task", "nlu_fallback") or "?" in self.said.text or "¿" in self.said.text

    # ---- speaking -----------------------------------------------------------------------------------------------------

    def sentence(self, key: str, **values: Any) -> str:
        """A sentence of ours in the patient's language and channel."""
        return wording.sentence(key, self.language, self.channel, phone=self.desk.phone, **values)

    def has_sentence(self, key: str) -> bool:
        return wording.known(key)

    def just_said(self, key: str) -> bool:
        """Whether this sentence was the bot's last message."""
        return wording.paragraphs([self.sentence(key)], self.channel) == self._said_last

    def say(self, key: str, **values: Any) -> None:
        """Add a sentence to the message being made."""
        self.add(self.sentence(key, **values))

    def add(self, text: str) -> None:
        """Add text of our own making (a list of visits) as a paragraph."""
        if not self.bubbles or self.bubbles[-1].closed or self.bubbles[-1].response:
            self.bubbles.append(Bubble())
        self.bubbles[-1].parts.append(text)

    def answer(self, response: str) -> None:
        """Answer with a curated response by its name; its text, sources and date come from the domain."""
        self.bubbles.append(Bubble(response=response, closed=True))

    def ask(
        self,
        key: str,
        expects: str | None,
        choices: Sequence[Choice] = (),
        *,
        progress: tuple[int, int] | None = None,
        meta: Mapping[str, Any] | None = None,
        **values: Any,
    ) -> None:
        """Ask the open question: the last thing of a turn."""
        self.say(key, **values)
        bubble = self.bubbles[-1]
        bubble.choices = list(choices)
        bubble.meta |= dict(meta or {})
        if expects:
            bubble.meta["expects"] = expects
        if progress:
            bubble.meta["progress"] = {"step": progress[0], "of": progress[1]}
        bubble.closed = True
        self.expects = expects

    def close(self, choices: Sequence[Choice] = (), **meta: Any) -> None:
        """End the message being made, with choices and other parts of a Reply."""
        if self.bubbles:
            self.bubbles[-1].choices += list(choices)
            self.bubbles[-1].meta |= meta
            self.bubbles[-1].closed = True

    def or_did_you_mean(self) -> None:
        """Under what a doubtful message was taken for, offer what else it may have meant; bot/nlg.py does so for responses."""
        if self.bubbles and not self.bubbles[-1].response:
            self.bubbles[-1].parts.append(self.sentence("or_did_you_mean"))
            self.bubbles[-1].choices += [topic_titles.choice(topic, self.language) for topic in self.said.others]

    # ---- buttons ------------------------------------------------------------------------------------------------------

    def choice(self, label: str, value: str, kind: str = "answer", **more: str) -> Choice:
        """A button that comes back as `choice` = value."""
        return {"title": label, "payload": payload(value), "kind": kind, **more}

    def button(self, key: str, value: str, kind: str = "answer", **values: Any) -> Choice:
        return self.choice(self.sentence(key, **values), value, kind)

    def link(self, key: str, slash: str, kind: str = "topic") -> Choice:
        """A button that starts something: `/book`, `/human`."""
        return {"title": self.sentence(key), "payload": slash, "kind": kind}

    # ---- remembering --------------------------------------------------------------------------------------------------

    def finish(self) -> None:
        """Close the task."""
        self.draft, self.expects = None, None

    async def call(self, function: Callable[..., T], *args: Any, **named: Any) -> T:
        """Run a blocking call of the backend in a thread."""
        return await asyncio.to_thread(function, *args, **named)

    async def change(self, key: str, function: Callable[..., T], *args: Any) -> T:
        """Run a call of the backend that changes the book, under its Idempotency-Key.

        Until what came of it has been told, `unsure` is the key: whatever happens meanwhile, nobody may say that nothing was done.
        """
        before, self.unsure = self.unsure, key
        try:
            made = await self.call(function, *args)
        except OutcomeUnknown:
            raise
        except Unreachable:  # it was never sent
            self.unsure = before
            raise
        except BackendError:
            self.unsure = None if before == key else before
            raise
        self._made = key
        return made

    def told(self) -> None:
        """What was changed in this turn has been said."""
        if self._made == self.unsure:
            self.unsure = None

    @property
    def acted(self) -> bool:
        """Whether a change was made, or may have been."""
        return bool(self._made or self.unsure)

    def key(self, operation: str) -> str:
        """The Idempotency-Key of the next change; that of the last one while nobody knows what came of it."""
        if self.unsure and f":{operation}:" in self.unsure:
            return self.unsure
        return self.open_draft.key(self.said.message_id, operation)

    def events(self) -> list[EventType]:
        """The slots that changed."""
        if self.draft:
            self.draft.unsure = self.unsure
        wanted = {
            "task": self.draft.task if self.draft else None,
            "expects": self.expects if self.draft else None,
            "draft": self.draft.as_json() if self.draft else None,
            "last_topic": self.last_topic,
            "language": self.language,
            "verified": self.verified,
        }
        return [SlotSet(name, value) for name, value in wanted.items() if self._slots.get(name) != value]

    def send(self, dispatcher: CollectingDispatcher) -> None:
        """Hand the messages over, in order."""
        for bubble in self.bubbles:
            if bubble.response:
                dispatcher.utter_message(response=bubble.response, **self.clinic_facts())
                continue
            text = wording.paragraphs(bubble.parts, self.channel)
            if text == self._said_last and not self.draft:
                text = wording.paragraphs([self.sentence("once_more"), *bubble.parts], self.channel)
            meta = {"lang": self.language, **bubble.meta}
            dispatcher.utter_message(text=text, buttons=bubble.choices, metadata=meta)

    def clinic_facts(self) -> dict[str, str]:
        """What a curated response may name in braces."""
        return {"clinic_phone": self.desk.phone, "clinic_name": self.clinic.name}

    def _still_verified(self, value: Any) -> dict[str, Any] | None:
        if not isinstance(value, Mapping) or not value.get("token"):
            return None
        try:
            expires = datetime.fromisoformat(str(value["expires_at"]).replace("Z", "+00:00"))
            return dict(value) if expires > clock.now() else None
        except (KeyError, ValueError, TypeError):
            return None


def payload(value: str) -> str:
    """The slash form of a choice inside a task."""
    return "/in_task" + json.dumps({"choice": value})
