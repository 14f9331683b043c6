"""The encoder's graph gives the numbers of the plain numpy pass, for texts of every length and from several threads at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from bot import encoder
from tests.bot.numpy_encoder import NumpyEncoder

WORDS = "does the magnet hurt my head when it clicks so loud and how long must i sit there each day of these six weeks"


@pytest.fixture(scope="module")
def reference() -> NumpyEncoder:
    return NumpyEncoder(encoder._package_folder() / encoder.WEIGHTS)


@pytest.mark.parametrize("length", [2, 3, 4, 7, 8, 9, 16, 17, 33, encoder.MAX_PIECES])
def test_the_graph_gives_the_reference_to_1e_5(reference: NumpyEncoder, length: int) -> None:
    ids = np.random.default_rng(length).integers(1000, 30000, (3, length))
    ids[:, 0], ids[:, -1] = 101, 102
    assert np.abs(encoder.shared()._forward(ids) - reference(ids)).max() < 1e-5


def test_real_text_gives_the_reference_to_1e_5(reference: NumpyEncoder) -> None:
    loaded = encoder.shared()
    for text in (WORDS, "hi", "¿Duele la estimulación?", "x" * 3000, "🙂", ""):
        ids = np.array([loaded._tokenizer.encode(text).ids])
        assert ids.shape[1] <= encoder.MAX_PIECES
        assert np.abs(loaded.encode(text) - reference(ids)[0]).max() < 1e-5


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
