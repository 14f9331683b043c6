"""What visits do I have? Told only to a verified person."""

from __future__ import annotations

from actions.confirmation import line
from actions.own_visits import OwnVisits
from actions.safely import Safely
from actions.turn import Turn

TOLD = 8


class MyAppointment(OwnVisits):
    """Lists the upcoming visits."""

    slug = "my_appointment"
    needs_one = False

    async def act(self, turn: Turn) -> None:
        visits = turn.open_draft.visits
        turn.finish()
        turn.say("your_visit" if len(visits) == 1 else "your_visits")
        shown = 3 if turn.channel == "sms" else TOLD
        turn.add(("; " if turn.channel == "sms" else "\n").join(line(turn, one) for one in visits[:shown]))
        if len(visits) > shown:
            turn.say("and_more", count=len(visits) - shown)
        turn.close(
            [
                turn.link("to_reschedule", "/reschedule"),
                turn.link("to_cancel", "/cancel"),
                turn.link("to_confirm", "/confirm"),
            ]
        )


class ActionMyAppointment(Safely):
    """Opens the question for one's own visits."""

    def name(self) -> str:
        return "action_my_appointment"

    async def respond(self, turn: Turn) -> None:
        await MyAppointment().begin(turn)
