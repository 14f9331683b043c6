"""Skills about a patient's own visits: first make sure who it is, then find out which visit is meant."""

from __future__ import annotations

from abc import abstractmethod

from actions import identity, offers, said
from actions.confirmation import line
from actions.problems import NotVerified
from actions.skill import Skill, opened
from actions.turn import Turn
from actions.visits import Appointment, Slot


class OwnVisits(Skill):
    """asked: name, date_of_birth, phone, code, visit, and what the skill itself asks. `draft.visits` are the upcoming ones."""

    needs_one = True
    """Whether one visit must be chosen when there are several."""

    @abstractmethod
    async def act(self, turn: Turn) -> None:
        """Go on with `draft.visit` (or, without `needs_one`, with `draft.visits`)."""

    async def use(self, turn: Turn) -> bool:
        """Use a message for the skill's own questions. False when it was no answer."""
        return False

    async def chosen(self, turn: Turn, choice: str) -> bool:
        """Use a button of the skill's own. False when it does not fit any more."""
        return False

    async def begin(self, turn: Turn) -> None:
        draft = opened(turn, self.slug)
        draft.old_windows = list(turn.said.when.old_windows)
        draft.windows = list(turn.said.when.windows)
        draft.asap, draft.exact = turn.said.when.asap, turn.said.when.exact
        await identity.use(turn)
        await self.proceed(turn)

    async def go_on(self, turn: Turn) -> bool:
        draft, choice = turn.open_draft, turn.said.choice
        if choice == "stop":
            await self.stop(turn)
            return True
        if choice and choice.startswith("visit:"):
            draft.visit = next((one for one in draft.visits if one.appointment_id == choice[6:]), None)
            await self.proceed(turn)
            return True
        if draft.asked in identity.STEPS:
            if not await identity.use(turn):
                return False
            if turn.draft is draft and not turn.asked:
                await self.proceed(turn)
            return True
        if draft.asked == "visit" and self._named(turn):
            await self.proceed(turn)
            return True
        if choice:
            if not await self.chosen(turn, choice):
                turn.say("stale")
                await self.ask(turn)
            return True
        return await self.use(turn)

    async def look_up(self, turn: Turn, key: str) -> Appointment | None:
        """The open draft's visit as the change with this key left it; None when there was no such change."""
        visit = turn.open_draft.visit
        return await turn.call(turn.desk.backend.outcome, visit.appointment_id, key) if visit else None

    async def proceed(self, turn: Turn) -> None:
        """Ask for the next thing that is missing, or act."""
        draft = turn.open_draft
        if not await identity.ensure(turn):
            return
        if not draft.visits and not await self._load(turn):
            return
        if self.needs_one and draft.visit is None:
            draft.visit = self._meant(turn)
            if draft.visit is None:
                self._ask_visit(turn)
                return
        await self.act(turn)

    async def ask(self, turn: Turn) -> None:
        await self.proceed(turn)

    async def back(self, turn: Turn) -> None:
        draft = turn.open_draft
        if draft.asked in identity.STEPS:
            place = identity.STEPS.index(draft.asked)
            if place:
                draft.challenge = None
                setattr(draft, identity.STEPS[place - 1], None)
        elif len(draft.visits) > 1:
            draft.visit = None
            draft.old_windows = []
        await self.proceed(turn)

    async def _load(self, turn: Turn) -> bool:
        """Read the upcoming visits. False: there are none, or the proof has run out; the next thing was said."""
        draft = turn.open_draft
        try:
            draft.visits = await turn.call(turn.desk.backend.visits, turn.token or "")
        except NotVerified:
            turn.verified, draft.challenge = None, None
            await identity.ensure(turn)
            return False
        if draft.visits:
            return True
        turn.finish()
        turn.say("no_visits")
        turn.close([turn.link("to_book", "/book"), turn.link("to_human", "/human")])
        return False

    def _meant(self, turn: Turn) -> Appointment | None:
        """The only upcoming visit, or the one that was named by its old time."""
        draft = turn.open_draft
        if len(draft.visits) == 1:
            return draft.visits[0]
        windows = draft.old_windows
        hits = [one for one in draft.visits if windows and offers.within(as_slot(one), windows)]
        return hits[0] if len(hits) == 1 else None

    def _ask_visit(self, turn: Turn) -> None:
        draft = turn.open_draft
        draft.asked = "visit"
        choices = [turn.choice(line(turn, one), f"visit:{one.appointment_id}") for one in draft.visits[:6]]
        turn.ask(f"which_{self.slug}", "choice", choices)

    def _named(self, turn: Turn) -> bool:
        """Whether the message names one of the visits: by number, by time, by day."""
        draft, text = turn.open_draft, turn.said.text
        place = said.number(text, min(len(draft.visits), 6))
        if place:
            draft.visit = draft.visits[place - 1]
            return True
        windows = (*turn.said.when.windows, *turn.said.when.old_windows)
        hits = [one for one in draft.visits if windows and offers.within(as_slot(one), windows)]
        if len(hits) != 1:
            return False
        draft.visit = hits[0]
        return True


def as_slot(visit: Appointment) -> Slot:
    """A visit's time as a slot, for comparing."""
    return Slot("", visit.service, visit.location, visit.start, visit.end, visit.tz)
