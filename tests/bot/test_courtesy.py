"""Greetings, names and thanks around a message are taken off; what is said is not."""

from __future__ import annotations

import time

import pytest

from bot.courtesy import without


@pytest.mark.parametrize(
    ("text", "matter"),
    [
        ("Hello there, does it hurt?", "does it hurt?"),
        ("hey hows it work", "hows it work"),
        ("Dear North Loop clinic,\nmy knee hurts\n\nKind regards,\nAna Ruiz", "my knee hurts"),
        ("hi this is Maria, can I move my visit? ty!", "can I move my visit?"),
        ("My name is José Ruiz-Díaz. I need a consultation", "I need a consultation"),
        ("ok so, um, sorry to bother you but how long", "but how long"),
        ("Could I come on Monday?\n\n- Bob", "Could I come on Monday?"),
        ("buenas tardes doctora, una pregunta, ¿duele?", "¿duele?"),
        ("buenas, quiero una cita por favor", "quiero una cita"),
        ("Soy Ana Ruiz, quiero cambiar mi cita, gracias.", "quiero cambiar mi cita"),
        ("hi", ""),
        ("good morning, thanks!", "thanks!"),
    ],
)
def test_courtesy_goes(text: str, matter: str) -> None:
    assert without(text) == matter


@pytest.mark.parametrize(
    "text",
    [
        "",
        "so how many sessions are there",
        "listen to music in the chair?",
        "this is urgent, call me",
        "yo quiero una cita",
        "I'm sorry I missed my visit",
        "is a thank you letter needed?",
        "buenos aires",
        "higher dose?",
    ],
)
def test_what_is_said_stays(text: str) -> None:
    assert without(text) == text


def test_a_plea_goes_only_where_danger_is_listened_for() -> None:
    text = "I lost my form, can someone call me"
    assert (without(text), without(text, pleas=True)) == (text, "I lost my form")


def test_a_long_run_of_courtesy_takes_no_time() -> None:
    begun = time.process_time()
    assert without("hi, ok, well, " * 400 + "does it hurt?" + " thanks" * 9) == "does it hurt?"
    assert without("thanks " * 2000 + "x").endswith("x")
    assert without("hi " * 2000 + "- " * 2000).strip("- ") == ""
    assert time.process_time() - begun < 0.5
