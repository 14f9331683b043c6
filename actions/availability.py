"""Asking which times are free: the same search as booking, for the visit anyone may book when none is named."""

from __future__ import annotations

from actions.book import Book
from actions.safely import Safely
from actions.skill import opened
from actions.turn import Turn


class ActionAvailability(Safely):
    """Shows free times; a picked one becomes a booking."""

    def name(self) -> str:
        return "action_availability"

    async def respond(self, turn: Turn) -> None:
        await Availability().begin(turn)


class Availability(Book):
    """Opens a booking with a search: whoever only asks hears times first, and is asked nothing that is not needed for it."""

    async def begin(self, turn: Turn) -> None:
        draft = turn.draft if turn.draft and turn.draft.task == self.slug and not turn.draft.over else None
        draft = draft or opened(turn, self.slug)
        if draft.visit_type is None and turn.said.visit_type is None:
            anyone = [kind.id for kind in turn.clinic.visit_types if kind.self_book == "anyone"]
            draft.visit_type = anyone[0] if anyone else None
        if not turn.said.when and not draft.windows:
            draft.asap = True
        await super().begin(turn)
