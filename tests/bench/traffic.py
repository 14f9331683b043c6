"""Honest traffic: talks of four to eight messages, most texts said once in a run, the same for both bots.

Real patients repeat "hi", "yes" and "thanks" and phrase everything else in their own way. A question here is a phrase of our
training data with other words around it, so that no two are the same; the seed fixes the run.
"""

from __future__ import annotations

import random
import re
from pathlib import Path

OPENINGS = ("hi", "hello", "good morning", "hey there")
CLOSINGS = ("thanks", "ok thank you", "bye", "yes", "no")
BEFORE = (
    "",
    "",
    "um, ",
    "sorry, ",
    "quick question: ",
    "one more thing, ",
    "also ",
    "i wonder, ",
    "please tell me, ",
    "my wife asks: ",
)
AFTER = (
    "",
    "",
    "?",
    " please",
    " thanks",
    " - asking for myself",
    " if you know",
    " i read about it online",
    " at your clinic",
    " these days",
)


def phrases(folder: Path = Path("data/nlu")) -> list[str]:
    """The English-looking examples of the faq files, in file order."""
    found: list[str] = []
    for file in sorted(folder.glob("faq_*.yml")):
        found += [
            match.strip()
            for match in re.findall(r"^\s+- (?!intent:)(.+)$", file.read_text(encoding="utf-8"), re.MULTILINE)
        ]
    return [text for text in found if text.isascii() and len(text) < 200]


def talks(messages: int, seed: int, pool: list[str] | None = None) -> list[list[str]]:
    """Talks with at least `messages` messages in all; at least 60 % of the texts of the run occur once."""
    choose = random.Random(seed)
    questions = list(pool or phrases())
    result: list[list[str]] = []
    seen: set[str] = set()
    while sum(map(len, result)) < messages:
        talk = [choose.choice(OPENINGS)]
        while len(talk) < choose.randint(3, 7):
            text = choose.choice(BEFORE) + choose.choice(questions).rstrip("?.! ") + choose.choice(AFTER)
            if text not in seen:
                seen.add(text)
                talk.append(text)
        result.append([*talk, choose.choice(CLOSINGS)])
    return result


def share_said_once(run: list[list[str]]) -> float:
    """Which share of the messages of a run is a text that occurs once in it."""
    texts = [text for talk in run for text in talk]
    return sum(texts.count(text) == 1 for text in texts) / len(texts)
