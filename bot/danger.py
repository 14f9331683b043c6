"""How close a message is to danger, whatever its words: a small classifier trained on danger against everything else.

The same Gaussian process as the topics' (`bot/hybrid.py`), with the kinds of reply as labels and `HARMLESS` for the rest,
which is also what a text is that is like nothing known.
Its phrases: the two emergency intents of `data/nlu/`, `data/safety/danger.tsv` (kind, phrase), `data/safety/harmless.tsv`
(what makes it look like danger, phrase), and of all ordinary phrases those that lie closest to danger or that it would take for it.
Rules (`bot/safety.py`) stay the floor for what is explicit. What each layer adds stands in docs/understanding.md.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bot import courtesy
from bot.hybrid import Hybrid
from bot.safety_text import plain

PHRASES = Path("data/safety")
HARMLESS = "harmless"
KIND_OF = {"emergency_suicide": "suicidal", "emergency_medical": "medical"}
"""The kind of a phrase of `data/nlu/` whose block names none."""

SECOND = 0.15
"""Weight of the topics' classifier, which knows far more ordinary talk, beside ours. Both as log-odds of danger."""
ALARM = -0.95
"""Weighted mean of the two log-odds from which there is an alarm. How it was chosen: docs/understanding.md."""
PART_ALARM = 1.0
"""The same for a part of a long message, of which only our own opinion is asked."""
SENTENCE_ALARM = 2.0
"""The same for a sentence of any message: alone it may say less than it does between the others."""
CLOSEST = 2500
MISTAKEN = 1000
"""So many ordinary phrases are learned: those closest to danger, and those that look the most like danger to who knows no ordinary
phrase at all. The others would change nothing and cost time cubed."""
WHOLE_WORDS = 30
"""A longer message is judged by parts too: one sentence of danger drowns in a long letter, and the encoder reads 45 words."""
PARTS = 4
NUMBERS = re.compile(r"\+?\(?\d[\d\s()./:-]{5,}\d")
"""Phone numbers and dates: they say nothing about danger, and blur what stands beside them."""
FEW_WORDS = 3
"""Less than this left of a text says nothing."""

Floats = npt.NDArray[np.float32]
Encode = Callable[[str], Floats]


@dataclass(frozen=True)
class Phrase:
    """A training phrase. kind: of the reply, or `HARMLESS`."""

    text: str
    kind: str


@dataclass(frozen=True)
class Danger:
    """What a text may be. kind: the likeliest of the replies' kinds. chance: that it is danger at all, 0 to 1."""

    kind: str
    chance: float


def phrases(folder: Path = PHRASES) -> list[Phrase]:
    """The phrases that only this classifier learns; none when the folder is not there. Raises ValueError for a bad line."""
    return [
        Phrase(text, HARMLESS if file.stem == HARMLESS else note)
        for file in sorted(folder.glob("*.tsv"))
        for note, text in _lines(file)
    ]


def _lines(file: Path) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        if line and not line.startswith("#"):
            note, tab, text = line.partition("\t")
            if not tab or not note or not text.strip():
                raise ValueError(f"{file}:{number}: not a note, a tab and a phrase")
            yield note, text


def train(known: Sequence[Phrase], vectors: Floats, ordinary: Sequence[str], far: Floats) -> Hybrid:
    """From phrases of danger and harmless ones with their vectors (n, 384), and ordinary phrases with theirs (m, 384)."""
    kinds = [phrase.kind for phrase in known]
    texts, others = [plain(phrase.text) for phrase in known], [plain(text) for text in ordinary]
    learned = _lessons(Hybrid.train(texts, kinds, vectors, HARMLESS), vectors[np.array(kinds) != HARMLESS], others, far)
    return Hybrid.train(
        [*texts, *(others[index] for index in learned)],
        [*kinds, *[HARMLESS] * len(learned)],
        np.concatenate([vectors, far[learned]]),
        HARMLESS,
    )


def _lessons(untaught: Hybrid, danger: Floats, others: Sequence[str], far: Floats) -> npt.NDArray[np.intp]:
    """Which of the ordinary phrases are worth learning, in their order; `danger`: vectors of what is."""
    closest = np.argsort(-(far @ danger.T).max(axis=1), kind="stable")[:CLOSEST]
    if HARMLESS not in untaught.labels:
        return np.sort(closest)
    calm = untaught.chances(others, far)[:, untaught.labels.index(HARMLESS)]
    return np.union1d(closest, np.argsort(calm, kind="stable")[:MISTAKEN])


def heard(model: Hybrid, text: str, encode: Encode, second: float, rest: str | None = None) -> str | None:
    """The kind of danger in `text`, or None.

    second: the probability of danger by the topics' classifier, 0 to 1. rest: what is left of the text where an idiom, a loss, the
    past or a general question was struck out (`bot.safety.remainder`); such words lie close to danger, so only the rest counts.
    """
    text = NUMBERS.sub(" ", text)
    tidy = _tidy(text)
    if rest is not None:
        left = _judge(model, rest, encode(rest)) if len(rest.split()) >= FEW_WORDS else Danger(HARMLESS, 0.0)
        return left.kind if _log_odds(left.chance) >= PART_ALARM else None
    bare = _tidy(courtesy.without(text, pleas=True))
    readings = ({bare: plain(bare)} if bare else {}) | {tidy: plain(text)}
    for said, line in readings.items():
        whole = _judge(model, line, encode(said))
        if (_log_odds(whole.chance) + SECOND * _log_odds(second)) / (1 + SECOND) >= ALARM:
            return whole.kind
    alarms = {part: SENTENCE_ALARM for part in _sentences(text) if len(plain(part).split()) >= FEW_WORDS}
    if len(readings[tidy].split()) > WHOLE_WORDS:
        alarms |= dict.fromkeys(_parts(tidy), PART_ALARM)
    for part in sorted(alarms.keys() - readings.keys(), key=lambda part: (-_spelled(model, plain(part)), part))[:PARTS]:
        danger = _judge(model, plain(part), encode(part))
        if _log_odds(danger.chance) >= alarms[part]:
            return danger.kind
    return None


def _log_odds(chance: float) -> float:
    chance = min(max(chance, 0.001), 0.999)
    return math.log(chance / (1 - chance))


def _judge(model: Hybrid, line: str, vector: Floats) -> Danger:
    chances = dict(model.guess(line, vector).ranking)
    kinds = {kind: chance for kind, chance in chances.items() if kind != HARMLESS}
    if not kinds:
        return Danger(HARMLESS, 0.0)
    return Danger(max(kinds, key=lambda kind: kinds[kind]), sum(kinds.values()))


def _spelled(model: Hybrid, line: str) -> float:
    """How much the letters alone look like danger: cheap, so it picks the parts that are worth a sentence vector."""
    columns, values = model.ngrams.vector(line)
    if not len(columns):
        return 0.0
    scores = values @ model.spelling[columns]
    harmless = model.labels.index(HARMLESS) if HARMLESS in model.labels else -1
    return float(scores.sum() - 2 * scores[harmless])


def _tidy(text: str) -> str:
    """One line without invisible characters and signs that are no text, for the encoder; an ordinary text stays the same."""
    kept = "".join(
        " " if unicodedata.category(letter) in {"So", "Sk", "Cc", "Zl", "Zp"} else letter
        for letter in text
        if unicodedata.category(letter) not in {"Cf", "Cs", "Mn", "Me"} or letter in "\u0301\u0303"
    )
    return re.sub(r" {2,}", " ", kept).strip()


def _sentences(text: str) -> list[str]:
    """Its sentences and lines, each tidy and without courtesy."""
    return [_tidy(courtesy.without(part, pleas=True)) for part in re.split(r"(?<=[.!?;…])\s+|\n+", text)]


def _parts(text: str) -> list[str]:
    """Sentences of a long text, short ones with their neighbour, long ones cut: each of at most 20 words or so."""
    parts: list[list[str]] = [[]]
    for sentence in re.split(r"(?<=[.!?;…])\s+", text):
        words = sentence.split()
        for start in range(0, len(words), 20):
            piece = words[start : start + 20]
            if len(parts[-1]) + len(piece) > 20:
                parts.append([])
            parts[-1] += piece
    return [" ".join(part) for part in parts if part]
