"""A person: the clinic's number, and a call back for whoever would rather be called. The assistant goes on answering."""

from __future__ import annotations

import re

from actions import call_back, details, said
from actions.details import TooYoung
from actions.problems import InvalidPatient, Refused, Unreachable
from actions.safely import Safely
from actions.skill import Skill, opened
from actions.turn import Turn

ASKS_FOR_CALL = re.compile(
    r"\b(?:call(?:ed)? (?:me|back)|call ?backs?|phone me|ring me|give me a (?:call|ring)|ll[aá]men?me|que me llamen|devu[eé]lvanme)\b",
    re.I,
)
TIMES = ("morning", "afternoon", "evening", "any")
WORDS = {
    "morning": ("morning", "mornings", "manana", "mananas", "am"),
    "afternoon": ("afternoon", "afternoons", "tarde", "tardes", "pm", "after lunch"),
    "evening": ("evening", "evenings", "noche", "after work", "late"),
    "any": ("any", "anytime", "any time", "whenever", "doesnt matter", "cualquier", "cuando sea"),
}


class Human(Skill):
    """asked: name, phone, best_time."""

    slug = "human"

    async def begin(self, turn: Turn) -> None:
        if turn.said.choice != "call_back" and not ASKS_FOR_CALL.search(turn.said.text):
            turn.say("human")
            button = turn.button("call_me", "call_back", "topic")
            turn.close([{**button, "payload": '/human{"choice": "call_back"}'}])
            return
        await self.open(turn)

    async def open(self, turn: Turn) -> None:
        """Ask what a call back needs."""
        draft = opened(turn, self.slug)
        draft.phone = draft.phone or turn.visitor_phone
        await self._about(turn)
        await self.ask(turn)

    async def ask(self, turn: Turn) -> None:
        draft = turn.open_draft
        if not draft.name:
            draft.asked = "name"
            turn.ask("call_name", "name")
        elif not draft.phone:
            draft.asked = "phone"
            turn.ask("call_phone", "phone")
        else:
            draft.asked = "best_time"
            choices = [turn.button(f"time_{time}", f"time:{time}") for time in TIMES]
            turn.ask("call_time", "choice", choices)

    async def go_on(self, turn: Turn) -> bool:
        draft, choice = turn.open_draft, turn.said.choice
        if choice and choice.startswith("time:") and choice[5:] in TIMES and draft.name and draft.phone:
            await self._request(turn, choice[5:])
        elif choice:
            await self.ask(turn)
        elif draft.asked == "best_time" and (time := _time(turn)):
            await self._request(turn, time)
        elif await self._about(turn):
            await self.ask(turn)
        else:
            return False
        return True

    async def back(self, turn: Turn) -> None:
        draft = turn.open_draft
        if draft.asked == "best_time" and not turn.visitor_phone:
            draft.phone = None
        else:
            draft.name = None
        await self.ask(turn)

    @staticmethod
    async def _about(turn: Turn) -> bool:
        try:
            used, wrong = details.absorb(turn, turn.open_draft)
        except TooYoung:
            return True
        if wrong:
            turn.say(wrong)
        draft = turn.open_draft
        draft.name = draft.name or draft.first_name  # enough to ask for on the phone
        return used

    async def _request(self, turn: Turn, time: str) -> None:
        draft = turn.open_draft
        key = turn.key("callback")
        try:
            await turn.change(
                key,
                turn.desk.backend.call_back,
                draft.name or "",
                draft.phone or "",
                time,
                turn.conversation,
                turn.language,
                key,
            )
        except InvalidPatient as error:
            item = "phone" if error.field == "phone" else "name"
            setattr(draft, item, None)
            turn.say(f"wrong_{item}")
            await self.ask(turn)
            return
        except Unreachable:
            wish = call_back.wish(turn, key, draft.name or "", draft.phone or "", time)
            turn.unsure = None
            turn.finish()
            turn.say("call_noted", time=turn.sentence(f"time_{time}").lower())
            turn.close(call_back=wish)
            return
        except Refused:
            turn.finish()
            turn.say("human")
            turn.close()
            return
        turn.finish()
        turn.say("call_requested", time=turn.sentence(f"time_{time}").lower())
        turn.close(outcome={"kind": "requested"})


def _time(turn: Turn) -> str | None:
    place = said.number(turn.said.text, len(TIMES))
    if place:
        return TIMES[place - 1]
    words = f" {said.plain(turn.said.text)} "
    return next((time for time, forms in WORDS.items() if any(f" {form}" in words for form in forms)), None)


class ActionHuman(Safely):
    """Tells how to reach a person."""

    def name(self) -> str:
        return "action_human"

    async def respond(self, turn: Turn) -> None:
        await Human().begin(turn)
