"""Choosing a time: search, show three, pick one by button, number, clock time or day, and hold it. Shared by booking and moving."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import replace
from datetime import timedelta

from actions import offers, said
from actions.confirmation import slot_choice
from actions.details import LIKE_A_DATE
from actions.draft import Draft
from actions.problems import NotBookable, Refused, SlotTaken
from actions.skill import Skill
from actions.turn import Turn
from actions.visits import Slot
from actions.wording import clock_time, day, visit

RENEW = timedelta(seconds=45)


class PicksTimes(Skill):
    """A skill with the steps `when` and `slot`. `draft.visit_type` is known before a search."""

    @abstractmethod
    async def proceed(self, turn: Turn) -> None:
        """Ask for the first thing that is missing."""

    def progress(self, turn: Turn) -> tuple[int, int] | None:
        """(step, of) while a time is chosen."""
        return None

    def kind(self, turn: Turn) -> str:
        """The visit's name in the patient's language."""
        draft = turn.open_draft
        return turn.clinic.visit_type(draft.visit_type or "").name(turn.language)

    # ---- what the message says about times ----------------------------------------------------------------------------

    async def picked(self, turn: Turn) -> bool:
        """Use a message as an answer to the offer: by place, clock time, day or location. False when it is none."""
        draft, text = turn.open_draft, turn.said.text
        count = len(draft.offered)
        if said.several(text, count):
            turn.say("one_only")
            self.show(turn, "offer_again")
            return True
        if said.indifferent(text) and count:
            await self.pick(turn, draft.offered[0])
            return True
        if said.unsure(text):
            turn.say("no_hurry")
            self.show(turn, "offer_again")
            return True
        if said.more(text) or said.no(text):
            await self.offer(turn)
            return True
        if count == 1 and said.yes(text):
            await self.pick(turn, draft.offered[0])
            return True
        if direction := said.shift(text) or said.a_bit(text):
            self._shift(draft, direction)
            await self.offer(turn)
            return True
        number = said.number(text, count)
        if number:
            await self.pick(turn, draft.offered[number - 1])
            return True
        details_given = turn.said.phone or LIKE_A_DATE.search(text)  # "4/5/1979" is not four o'clock
        named = None if turn.is_question or details_given else said.slot_by_time(text, draft.offered)
        if number == 0:
            if named:
                await self.pick(turn, named)
            else:
                turn.say("not_offered", count=count)
                self.show(turn, "offer_again")
            return True
        if said.changes(text):
            return False
        if fitting := self._fitting(turn, draft) or named:
            await self.pick(turn, fitting)
            return True
        return False

    @staticmethod
    def _shift(draft: Draft, direction: str) -> None:
        """Search later than the last offered time, or earlier than the first; on the same day when all were on one."""
        first, last = draft.offered[0].begins, draft.offered[-1].begins
        if direction == "later":
            end = last.replace(hour=23, minute=55) if first.date() == last.date() else last + timedelta(days=14)
            window = (last + timedelta(minutes=5), end)
        else:
            window = (
                (first.replace(hour=0, minute=0), first)
                if first.date() == last.date()
                else (first - timedelta(days=14), first)
            )
        draft.windows = [tuple(edge.replace(tzinfo=None).isoformat(timespec="minutes") for edge in window)]  # type: ignore[list-item]
        draft.asap = draft.exact = False

    @staticmethod
    def _fitting(turn: Turn, draft: Draft) -> Slot | None:
        """The one offered slot that fits the day, time or location in the message."""
        windows, place = turn.said.when.windows, turn.said.location
        if not windows and not place:
            return None
        fitting = [slot for slot in draft.offered if not windows or offers.within(slot, windows)]
        fitting = [slot for slot in fitting if not place or slot.location == place]
        return fitting[0] if len(fitting) == 1 else None

    @staticmethod
    def takes_when(turn: Turn, asked: tuple[str, ...]) -> bool:
        """Whether times in the message are meant: at the steps `asked`, or when the patient turns away from the picked time."""
        when, draft = turn.said.when, turn.open_draft
        if not (when or when.problem):
            return False
        if draft.asked in asked:
            return True
        return said.changes(turn.said.text) or turn.said.topic in ("book", "availability", "reschedule")

    async def new_search(self, turn: Turn) -> bool:
        """Take the message's times as what is wanted now. False when they name no time that can be searched (said so)."""
        draft, when = turn.open_draft, turn.said.when
        if when.problem:
            turn.say(f"when_{when.problem}", days=turn.clinic.booking.horizon_days)
            return False
        if both := offers.two_days(when.readings):
            first, second = (day(one, turn.language, turn.today()) for one in both)
            turn.say("both_readings", first=first, second=second)
            when = replace(when, windows=tuple(window for reading in when.readings for window in reading))
        kept = (
            offers.keep_time(draft.windows, when.windows) if draft.windows and not (when.exact or draft.exact) else None
        )
        draft.windows = kept or offers.merge(draft.windows, when.windows)
        draft.exact, draft.asap = when.exact, when.asap
        draft.forget_search()
        await self.unpick(turn)
        return True

    async def unpick(self, turn: Turn) -> None:
        """Give a picked time back."""
        if turn.open_draft.picked or turn.open_draft.hold:
            await self.leave(turn)
            turn.open_draft.picked = None

    async def open_minded(self, turn: Turn) -> bool:
        """ "I don't know" to the question for a time: the first free times are shown."""
        if turn.open_draft.asked != "when" or not (said.unsure(turn.said.text) or said.indifferent(turn.said.text)):
            return False
        await self.when_chosen(turn, "asap")
        turn.say("no_hurry" if said.unsure(turn.said.text) else "first_free")
        await self.proceed(turn)
        return True

    def speaks_of_no_time(self, turn: Turn) -> bool:
        """Whether the message leaves the choice of a time to us, so that it is no question of its own."""
        asked, text = turn.open_draft.asked, turn.said.text
        return asked in ("when", "slot") and (said.unsure(text) or said.indifferent(text))

    # ---- showing and holding ------------------------------------------------------------------------------------------

    def ask_when(self, turn: Turn) -> None:
        turn.open_draft.asked = "when"
        choices = [
            turn.button("when_asap", "when:asap"),
            turn.button("when_mornings", "when:06:00-12:00"),
            turn.button("when_afternoons", "when:12:00-17:00"),
        ]
        turn.ask("ask_when", "time", choices, progress=self.progress(turn), visit=self.kind(turn))

    async def when_chosen(self, turn: Turn, value: str) -> None:
        """A button under `ask_when`: "asap" or a part of the day, "06:00-12:00"."""
        draft = turn.open_draft
        start, _, end = value.partition("-")
        draft.windows, draft.asap, draft.exact = (
            ([(f"T{start}", f"T{end}")], False, False) if end else ([], True, False)
        )
        draft.forget_search()
        await self.unpick(turn)

    async def offer(self, turn: Turn) -> None:
        """Search and show up to three times not shown yet; an exact time that is free is taken at once."""
        draft = turn.open_draft
        offer = await offers.search(turn, draft)
        if not offer.slots:
            await self.nothing_free(turn)
            return
        if draft.exact and not offer.near and len(offer.slots) == 1 and not draft.seen:
            draft.offered = offer.slots
            await self.pick(turn, offer.slots[0])
            return
        first = not draft.seen
        draft.offered = offer.slots
        draft.seen = [*draft.seen, *(slot.slot_id for slot in offer.slots)]
        if offer.near and offer.why_none in ("closed", "too_soon"):
            turn.say(f"none_{offer.why_none}")
            self.show(turn, "offer_nearest", near=True)
            return
        self.show(turn, "offer_near" if offer.near else "offer" if first else "offer_more", near=offer.near)

    async def nothing_free(self, turn: Turn) -> None:
        """No time is left to show: ask for other days."""
        draft = turn.open_draft
        turn.say("none_left" if draft.seen else "none_free", visit=self.kind(turn))
        draft.wished, draft.windows, draft.asap, draft.exact = draft.windows, [], False, False
        draft.forget_search()
        self.ask_when(turn)
        turn.bubbles[-1].choices.append(turn.button("to_waitlist", "waitlist"))

    def show(self, turn: Turn, key: str, near: bool = False) -> None:
        """Show the offered times; `key` is the sentence above them. near: they are not when the patient asked for."""
        draft = turn.open_draft
        draft.asked = "slot"
        choices = [slot_choice(turn, slot) for slot in draft.offered]
        choices.append(turn.button("other_times", "more", "more"))
        if near:
            choices.append(turn.button("to_waitlist", "waitlist"))
        turn.ask(key, "choice", choices, progress=self.progress(turn), visit=self.kind(turn))

    async def slot_chosen(self, turn: Turn, slot_id: str) -> None:
        """A slot's button. One of an earlier offer still counts while it is free."""
        draft = turn.open_draft
        slot = next((slot for slot in draft.offered if slot.slot_id == slot_id), None)
        if slot:
            await self.pick(turn, slot)
        else:
            turn.say("stale")
            await self.ask(turn)

    async def pick(self, turn: Turn, slot: Slot) -> None:
        """Hold a slot, say until when, and go on."""
        draft = turn.open_draft
        if draft.picked and draft.picked.slot_id != slot.slot_id:
            await self.unpick(turn)
        if await self._hold(turn, slot):
            assert draft.hold
            draft.misses = 0
            until = clock_time(draft.hold.expires_at, slot.tz, turn.language)
            turn.say("holding", visit=visit(slot, turn.clinic, turn.language, turn.today()), until=until)
            await self.proceed(turn)

    async def keep_hold(self, turn: Turn) -> bool:
        """See that the picked slot is still held, or hold it again. False: it is gone, and another offer was made."""
        draft = turn.open_draft
        assert draft.picked
        if draft.hold and draft.hold.ends > turn.now() + RENEW:
            return True
        return await self._hold(turn, draft.picked)

    async def _hold(self, turn: Turn, slot: Slot) -> bool:
        draft = turn.open_draft
        key = draft.key(turn.said.message_id, "hold")
        token = turn.token
        try:
            hold = await turn.call(turn.desk.backend.hold, slot.slot_id, turn.conversation, key, turn.channel, token)
        except (SlotTaken, NotBookable) as error:
            await self.taken(turn, slot, error)
            return False
        draft.hold, draft.picked = hold, slot
        return True

    async def taken(self, turn: Turn, slot: Slot, error: Refused) -> None:
        """Somebody else was quicker, or the clinic's rules say no by now: say so and offer the next."""
        draft = turn.open_draft
        turn.say("taken" if isinstance(error, SlotTaken) else "not_bookable")
        draft.picked, draft.hold, draft.exact = None, None, False
        draft.seen = [*draft.seen, slot.slot_id]
        fresh = [
            other for other in error.alternatives if other.service == draft.visit_type and other.slot_id != slot.slot_id
        ]
        if fresh:
            draft.offered = fresh[: offers.SHOWN]
            draft.seen += [other.slot_id for other in draft.offered]
            self.show(turn, "offer_next")
        else:
            await self.offer(turn)
