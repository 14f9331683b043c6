"""Moving a visit: which one, three real times, one yes. The old time is kept until the new one is won."""

from __future__ import annotations

from actions import course_shift, offers, said
from actions.backend import moving_key
from actions.confirmation import line, outcome, told
from actions.own_visits import OwnVisits, as_slot
from actions.picking import PicksTimes
from actions.problems import (
    Changed,
    HoldExpired,
    NotBookable,
    NotFound,
    OutcomeUnknown,
    PatientConflict,
    SlotTaken,
    StaffDecide,
    TooLate,
)
from actions.safely import Safely
from actions.turn import Turn
from actions.visits import Appointment
from actions.wording import visit

YES = said.phrases(
    "move it, move, yes move it, please move it, yes move, cambiela, muevala, si cambiela, moverla, cambiar, cambiarla"
)


class Reschedule(OwnVisits, PicksTimes):
    """asked: …, visit, when, slot, move_yes."""

    slug = "reschedule"
    own_topics = ("book", "availability", "confirm")

    async def instead(self, turn: Turn) -> None:
        """Move the visit that another skill was about."""
        draft = turn.open_draft
        draft.task, draft.asked = self.slug, ""
        draft.windows, draft.exact, draft.asap = [], False, False
        await self.proceed(turn)

    async def begin(self, turn: Turn) -> None:
        if course_shift.SEVERAL.search(turn.said.text):
            from actions.course import Course

            await Course().mend(turn)
            return
        await super().begin(turn)

    async def proceed(self, turn: Turn) -> None:
        await OwnVisits.proceed(self, turn)

    def claims(self, turn: Turn) -> bool:
        asked = turn.open_draft.asked
        return self.speaks_of_no_time(turn) or (asked == "move_yes" and said.among(turn.said.text, YES))

    async def try_again(self, turn: Turn) -> bool:
        if turn.open_draft.asked != "move_yes":
            return False
        await self._move(turn)
        return True

    async def find_out(self, turn: Turn) -> bool:
        if turn.unsure and turn.unsure.startswith(moving_key("")) and (moved := await self.look_up(turn, turn.unsure)):
            turn.say("went_through")
            self._confirm(turn, moved)
            return True
        return False

    async def stop(self, turn: Turn) -> None:
        """Nothing is to be changed; unless a yes whose answer was lost has changed it already."""
        draft = turn.open_draft
        if draft.asked == "move_yes" and draft.hold:
            turn.unsure = turn.unsure or moving_key(draft.hold.hold_id)
            if await self.find_out(turn):
                return
            turn.unsure = None
        await super().stop(turn)

    async def act(self, turn: Turn) -> None:
        draft = turn.open_draft
        assert draft.visit
        draft.visit_type = draft.visit.service
        draft.location = draft.location or (draft.visit.location if len(turn.clinic.locations) == 1 else None)
        if draft.picked is None:
            if draft.windows or draft.asap:
                await self.offer(turn)
            else:
                self._ask_new_time(turn)
        elif await self.keep_hold(turn):
            draft.asked = "move_yes"
            new = visit(draft.picked, turn.clinic, turn.language, turn.today())
            choices = [
                turn.button("yes_move", "yes"),
                turn.button("other_times", "more", "more"),
                turn.button("keep_it", "no"),
            ]
            meta = {"hold_expires_at": draft.hold.expires_at} if draft.hold else {}
            turn.ask("shall_i_move", "yes_no", choices, meta=meta, old=line(turn, draft.visit), new=new)

    def _ask_new_time(self, turn: Turn) -> None:
        draft = turn.open_draft
        assert draft.visit
        draft.asked = "when"
        choices = [
            turn.button("when_asap", "when:asap"),
            turn.button("when_mornings", "when:06:00-12:00"),
            turn.button("when_afternoons", "when:12:00-17:00"),
        ]
        turn.ask("ask_new_time", "time", choices, visit=line(turn, draft.visit))

    def ask_when(self, turn: Turn) -> None:
        self._ask_new_time(turn)

    async def use(self, turn: Turn) -> bool:
        draft, text = turn.open_draft, turn.said.text
        if draft.asked == "slot" and await self.picked(turn):
            return True
        if await self.open_minded(turn):
            return True
        if draft.asked == "move_yes":
            if said.yes(text) or said.among(text, YES):
                await self._move(turn)
                return True
            if said.more(text):
                await self._others(turn)
                return True
            if said.no(text):
                await self._others(turn)
                return True
        if place := turn.said.location:
            draft.location = place
            draft.forget_search()
            await self.unpick(turn)
            if not turn.said.when:
                await self.proceed(turn)
                return True
        if self.takes_when(turn, ("when", "slot", "move_yes")):
            await self.new_search(turn)
            await self.proceed(turn)
            return True
        return False

    async def chosen(self, turn: Turn, choice: str) -> bool:
        draft = turn.open_draft
        kind, _, value = choice.partition(":")
        if kind == "slot":
            await self.slot_chosen(turn, value)
        elif kind == "more" and draft.asked == "move_yes":
            await self._others(turn)
        elif kind == "more":
            await self.offer(turn)
        elif kind == "when":
            await self.when_chosen(turn, value)
            await self.proceed(turn)
        elif choice == "yes" and draft.asked == "move_yes":
            await self._move(turn)
        elif choice == "no":
            await self.stop(turn)
        else:
            return False
        return True

    async def _others(self, turn: Turn) -> None:
        draft = turn.open_draft
        await self.unpick(turn)
        draft.exact = False
        if draft.windows or draft.asap:
            await self.offer(turn)
        else:
            await self.proceed(turn)

    async def ask(self, turn: Turn) -> None:
        if turn.open_draft.asked == "slot" and turn.open_draft.offered:
            self.show(turn, "offer_again")
        else:
            await self.proceed(turn)

    async def back(self, turn: Turn) -> None:
        draft = turn.open_draft
        if draft.asked in ("slot", "move_yes"):
            await self.unpick(turn)
            draft.windows, draft.asap, draft.exact = [], False, False
            draft.forget_search()
            await self.proceed(turn)
        else:
            await OwnVisits.back(self, turn)

    async def _move(self, turn: Turn) -> None:
        """Move in one step of the service, read back, and say only that."""
        draft = turn.open_draft
        assert draft.visit
        assert draft.picked
        slot = draft.picked
        try:
            moved = await self._moved(turn)
        except (SlotTaken, HoldExpired, NotBookable, PatientConflict) as error:
            await self.taken(turn, slot, error)
            return
        except (TooLate, StaffDecide, NotFound) as error:
            await self.leave(turn)
            turn.finish()
            turn.say(
                "too_late" if isinstance(error, TooLate) else "staff_change",
                hours=turn.clinic.booking.change_cutoff_hours,
            )
            turn.close([turn.link("to_human", "/human")])
            return
        except Changed:
            await self.unpick(turn)
            draft.visits, draft.visit = [], None
            turn.say("changed_meanwhile")
            await self.proceed(turn)
            return
        if moved.begins != slot.begins:
            raise OutcomeUnknown("the answer is not what was asked for")
        self._confirm(turn, moved)

    async def _moved(self, turn: Turn) -> Appointment:
        """The visit at its new time, as read back. A hold that has run out is taken once more.

        It is asked for first even so: when an earlier attempt moved the visit, the answer is that move.
        """
        draft, backend = turn.open_draft, turn.desk.backend
        for last in (False, True):
            if draft.hold is None:
                assert draft.picked
                key = draft.key(turn.said.message_id, "hold")
                draft.hold = await turn.call(
                    backend.hold, draft.picked.slot_id, turn.conversation, key, turn.channel, turn.token
                )
            try:
                key = moving_key(draft.hold.hold_id)
                made = await turn.change(key, backend.move, draft.visit, draft.hold.hold_id, turn.token or "")
                return await turn.call(backend.read_back, made, turn.token)
            except HoldExpired:
                if last:
                    raise
                draft.hold = None
        raise AssertionError("unreachable")

    def _confirm(self, turn: Turn, moved: Appointment) -> None:
        turn.unsure = None
        turn.finish()
        turn.say("moved", **told(turn, moved))
        turn.say("after_booking")
        turn.close(outcome=outcome("moved", moved, turn))

    def _meant(self, turn: Turn) -> Appointment | None:
        """Beside the old time that was named: of two times in the message, the one at which there really is a visit is the old one."""
        found = super()._meant(turn)
        draft = turn.open_draft
        if found is None and len(draft.windows) > 1:
            for window in draft.windows:
                hits = [one for one in draft.visits if offers.within(as_slot(one), [window])]
                if len(hits) == 1:
                    draft.windows = [other for other in draft.windows if other != window]
                    return hits[0]
        return found


class ActionReschedule(Safely):
    """Opens a move."""

    def name(self) -> str:
        return "action_reschedule"

    async def respond(self, turn: Turn) -> None:
        await Reschedule().begin(turn)
