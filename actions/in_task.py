"""A message while a task is open: the task uses it, or it is answered and the open question is asked again in the same turn."""

from __future__ import annotations

from actions import answers, details, person, said
from actions.backend import booking_key
from actions.book import Book
from actions.details import LIKE_A_DATE
from actions.draft import Draft
from actions.problems import HoldUsed, Unreachable
from actions.safely import Safely
from actions.skill import MISSES, Skill
from actions.skills import skill, skill_for
from actions.turn import Turn
from actions.waitlist import Waitlist

SURE = 0.5
"""Confidence from which a message that the task could not use is taken for what understanding thinks it is."""
SWITCH = 0.75
"""Confidence from which a message that names another task leaves the open one."""


class ActionInTask(Safely):
    """One turn of an open task."""

    def name(self) -> str:
        return "action_in_task"

    async def respond(self, turn: Turn) -> None:
        owner = skill(turn.draft.task) if turn.draft else None
        if turn.draft is None or owner is None:
            await nothing_open(turn)
            return
        before = Draft.read(turn.draft.as_json())
        try:
            if turn.unsure and await self._found_out(turn, owner):
                return
            await self._take(turn, owner)
        except HoldUsed:
            # The hold that was to be given back is a visit: a yes had booked it, and its answer was lost.
            turn.bubbles.clear()
            turn.draft = before
            assert before
            assert before.hold
            turn.unsure = booking_key(before.hold.hold_id)
            if not await Book().find_out(turn):
                raise

    @staticmethod
    async def _found_out(turn: Turn, owner: Skill) -> bool:
        """Look up a change whose outcome is unknown before the message may do anything else; True when it was told.

        A plain question is answered even while that cannot be looked up, and together with what was found.
        """
        question = turn.is_plain_question and not turn.said.choice
        booking = (turn.unsure or "").startswith(booking_key(""))
        try:
            found = await (Book() if booking else owner).find_out(turn)
        except Unreachable:
            if not question:
                raise
            return False
        if found and question:
            await new_matter(turn)
        return found

    async def _take(self, turn: Turn, owner: Skill) -> None:
        assert turn.draft
        if await self._command(turn, owner):
            return
        if turn.draft.over:
            if not await owner.go_on(turn):
                turn.finish()
                await new_matter(turn)
            return
        if owner.claims(turn) and await owner.go_on(turn):
            return
        if switched := self._other_task(turn, owner):
            await owner.leave(turn)
            await switched.begin(turn)
            return
        if turn.said.intent in answers.PLAIN and await answers.answer(turn, turn.said.intent):
            await owner.ask(turn)
            return
        if (
            turn.said.intent in ("faq", "two_questions")
            and not strong(turn)
            and await answers.answer(turn, turn.said.intent)
        ):
            await owner.ask(turn)
            return
        if await owner.go_on(turn):
            if turn.draft and turn.draft.task == owner.slug:
                turn.draft.misses = 0 if turn.asked else turn.draft.misses
            return
        topic = turn.said.topic
        if topic == "out_of_scope":
            if turn.open_draft.misses + 1 >= MISSES or len(turn.said.text.split()) < 3:
                await owner.miss(turn)
                return
            turn.open_draft.misses += 1
        if topic and turn.said.confidence >= SURE and await answers.answer(turn, topic):
            if turn.draft and not turn.asked:
                await owner.ask(turn)
            return
        await owner.miss(turn)

    @staticmethod
    async def _command(turn: Turn, owner: Skill) -> bool:
        """never mind, start over, go back, and the button that tries again."""
        text, choice = turn.said.text, turn.said.choice
        done = turn.open_draft.over
        if choice == "waitlist" and owner.slug != "waitlist":
            await owner.leave(turn)
            await Waitlist().begin(turn)
            return True
        if choice == "resume" and turn.open_draft.asked != "done":
            await owner.ask(turn)
            return True
        if choice == "again" or (said.again(text) and not done):
            if not await owner.try_again(turn):
                await owner.ask(turn)
        elif done:
            return False
        elif said.start_over(text):
            await owner.leave(turn)
            turn.draft = None
            turn.say("started_over")
            await owner.begin_again(turn)
        elif said.stop(text) and not owner.means_yes(turn):
            await owner.stop(turn)
        elif details.asks_why(turn):
            details.tell_why(turn)
            await owner.ask(turn)
        elif said.back(text):
            await owner.back(turn)
        else:
            return False
        return True

    @staticmethod
    def _other_task(turn: Turn, owner: Skill) -> Skill | None:
        """The skill that the message asks for instead of the open one: "actually, cancel my visit on Friday"."""
        heard, topic = turn.said, turn.said.topic or ""
        pressed = skill_for(heard.intent) if not heard.text and not heard.choice else None
        if pressed and pressed.slug != owner.slug:
            return pressed
        if heard.choice or heard.confidence < SWITCH or len(heard.text.split()) < 3:
            return None
        if said.yes(heard.text) or said.no(heard.text):
            return None
        if heard.phone or heard.date_of_birth or person.has_digits(heard.text) or LIKE_A_DATE.search(heard.text):
            # Details sound like a booking to understanding; here they answer the open question.
            return None
        other = skill_for(topic)
        if other is None or other.slug == owner.slug or topic in owner.own_topics:
            return None
        return other


def strong(turn: Turn) -> bool:
    """Whether the message carries something the open task asked for, question or not: "is Thursday at 3 free?"."""
    said_now, asked = turn.said, turn.open_draft.asked
    if asked in ("when", "slot", "visit_type"):
        return bool(said_now.when) and said_now.topic in (
            None,
            "fallback",
            "book",
            "availability",
            "reschedule",
            "waitlist",
        )
    return bool(getattr(said_now, asked, None)) if asked in ("name", "date_of_birth", "phone") else False


async def nothing_open(turn: Turn) -> None:
    """A button or a yes after its task has ended."""
    turn.say("nothing_open")
    turn.close([turn.link("to_book", "/book"), turn.link("to_help", "/help"), turn.link("to_human", "/human")])


async def new_matter(turn: Turn) -> None:
    """What comes after a finished task, by what understanding takes the message for."""
    topic = turn.said.topic or ""
    intent = turn.said.intent
    sure = turn.said.confidence >= SURE
    if (other := skill_for(intent)) or (sure and (other := skill_for(topic))):
        await other.begin(turn)
        return
    if intent in ("faq", "two_questions") and await answers.answer(turn, intent):
        return
    if turn.said.topics and intent == "did_you_mean":
        answers.did_you_mean(turn)
        return
    if not (sure and await answers.answer(turn, topic)):
        turn.answer("utter_nlu_fallback")
