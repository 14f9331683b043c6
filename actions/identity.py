"""Making sure who somebody is, before anything about their visits is told or changed.

Name, date of birth and phone number, then a one-time code that goes to the contact on file, never to a number typed now. What we
say is the same whether or not there is such a patient. A text message from the number on file proves that number, so no code is
needed there. A proof counts for minutes and only in this conversation (the service decides how long).
"""

from __future__ import annotations

import re

from actions import details, said
from actions.details import TooYoung
from actions.problems import CodeWrong, InvalidPatient, MatchExpired, TooManyCodes
from actions.turn import Turn
from actions.visits import Patient

CODE = "code"
CHOICES = ("resend", "no_code")
STEPS = (*details.ITEMS, CODE)
FAILURES = 5


async def ensure(turn: Turn) -> bool:
    """True when the person is verified; else the next thing was asked, or the task ended with staff's number."""
    draft = turn.open_draft
    if turn.verified:
        return True
    draft.phone = draft.phone or turn.visitor_phone
    item = details.missing(draft)
    if item:
        if draft.asked not in STEPS:
            turn.say("who")
        of = len(details.ITEMS) + (0 if turn.visitor_phone else 1)
        details.ask(turn, draft, item, first=1, of=of)
        return False
    if draft.challenge is None:
        try:
            return await _match(turn)
        except InvalidPatient as error:
            wrong = error.field if error.field in details.ITEMS else "name"
            setattr(draft, wrong, None)
            turn.say(f"wrong_{wrong}")
            details.ask(turn, draft, wrong, first=1, of=4)
            return False
        except TooManyCodes:
            await to_staff(turn)
            return False
    ask_code(turn, "ask_code_again")
    return False


async def use(turn: Turn) -> bool:
    """Use a message for the open step of the proof. True when it was used; then either something was asked or one can go on."""
    draft = turn.open_draft
    if draft.asked == CODE:
        return await code_given(turn)
    if draft.asked not in details.ITEMS:
        return False
    try:
        used, wrong = details.absorb(turn, draft)
    except TooYoung:
        used, wrong = True, None
    if wrong:
        turn.say(wrong)
    return used


async def code_given(turn: Turn) -> bool:
    """Check the code in the message. False when there is none in it."""
    draft, text = turn.open_draft, turn.said.text
    if turn.said.choice in CHOICES:
        await chosen(turn, turn.said.choice)
        return True
    words = said.plain(text)
    if re.search(
        r"\b(?:new code|resend|send (?:it|the code|me)|another code|otro codigo|nuevo codigo|reenvi\w+)\b", words
    ):
        await chosen(turn, "resend")
        return True
    if re.search(
        r"\b(?:(?:did ?n.?t|not|never|no) (?:get|got|received?|come|arrive)|no code|no (?:me )?(?:llego|llega))\b",
        words,
    ):
        await chosen(turn, "no_code")
        return True
    digits = re.sub(r"\D", "", text)
    if not 4 <= len(digits) <= 8:
        return False
    assert draft.challenge
    try:
        turn.verified = await turn.call(turn.desk.backend.verify, draft.challenge, digits)
    except CodeWrong:
        draft.failures += 1
        if draft.failures >= FAILURES:
            await to_staff(turn)
        else:
            turn.say("code_wrong")
            ask_code(turn, "ask_code_again")
        return True
    except TooManyCodes:
        await to_staff(turn)
        return True
    except MatchExpired:
        turn.say("code_late")
        draft.challenge = None
        await ensure(turn)
        return True
    draft.challenge, draft.failures, draft.misses = None, 0, 0
    return True


async def chosen(turn: Turn, choice: str) -> None:
    """A button under the question for the code."""
    draft = turn.open_draft
    if choice == "no_code":
        turn.say("no_code")
        ask_code(turn, "ask_code_again")
        return
    try:
        assert draft.challenge
        await turn.call(turn.desk.backend.send_code, draft.challenge, turn.language)
    except TooManyCodes:
        await to_staff(turn)
        return
    except MatchExpired:
        draft.challenge = None
        await ensure(turn)
        return
    ask_code(turn, "ask_code_new")


def ask_code(turn: Turn, key: str = "ask_code") -> None:
    """Ask for the code."""
    turn.open_draft.asked = CODE
    choices = [turn.button("resend", "resend"), turn.button("no_code_button", "no_code")]
    turn.ask(key, "code", choices, progress=(4, 4))


async def to_staff(turn: Turn) -> None:
    """Too many tries: staff go on from here."""
    turn.finish()
    turn.say("too_many_codes")
    turn.close([turn.link("to_human", "/human")])


async def _match(turn: Turn) -> bool:
    """Ask the service who this is. A text from the number on file is proof; else a code is sent, or seems to be."""
    draft, backend = turn.open_draft, turn.desk.backend
    patient = Patient(draft.name or "", draft.date_of_birth or "", draft.phone or "")
    sender = turn.visitor_phone if turn.channel == "sms" else None
    found = await turn.call(backend.match, patient, turn.conversation, sender)
    if found.verified:
        turn.verified = found.verified
        return True
    draft.challenge = found.match_id
    await turn.call(backend.send_code, found.match_id, turn.language)
    draft.failures = 0
    ask_code(turn)
    return False
