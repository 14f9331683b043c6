"""A message in a language that the bot does not answer in is told so, by the clinic's number; English and Spanish never are."""

from __future__ import annotations

import pytest

from bot.foreign import foreign
from tests.bot.server import Server, Talk

OTHERS = (
    "Bonjour, je ne parle pas anglais, est-ce que ça fait mal ?",
    "Waxaan u baahanahay ballan, miyaad i caawin kartaa?",
    "Nyob zoo, kuv xav mus ntsib kws kho mob",
    "你好，我想知道价格",
    "مرحبا، كم السعر؟",
    "Здравствуйте, сколько стоит лечение?",
    "Xin chào, tôi muốn hỏi về giá",
    "Mwen bezwen yon randevou souple",
    "Olá, eu quero uma consulta mas não falo inglês",
    "Combien coûte le traitement ?",
    "Was kostet die Behandlung, und wann kann ich kommen?",
    "Quanto custa o tratamento?",
    "Quanto costa il trattamento?",
    "Ile kosztuje leczenie?",
    "Meeqa ayey ku kacaysaa?",
    "Magkano po ang bayad?",
    "Konbyen kòb tretman an?",
)
OURS = (
    "does it hurt?",
    "k thx",
    "TMS",
    "a la carte?",
    "José Nao Pham",
    "is my doc from Hanoi in on Monday",
    "quiero una cita para mi mamá",
    "¿tienen algo el martes con el doctor Dos Santos?",
    "rendezvous with Dr. Bonjour at 3",
    "can Maya Posso from Costa Mesa come when Dr. Bao is in?",
    "¿puede venir Maya Posso de Costa Mesa cuando esté el Dr. Bao?",
    "cuánto cuesta el tratamiento y cuándo puedo empezar",
    "can nan come mon",
    "ma has mon or sa pm free",
    "ich",
    "😀",
    "",
    "12/03/1975",
)


@pytest.mark.parametrize("text", OTHERS)
def test_another_language_is_noticed(text: str) -> None:
    assert foreign(text)


@pytest.mark.parametrize("text", OURS)
def test_english_spanish_and_names_are_not(text: str) -> None:
    assert not foreign(text)


@pytest.mark.parametrize("channel", ["web", "sms"])
@pytest.mark.parametrize("text", [OTHERS[1], *OTHERS[3:5]])  # what the real guard makes of all: tests/safety
def test_the_patient_hears_it_in_both_our_languages_with_the_phone(server: Server, text: str, channel: str) -> None:
    (reply,) = Talk(server, channel=channel).say(text)
    assert "English and Spanish" in reply["text"]
    assert "Solo leo" in reply["text"]
    assert "612-555-0100" in reply["text"]
    assert "988" in reply["text"]
