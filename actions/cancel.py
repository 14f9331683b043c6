"""Cancelling a visit: which one, one yes, and then only what the service confirmed."""

from __future__ import annotations

from actions import cancel_reason, said
from actions.confirmation import line, outcome, told
from actions.own_visits import OwnVisits
from actions.problems import Changed, NotFound, StaffDecide, TooLate
from actions.safely import Safely
from actions.turn import Turn
from actions.visits import Appointment

YES = said.phrases(
    "cancel it, cancel, cancel the visit, cancel my visit, cancel the appointment, cancel my appointment, yes cancel, yes cancel it, "
    "please cancel it, yes please cancel it, cancelela, cancelar, si cancelela, si cancelar, cancele, cancela, cancelarla"
)
KEEP = said.phrases(
    "keep it, keep, dont cancel, do not cancel, leave it, no keep it, conservarla, no la cancele, dejarla, no cancelar"
)


class Cancel(OwnVisits):
    """asked: …, cancel_yes, done. `draft.reason`: None when it was not asked for yet, "" when it was, else the service's word."""

    slug = "cancel"

    def means_yes(self, turn: Turn) -> bool:
        return turn.open_draft.asked == "cancel_yes" and said.among(turn.said.text, YES)

    def claims(self, turn: Turn) -> bool:
        text = turn.said.text
        return turn.open_draft.asked == "cancel_yes" and (
            said.among(text, YES | KEEP) or cancel_reason.reason(text) is not None
        )

    async def begin(self, turn: Turn) -> None:
        await super().begin(turn)
        if turn.draft and turn.draft.task == self.slug and turn.draft.reason in (None, ""):
            turn.draft.reason = cancel_reason.reason(turn.said.text) or turn.draft.reason

    async def try_again(self, turn: Turn) -> bool:
        if turn.open_draft.asked != "cancel_yes":
            return False
        await self._cancel(turn)
        return True

    async def find_out(self, turn: Turn) -> bool:
        if gone := await self.look_up(turn, self._key(turn)):
            turn.say("went_through")
            self._confirm(turn, gone)
            return True
        return False

    async def act(self, turn: Turn) -> None:
        draft = turn.open_draft
        assert draft.visit
        draft.asked = "cancel_yes"
        choices = [turn.button("yes_cancel", "yes"), turn.button("keep_it", "no"), turn.button("move_it", "move")]
        policy = turn.clinic.facts.cancellation_policy
        if policy and turn.channel == "web" and turn.language == "en":
            turn.add(policy)
        if draft.reason is None:
            draft.reason = ""
            turn.say("may_say_why")
        turn.ask("shall_i_cancel", "yes_no", choices, visit=line(turn, draft.visit))

    async def use(self, turn: Turn) -> bool:
        if turn.open_draft.asked != "cancel_yes":
            return False
        draft, text = turn.open_draft, turn.said.text
        why = cancel_reason.reason(text)
        draft.reason = why or draft.reason
        if said.yes(text) or said.among(text, YES) or cancel_reason.yes_because(text):
            await self._cancel(turn)
        elif said.no(text) or said.among(text, KEEP):
            await self._keep(turn)
        elif why:
            await self.act(turn)
        else:
            return False
        return True

    async def chosen(self, turn: Turn, choice: str) -> bool:
        if turn.open_draft.asked != "cancel_yes":
            return False
        if choice == "yes":
            await self._cancel(turn)
        elif choice == "no":
            await self._keep(turn)
        elif choice == "move":
            from actions.reschedule import Reschedule

            await Reschedule().instead(turn)
        else:
            return False
        return True

    async def _keep(self, turn: Turn) -> None:
        """Nothing is to be changed; unless a yes whose answer was lost has changed it already."""
        if await self.find_out(turn):
            return
        turn.finish()
        turn.say("cancel_kept")
        turn.close()

    @staticmethod
    def _key(turn: Turn) -> str:
        visit = turn.open_draft.visit
        assert visit
        return f"{visit.appointment_id}:cancel:{visit.version}"

    async def _cancel(self, turn: Turn) -> None:
        draft = turn.open_draft
        assert draft.visit
        key = self._key(turn)
        try:
            gone = await turn.change(key, turn.desk.backend.cancel, draft.visit, key, turn.token or "", draft.reason)
        except (TooLate, StaffDecide, NotFound) as error:
            turn.finish()
            turn.say(
                "too_late" if isinstance(error, TooLate) else "staff_change",
                hours=turn.clinic.booking.change_cutoff_hours,
            )
            turn.close([turn.link("to_human", "/human")])
            return
        except Changed:
            draft.visits, draft.visit = [], None
            turn.say("changed_meanwhile")
            await self.proceed(turn)
            return
        self._confirm(turn, gone)

    def _confirm(self, turn: Turn, gone: Appointment) -> None:
        turn.unsure = None
        turn.finish()
        turn.say("cancelled", **told(turn, gone))
        turn.close([turn.link("to_book", "/book")], outcome=outcome("cancelled", gone, turn))


class ActionCancel(Safely):
    """Opens a cancellation."""

    def name(self) -> str:
        return "action_cancel"

    async def respond(self, turn: Turn) -> None:
        await Cancel().begin(turn)
