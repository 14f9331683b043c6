"""The base of every action: it never raises, never leaks the tracker, and is never silent.

An exception that leaves an action makes rasa-sdk answer with the whole tracker in the body, and Rasa goes on as if the action
had worked. So everything is caught here: the log gets the class and the conversation's id, the patient gets an apology with the
clinic's phone number, and no change is claimed.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

import structlog
from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions import call_back, desk
from actions.draft import Draft
from actions.problems import BackendError, OutcomeUnknown
from actions.turn import Turn
from actions.wording import sentence
from clinic.config import display_phone

log = structlog.get_logger()


class Safely(Action):
    """An action as one turn. Subclasses name themselves and fill `respond`."""

    @abstractmethod
    def name(self) -> str:
        """The action's name in domain.yml."""

    @abstractmethod
    async def respond(self, turn: Turn) -> None:
        """Answer the turn. May raise anything."""

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        turn = None
        try:
            turn = Turn(desk.current(), tracker)
            before = Draft.read(turn.draft.as_json()) if turn.draft else None
            try:
                await self.respond(turn)
                if not turn.bubbles:
                    raise LookupError("an action without an answer")
                turn.told()
                if turn.said.others and before is None:
                    turn.or_did_you_mean()
            except BackendError as error:
                turn.draft = turn.draft or before
                self._apologise(turn, error)
            except Exception as error:
                self._note(tracker, error)
                turn.bubbles.clear()
                turn.draft = before
                if turn.acted:
                    self._unsure(turn)
                else:
                    turn.say("broken")
                    turn.close()
            turn.send(dispatcher)
            return turn.events()
        except Exception as error:
            self._note(tracker, error)
            dispatcher.messages.clear()
            dispatcher.utter_message(text=_last_words(tracker, turn is not None and turn.acted))
            return []

    def _apologise(self, turn: Turn, error: BackendError) -> None:
        """Say that scheduling gave no answer; what the patient told us is kept, and nothing is claimed."""
        log.warning("scheduling gave no answer", action=self.name(), error=type(error).__name__, detail=str(error))
        turn.bubbles.clear()
        if turn.acted or isinstance(error, OutcomeUnknown):
            self._unsure(turn)
        else:
            self._trouble(turn, "service_down")

    def _unsure(self, turn: Turn) -> None:
        """Say that one cannot tell whether it was done; the next message looks it up."""
        self._trouble(turn, "outcome_unknown")

    @staticmethod
    def _trouble(turn: Turn, key: str) -> None:
        choices = [turn.button("again", "again")] if turn.draft else []
        if wish := call_back.after_trouble(turn):
            turn.say(key)
            turn.ask(
                "call_promised", turn.expects, choices, meta={"call_back": wish}, number=display_phone(wish["phone"])
            )
        else:
            turn.ask(key, turn.expects, choices)

    def _note(self, tracker: Tracker, error: Exception) -> None:
        trace = error.__traceback__
        while trace and trace.tb_next:
            trace = trace.tb_next
        where = f"{trace.tb_frame.f_code.co_name}:{trace.tb_lineno}" if trace else ""
        log.error(
            "an action failed", action=self.name(), error=type(error).__name__, at=where, conversation=tracker.sender_id
        )


def _last_words(tracker: Tracker, acted: bool) -> str:
    """The apology when not even a turn could be made, or sent."""
    language = "es" if (tracker.slots or {}).get("language") == "es" else "en"
    try:
        return sentence("outcome_unknown" if acted else "broken", language, "web", phone=desk.current().phone)
    except Exception:
        return "I'm sorry, something went wrong on our side. Please call the clinic."
