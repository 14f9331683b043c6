"""The guard's own classifier: what it learns of ordinary talk, and what it makes of a text that is like nothing it knows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bot import danger, encoder
from bot.danger import HARMLESS, Phrase
from bot.hybrid import Hybrid

KNOWN = [
    *(Phrase(text, "suicidal") for text in ("I want to die", "I wish I were dead", "let me die tonight")),
    *(Phrase(text, "medical") for text in ("my chest hurts", "he cannot breathe", "she passed out")),
    *(Phrase(text, HARMLESS) for text in ("dying to see you", "this traffic kills me", "the battery is dead")),
]
ORDINARY = ["I want to book", "what does it cost", "where are you", "let me in tonight", "see you", "my car is dead"]


def _learned(known: list[Phrase], cache: Path) -> list[str]:
    """Which ordinary phrases are worth learning."""
    texts, kinds = [phrase.text for phrase in known], [phrase.kind for phrase in known]
    vectors, far = encoder.encode_phrases(texts, cache), encoder.encode_phrases(ORDINARY, cache)
    untaught = Hybrid.train(texts, kinds, vectors)
    return [ORDINARY[i] for i in danger._lessons(untaught, vectors[np.array(kinds) != HARMLESS], ORDINARY, far)]


def test_what_is_learned_of_ordinary_talk_is_what_would_be_taken_for_danger(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(danger, "CLOSEST", 0)
    monkeypatch.setattr(danger, "MISTAKEN", 2)
    texts = [phrase.text for phrase in KNOWN]
    untaught = Hybrid.train(texts, [p.kind for p in KNOWN], encoder.encode_phrases(texts, tmp_path))
    calm = untaught.chances(ORDINARY, encoder.encode_phrases(ORDINARY, tmp_path))[:, untaught.labels.index(HARMLESS)]
    worst = sorted(range(len(ORDINARY)), key=lambda index: calm[index])[:2]
    assert _learned(KNOWN, tmp_path) == [ORDINARY[index] for index in sorted(worst)]


def test_the_closest_are_learned_too_and_each_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(danger, "CLOSEST", len(ORDINARY))
    assert _learned(KNOWN, tmp_path) == ORDINARY


def test_it_trains_without_one_harmless_phrase(tmp_path: Path) -> None:
    known = [phrase for phrase in KNOWN if phrase.kind != HARMLESS]
    vectors = encoder.encode_phrases([phrase.text for phrase in known], tmp_path)
    model = danger.train(known, vectors, ORDINARY, encoder.encode_phrases(ORDINARY, tmp_path))
    assert HARMLESS in model.labels
    encode = encoder.shared().encode
    assert danger.heard(model, "I want to die tonight", encode, 0.9) == "suicidal"
    assert danger.heard(model, "what do you charge", encode, 0.001) is None
