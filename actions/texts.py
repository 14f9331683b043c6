"""Whether a visitor on the web may be sent text messages: a question of its own, asked once, after what they came for is done.

Only where text messages can go out at all.

Giving a number to be called on is no consent to texts. What is asked names who would write, what and how often, what it costs and
how to end it, and nothing depends on the answer (CTIA's messaging principles; 47 CFR 64.1200(f)(9)). Who writes from the
number itself has given it and is not asked; who opted out stays so, whatever is typed into a chat.
"""

from __future__ import annotations

from actions import said
from actions.problems import NotFound
from actions.turn import Turn
from clinic.config import display_phone

WORDING = "web-2026-11-a"
"""Changes with every change of the sentences that ask (a test holds them together); kept with each answer."""

ASKED = "texts"
YES, NO = "texts:yes", "texts:no"
WANTED = said.phrases("""text me, text me please, yes text me, please text me, you can text me, you may text me, texts are fine, text is fine,
yes to texts, send me texts, mandeme mensajes, envieme mensajes, si mandeme mensajes, si envieme mensajes""")
UNWANTED = said.phrases("""no texts, no texts please, dont text me, do not text me, please dont text me, no messages, no text messages,
sin mensajes, no quiero mensajes, no me mande mensajes, no me envie mensajes""")
POLITE = said.phrases("""ok, okay, k, great, perfect, good, fine, thats fine, all good, sounds good, looks good, bien, perfecto, vale, correct,
that works, works, keep it, confirm, confirmed""")
"""What people say to a good end, too: no yes to anything."""


def unasked(turn: Turn, agreed: bool | None) -> bool:
    """Whether there is something to ask. `agreed`: what scheduling knows of the number; None while nobody was asked."""
    return agreed is None and turn.channel == "web" and turn.desk.texts


def ask(turn: Turn, key: str, phone: str) -> None:
    """Ask, as the last thing of the turn. `key`: the sentence that says what the texts would be about."""
    draft = turn.open_draft
    draft.asked, draft.phone = ASKED, phone
    number, clinic = display_phone(phone), turn.clinic.short_name
    turn.add(f"{turn.sentence(key, number=number)} {turn.sentence('texts_what', clinic=clinic, count=_usual(turn))}")
    if turn.clinic.facts.privacy_url:
        turn.say("texts_privacy", url=turn.clinic.facts.privacy_url)
    turn.ask("texts_terms", "yes_no", [turn.button("texts_yes", YES), turn.button("texts_no", NO)])


async def use(turn: Turn, declined: str, bare_yes: bool = True) -> bool:
    """Take the answer and keep it. False when the message is none: then nothing was agreed to.

    `declined`: the sentence that follows a no. `bare_yes`: whether a "yes" and no more can be meant for this question.
    """
    wanted = _wanted(turn, bare_yes)
    if wanted is None:
        return False
    phone = turn.open_draft.phone or ""
    try:
        key = turn.open_draft.key(turn.said.message_id, "texts")
        await turn.call(turn.desk.backend.texts, turn.conversation, phone, wanted, WORDING, key)
    except NotFound:
        turn.say("texts_not_kept")
    else:
        turn.say("texts_wanted" if wanted else declined, number=display_phone(phone))
    turn.open_draft.phone = None
    turn.expects = None
    turn.close()
    return True


def only_polite(text: str) -> bool:
    """Whether it is what people say to any good end."""
    return said.among(text, POLITE)


def _wanted(turn: Turn, bare_yes: bool) -> bool | None:
    """What the message answers; None when it is no clear answer to this question."""
    text, choice = turn.said.text, turn.said.choice
    if choice or not text:
        return {YES: True, NO: False}.get(choice or "")
    if said.no(text) or said.stop(text) or said.among(text, UNWANTED):
        return False
    if said.among(text, WANTED):
        return True
    return True if bare_yes and said.yes(text) and not only_polite(text) else None


def _usual(turn: Turn) -> int:
    """The confirmation and every reminder."""
    return 1 + len(turn.clinic.messages.reminder_days)
