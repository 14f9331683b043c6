"""Our sentences: both languages say the same things, texts are short and of the GSM alphabet, every file fits."""

import re
import string
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from actions import wording
from actions.sentences_en import ENGLISH
from actions.sentences_es import SPANISH
from actions.skills import SKILLS
from clinic.topic_titles import TITLES

GSM7 = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà^{}\\[~]|€"
)
DOMAIN = YAML(typ="safe").load(Path("domain.yml"))


def fields(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_languages_have_the_same_sentences():
    assert {key.removesuffix(".sms") for key in ENGLISH} == {key.removesuffix(".sms") for key in SPANISH}


@pytest.mark.parametrize("key", [key for key in ENGLISH if not key.endswith(".sms")])
def test_both_languages_fill_in_the_same_things(key):
    assert fields(ENGLISH[key]) == fields(SPANISH[key])


@pytest.mark.parametrize("book", [ENGLISH, SPANISH], ids=["en", "es"])
def test_every_text_message_is_of_the_gsm_alphabet_and_short(book):
    for key, text in book.items():
        sent = wording.paragraphs([text], "sms")
        assert set(sent) <= GSM7, (key, set(sent) - GSM7)
        assert len(sent) <= 240, key


def test_no_sentence_claims_a_change_but_those_that_follow_one():
    claims = re.compile(
        r"\b(?:you're booked|has been (?:moved|cancelled)|is confirmed|have been (?:moved|cancelled))", re.IGNORECASE
    )
    assert {key for key, text in ENGLISH.items() if claims.search(text)} == {
        "booked",
        "cancelled",
        "moved",
        "confirmed",
        "course_booked",
        "course_shifted",
        "course_rest_cancelled",
    }


def test_every_skill_can_be_stopped_in_words():
    assert all(wording.known(f"{slug}_stopped") for slug in SKILLS)


def test_short_replies_of_the_domain_fit_a_text_message():
    for name, variants in DOMAIN["responses"].items():
        for language in ("en", "es"):
            mine = [one for one in variants if ("condition" in one) == (language == "es")]
            sent = next((one for one in mine if one.get("channel") == "sms"), mine[0])["text"]
            assert len(sent) <= 306, (name, language)
            assert set(sent.translate(wording.GSM)) <= GSM7, (name, language, set(sent) - GSM7)


def test_every_button_of_the_domain_names_an_intent_or_a_topic():
    for variants in DOMAIN["responses"].values():
        for variant in variants:
            for button in variant.get("buttons", []):
                intent = button["payload"].lstrip("/").split("/")
                assert intent[0] in DOMAIN["intents"]
                assert len(intent) == 1 or intent[1] in TITLES


def test_every_intent_has_a_rule_and_every_action_a_class():
    rules = [rule for file in Path("data/rules").glob("*.yml") for rule in YAML(typ="safe").load(file)["rules"]]
    intents, actions = set(), set()
    for rule in rules:
        for step in rule["steps"]:
            intents |= {one["intent"] for one in step.get("or", [step]) if "intent" in one}
            actions |= {step["action"]} if "action" in step else set()
        names = [step["action"] for step in rule["steps"] if "action" in step]
        custom = [name for name in names if name.startswith("action_") and name != "action_listen"]
        assert names == custom or not custom, f"nothing is said after an action: {rule['rule']}"
    assert intents == set(DOMAIN["intents"])
    classes = {
        match for file in Path("actions").glob("*.py") for match in re.findall(r"class (Action\w+)\(", file.read_text())
    }
    assert len(classes) == len(DOMAIN["actions"])
    assert {name for name in actions if name.startswith("action_")} - {"action_listen"} == set(DOMAIN["actions"])


def test_no_file_of_this_room_is_longer_than_400_lines():
    for file in [
        *Path("actions").glob("*.py"),
        *Path("tests/actions").glob("*.py"),
        *Path("tests/conversations").glob("*.py"),
    ]:
        assert len(file.read_text().splitlines()) <= 400, file
