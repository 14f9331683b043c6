"""Danger first: does this message show a crisis, and which prepared reply fits?

Two layers: rules for what is explicit, here and in the language modules, and what `bot/danger.py` hears beyond them.
Read before any topic, on every message, in every slot of every talk, and by `POST …/safety`. Standard library only; no state
but the last lines read; never raises. English and Spanish rules both run on every message, whatever the language of the talk.

Order when several fit (fact base, "Safety-critical inputs"): a medical emergency, poisoning or violence now, then suicide, then abuse.
Two exceptions, both towards the person: explicit self-harm is `suicidal` (its reply names 911 too), and so is a weapon or threat
turned on oneself. What was swallowed on purpose, by whomever, is `overdose`: 911 first, then Poison Help, then 988; by accident, or
not said to be meant, it is `poisoning`. Nothing learns `overdose`: it is told from suicide and poisoning by what was done.

A false alarm costs one gentle message; a miss can cost a life. Before the rules look, idioms, bereavement, past attempts told as
history, and questions about a risk are struck out first (`HARMLESS`, `LOSS`, `PAST` in the language modules), so that what
remains of the message can still raise the alarm.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from types import ModuleType
from typing import Literal, cast, get_args

from bot import safety_english, safety_spanish
from bot.safety_text import plain

Kind = Literal["suicidal", "suicidal_other", "overdose", "medical", "seizure", "poisoning", "violence", "abuse"]
Intent = Literal["emergency_suicide", "emergency_medical"]
Care = Literal["loss", "past", "subject"]
KINDS: tuple[str, ...] = get_args(Kind)

LANGUAGES: Mapping[str, ModuleType] = {"en": safety_english, "es": safety_spanish}

SPANISH = """que de la el los las mi mis yo quiero puedo estoy soy esta para por con una un como ya muy hola tengo ayuda pero
todo vida mas es en si le lo te sin"""
ENGLISH = """the i im my to of and is it in on for he she was this that you have has with cant dont wanna gonna at do not be are"""
"""Common words that show the language of a message."""


@dataclass(frozen=True)
class Verdict:
    """`response` names the reply in `data/answers/safety.yml`; `lang` is the language to say it in."""

    kind: Kind
    intent: Intent
    response: str
    lang: str


def assess(text: str, language: str | None = None, heard: str | None = None) -> Verdict | None:
    """The crisis in `text`, or None.

    `language`: the talk's language; the message's own wins when a rule of the other language fires.
    `heard`: the kind of danger that `bot.danger` hears. It can add an alarm, never take one away.
    """
    words = plain(text)
    if not words:
        return None
    line, seen = _strike(words)
    found = {lang: kind for lang, rules in _rules().items() if (kind := _kind(line, words, seen, rules)) is not None}
    if found:
        matched = _language(words, next(iter(found)), language)
        matched = matched if matched in found else next(iter(found))
        return _verdict(_swallowed(line, found[matched]), _language(words, matched, language))
    if heard in KINDS:
        return _verdict(_swallowed(line, cast(Kind, heard)), _language(words, None, language))
    return None


def remainder(text: str) -> str | None:
    """What is left of `text`, as plain words, where something harmless was struck out; None when nothing was."""
    words = plain(text)
    line, _ = _strike(words)
    return re.sub(r"[ _.]+", " ", line).strip() if line != words else None


def care(text: str) -> Care | None:
    """A loss, a past attempt or the subject itself in a message that is no crisis: the answer then starts with `utter_care/<…>`."""
    words = plain(text)
    found = _strike(words)[1]
    if "loss" in found:
        return "loss"
    harm = re.search(
        r"suicid|kill myself|selfharm|overdos|end my life|matarme|quitarme|\bdie\b|attempt|intent|abus|raped|viola",
        words,
    )
    if "past" in found and harm:
        return "past"
    return "subject" if re.search(r"\bsuicid|\bselfharm", words) else None


def _verdict(kind: Kind, lang: str) -> Verdict:
    intent: Intent = "emergency_suicide" if kind in ("suicidal", "suicidal_other", "overdose") else "emergency_medical"
    return Verdict(kind, intent, f"utter_safety/{kind}", lang)


@dataclass(frozen=True)
class _Rules:
    harmless: re.Pattern[str]
    loss: re.Pattern[str]
    past: re.Pattern[str]
    back_again: re.Pattern[str]
    join_them: re.Pattern[str]
    others: re.Pattern[str]
    swallowed: re.Pattern[str]
    not_yet: re.Pattern[str]
    kinds: Mapping[str, re.Pattern[str]]


@cache
def _rules() -> Mapping[str, _Rules]:
    return {
        lang: _Rules(
            harmless=_any(module.HARMLESS),
            loss=_any(module.LOSS),
            past=_any(module.PAST),
            back_again=re.compile(module.BACK_AGAIN),
            join_them=re.compile(module.JOIN_THEM),
            others=re.compile(rf"\b{module.OTHER}\b"),
            swallowed=_any(module.SWALLOWED),
            not_yet=re.compile(module.NOT_YET),
            kinds={
                name.lower(): _any(getattr(module, name))
                for name in ("SUICIDAL", "SUICIDAL_OTHER", "MEDICAL", "SEIZURE", "POISONING", "VIOLENCE", "ABUSE")
            },
        )
        for lang, module in LANGUAGES.items()
    }


def _any(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))


@lru_cache(32)
def _strike(words: str) -> tuple[str, frozenset[Care]]:
    """The line without what is harmless, lost or past in any language (` _ ` in its place), and which of the latter two were there."""
    seen: set[Care] = set()
    line = words
    for rules in _rules().values():
        line = rules.harmless.sub(" _ ", line)
    for rules in _rules().values():
        line, losses = rules.loss.subn(" _ ", line)
        line, pasts = rules.past.subn(" _ ", line)
        seen.update(("loss",) if losses else ())
        seen.update(("past",) if pasts else ())
    return re.sub(r" +", " ", line).strip(), frozenset(seen)


HARM = re.compile(
    r"suicid|myself|selfharm|overdos|end my life|matarme|quitarme|\bdie\b|attempt|intent[eo]|abus|raped|viola"
)
DEATH_WORDS = re.compile(
    r"\b(?:died|dead|death|passed|lost|heaven|suicide|funeral|grave|killed|murio|muerte|muert[oa]|fallecio|cielo|perdi|suicidio|suicido|mato|late (?:husband|wife|mother|father|mom|dad|son|daughter|brother|sister))\b"
)
DEED = re.compile(
    r"overdos|kill myself|kill(?:ing)? me|suicid|kms|unalive|on purpose|deliberately|intentionally|adrede|end my life|want.{0,15}die|wanna die|end it|goodbye|matarme|quitarme la vida|me quiero morir|a proposito|hurt myself|took (?:all|a whole|the whole)|wrists?|noose|jump|on myself"
)

ARMED_ONLY = re.compile(
    r".*\b(?:has|have|got|tiene|trae|con)\b.{0,12}\b(?:gun|knife|weapon|rifle|pistola|arma|cuchillo|navaja)"
)
"""A weapon and no threat: beside worry for a suicidal person it belongs to that worry."""

TAKEN = re.compile(r"\b(?:took|swallowed|taken|downed|ate|tomo|trago)\b")
ON_PURPOSE = re.compile(
    r"\b(?:on purpose|purposely|deliberate\w*|adrede|die|dying|suicid\w*|note|goodbye|kill|end it|intention\w*|a proposito|morir\w*|matar\w*|carta)\b"
)
"""Somebody else took too much: an overdose to treat first, unless the words say that it was meant."""
FEARED = re.compile(
    r"\b(?:gonna|will (?:i|he|she|it|they|(?:my|the) \w+)|(?:is|are) (?:he|she|it|they|(?:my|the) \w+)|(?:he|she|it|they)(?: (?:could|can|might|may|will|would|is|are))?(?: be)?"
    r"|hes|shes|theyre|hell|shell|itll|theyll|(?:my|the) \w+ (?:could|can|might|may|will|would|is)(?: be)?) (?:die|dies|dying)\b"
    r"|\b(?:let|want) (?!me\b)\w+(?: \w+)? (?:to )?die\b|\b(?:could|can|might|may|will|would|gonna) kill (?:him|her|it|them|my \w+)\b"
    r"|\b(?:va a|puede|podria) morir\w*"
)
"""Struck out before ON_PURPOSE is looked for: dying, as somebody fears it for another."""
ACCIDENT = re.compile(r"\b(?:accident\w*|(?:by|my) mistake|sin querer|por error)\b")


def _kind(line: str, words: str, seen: frozenset[Care], rules: _Rules) -> Kind | None:
    hit: dict[str, re.Match[str] | None] = {kind: pattern.search(line) for kind, pattern in rules.kinds.items()}
    own, other = hit["suicidal"], hit["suicidal_other"]
    if own is not None and _about_another(line, own, rules):
        own, other = None, own
    if own is None and "past" in seen and HARM.search(words) and rules.back_again.search(line):
        own = rules.back_again.search(line)
    if own is None and rules.join_them.search(line) and ("loss" in seen or DEATH_WORDS.search(words)):
        own = rules.join_them.search(line)
    if other is not None and own is not None and _about_another(line, own, rules):
        own = None
    deed = own is not None and DEED.search(line) is not None
    threat = hit["violence"]
    if threat is not None and not deed and (other is None or not ARMED_ONLY.fullmatch(threat.group())):
        return "violence"
    if hit["seizure"]:
        return "seizure"
    taken = other is not None and TAKEN.search(other.group()) is not None and not ON_PURPOSE.search(line)
    if hit["poisoning"] and not deed and (other is None or taken):
        return "poisoning"
    if hit["medical"] and not deed and other is None:
        return "medical"
    if own is not None:
        return "suicidal"
    if other is not None:
        return "suicidal_other"
    return "abuse" if hit["abuse"] else None


def _swallowed(line: str, kind: Kind) -> Kind:
    """`overdose` for what was taken with the wish to die, or to harm oneself; other kinds stay."""
    done = line
    for rules in _rules().values():
        done = rules.not_yet.sub(" _ ", done)
    taken = any(rules.swallowed.search(done) for rules in _rules().values())
    if kind in ("suicidal", "suicidal_other") and taken:
        return "overdose"
    meant = ON_PURPOSE.search(FEARED.sub(" _ ", line)) is not None and ACCIDENT.search(line) is None
    return "overdose" if kind == "poisoning" and taken and meant else kind


SAID = r"(?: \w+){0,3}? ?(?:said|says|saying|told|tells|texted|texting|wrote|writes|posted|messaged|keeps saying|sent|mentioned|talks|talking|talked|thinks|feels|habla|is|has|was|became|becoming|seems|been|dice|dijo|escribio|esta|tiene|es|siente)\b[^.]{0,45}$"
QUOTED = r"\b(?:said|says|saying|texted|wrote|posted|messaged|tells me|told me)(?: that| me)? (?:i|im|ill|ive|id) *$"
SELF = re.compile(
    r"\b(?:i|im|ive|ill|id|me|myself|my own|yo|estoy|soy|tengo|siento|quiero)\b(?! (?:said|told|think (?:he|she|my|they)|creo))"
)

LEFT_ME = r"\b(?:left|died|dead|gone|dump\w+|cheat\w+|hates?|fired|passed|broke|murio|dejo)\b"
PRONOUNS = frozenset({"he", "she", "they", "hes", "shes", "theyre", "ella", "ellos"})
THIRD = re.compile(r"\b(?:his|her|hers|their|suicidarse|matarse|quitarse|ahorcarse)\b")


def _about_another(line: str, match: re.Match[str], rules: _Rules) -> bool:
    """`my son says i wanna die`, `my wife is suicidal`: someone else's words or state, by the nearest person named before."""
    before = line[max(0, match.start() - 80) : match.start()].rsplit(".", 1)[-1]
    named = list(rules.others.finditer(before))
    if named and (THIRD.search(match.group()) or re.fullmatch(r" ?", before[named[-1].end() :])):
        return named[-1].group() in PRONOUNS or THIRD.search(match.group()) is not None
    reported = [m for m in named if re.match(SAID, before[m.end() :])]
    if named and not reported:
        between = before[named[-1].end() :]
        return (
            named[-1].group() not in ("him", "her", "them")
            and not SELF.search(between + match.group())
            and not re.search(LEFT_ME, between)
        )
    if not reported:
        return False
    between = before[reported[-1].end() :]
    if re.search(LEFT_ME, between):
        return False
    if re.search(QUOTED, between) and match.group().startswith(("wanna", "kill myself", "wish", "suicid", "no reason")):
        return True
    told_to_me = re.search(r"\b(?:told|tells|me dijo|me dice) (?:me|que me)\b", between)
    own_word = match.group().startswith(("kill", "kys", "kms"))
    return not (SELF.search(between) and not told_to_me) and not (told_to_me and own_word)


def _language(words: str, matched: str | None, language: str | None) -> str:
    """The message's own language where it shows (the rule that fired, common words), else the talk's."""
    tokens = words.split()
    spanish, english = (sum(token in common for token in tokens) for common in (SPANISH.split(), ENGLISH.split()))
    if spanish > english and (matched != "en" or spanish >= 2 or english == 0):
        return "es"
    if matched is not None and english >= spanish:
        return "es" if matched == "en" and english == spanish and language == "es" else matched
    return language if language is not None and language in LANGUAGES else "en"
