"""Making sure who somebody is, before anything about their visits is told or changed."""

from __future__ import annotations

from actions.turn import Turn

CODE = "code"
CHOICES = ("resend", "no_code")


async def ensure(turn: Turn) -> bool:
    """True when the person is verified; else the next step was asked, or the task ended."""
    if turn.verified:
        return True
    turn.finish()
    turn.say("staff_verified")
    turn.close([turn.link("to_human", "/human")])
    return False


async def code_given(turn: Turn) -> bool:
    """Whether the message was a code that counted."""
    return False


async def chosen(turn: Turn, choice: str) -> None:
    """A button under the question for the code."""
    turn.say("miss")


def ask_code(turn: Turn) -> None:
    """Ask for the code again."""
    turn.ask("ask_code", "code")
