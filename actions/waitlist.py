"""The waitlist: somebody who wants a time that is not free now is told when one is."""

from __future__ import annotations

from actions import details, identity, texts, visit_types
from actions.details import TooYoung
from actions.picking import PicksTimes
from actions.problems import InvalidPatient, KeyUsed, StaffDecide, UnderAge
from actions.safely import Safely
from actions.skill import opened
from actions.turn import Turn
from actions.visits import Patient


class Waitlist(PicksTimes):
    """asked: when, name, date_of_birth, phone, (code), (texts)."""

    slug = "waitlist"
    own_topics = ("book", "availability")

    async def begin(self, turn: Turn) -> None:
        before = turn.draft
        draft = opened(turn, self.slug)
        if before and before.task in ("book", "reschedule"):
            draft.visit_type, draft.location = before.visit_type, before.location
            draft.windows = before.windows or before.wished
        draft.visit_type = visit_types.mentioned(turn) or draft.visit_type or _anyone(turn)
        draft.location = turn.said.location or draft.location
        draft.windows = list(turn.said.when.windows) or draft.windows
        draft.asap = turn.said.when.asap
        try:
            details.absorb(turn, draft)
        except TooYoung:
            await self._too_young(turn)
            return
        await self.proceed(turn)

    async def go_on(self, turn: Turn) -> bool:
        draft, choice = turn.open_draft, turn.said.choice
        if draft.asked == texts.ASKED:
            if not await texts.use(turn, "texts_declined_waiting"):
                return False
            turn.finish()
        elif choice == "stop":
            await self.stop(turn)
        elif choice and choice.startswith("when:"):
            await self.when_chosen(turn, choice[5:])
            await self.proceed(turn)
        elif choice in identity.CHOICES or draft.asked == identity.CODE:
            if not await identity.use(turn):
                return False
            if turn.draft is draft and not turn.asked:
                await self.proceed(turn)
        elif choice:
            await self.proceed(turn)
        elif draft.asked == "when" and (turn.said.when or turn.said.when.problem):
            await self.new_search(turn)
            await self.proceed(turn)
        else:
            return await self._about(turn)
        return True

    async def _about(self, turn: Turn) -> bool:
        try:
            used, wrong = details.absorb(turn, turn.open_draft)
        except TooYoung:
            await self._too_young(turn)
            return True
        if wrong:
            turn.say(wrong)
        if used:
            await self.proceed(turn)
        return used

    async def proceed(self, turn: Turn) -> None:
        draft = turn.open_draft
        draft.phone = draft.phone or turn.visitor_phone
        draft.visit_type = draft.visit_type or _anyone(turn)
        kind = turn.clinic.visit_type(draft.visit_type or "")
        if kind.self_book != "anyone" and not turn.verified and not await identity.ensure(turn):
            return
        if not draft.windows and not draft.asap:
            draft.asked = "when"
            choices = [
                turn.button("any_time", "when:asap"),
                turn.button("when_mornings", "when:06:00-12:00"),
                turn.button("when_afternoons", "when:12:00-17:00"),
            ]
            turn.ask("ask_wait_when", "time", choices, visit=self.kind(turn))
            return
        item = None if turn.verified else details.missing(draft)
        if item:
            of = len(details.ITEMS) - (1 if turn.visitor_phone else 0)
            details.ask(turn, draft, item, first=1, of=of)
            return
        await self._join(turn)

    async def ask(self, turn: Turn) -> None:
        if turn.open_draft.asked == texts.ASKED:
            texts.ask(turn, "ask_texts_waiting", turn.open_draft.phone or "")
        else:
            await self.proceed(turn)

    async def _join(self, turn: Turn) -> None:
        draft = turn.open_draft
        patient = None if turn.verified else Patient(draft.name or "", draft.date_of_birth or "", draft.phone or "")
        key = turn.key("waitlist")
        reachable: bool | None = None
        try:
            reachable = await turn.change(
                key,
                turn.desk.backend.wait,
                draft.visit_type or "",
                draft.windows,
                draft.location,
                patient,
                turn.conversation,
                key,
                turn.channel,
                turn.language,
                turn.token,
                turn.visitor_phone,
            )
        except KeyUsed:
            pass  # an attempt whose answer was lost had put them on the list
        except UnderAge:
            await self._too_young(turn)
            return
        except InvalidPatient as error:
            item = error.field if error.field in details.ITEMS else "name"
            setattr(draft, item, None)
            turn.say(f"wrong_{item}")
            details.ask(turn, draft, item, first=1, of=3)
            return
        except StaffDecide:
            turn.finish()
            turn.say("staff_decide")
            turn.close([turn.link("to_human", "/human")])
            return
        self._joined(turn, reachable)

    def _joined(self, turn: Turn, reachable: bool | None) -> None:
        visit, phone = self.kind(turn), None if turn.verified else turn.open_draft.phone
        if phone and texts.unasked(turn, reachable):
            turn.say("waitlisted_only", visit=visit)
            turn.close(outcome={"kind": "waitlisted"})
            texts.ask(turn, "ask_texts_waiting", phone)
            return
        turn.finish()
        turn.say("waitlisted" if reachable and turn.desk.texts else "waitlisted_only", visit=visit)
        if reachable is False or not turn.desk.texts:
            turn.say("texts_declined_waiting")
        turn.close(outcome={"kind": "waitlisted"})

    async def _too_young(self, turn: Turn) -> None:
        turn.finish()
        turn.say("too_young", age=turn.clinic.booking.minimum_age)
        turn.close([turn.link("to_human", "/human")])


def _anyone(turn: Turn) -> str:
    kinds = turn.clinic.visit_types
    return next((kind.id for kind in kinds if kind.self_book == "anyone"), kinds[0].id)


class ActionWaitlist(Safely):
    """Opens the waitlist."""

    def name(self) -> str:
        return "action_waitlist"

    async def respond(self, turn: Turn) -> None:
        await Waitlist().begin(turn)
