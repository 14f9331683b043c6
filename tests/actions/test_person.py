"""What a patient answers when asked for a name: names with ordinary words in them are names, ordinary words are none."""

from __future__ import annotations

import pytest

from actions.person import name


@pytest.mark.parametrize(
    "text",
    [
        "Will Young",
        "Long Nguyen",
        "Maria de la Cruz",
        "María del Mar El Khoury",
        "Kim Mi Sun",
        "Ana Day",
        "Joy Good",
        "May",
    ],
)
def test_a_name_with_an_ordinary_word_in_it_is_a_name(text: str) -> None:
    assert name(text) == name(f"my name is {text}") == text
    assert name(text.lower()) == text.title()


@pytest.mark.parametrize(
    "text",
    [
        "thanks",
        "Thanks a lot",
        "too far away",
        "mornings on weekdays",
        "any time",
        "hello",
        "bye",
        "gracias",
        "por la tarde",
        "sounds good",
        "will call later",
        "the second one",
        "la primera",
        "first",
        "wait",
        "I'm scared",
    ],
)
def test_ordinary_words_are_no_name(text: str) -> None:
    assert name(text) is None
