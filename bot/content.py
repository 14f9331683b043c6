"""Lint of the curated answers in `data/answers/`: `python -m bot.content [--release]` (services environment).

Prints errors (`file: response: wording: what`), then what a person still has to do: unsigned and stale answers.
Exit 1 on any error; with `--release` also while an answer is unsigned or stale (reviewed more than 12 months ago).

Grade: Flesch-Kincaid over textstat's count of sentences. textstat itself takes syllables from a dictionary that it would
download; here they are counted by groups of vowels, so nothing is ever fetched. On these answers the two differ by 0.1 grade on
average and by 1.7 at most; with the dictionary, too, every answer stays at grade 8 or below.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import gsm0338  # noqa: F401  (registers the codec gsm03.38)
import textstat
import yaml

from bot.content_rules import (
    BANS,
    CLINICIAN_DECIDES,
    GRADE,
    OFF_LABEL_TOPICS,
    PHONE,
    PLACEHOLDERS,
    SAFETY_KINDS,
    SMS_SEPTETS,
    SMS_UCS2,
    STALE_DAYS,
    TOPICS,
    UNCLEARED,
    WEB_WORDS,
)

ANSWERS = Path(__file__).parent.parent / "data" / "answers"
SAMPLE = {
    "clinic_phone": "+1 612-555-0100",
    "billing_phone": "+1 612-555-0103",
    "clinic_name": "North Loop TMS Clinic (sample)",
}
"""The longest form that a placeholder usually takes, for lengths."""


@dataclass(frozen=True)
class Wording:
    """One variant of one response. `channel` is "web" or "sms", `lang` "en" or "es"."""

    file: str
    response: str
    channel: str
    lang: str
    text: str
    metadata: Mapping[str, Any]
    shape: tuple[str, ...]

    @property
    def topic(self) -> str:
        return self.response.removeprefix("utter_faq/")

    @property
    def is_answer(self) -> bool:
        return self.response.startswith("utter_faq/")

    @property
    def said(self) -> str:
        """As a patient reads it, with sample values for the placeholders and no markup."""
        text = re.sub(r"\{([a-z_]+)\}", lambda m: SAMPLE.get(m[1], m[0]), self.text)
        return text.replace("**", "")

    def __str__(self) -> str:
        return f"{self.file}: {self.response}: {self.channel} {self.lang}"


def wordings(folder: Path = ANSWERS) -> list[Wording]:
    """Every variant in the folder's files."""
    found = []
    for path in sorted(folder.glob("*.yml")):
        document = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        for response, variants in (document.get("responses") or {}).items():
            for variant in variants or []:
                found.append(_wording(path.name, response, variant))
    return found


def _wording(file: str, response: str, variant: Mapping[str, Any]) -> Wording:
    condition = variant.get("condition")
    spanish = condition == [{"type": "slot", "name": "language", "value": "es"}]
    return Wording(
        file=file,
        response=response,
        channel=str(variant.get("channel") or "web"),
        lang="es" if spanish else "en",
        text=str(variant.get("text") or ""),
        metadata=variant.get("metadata") or {},
        shape=() if condition is None or spanish else (f"condition {condition} is not language = es",),
    )


def errors(found: Sequence[Wording]) -> Iterator[str]:
    """One line per mistake; none when the answers may be used."""
    names = {item.response for item in found}
    for name in [f"utter_faq/{topic}" for topic in TOPICS] + [f"utter_safety/{kind}" for kind in SAFETY_KINDS]:
        if name not in names:
            yield f"{name}: no answer"
    for name in sorted(names):
        if name.startswith("utter_faq/") and name.removeprefix("utter_faq/") not in TOPICS:
            yield f"{name}: not a topic of the fact base"
        have = [(item.lang, item.channel) for item in found if item.response == name]
        if name.startswith(("utter_faq/", "utter_safety/")):
            for wanted in [("en", "web"), ("en", "sms"), ("es", "web"), ("es", "sms")]:
                if have.count(wanted) != 1:
                    yield f"{name}: {have.count(wanted)} wordings for {wanted[1]} {wanted[0]}, expected 1"
    for item in found:
        for mistake in mistakes(item):
            yield f"{item}: {mistake}"


def mistakes(item: Wording) -> Iterator[str]:
    """What is wrong with one wording."""
    yield from item.shape
    if not item.text.strip():
        yield "no text"
        return
    yield from _length(item)
    if item.lang == "en" and grade(item.said) > GRADE:
        yield f"grade {grade(item.said):.1f}, at most {GRADE:g}"
    yield from _words(item)
    if item.is_answer:
        yield from _papers(item)
    unknown = set(re.findall(r"\{([^}]*)\}", item.text)) - PLACEHOLDERS
    if unknown:
        yield f"unknown placeholders {sorted(unknown)}"
    if item.metadata.get("lang") != item.lang:
        yield f"metadata.lang is {item.metadata.get('lang')!r}"


def _length(item: Wording) -> Iterator[str]:
    if item.channel == "web":
        if len(item.said.split()) > WEB_WORDS:
            yield f"{len(item.said.split())} words, at most {WEB_WORDS}"
        return
    size = septets(item.said)
    if size is None and len(item.said) > SMS_UCS2:
        yield f"{len(item.said)} characters with {_outside(item.said)} outside GSM-7, at most {SMS_UCS2}"
    if size is not None and size > SMS_SEPTETS:
        yield f"{size} septets, at most {SMS_SEPTETS}"


def _words(item: Wording) -> Iterator[str]:
    for ban in BANS:
        match = re.search(ban.pattern, item.text, re.IGNORECASE)
        if match and item.topic not in ban.unless_topic:
            yield f"says {match.group()!r}: {ban.why}"
    names_use = item.is_answer and (item.topic in OFF_LABEL_TOPICS or UNCLEARED.search(item.text))
    if names_use and "off-label" not in item.text.lower():
        yield "names a use without FDA clearance and does not say off-label"
    if item.is_answer and PHONE.search(item.text):
        yield "a literal phone number: use {clinic_phone} or {billing_phone}"
    if item.topic in CLINICIAN_DECIDES and item.channel == "web":
        decides = r"clinician (?:decides|can talk|looks|can tell)" if item.lang == "en" else r"especialista"
        if not re.search(decides, item.text) or not re.search(r"book|reserv|\{clinic_phone\}", item.text):
            yield "must say that the TMS clinician decides after an evaluation, and offer a visit or a person"


def _papers(item: Wording) -> Iterator[str]:
    sources = item.metadata.get("sources")
    if not isinstance(sources, list) or not sources:
        yield "no sources"
    else:
        for source in sources:
            if (
                not isinstance(source, dict)
                or not source.get("title")
                or not re.match(r"https?://\S+$", str(source.get("url") or ""))
            ):
                yield f"source without title or URL: {source}"
    if item.metadata.get("topic") != item.topic:
        yield f"metadata.topic is {item.metadata.get('topic')!r}"
    if _reviewed(item) is None:
        yield 'no review date: reviewed: "YYYY-MM-DD"'
    if not isinstance(item.metadata.get("signed_off"), str):
        yield 'no sign-off field: signed_off: "" until a clinician fills in name and date'


def _reviewed(item: Wording) -> date | None:
    try:
        return date.fromisoformat(str(item.metadata.get("reviewed")))
    except ValueError:
        return None


def unsigned(found: Sequence[Wording]) -> list[str]:
    """Topics with a wording that no clinician has signed off."""
    return sorted(
        {item.topic for item in found if item.is_answer and not str(item.metadata.get("signed_off") or "").strip()}
    )


def stale(found: Sequence[Wording], today: date) -> list[str]:
    """Topics with a wording reviewed more than 12 months ago."""
    dates = [(item, _reviewed(item)) for item in found if item.is_answer]
    return sorted({item.topic for item, day in dates if day is not None and (today - day).days > STALE_DAYS})


def septets(text: str) -> int | None:
    """Length in GSM-7 (3GPP TS 23.038, `{`, `€` and the like count twice), or None when a character is outside it."""
    try:
        return len(text.encode("gsm03.38"))
    except UnicodeEncodeError:
        return None


def _outside(text: str) -> str:
    return "".join(sorted({c for c in text if septets(c) is None}))


def grade(text: str) -> float:
    """Flesch-Kincaid US grade: 0.39 × words per sentence + 11.8 × syllables per word − 15.59."""
    words = re.findall(r"[A-Za-z0-9'-]+", text)
    sentences = textstat.sentence_count(text)
    if not words or not sentences:
        return 0.0
    return float(0.39 * len(words) / sentences + 11.8 * sum(syllables(word) for word in words) / len(words) - 15.59)


def syllables(word: str) -> int:
    """Groups of vowels, less a silent ending, plus the common hiatuses. At least 1; a number counts as 1, as in textstat."""
    word = re.sub(r"[^a-z]", "", word.lower())
    count = len(re.findall(r"[aeiouy]+", word))
    if re.search(r"[^laeiouy]es?$|[^aeiouytd]ed$", word) and not re.search(r"(?:[sxz]|ch|sh|[cg])es$", word):
        count -= 1
    count += len(re.findall(r"i[ao](?!n)|ia|eo|[^q]ua|uo|ying|iu|ien(?!d)|iet", word))
    count -= len(re.findall(r"[ctg]ia|[ctsg]io(?!n)", word))
    return max(1, count)


def main(arguments: Sequence[str]) -> int:
    """The command. `--release`: unsigned and stale answers fail too."""
    from clinic.clock import Clock
    from clinic.config import load

    found = wordings()
    wrong = list(errors(found))
    unsigned_topics, stale_topics = unsigned(found), stale(found, Clock(load().timezone).now().date())
    topics = {item.topic for item in found if item.is_answer}
    _say(f"{len(found)} wordings, {len(topics)} topics, {len(wrong)} errors")
    for line in wrong:
        _say(f"error: {line}")
    for what, names in (("unsigned", unsigned_topics), ("stale (reviewed more than 12 months ago)", stale_topics)):
        _say(f"{what}: {len(names)} of {len(topics)} topics" + (f": {', '.join(names)}" if names else ""))
    waiting = "--release" in arguments and bool(unsigned_topics or stale_topics)
    return 1 if wrong or waiting else 0


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
