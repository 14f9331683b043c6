"""What the trained pipeline makes of messages: topics, follow-ups, two questions, tasks, entities, bad input."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rasa.shared.nlu.training_data.message import Message

from bot import lean, settings
from bot.context import SPLIT, Context
from bot.request import typed
from bot.understand import Understander
from bot.understanding import Understanding
from clinic import clock
from clinic.config import load
from tests.bot.server import environment


@pytest.fixture(scope="module")
def nlu(house: Path) -> Iterator[Understander]:
    before = os.getcwd()
    os.chdir(house)
    os.environ.update(TEST_MODE="1", TEST_NOW="2026-11-23T09:00")
    clock.start(load().timezone)
    lean.install()
    yield Understander(settings.model_file())
    os.chdir(before)
    del os.environ["TEST_MODE"], os.environ["TEST_NOW"]


def intent(parsed: dict[str, Any]) -> str:
    return parsed["intent"]["name"]


def values(parsed: dict[str, Any]) -> dict[str, Any]:
    return {entity["entity"]: entity["value"] for entity in parsed["entities"]}


@pytest.mark.parametrize(
    ("text", "lang"), [("Maria de la Cruz", "en"), ("en español", "es"), ("no entiendo, ¿qué quiere?", "es")]
)
def test_a_spanish_name_does_not_turn_the_talk_to_spanish(nlu: Understander, text: str, lang: str) -> None:
    parsed = nlu.parse(text, {"task": "book", "expects": "name", "language": "en"})
    assert values(parsed)["language"] == lang


@pytest.mark.parametrize("frame", ["Dear clinic, {}", "My name is Ana Ruiz. {}", "hi there! {} thanks"])
def test_politeness_leaves_the_topics_and_their_confidence(nlu: Understander, frame: str) -> None:
    alone, framed = (nlu.parse(text)["understood"] for text in ("What is TMS?", frame.format("What is TMS?")))
    assert (framed["topics"], framed["confidence"]) == (alone["topics"], alone["confidence"])


def test_a_question_is_faq_with_its_topic(nlu: Understander) -> None:
    parsed = nlu.parse("What is TMS?")
    assert intent(parsed) == "faq"
    assert parsed["understood"]["topic"] == "what_is_tms"
    assert parsed["response_selector"]["faq"]["response"]["utter_action"] == "utter_faq/what_is_tms"


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "😀",
        "😀😀😀",
        "???",
        "...",
        "@@@@",
        "<b></b>",
        "\u200b\u200b",
        "/",
        "Z\u0351\u0343a\u0342l\u0335g\u0361o\u0338",
        "aGVsbG8gd29ybGQgaGVsbG8gd29ybGQ=",
        "qwrtz xcvbn",
        "x" * 1000,
        "null",
        "0",
    ],
)
def test_what_is_no_message_never_becomes_a_greeting_or_an_answer(nlu: Understander, text: str) -> None:
    assert intent(nlu.parse(text)) in ("nlu_fallback", "did_you_mean", "out_of_scope")


@pytest.mark.parametrize(
    "text", ["", "a" * 1000, "lorem ipsum dolor " * 55, "<script>alert(1)</script>" * 30, "1 " * 500, "é\u0301" * 400]
)
def test_bad_input_is_read_quickly(nlu: Understander, text: str) -> None:
    """As quickly as a letter of that length."""
    nlu.parse("warm up")
    letter, bad = [], []
    for number in range(4):
        for took, said in ((letter, "Could somebody tell me what the treatment costs? " * 21), (bad, text)):
            begun = time.process_time()
            nlu.parse(said[:990] + str(number))
            took.append(time.process_time() - begun)
    assert min(bad) < 5 * min(letter)


@pytest.mark.parametrize(
    "text", ["ｄｏｅｓ ｉｔ ｈｕｒｔ？", "𝓭𝓸𝓮𝓼 𝓲𝓽 𝓱𝓾𝓻𝓽?", "ⓓⓞⓔⓢ ⓘⓣ ⓗⓤⓡⓣ", "d\u0336o\u0336e\u0336s it h\u200burt"]
)
def test_letters_in_fancy_dress_are_read_as_plain_ones(nlu: Understander, text: str) -> None:
    assert nlu.parse(text)["understood"]["topic"] == "does_it_hurt"


@pytest.mark.parametrize("text", ["José Nuñez", "TMS™ ½ …", "Ann O’Hara", "😀"])
def test_other_signs_stay_as_typed(text: str) -> None:
    assert typed(text) == text


def test_danger_in_fancy_dress_is_danger(nlu: Understander) -> None:
    assert intent(nlu.parse("ｉ ｗａｎｔ ｔｏ ｋｉｌｌ ｍｙｓｅｌｆ")) == "emergency_suicide"


def test_two_questions_are_both_understood(nlu: Understander) -> None:
    parsed = nlu.parse("What is TMS? And does it hurt during the treatment?")
    assert intent(parsed) == "two_questions"
    assert parsed["understood"]["topics"] == ["what_is_tms", "does_it_hurt"]


@pytest.mark.parametrize("second", ["whats the cost", "what's the cost", "wheres that", "hows it done"])
def test_a_second_question_is_told_apart_without_its_apostrophe(second: str) -> None:
    assert SPLIT.split(f"how many sessions do i need and {second}")[1] == second


def test_a_question_of_one_word_counts_beside_another(nlu: Understander) -> None:
    parsed = nlu.parse("¿Duele? ¿Qué es la EMT?")
    assert intent(parsed) == "two_questions"
    assert parsed["understood"]["topics"] == ["does_it_hurt", "what_is_tms"]


def test_tell_me_more_leans_on_the_last_topic(nlu: Understander) -> None:
    parsed = nlu.parse("tell me more", {"last_topic": "coverage"})
    assert (intent(parsed), parsed["understood"]["topic"]) == ("faq", "coverage")
    assert intent(nlu.parse("tell me more")) != "faq" or nlu.parse("tell me more")["understood"]["topic"] != "coverage"


@pytest.mark.parametrize(
    ("expects", "text"),
    [
        ("name", "Maria Lopez"),
        ("date_of_birth", "3/14/1975"),
        ("phone", "612 555 0123"),
        ("choice", "the second one"),
        ("yes_no", "yes"),
        ("time", "next tuesday at 3pm"),
    ],
)
def test_an_answer_to_the_open_question_belongs_to_the_task(nlu: Understander, expects: str, text: str) -> None:
    assert intent(nlu.parse(text, {"task": "book", "expects": expects})) == "in_task"


@pytest.mark.parametrize("expects", ["name", "date_of_birth", "phone", "choice", "yes_no", "time", None])
def test_a_plain_question_stays_a_question_inside_a_task(nlu: Understander, expects: str | None) -> None:
    parsed = nlu.parse("does the treatment hurt?", {"task": "book", "expects": expects})
    assert (intent(parsed), parsed["understood"]["topic"]) == ("faq", "does_it_hurt")


@pytest.mark.parametrize("expects", ["name", "date_of_birth", "phone", "code", "choice", "yes_no", "time", None])
@pytest.mark.parametrize(
    "text", ["I want to kill myself on 3/14/1975 at 3pm, 612-555-0123", "quiero matarme mañana a las 3"]
)
def test_danger_wins_in_every_slot_and_leaves_no_entity(nlu: Understander, expects: str | None, text: str) -> None:
    parsed = nlu.parse(text, {"task": "book", "expects": expects})
    assert intent(parsed) == "emergency_suicide"
    assert parsed["intent"]["confidence"] == 1.0
    assert parsed["entities"] == []
    assert parsed["understood"]["response"] == "utter_safety/suicidal"


@pytest.mark.parametrize(
    ("text", "metadata", "name", "value"),
    [
        ("call me at (612) 555-0123", {}, "phone", "+16125550123"),
        ("6125550123", {"expects": "phone"}, "phone", "+16125550123"),
        ("3/14/1975", {"expects": "date_of_birth"}, "date_of_birth", "1975-03-14"),
        ("March 14th, 1975", {"expects": "date_of_birth"}, "date_of_birth", "1975-03-14"),
        ("14 de marzo de 1975", {"expects": "date_of_birth"}, "date_of_birth", "1975-03-14"),
        ("03141975", {"expects": "date_of_birth"}, "date_of_birth", "1975-03-14"),
        ("I was born 1975-03-14", {}, "date_of_birth", "1975-03-14"),
        ("13/2/80", {"expects": "date_of_birth"}, "date_of_birth", "1980-02-13"),
        ("my name is ana maria lopez", {}, "name", "Ana Maria Lopez"),
        ("José O'Neil", {"expects": "name"}, "name", "José O'Neil"),
        ("can I get a consult at Lakeside", {}, "visit_type", "consultation"),
        ("can I get a consult at Lakeside", {}, "location", "lakeside"),
        ("I need a follow up", {}, "visit_type", "follow-up"),
        ("quiero una consulta", {}, "language", "es"),
    ],
)
def test_entities(nlu: Understander, text: str, metadata: dict[str, str], name: str, value: str) -> None:
    assert values(nlu.parse(text, metadata)).get(name) == value


@pytest.mark.parametrize(
    ("text", "metadata", "name"),
    [
        ("does it hurt?", {"expects": "name"}, "name"),
        ("2/30/1980", {"expects": "date_of_birth"}, "date_of_birth"),
        ("3/14/2099", {"expects": "date_of_birth"}, "date_of_birth"),
        ("I slept 8 hours", {}, "phone"),
        ("north loop or lakeside?", {}, "location"),
    ],
)
def test_what_is_none_is_not_taken_for_one(nlu: Understander, text: str, metadata: dict[str, str], name: str) -> None:
    assert name not in values(nlu.parse(text, metadata))


def test_times_are_local_to_the_clinic(nlu: Understander) -> None:
    assert values(nlu.parse("tomorrow at 2:30pm"))["when"]["windows"] == [["2026-11-24T14:30", "2026-11-24T14:31"]]


def test_one_loan_word_does_not_turn_the_talk_round(nlu: Understander) -> None:
    assert nlu.parse("hola, I need a visit", {"language": "en"})["understood"]["lang"] == "en"
    assert nlu.parse("ok", {"language": "es"})["understood"]["lang"] == "es"


def test_the_command_prints_one_json_line_a_message_and_nothing_else(house: Path, tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text('{"text": "What is TMS?"}\n{"text": "tomorrow at 2:30pm"}\n{"text": ""}\n')
    done = subprocess.run(
        [sys.executable, "-m", "bot.understand", "--now", "2026-11-23T09:00", str(source)],
        cwd=house,
        env=environment(house),
        capture_output=True,
        text=True,
        timeout=560,
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0
    assert [line["text"] for line in lines] == ["What is TMS?", "tomorrow at 2:30pm", ""]
    assert list(lines[0]) == ["text", "topic", "confidence", "topics", "windows", "old_windows", "asap", "series"]
    assert lines[0]["topics"] == ["what_is_tms"]
    assert lines[1]["windows"] == [["2026-11-24T14:30", "2026-11-24T14:31"]]
    assert (lines[2]["topic"], lines[2]["topics"]) == ("fallback", [])


@pytest.mark.parametrize(
    "text", ["tomorrow afternoon", "tuesday", "the 3rd at 10", "asap", "mañana por la tarde", "how about friday?"]
)
def test_a_time_alone_is_a_wish_to_come(nlu: Understander, text: str) -> None:
    assert intent(nlu.parse(text)) == "book"


@pytest.mark.parametrize("text", ["good morning", "buenas tardes", "yes"])
def test_a_greeting_is_no_time(nlu: Understander, text: str) -> None:
    assert intent(nlu.parse(text)) != "book"


def test_a_new_visit_on_a_day_is_not_one_that_exists(nlu: Understander) -> None:
    when = values(nlu.parse("quiero una cita para la consulta el martes por la tarde"))["when"]
    assert when["windows"] == [["2026-11-24T12:00", "2026-11-24T17:00"]]
    assert when["old_windows"] == []


def test_a_question_inside_a_task_needs_no_more_than_its_form() -> None:
    def settled(text: str) -> Understanding:
        found = Understanding.answer("faq/session_length", 0.45)
        return Context({})._in_task(text, found, {"task": "book", "expects": "choice"}, Message.build(text))

    assert settled("wait how long is the visit").intent == "faq"
    assert settled("the length of visits i mean").intent == "in_task"
