"""The encoder's graph gives the numbers of a plain numpy pass, for texts of every length and from several threads at once."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from bot import encoder
from tests.bot.numpy_encoder import NumpyEncoder

WORDS = "does the magnet hurt my head when it clicks so loud and how long must i sit there each day of these six weeks"

ROUNDED, PUBLISHED = 0.999, 0.995
"""Least cosines: to the same rounding in numpy, and to the published floats."""
TEXTS = (WORDS, "hi", "¿Duele la estimulación?", "x" * 3000, "🙂", "", "can i still have wine with dinner", "911")


@pytest.fixture(scope="module")
def published() -> NumpyEncoder:
    return NumpyEncoder(encoder._package_folder() / encoder.WEIGHTS)


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
