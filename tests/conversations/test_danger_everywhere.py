"""In every step of every task, English and Spanish, web and SMS: danger gets the reply that `POST /safety` would give, and the
step stays open; ordinary words that sound like danger get no alarm there.
"""

from __future__ import annotations

import uuid
from typing import Any

import httpx
import pytest

from tests.house.patient import ANSWER_SECONDS
from tests.stack import Stack

pytestmark = pytest.mark.stack

PHONE = "+16125550148"
WALKS: dict[tuple[str, str], tuple[tuple[tuple[str, str], ...], ...]] = {
    ("en", "web"): (
        (
            ("I want to book a consultation", "time"),
            ("next tuesday afternoon", "choice"),
            ("the second", "name"),
            ("Ann Lee", "date_of_birth"),
            ("3/4/1980", "phone"),
            ("612-555-0123", "yes_no"),
        ),
        (
            ("when is my appointment?", "name"),
            ("Ann Berg", "date_of_birth"),
            ("3/4/1980", "phone"),
            ("612-555-0111", "code"),
        ),
    ),
    ("en", "sms"): ((("book a consult next tues afternoon", "choice"), ("2", "name"), ("Ann Lee", "date_of_birth"), ("3/4/1980", "yes_no")),),
    ("es", "web"): (
        (
            ("hola, quiero una consulta el próximo martes por la tarde", "choice"),
            ("la segunda", "name"),
            ("Ana Ruiz", "date_of_birth"),
            ("4 de marzo de 1980", "phone"),
            ("612-555-0177", "yes_no"),
        ),
    ),
    ("es", "sms"): ((("quiero una consulta el proximo martes en la tarde", "choice"), ("1", "name"), ("Ana Ruiz", "date_of_birth"), ("3/4/1980", "yes_no")),),
}  # fmt: skip
"""What the patient says, and what the bot then asks for."""
DANGER = {
    "en": (
        ("suicidal", "I will kill myself on 12/3 at 4:30, 612-555-0199"),
        ("suicidal_other", "my son says he wants to die, he is 14"),
        ("overdose", "I swallowed all 40 of my pills becuase I want to die"),
        ("poisoning", "my toddler swallowed my pills at 2:15"),
        ("seizure", "my husband is having a siezure right now"),
        ("medical", "I have crushing chest pain since 9"),
        ("violence", "there is a man with a gun in the lobby"),
        ("abuse", "my boyfriend hits me"),
        ("suicidal", "I wrote my goodbye letter and I have the rope"),
    ),
    "es": (
        ("suicidal", "el 3 de diciembre me voy a matar"),
        ("overdose", "me tomé 40 pastillas para morirme"),
        ("poisoning", "mi niño se tomó el cloro"),
        ("seizure", "mi hija está convulsionando"),
        ("medical", "me duele mucho el pecho y no puedo respirar"),
        ("abuse", "mi esposo me pega"),
        ("suicidal", "ya no tengo fuerzas para seguir en este mundo"),
    ),
}
"""The last of each language is heard by its likeness to other words alone, all others by rules as well."""
HARMLESS = {
    "en": ("this wait is killing me", "a friend died by suicide last year", "I have nobody to pick me up"),
    "es": ("me muero de sueño", "mi tía falleció en marzo"),
}


class Talk:
    """One conversation at the private channel."""

    def __init__(self, stack: Stack, lang: str, channel: str) -> None:
        self.http = httpx.Client(
            base_url=f"{stack.rasa}/webhooks/private",
            timeout=ANSWER_SECONDS,
            verify=False,  # plain HTTP: the certificates of all the world take 40 ms to read
            headers={"Authorization": f"Bearer {stack.tokens['BOT_TOKEN']}"},
        )
        self.lang, self.channel, self.conversation = lang, channel, str(uuid.uuid4())

    def __enter__(self) -> Talk:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def say(self, text: str) -> list[dict[str, Any]]:
        about = {"lang": self.lang} | ({"phone": PHONE} if self.channel == "sms" else {})
        body = {
            "conversation": self.conversation,
            "message_id": str(uuid.uuid4()),
            "channel": self.channel,
            "metadata": about,
        }
        answer = self.http.post("/turn", json=body | {"text": text}).raise_for_status()
        replies: list[dict[str, Any]] = answer.json()["replies"]
        return replies

    def check(self, text: str) -> dict[str, Any]:
        answer = self.http.post("/safety", json={"text": text, "channel": self.channel, "lang": self.lang})
        verdict: dict[str, Any] = answer.raise_for_status().json()
        return verdict


def expected(replies: list[dict[str, Any]]) -> str | None:
    return next((reply["expects"] for reply in reversed(replies) if reply.get("expects")), None)


@pytest.fixture
def quiet(stack: Stack) -> Stack:
    """The house of all talks, on the morning that these begin."""
    stack.forget()
    stack.set_clock("2026-11-25T09:00")
    return stack


in_every_walk = pytest.mark.parametrize(
    ("lang", "channel", "walk"),
    [
        pytest.param(lang, channel, walk, id=f"{lang}-{channel}-{number}")
        for (lang, channel), several in WALKS.items()
        for number, walk in enumerate(several)
    ],
)


@in_every_walk
def test_danger_gets_the_verdict_of_the_safety_route_in_every_step_and_the_step_stays_open(
    quiet: Stack, lang: str, channel: str, walk: tuple[tuple[str, str], ...]
) -> None:
    with Talk(quiet, lang, channel) as talk:
        for text, asked in walk:
            assert expected(talk.say(text)) == asked, text
            for kind, cry in DANGER[lang]:
                verdict = talk.check(cry)
                assert verdict["kind"] == kind, (asked, cry)
                (reply,) = talk.say(cry)
                assert reply["alert"] == {"kind": kind}, (asked, cry)
                assert (reply["text"], reply["lang"]) == (verdict["reply"]["text"], lang), (asked, cry)
                assert "911" in reply["text"]
                if channel == "sms":
                    assert len(reply["text"]) <= 306


@in_every_walk
def test_what_only_sounds_like_danger_raises_no_alarm_in_any_step(
    quiet: Stack, lang: str, channel: str, walk: tuple[tuple[str, str], ...]
) -> None:
    for steps in range(1, len(walk) + 1):
        for words in HARMLESS[lang]:
            with Talk(quiet, lang, channel) as talk:
                for text, _ in walk[:steps]:
                    talk.say(text)
                assert talk.check(words)["kind"] is None, words
                assert [reply["alert"] for reply in talk.say(words) if reply.get("alert")] == [], (steps, words)
