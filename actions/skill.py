"""A skill: one thing a patient can get done. It owns the talk while its task is open."""

from __future__ import annotations

from abc import ABC, abstractmethod

from actions import said
from actions.backend import booking_key, moving_key
from actions.draft import Draft
from actions.problems import BackendError, HoldUsed
from actions.turn import Turn

MISSES = 3


class Skill(ABC):
    """One per file; stateless. `slug` is the intent that opens it and the value of the slot `task`."""

    slug: str
    own_topics: tuple[str, ...] = ()
    """Topics of other skills that inside this task are part of it."""

    @abstractmethod
    async def begin(self, turn: Turn) -> None:
        """Open the task with what the first message said."""

    @abstractmethod
    async def go_on(self, turn: Turn) -> bool:
        """Use a message inside the task; False when it was no answer to anything asked, and nothing was said."""

    @abstractmethod
    async def ask(self, turn: Turn) -> None:
        """Ask the open question again, with its choices."""

    async def begin_again(self, turn: Turn) -> None:
        """Open the task anew after "start over", with nothing kept."""
        turn.draft = Draft(task=self.slug)
        await self.ask(turn)

    async def try_again(self, turn: Turn) -> bool:
        """Do again what scheduling gave no answer to. False when there is nothing to do but to ask."""
        return False

    async def find_out(self, turn: Turn) -> bool:
        """Look up what became of the change `turn.unsure`, and tell it when it was made. False: it was not, as far as one can see."""
        return False

    def claims(self, turn: Turn) -> bool:
        """Whether the message belongs to this task although it looks like a question of its own."""
        return False

    def means_yes(self, turn: Turn) -> bool:
        """Whether a word like "cancel it" is the yes that this task waits for."""
        return False

    async def back(self, turn: Turn) -> None:
        """Return to the question before; without one the same is asked again."""
        await self.ask(turn)

    async def leave(self, turn: Turn) -> None:
        """Let go of what the task keeps busy. Raises HoldUsed when it has become a visit: the patient must hear of it first."""
        if turn.draft and turn.draft.hold:
            hold, turn.draft.hold = turn.draft.hold, None
            try:
                await turn.call(turn.desk.backend.release, hold.hold_id)
            except HoldUsed:
                turn.draft.hold = hold
                raise
            except BackendError:
                return  # it expires by itself
            if turn.unsure in (booking_key(hold.hold_id), moving_key(hold.hold_id)):
                turn.unsure = None  # no late request can use it any more

    async def stop(self, turn: Turn) -> None:
        """The patient does not want it any more."""
        await self.leave(turn)
        turn.finish()
        turn.say(f"{self.slug}_stopped")
        turn.close([turn.link("to_book", "/book"), turn.link("to_help", "/help")])

    async def miss(self, turn: Turn) -> None:
        """The message was no answer: say what is needed; after some tries also offer a person."""
        assert turn.draft
        if said.afraid(turn.said.text):
            turn.say("understandable")
            await self.ask(turn)
            return
        turn.draft.misses += 1
        key = f"miss_{turn.draft.asked}"
        turn.say(key if turn.has_sentence(key) else "miss")
        if turn.draft.misses >= MISSES:
            turn.say("miss_call")
        await self.ask(turn)


def opened(turn: Turn, slug: str) -> Draft:
    """A new draft of this task; what the patient said about themselves in the task before is kept."""
    before = turn.draft
    turn.draft = Draft(task=slug)
    if before:
        turn.draft.name, turn.draft.date_of_birth, turn.draft.phone = before.name, before.date_of_birth, before.phone
    return turn.draft
