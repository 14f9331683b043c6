"""The encoder's graph gives the numbers of a plain numpy pass, for texts of every length and from several threads at once."""

from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from bot import encoder
from bot.hybrid import Hybrid
from tests.bot.numpy_encoder import NumpyEncoder

WORDS = "does the magnet hurt my head when it clicks so loud and how long must i sit there each day of these six weeks"

ROUNDED, PUBLISHED = 0.9991, 0.9953
"""Least cosines, as reached: to the same rounding in numpy, and to the published floats. The lowest are those of two to four pieces."""
OPEN_SET = Path(__file__).parents[1] / "understanding" / "questions.jsonl"
OPEN_LEAST, OPEN_MEAN = 0.9936, 0.9986
"""To the published floats on its 515 messages; the least is that of "...", the next 0.9951."""
DECIDED_OTHERWISE = 8
"""Of these messages, by classifiers trained and asked in whole numbers and in floats; 6 when it was written, all near ties."""
TEXTS = (WORDS, "hi", "¿Duele la estimulación?", "x" * 3000, "🙂", "", "can i still have wine with dinner", "911")


@pytest.fixture(scope="module")
def published() -> NumpyEncoder:
    return NumpyEncoder(encoder._package_folder() / encoder.WEIGHTS)


class OpenSet(NamedTuple):
    """The open set's messages and topics, with their vectors (n, 384) as they are served and as published."""

    texts: list[str]
    topics: list[str]
    served: np.ndarray
    floats: np.ndarray


@pytest.fixture(scope="module")
def open_set(published: NumpyEncoder) -> OpenSet:
    lines = [json.loads(line) for line in OPEN_SET.read_text(encoding="utf-8").splitlines()]
    texts = [line["text"] for line in lines]
    pieces = [encoding.ids for encoding in encoder.shared()._tokenizer.encode_batch(texts)]
    floats = np.empty((len(texts), encoder.DIMENSIONS), np.float32)
    for length in set(map(len, pieces)):
        same = [index for index, ids in enumerate(pieces) if len(ids) == length]
        floats[same] = published(np.array([pieces[index] for index in same]))
    return OpenSet(texts, [line["topic"] for line in lines], encoder.shared().encode_all(texts), floats)


@pytest.fixture(scope="module")
def reference() -> NumpyEncoder:
    return NumpyEncoder(encoder._package_folder() / encoder.WEIGHTS, whole=True)


def _ids(length: int) -> np.ndarray:
    ids = np.random.default_rng(length).integers(1000, 30000, (3, length))
    ids[:, 0], ids[:, -1] = 101, 102
    return ids


@pytest.mark.parametrize("length", [2, 3, 4, 7, 8, 9, 16, 17, 33, encoder.MAX_PIECES])
def test_the_graph_gives_what_the_same_rounding_gives_in_numpy(reference: NumpyEncoder, length: int) -> None:
    """Not to the last digit: where a number lies between two whole ones, either is right."""
    ids = _ids(length)
    assert (encoder.shared()._forward(ids) * reference(ids)).sum(axis=1).min() > ROUNDED


@pytest.mark.parametrize("length", [2, 3, 4, 7, 8, 9, 16, 17, 33, encoder.MAX_PIECES])
def test_rounding_keeps_the_published_vectors(published: NumpyEncoder, length: int) -> None:
    ids = _ids(length)
    assert (encoder.shared()._forward(ids) * published(ids)).sum(axis=1).min() > PUBLISHED


def test_real_text_gives_the_reference(reference: NumpyEncoder, published: NumpyEncoder) -> None:
    loaded = encoder.shared()
    for text in TEXTS:
        ids = np.array([loaded._tokenizer.encode(text).ids])
        assert ids.shape[1] <= encoder.MAX_PIECES
        assert float(loaded.encode(text) @ reference(ids)[0]) > ROUNDED
        assert float(loaded.encode(text) @ published(ids)[0]) > PUBLISHED


def test_rounding_keeps_the_vectors_of_what_patients_write(open_set: OpenSet) -> None:
    cosines = (open_set.served * open_set.floats).sum(axis=1)
    assert cosines.min() > OPEN_LEAST
    assert cosines.mean() > OPEN_MEAN


def test_rounding_keeps_what_is_decided(open_set: OpenSet) -> None:
    """Each half of the open set by a classifier that was trained on the other half."""
    numbers = np.arange(len(open_set.texts))

    def firsts(vectors: np.ndarray, half: int) -> list[str]:
        learned = numbers[numbers % 2 != half]
        texts, topics = ([some[index] for index in learned] for some in (open_set.texts, open_set.topics))
        model = Hybrid.train(texts, topics, vectors[learned])
        asked = numbers[numbers % 2 == half]
        return [model.guess(open_set.texts[index], vectors[index]).ranking[0][0] for index in asked]

    otherwise = sum(
        one != other
        for half in (0, 1)
        for one, other in zip(firsts(open_set.served, half), firsts(open_set.floats, half), strict=True)
    )
    assert otherwise <= DECIDED_OTHERWISE


def test_the_plain_numpy_pass_is_the_published_model(published: NumpyEncoder) -> None:
    """The first numbers for this sentence as sentence-transformers gives them for the published weights."""
    ids = np.array([encoder.shared()._tokenizer.encode("This is an example sentence").ids])
    assert published(ids)[0, :3] == pytest.approx([0.0677, 0.0635, 0.0487], abs=1e-4)


def test_threads_do_not_disturb_each_other() -> None:
    texts = [f"{WORDS} {number}" for number in range(64)]
    alone = encoder.Encoder()
    expected = [alone.encode(text) for text in texts]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(encoder.Encoder().encode, texts))
    assert np.array_equal(together, expected)


def test_a_remembered_vector_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="read-only"):
        encoder.shared().encode("remember me")[0] = 0


def test_two_trainings_at_once_share_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second one tidies up while the first has written its file and not yet given it its name."""
    save = np.savez

    def meanwhile(file: Path, **arrays: np.ndarray) -> None:
        save(file, **arrays)
        monkeypatch.setattr(np, "savez", save)
        monkeypatch.setattr(os, "getpid", lambda: 1)
        encoder.encode_phrases(["the second"], tmp_path)

    monkeypatch.setattr(np, "savez", meanwhile)
    assert encoder.encode_phrases(["the first"], tmp_path).shape == (1, encoder.DIMENSIONS)
    assert len(list(tmp_path.iterdir())) == 1
