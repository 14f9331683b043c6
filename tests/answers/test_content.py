"""Every answer is sourced, dated, short, plain, and says nothing on a "do not say" list; each rule is shown to catch its mistake."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot import content
from bot.content import Wording, errors, grade, main, mistakes, septets, stale, syllables, unsigned, wordings
from bot.content_rules import BANS, SAFETY_KINDS, TOPICS

FOUND = wordings()


def one(response: str, channel: str = "web", lang: str = "en") -> Wording:
    return next(item for item in FOUND if (item.response, item.channel, item.lang) == (response, channel, lang))


def test_all_topics_are_answered_for_web_and_text_message_in_both_languages_without_a_mistake() -> None:
    assert len(TOPICS) == len(set(TOPICS)) == 79
    assert list(errors(FOUND)) == []


def test_each_file_of_answers_fits_on_a_few_screens() -> None:
    for path in content.ANSWERS.glob("*.yml"):
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 400, path.name


def test_every_wording_names_sources_with_addresses() -> None:
    for item in FOUND:
        if item.is_answer:
            assert all(source["url"].startswith("http") for source in item.metadata["sources"]), str(item)


@pytest.mark.parametrize(
    ("sentence", "what"),
    [
        ("TMS is FDA-approved for depression.", "cleared"),
        ("La TMS está aprobada por la FDA.", "cleared"),
        ("TMS cures depression.", "cure"),
        ("La TMS cura la depresión.", "cure"),
        ("It gives lasting relief.", "lasting"),
        ("Da un alivio duradero.", "lasting"),
        ("The pulses pass painlessly into your brain.", "painless"),
        ("It is pain-free.", "pain-free"),
        ("It is a gentle treatment.", "gentle"),
        ("There are no side effects.", "side effects"),
        ("No tiene efectos: sin efectos secundarios.", "side effects"),
        ("It is 100% safe.", "risk"),
        ("It works for everyone.", "everyone"),
        ("We guarantee results.", "guarantee"),
        ("TMS rewires your brain.", "metaphor"),
        ("It recalibrates brain waves.", "metaphor"),
        ("La TMS recalibra sus ondas.", "metaphor"),
        ("It restores brainwaves.", "repair"),
        ("It fixes a chemical imbalance.", "unsupported"),
        ("These are low-magnitude pulses.", "brief, not weak"),
        ("TMS is deep brain stimulation.", "deep brain"),
        ("You are a good candidate.", "verdict"),
        ("Usted califica.", "verdict"),
        ("You are covered by your plan.", "money"),
        ("It is safe in pregnancy.", "established"),
        ("TMS is better than ECT.", "comparison"),
        ("This is just the dip, push through.", "waved away"),
        ("You can stop taking your pills.", "medicines"),
        ("Take 400 mg first.", "medicines"),
        ("He committed suicide.", "safe wording"),
        ("Help is on the way.", "someone is coming"),
        ("Someone will call you.", "someone is coming"),
        ("Our doctor says it works.", "no clinician"),
        ("SAINT works in nearly 80%.", "early figures"),
        ("Your pain should improve significantly.", "prediction"),
        ("Call 612-555-0100.", "literal phone"),
        ("It may help fibromyalgia.", "off-label"),
        ("Puede ayudar en la fibromialgia.", "off-label"),
        ("Ask at {clinic_fax}.", "placeholders"),
        ("It’s “good”.", "plain quotes"),
    ],
)
def test_a_forbidden_sentence_is_caught(sentence: str, what: str) -> None:
    lang = (
        "es"
        if sentence != sentence.encode("ascii", "ignore").decode()
        or sentence.split()[0] in ("La", "Da", "No", "Usted", "Puede")
        else "en"
    )
    item = one("utter_faq/no_anesthesia", "web", "en" if lang == "en" else "es")
    found = list(mistakes(replace(item, text=f"{item.text} {sentence}")))
    assert any(what in mistake for mistake in found), found


def test_the_seed_articles_claims_are_caught() -> None:
    seed = [
        "How TMS rewires your brain",
        "recalibrates problematic brain activity patterns to provide lasting relief",
        "a noninvasive, deep brain stimulation treatment that gently stimulates",
        "foster your brain's natural healing processes",
        "the FDA approved TMS therapy in 2008",
        "low-magnitude magnetic pulses that pass painlessly through your scalp",
        "suppress persistent pain signals; your chronic pain symptoms should improve significantly",
    ]
    item = one("utter_faq/no_anesthesia")
    for sentence in seed:
        assert list(mistakes(replace(item, text=sentence))), sentence


def test_length_grade_papers_and_shape_are_checked() -> None:
    web, sms = one("utter_faq/what_is_tms"), one("utter_faq/what_is_tms", "sms")
    spanish = one("utter_faq/what_is_tms", "sms", "es")
    hard = "Neuromodulatory electromagnetic interventions necessitate individualized multidisciplinary consideration."
    cases = [
        (replace(web, text="word " * 121), "121 words"),
        (replace(sms, text="a" * 307), "307 septets"),
        (replace(spanish, text="í" * 135), "outside GSM-7"),
        (replace(web, text=hard), "grade"),
        (replace(web, text=""), "no text"),
        (replace(web, metadata={**web.metadata, "sources": []}), "no sources"),
        (replace(web, metadata={**web.metadata, "sources": [{"title": "x", "url": "ftp://x"}]}), "source without"),
        (replace(web, metadata={**web.metadata, "reviewed": "soon"}), "review date"),
        (replace(web, metadata={**web.metadata, "signed_off": None}), "sign-off"),
        (replace(web, metadata={**web.metadata, "lang": "es"}), "metadata.lang"),
        (replace(web, metadata={**web.metadata, "topic": "other"}), "metadata.topic"),
        (replace(web, shape=("condition x",)), "condition"),
        (replace(one("utter_faq/ptsd"), text="TMS for PTSD is off-label."), "clinician decides"),
        (
            replace(one("utter_faq/crps"), text="There is early research. The TMS clinician decides: {clinic_phone}"),
            "off-label",
        ),
    ]
    for item, what in cases:
        assert any(what in mistake for mistake in mistakes(item)), what
    assert any("no answer" in line for line in errors([i for i in FOUND if i.topic != "ocd"]))
    assert any("expected 1" in line for line in errors([i for i in FOUND if i is not web]))


def test_a_spanish_text_message_may_be_short_with_accents_or_longer_without() -> None:
    assert septets("mañana ¿qué? é ü") == 16
    assert septets("depresión") is None
    assert septets("{") == 2


def test_unsigned_and_stale_are_listed_and_stop_only_a_release(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(content, "wordings", lambda: FOUND)  # reading them takes a second each time
    item = one("utter_faq/ocd")
    signed = replace(item, metadata={**item.metadata, "signed_off": "A. Clinician, 2026-12-01"})
    assert unsigned([item]) == ["ocd"]
    assert unsigned([signed]) == []
    assert stale([item], date(2027, 11, 22)) == []
    assert stale([item], date(2027, 11, 23)) == ["ocd"]
    assert main([]) == 0
    assert "unsigned: " in capsys.readouterr().out
    if unsigned(FOUND):
        assert main(["--release"]) == 1


def test_the_grade_is_the_published_formula_and_fetches_nothing() -> None:
    assert [syllables(word) for word in ("the", "table", "magnetic", "stimulation", "40")] == [1, 2, 3, 4, 1]
    assert grade("The cat sat on the mat. It was warm.") < 1
    assert grade("") == 0.0


@pytest.mark.parametrize("kind", SAFETY_KINDS)
@pytest.mark.parametrize("channel", ["web", "sms"])
@pytest.mark.parametrize("lang", ["en", "es"])
def test_a_safety_reply_gives_help_first_and_says_what_it_is(kind: str, channel: str, lang: str) -> None:
    item = one(f"utter_safety/{kind}", channel, lang)
    first = {"suicidal": "988", "suicidal_other": "911", "poisoning": "911"}.get(kind, "911")
    assert first in item.text[: 120 if channel == "sms" else 160]
    assert "911" in item.text
    if kind in ("suicidal", "suicidal_other", "poisoning", "violence"):
        assert "988" in item.text
    if lang == "es" and "988" in item.text:
        assert "oprima 2" in item.text
    if kind.startswith("suicidal") and lang == "es":
        assert "AYUDA" in item.text
    assert (
        "automated assistant" if lang == "en" else "asistente autom" if channel == "web" else "Soy un programa"
    ) in item.text
    assert "{clinic_phone}" in item.text
    assert item.metadata["alert"] == {"kind": kind}
    assert len(item.said.split()) <= 115


def test_the_text_message_about_abuse_is_discreet() -> None:
    for lang in ("en", "es"):
        text = one("utter_safety/abuse", "sms", lang).text.lower()
        for word in ("abuse", "violence", "assault", "violencia", "abuso", "agresi", "tms", "hit", "safety"):
            assert word not in text


def test_every_ban_has_a_reason_and_compiles() -> None:
    assert all(ban.why for ban in BANS)
