"""Booking a visit: what for, when, which of three real times, who; then a summary, and only after the yes a booked visit.

A picked time is held while the patient answers. A hold that ran out is taken again or, when somebody else was quicker, said so.
"""

from __future__ import annotations

import re

from actions import details, identity, said, summary, texts, visit_types
from actions.backend import booking_key
from actions.confirmation import outcome, told
from actions.course import Course
from actions.details import TooYoung
from actions.draft import Draft
from actions.picking import PicksTimes
from actions.problems import (
    HoldExpired,
    InvalidPatient,
    KeyUsed,
    NotBookable,
    OutcomeUnknown,
    PatientConflict,
    SlotTaken,
    StaffDecide,
    TooManyOpen,
    UnderAge,
)
from actions.safely import Safely
from actions.skill import opened
from actions.turn import Turn
from actions.visits import Appointment, Patient

NEW_HERE = re.compile(
    r"\b(?:first time|new patient|never been|new here|new to (?:this|tms|you)|primera vez|soy nuev[oa]|paciente nuev[oa])\b",
    re.IGNORECASE,
)
TIME_STEPS = ("", "visit_type", "when", "slot", "change", "summary")


class Book(PicksTimes):
    """asked: visit_type, when, slot, name, date_of_birth, phone, (code,) summary, change, (texts,) done."""

    slug = "book"
    own_topics = ("availability", "confirm", "reschedule", "course")

    async def begin(self, turn: Turn) -> None:
        if not (turn.draft and turn.draft.task == self.slug and not turn.draft.over):
            opened(turn, self.slug)
        draft = turn.open_draft
        await self._absorb(turn, draft)
        await self._next(turn, draft)

    def progress(self, turn: Turn) -> tuple[int, int] | None:
        return 1, details.steps(turn)

    def claims(self, turn: Turn) -> bool:
        """ "The phone number is wrong" at the summary is no question about the clinic's number."""
        asked = turn.open_draft.asked
        if self.speaks_of_no_time(turn):
            return True
        if asked == "visit_type":
            return said.unsure(turn.said.text) or NEW_HERE.search(turn.said.text) is not None
        if asked == "summary" and said.a_bit(turn.said.text):
            return True
        at_summary = asked in ("summary", "change")
        return at_summary and "?" not in turn.said.text and summary.item_named(turn.said.text) is not None

    async def try_again(self, turn: Turn) -> bool:
        if turn.open_draft.asked != "summary":
            return False
        await self._book(turn, turn.open_draft)
        return True

    async def find_out(self, turn: Turn) -> bool:
        hold_id = (turn.unsure or "").removeprefix(booking_key(""))
        if turn.unsure != booking_key(hold_id):
            return False
        draft, backend = turn.open_draft, turn.desk.backend
        booked = await turn.call(backend.outcome, hold_id, turn.unsure)
        if booked and booked.open:
            turn.say("went_through")
            self._booked_is(turn, booked)
            return True
        if booked or not (draft.hold and draft.hold.hold_id == hold_id):
            # Called off since, or no longer wanted: after the release no late request can book it either.
            draft.hold = draft.hold if draft.hold and draft.hold.hold_id != hold_id else None
            await turn.call(backend.release, hold_id)
            turn.unsure = None
        return False

    # ---- using a message ----------------------------------------------------------------------------------------------

    async def go_on(self, turn: Turn) -> bool:
        draft, text = turn.open_draft, turn.said.text
        if draft.asked == texts.ASKED and await texts.use(turn, "texts_declined", bare_yes=draft.misses > 0):
            draft.asked = "done"
            return True
        if draft.over:
            return self._again(turn, draft)
        if turn.said.choice:
            await self._chosen(turn, draft, turn.said.choice)
            return True
        if draft.asked == identity.CODE and await identity.code_given(turn):
            await self._next(turn, draft)
            return True
        if draft.asked == "slot" and await self.picked(turn):
            return True
        if draft.asked == "summary" and said.yes(text):
            await self._book(turn, draft)
            return True
        if draft.asked == "summary" and said.no(text):
            summary.ask_change(turn)
            return True
        if await self.open_minded(turn):
            return True
        if draft.asked == "summary" and (direction := said.a_bit(text)) and draft.picked:
            draft.offered = [draft.picked]
            await self.unpick(turn)
            self._shift(draft, direction)
            draft.forget_search()
            await self.offer(turn)
            return True
        if draft.asked == "visit_type" and (said.unsure(text) or NEW_HERE.search(text)):
            draft.visit_type = next(kind.id for kind in turn.clinic.visit_types if kind.self_book == "anyone")
            turn.say("new_here", visit=self.kind(turn))
            await self.proceed(turn)
            return True
        if draft.asked == "visit_type" and (place := said.number(text, len(visit_types.offered(turn)))):
            draft.visit_type = visit_types.offered(turn)[place - 1].id
            await self.proceed(turn)
            return True
        if await self._absorb(turn, draft):
            await self._next(turn, draft)
            return True
        if self.claims(turn) and (item := summary.item_named(text)):
            await self._change(turn, draft, item)
            return True
        return False

    async def _chosen(self, turn: Turn, draft: Draft, choice: str) -> None:
        """A button of ours. One that no longer fits asks the open question again."""
        kind, _, value = choice.partition(":")
        if kind == "slot":
            await self.slot_chosen(turn, value)
        elif kind == "more":
            await self.offer(turn)
        elif kind == "type" and visit_types.exists(turn, value):
            draft.visit_type = value
            await self.proceed(turn)
        elif kind == "when":
            await self.when_chosen(turn, value)
            await self.proceed(turn)
        elif kind == "change":
            await self._change(turn, draft, value)
        elif choice == "yes" and draft.asked == "summary":
            await self._book(turn, draft)
        elif choice == "no" and draft.asked == "summary":
            summary.ask_change(turn)
        elif choice == "stop":
            await self.stop(turn)
        elif choice in identity.CHOICES:
            await identity.chosen(turn, choice)
        else:
            await self.proceed(turn)

    async def _absorb(self, turn: Turn, draft: Draft) -> bool:
        """Take everything the message says, asked for or not. False when it said nothing of use."""
        used = False
        kind = visit_types.mentioned(turn)
        if kind and kind != draft.visit_type and draft.asked in TIME_STEPS and turn.said.intent != "faq":
            draft.visit_type, used = kind, True
            draft.forget_search()
            await self.unpick(turn)
        try:
            about, wrong = details.absorb(turn, draft)
        except TooYoung:
            await self._too_young(turn)
            return True
        if wrong:
            turn.say(wrong)
        place = turn.said.location
        if place and place != draft.location and not turn.is_plain_question and draft.asked in TIME_STEPS:
            draft.location, used = place, True
            draft.forget_search()
            await self.unpick(turn)
        late = draft.asked not in TIME_STEPS
        if not (about and late) and turn.said.intent != "faq" and self.takes_when(turn, TIME_STEPS):
            if not await self.new_search(turn):
                await self.ask(turn)
            used = True
        return used or about

    async def _next(self, turn: Turn, draft: Draft) -> None:
        """Go on, unless the message ended the task or something was already asked."""
        if turn.draft is not draft or turn.asked:
            return
        if draft.asked == "slot" and draft.offered:
            await self.ask(turn)  # details in between: the same times again
        else:
            await self.proceed(turn)

    # ---- what comes next ----------------------------------------------------------------------------------------------

    async def proceed(self, turn: Turn) -> None:
        draft = turn.open_draft
        draft.phone = draft.phone or turn.visitor_phone
        if draft.visit_type is None:
            visit_types.ask(turn, self.progress(turn))
        elif await self._elsewhere(turn, draft):
            return
        elif draft.picked is None:
            if draft.windows or draft.asap:
                await self.offer(turn)
            else:
                self.ask_when(turn)
        elif await self.keep_hold(turn):
            item = None if turn.verified else details.missing(draft)
            if item:
                details.ask(turn, draft, item)
            else:
                summary.show(turn, self.kind(turn), (details.steps(turn), details.steps(turn)))

    async def _elsewhere(self, turn: Turn, draft: Draft) -> bool:
        """Visits that not anyone may book: by staff, as a course, or after verification. True when that was said or asked."""
        kind = turn.clinic.visit_type(draft.visit_type or "")
        if kind.self_book == "staff":
            turn.finish()
            turn.say("staff_book", visit=kind.name(turn.language))
            turn.close([turn.link("to_human", "/human")])
            return True
        if kind.course:
            await self.leave(turn)
            await Course().begin(turn)
            return True
        if kind.self_book == "anyone" or turn.verified:
            return False
        return not await identity.ensure(turn)

    async def ask(self, turn: Turn) -> None:
        """The open question again: the same offer, not a new search."""
        draft = turn.open_draft
        if draft.asked == "slot" and draft.offered:
            self.show(turn, "offer_again")
        elif draft.asked == "change":
            summary.ask_change(turn)
        elif draft.asked == identity.CODE:
            identity.ask_code(turn, "ask_code_again")
        elif draft.asked == texts.ASKED:
            texts.ask(turn, "ask_texts", draft.phone or "")
        elif not draft.over:
            await self.proceed(turn)

    async def back(self, turn: Turn) -> None:
        draft = turn.open_draft
        if draft.asked in ("slot", "when"):
            draft.visit_type = None if draft.asked == "when" else draft.visit_type
            draft.windows, draft.asap, draft.exact = [], False, False
            draft.forget_search()
        elif draft.asked == "name":
            await self.unpick(turn)
            draft.seen, draft.exact = [], False
        elif draft.asked == "date_of_birth":
            draft.name = None
        elif draft.asked == "phone" or (draft.asked in ("summary", "change") and turn.visitor_phone):
            draft.date_of_birth = None
        elif draft.asked in ("summary", "change"):
            draft.phone = None
        draft.asked = ""
        await self.proceed(turn)

    async def _change(self, turn: Turn, draft: Draft, item: str) -> None:
        """Open one item of the summary again."""
        if item in details.ITEMS:
            setattr(draft, item, None)
            details.ask(turn, draft, item)
            return
        await self.unpick(turn)
        draft.windows, draft.asap, draft.exact = [], False, False
        draft.forget_search()
        if item == "visit_type":
            draft.visit_type = None
        draft.asked = ""
        await self.proceed(turn)

    async def _too_young(self, turn: Turn) -> None:
        await self.leave(turn)
        turn.finish()
        turn.say("too_young", age=turn.clinic.booking.minimum_age)
        turn.close([turn.link("to_human", "/human")])

    # ---- the yes ------------------------------------------------------------------------------------------------------

    async def _book(self, turn: Turn, draft: Draft) -> None:
        """Book what was summed up, read it back, and say only that.

        The hold is used even if it has run out by now: when an earlier attempt booked it, the answer is that booking.
        """
        assert draft.picked
        if draft.hold is None and not await self.keep_hold(turn):
            return
        slot = draft.picked
        try:
            booked = await self._booked(turn, draft)
        except (SlotTaken, HoldExpired, NotBookable, PatientConflict) as error:
            await self.taken(turn, slot, error)
            return
        except UnderAge:
            await self._too_young(turn)
            return
        except InvalidPatient as error:
            item = error.field if error.field in details.ITEMS else "name"
            setattr(draft, item, None)
            turn.say(f"wrong_{item}")
            details.ask(turn, draft, item)
            return
        except StaffDecide as error:
            await self.leave(turn)
            turn.finish()
            turn.say("too_many_open" if isinstance(error, TooManyOpen) else "staff_decide")
            turn.close([turn.link("to_human", "/human")])
            return
        if not booked.open or booked.begins != slot.begins:
            raise OutcomeUnknown("the answer is not what was asked for")
        self._booked_is(turn, booked)

    def _booked_is(self, turn: Turn, booked: Appointment) -> None:
        """The task is done: keep only what a second yes needs, and confirm."""
        draft = turn.open_draft
        draft.visit_type = booked.service
        draft.done, draft.hold, draft.offered, draft.picked = booked, None, [], None
        phone = None if turn.verified else draft.phone
        draft.name, draft.date_of_birth, draft.phone = None, None, None
        turn.unsure = None
        self._confirm(turn, booked, phone)

    async def _booked(self, turn: Turn, draft: Draft) -> Appointment:
        """The appointment, as read back. A hold that ran out between the check and the booking is taken once more."""
        patient = None if turn.verified else Patient(draft.name or "", draft.date_of_birth or "", draft.phone or "")
        backend = turn.desk.backend
        for last in (False, True):
            assert draft.hold
            key = booking_key(draft.hold.hold_id)
            try:
                made = await turn.change(
                    key,
                    backend.book,
                    draft.hold.hold_id,
                    patient,
                    turn.conversation,
                    turn.channel,
                    turn.language,
                    turn.token,
                    turn.visitor_phone,
                )
                return await turn.call(backend.read_back, made, turn.token)
            except KeyUsed:
                # An attempt whose answer was lost had booked it, before the patient changed a detail.
                if found := await turn.call(backend.outcome, draft.hold.hold_id, key):
                    return found
                raise
            except HoldExpired:
                if last:
                    raise
                assert draft.picked
                key = draft.key(turn.said.message_id, "hold")
                draft.hold = await turn.call(
                    backend.hold, draft.picked.slot_id, turn.conversation, key, turn.channel, turn.token
                )
        raise AssertionError("unreachable")

    def _confirm(self, turn: Turn, booked: Appointment, phone: str | None = None) -> None:
        """`phone`: the number that was just given, about which it is then asked whether it may be texted."""
        turn.open_draft.asked, turn.open_draft.misses = "done", 0
        turn.say("booked", visit=self.kind(turn), **told(turn, booked))
        turn.say("after_booking")
        turn.expects = None
        turn.close(outcome=outcome("booked", booked, turn))
        if phone and texts.unasked(turn, booked.texts):
            texts.ask(turn, "ask_texts", phone)

    def _again(self, turn: Turn, draft: Draft) -> bool:
        """After the booking the same yes, and "go on where we were", hear the same confirmation; anything else is a new matter."""
        if draft.done and (turn.said.choice in ("yes", "again", "resume") or said.yes(turn.said.text)):
            phone, draft.phone = draft.phone, None
            self._confirm(turn, draft.done, None if texts.only_polite(turn.said.text) else phone)
            # The yes to the booking, sent twice, must not become a yes to texts; the next one can be nothing else.
            draft.misses = 1
            return True
        return False


class ActionBook(Safely):
    """Opens a booking."""

    def name(self) -> str:
        return "action_book"

    async def respond(self, turn: Turn) -> None:
        await Book().begin(turn)
