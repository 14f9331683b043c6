"""Confirming a visit: "yes, I'll be there"."""

from __future__ import annotations

from actions import said
from actions.confirmation import outcome, told
from actions.own_visits import OwnVisits
from actions.problems import Changed, NotFound, StaffDecide
from actions.safely import Safely
from actions.turn import Turn
from actions.visits import Appointment


class Confirm(OwnVisits):
    """The patient says that they will come; nothing else is asked."""

    slug = "confirm"

    async def begin(self, turn: Turn) -> None:
        if turn.channel == "web" and said.noted(turn.said.text):
            # A reminder is answered by text message. On the web it is a nod to what was just said, which is no wish.
            turn.finish()
            turn.say("noted")
            return
        await super().begin(turn)

    async def try_again(self, turn: Turn) -> bool:
        if not turn.open_draft.visit:
            return False
        await self.act(turn)
        return True

    async def find_out(self, turn: Turn) -> bool:
        if turn.unsure and (sure := await self.look_up(turn, turn.unsure)):
            turn.say("went_through")
            self._told(turn, sure)
            return True
        return False

    async def act(self, turn: Turn) -> None:
        draft = turn.open_draft
        assert draft.visit
        key = f"{draft.visit.appointment_id}:confirm:{draft.visit.version}"
        try:
            sure = await turn.change(key, turn.desk.backend.confirm, draft.visit, key, turn.token or "")
        except (StaffDecide, NotFound):
            turn.finish()
            turn.say("staff_change", hours=turn.clinic.booking.change_cutoff_hours)
            turn.close([turn.link("to_human", "/human")])
            return
        except Changed:
            draft.visits, draft.visit = [], None
            turn.say("changed_meanwhile")
            await self.proceed(turn)
            return
        self._told(turn, sure)

    @staticmethod
    def _told(turn: Turn, sure: Appointment) -> None:
        turn.unsure = None
        turn.finish()
        turn.say("confirmed", **told(turn, sure))
        turn.close(outcome=outcome("confirmed", sure, turn))


class ActionConfirm(Safely):
    """Opens a confirmation."""

    def name(self) -> str:
        return "action_confirm"

    async def respond(self, turn: Turn) -> None:
        await Confirm().begin(turn)
