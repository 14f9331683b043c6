"""Answers that change nothing: curated ones by the name of their response, and the clinic's own facts."""

from __future__ import annotations

from actions import clinic_facts
from actions.safely import Safely
from actions.turn import Turn
from clinic.topic_titles import choice

SHORT = (
    "greet", "thanks", "goodbye", "bot_identity", "help", "opt_out", "out_of_scope", "diagnosis_request", "medication_advice",
    "third_party_appointment",
)  # fmt: skip
FACTS = ("hours", "location", "contact", "insurance_accepted", "price", "privacy", "human")
PLAIN = ("bot_identity", *FACTS)
"""Intents that stay questions inside a task."""
NOT_CONTENT = {
    "fallback",
    "book",
    "availability",
    "reschedule",
    "cancel",
    "my_appointment",
    "confirm",
    "waitlist",
    "course",
}


async def answer(turn: Turn, topic: str) -> bool:
    """Answer a topic (a slug, or an intent's name). False when it has no answer of its own."""
    if topic == "two_questions":
        for slug in turn.said.topics[:2]:
            await answer(turn, slug)
        return bool(turn.bubbles)
    if topic == "faq":
        topic = turn.said.topic or ""
    if topic in FACTS:
        clinic_facts.tell(turn, topic)
        return True
    if topic in SHORT:
        turn.answer(f"utter_{topic}")
        return True
    if not topic or topic in NOT_CONTENT:
        return False
    turn.answer(f"utter_faq/{topic}")
    turn.last_topic = topic
    return True


def did_you_mean(turn: Turn) -> None:
    """Offer the topics a doubtful message may have meant."""
    topics = [topic for topic in turn.said.topics[:3] if topic != "human"]
    choices = [*(choice(topic, turn.language) for topic in topics), turn.link("to_human", "/human")]
    key = "did_you_mean_again" if turn.just_said("did_you_mean") else "did_you_mean"
    turn.ask(key, None, choices, meta={"topic": "did_you_mean"})


class ActionDidYouMean(Safely):
    """Offers topics."""

    def name(self) -> str:
        return "action_did_you_mean"

    async def respond(self, turn: Turn) -> None:
        if turn.said.topics:
            did_you_mean(turn)
        else:
            turn.answer("utter_nlu_fallback")


class ActionTwoQuestions(Safely):
    """Answers both questions of a message."""

    def name(self) -> str:
        return "action_two_questions"

    async def respond(self, turn: Turn) -> None:
        if not await answer(turn, "two_questions"):
            turn.answer("utter_nlu_fallback")
