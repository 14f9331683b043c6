"""All skills by their slug. A skill is made anew for each turn: it keeps nothing."""

from __future__ import annotations

from actions.book import Book
from actions.cancel import Cancel
from actions.confirm import Confirm
from actions.course import Course
from actions.human import Human
from actions.my_appointment import MyAppointment
from actions.reschedule import Reschedule
from actions.skill import Skill
from actions.waitlist import Waitlist

SKILLS: dict[str, type[Skill]] = {
    kind.slug: kind for kind in (Book, Cancel, Confirm, Course, Human, MyAppointment, Reschedule, Waitlist)
}
ALSO = {"availability": "book"}
"""Intents that open a skill of another name."""


def skill(slug: str) -> Skill | None:
    """The skill that owns a task; None for an unknown one."""
    kind = SKILLS.get(slug)
    return kind() if kind else None


def skill_for(topic: str) -> Skill | None:
    """The skill that an intent or topic opens."""
    return skill(ALSO.get(topic, topic))
