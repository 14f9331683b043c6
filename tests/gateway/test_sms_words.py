"""Opt-out words: none missed, and ordinary texts left alone. The labelled lists are the specification."""

from __future__ import annotations

import json
import re

import pytest
from ruamel.yaml import YAML

from gateway.sms import words
from tests.gateway.front_door import ROOT

REVOCATIONS = """stop|STOP|Stop.|stop!!|"Stop"|stop please|please stop|Pls stop|stop stop stop|STOPALL|stopall|unsubscribe|Unsubscribe me|cancel|CANCEL|Cancel.|end|END|quit|revoke|optout|opt out|opt-out|Opt Out please|OPT OUT
stop texting me|Stop texting me!!!|please stop texting this number|stop messaging me|stop sending me texts|stop sending these messages|stop sending me these|stop the texts|stop all texts|stop all messages please|stop contacting me|stop these texts now|stop with the texts|stop spamming me|stop bothering me|stop harassing me
don't text me|dont text me anymore|do not text me|do not contact me|do not contact this number|Don’t text me again|never text me again|never contact me|don't message me|do not send me messages|don't send any more texts
no more texts|no more messages please|no more reminders|take me off your list|take me off the list|take me off|remove me from your list|remove me|remove my number|please remove my number from your list|delete my number|get me off this list
i don't want these texts|i do not want to receive messages|I don't want to get texts anymore|i dont want any more texts from you|I do not wish to receive these messages|i want to opt out|I am opting out|opt me out|i'd like to unsubscribe|please unsubscribe|leave me alone|lose my number|i revoke my consent|revoke consent|withdraw my consent|wrong number, stop|wrong number please stop texting
alto|ALTO|parar|pare|basta|no más mensajes|no mas mensajes|no más textos|no me envíe más mensajes|no me envien mensajes|no me manden más mensajes|no quiero recibir mensajes|no quiero más mensajes|no me escriban más|deje de enviarme mensajes|dejen de mandarme textos|deje de escribirme|dejen de molestarme|cancelar|quíteme de la lista|quitenme de su lista|borre mi número|darme de baja|dar de baja|quiero darme de baja|den me de baja|detener|no me contacten|ya no más"""
ORDINARY = """I can stop by at 9|stop by at 9|can I stop by tomorrow?|I'll stop in on Tuesday|do I have to stop my medication?|should I stop taking lexapro before the session|when does the session stop|bus stop is far|the pain won't stop|my headaches stop after an hour|can we stop early|I want to stop treatment|do i need to stop driving|I had to stop at the store, running late|non stop headache|where is the stop|full stop
cancel my appointment|I need to cancel Tuesday|please cancel my appointment|can you cancel my 3pm|cancel tomorrow's session|I have to cancel|need to cancel and rebook|how do I cancel|what is your cancellation policy|cancelar mi cita|quiero cancelar mi cita del martes|necesito cancelar mañana|cancel the consultation
when does it end|at the end of the month|end of day works|the weekend|week's end is fine|I quit smoking|I quit my job, does insurance matter|quitting smoking with tms|is there an information packet|help me book|can you help me|I need help with scheduling|help with insurance|necesito ayuda con mi cita|start time please|when do we start|I want to start treatment|yes please|yes that works|yes 3pm|start on monday|let's start next week|can I start soon
did you get my text|I didn't get a text|I can't get texts on this phone|text me the address|can you text me the address|send me a message|send me the directions|please text me tomorrow|you can text me anytime|I got your message|thanks for the message|do you send reminders|will I get a reminder|can I get reminders|why did I get this message?|is this message from the clinic|who is texting me|message me later
take me off the waitlist|remove me from the waitlist|remove my friday appointment|take my name down|delete my appointment|opt out of the study|I'm out of town|no more than two sessions a week|no more pain|no|nope|no thanks|no thank you|n|y|yes|1|2|3|ok|okay|k|hi|hello|hola|gracias|thanks|thank you|👍|❤️
what about tuesday|do you have anything tomorrow morning|next week works|3pm|tuesday at 2|I need to move my appointment|can I reschedule|running 10 minutes late|where do I park|how much does it cost|do you take medicare|does it hurt|what is tms|how long is a session|I'm outside|on my way|can my wife come|I have a metal implant|am I too old|what's the address|is dr sample in|what time do you open|are you open saturday|Ann Example|05/14/1980|612-555-0188|my name is Stop|no me duele|no puedo ir mañana|no tengo seguro|no sé|no quiero ir el martes|no entiendo|mañana por la tarde|¿cuánto cuesta?|¿duele?|alto riesgo|soy alto|la presión alta|tengo dolor, no para|parar de fumar ayuda?|basta con una sesión?|base de datos|trabajo de noche|quiero una cita|quiero cambiar mi cita|necesito una consulta|the doctor told me to stop|please don't stop the session|will it stop the pain|where do I send my insurance card|don't text my husband"""


def lines(text: str) -> list[str]:
    return [part for part in text.replace("\n", "|").split("|") if part]


@pytest.mark.parametrize("text", lines(REVOCATIONS))
def test_a_revocation_is_never_missed(text: str) -> None:
    assert words.revokes(text)


def test_ordinary_texts_are_hardly_ever_taken_for_one() -> None:
    """Both error rates, over the lists above and over everything that patients are known to say about anything else."""
    revocations, ordinary = lines(REVOCATIONS), lines(ORDINARY)
    missed = [text for text in revocations if not words.revokes(text)]
    wrong = [text for text in ordinary if words.revokes(text)]
    trained = [text for intent, text in training_texts() if intent != "opt_out"]
    wrong_of_trained = [text for text in trained if words.revokes(text)]
    asked = [text for intent, text in training_texts() if intent == "opt_out"]
    left_to_the_bot = [text for text in asked if not words.revokes(text)]
    print(
        json.dumps(
            {
                "revocations": len(revocations), "missed": len(missed),
                "near_misses": len(ordinary), "false_stops": len(wrong),
                "training_texts": len(trained), "false_stops_of_these": len(wrong_of_trained),
                "training_revocations": len(asked), "left_to_the_bot": len(left_to_the_bot),
            }
        )
    )  # fmt: skip
    assert missed == []
    assert len(ordinary) >= 150
    assert len(wrong) <= len(ordinary) // 100, wrong
    assert len(trained) > 10_000
    assert len(wrong_of_trained) <= len(trained) // 1000, wrong_of_trained
    assert len(left_to_the_bot) <= len(asked) // 5, left_to_the_bot


def training_texts() -> list[tuple[str, str]]:
    """(intent, text) of every example that the bot is trained on, entity marks taken off."""
    marks = re.compile(r"\[([^\]]*)\](?:\([^)]*\)|\{[^}]*\})")
    found = []
    for path in sorted((ROOT / "data" / "nlu").glob("*.yml")):
        for item in YAML(typ="safe").load(path)["nlu"]:
            for line in str(item["examples"]).splitlines() if "intent" in item else ():
                text = marks.sub(r"\1", line.strip().removeprefix("- ").strip())
                found += [(item["intent"], text)] if text else []
    return found


@pytest.mark.parametrize("word", sorted(words.STOP))
def test_every_word_in_every_dress(word: str) -> None:
    for shape in ("{}", "{} ", " {}", "{}.", "{}!", "\t{}\n"):
        for case in (str.lower, str.upper, str.title):
            assert words.keyword(shape.format(case(word))) == "stop", (shape, case)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("STOP", "stop"), (" stop ", "stop"), ("stop.", None), ("opt out", None), ("YES", "start"), ("Help", "help")],
)
def test_what_twilio_itself_acts_on(text: str, expected: str | None) -> None:
    assert words.twilio_keyword(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Liked “Reply 2 to change”",
        'Loved "Your visit is Tue Dec 1"',
        "Laughed at “Which time?”",
        "Emphasized “Which time?”",
        "Disliked “Which time?”",
        "Questioned “Which time?”",
        "Reacted 👍 to “Reply with a number: 1 Tue”",
        "Removed a heart from “Which time?”",
        "Liked an image",
        "Le gustó “¿Qué hora?”",
    ],
)
def test_reactions_are_recognised(text: str) -> None:
    assert words.is_reaction(text)


@pytest.mark.parametrize("text", ["I liked the place", "Loved it, thanks", "liked", "Questioned my insurance"])
def test_liking_something_is_no_reaction(text: str) -> None:
    assert not words.is_reaction(text)


def test_base64_bodies_are_read() -> None:
    import base64

    text = "I need to move my appointment to Tuesday, please. Is that possible?"
    assert words.decoded(base64.b64encode(text.encode()).decode()) == text
    for plain in ("hello", "A" * 44, "word " * 12, "abcd" * 11):
        assert words.decoded(plain) == plain
