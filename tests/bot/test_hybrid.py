"""The classifier learns labels, knows what it does not know, and is the same after saving."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from bot import encoder
from bot.hybrid import FAR, STRANGE, Hybrid, _calibrate, _odds
from bot.ngrams import Ngrams, tokens

PHRASES = {
    "fruit": ["an apple a day", "I ate a banana", "ripe pears and plums", "peel an orange", "a bowl of cherries"],
    "car": ["my car broke down", "change the tyres", "the engine is loud", "drive to town", "park the truck"],
    "sea": ["waves on the beach", "sail the boat", "the tide is high", "swim in the ocean", "salt water"],
}
TEXTS = [text for texts in PHRASES.values() for text in texts]
LABELS = [label for label, texts in PHRASES.items() for _ in texts]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Hybrid:
    vectors = encoder.encode_phrases(TEXTS, tmp_path_factory.mktemp("cache"))
    return Hybrid.train(TEXTS, LABELS, vectors)


def _first(model: Hybrid, text: str) -> str:
    return model.guess(text, encoder.shared().encode(text)).ranking[0][0]


@pytest.mark.parametrize(
    ("text", "label"), [("grapes and melons", "fruit"), ("my van will not start", "car"), ("surfing", "sea")]
)
def test_unseen_words_find_their_label(model: Hybrid, text: str, label: str) -> None:
    assert _first(model, text) == label


def test_training_twice_gives_the_same_numbers(model: Hybrid, tmp_path: Path) -> None:
    again = Hybrid.train(TEXTS, LABELS, encoder.encode_phrases(TEXTS, tmp_path))
    assert again.calibration == model.calibration
    assert np.array_equal(again.weights, model.weights)


def test_the_order_of_phrases_does_not_matter(model: Hybrid, tmp_path: Path) -> None:
    turned = Hybrid.train(TEXTS[::-1], LABELS[::-1], encoder.encode_phrases(TEXTS[::-1], tmp_path))
    for text in ("grapes", "a motorbike"):
        assert _first(turned, text) == _first(model, text)


def test_a_saved_model_guesses_the_same(model: Hybrid, tmp_path: Path) -> None:
    model.save(tmp_path)
    loaded = Hybrid.load(tmp_path)
    for text in ("grapes and melons", "my van", "qwrtz", "salt"):
        vector = encoder.shared().encode(text)
        before, after = model.guess(text, vector), loaded.guess(text, vector)
        assert before.ranking[0][0] == after.ranking[0][0]
        assert after.confidence == pytest.approx(before.confidence, abs=0.01)


def test_leave_one_out_is_what_leaving_one_out_gives(model: Hybrid, tmp_path: Path) -> None:
    """The closed form that calibration rests on, checked against really training without a phrase."""
    vectors = encoder.encode_phrases(TEXTS, tmp_path)
    kernel = np.array(
        [
            [_kernel(a, b, x, y) for b, y in zip(TEXTS, vectors, strict=True)]
            for a, x in zip(TEXTS, vectors, strict=True)
        ]
    )
    full = np.linalg.inv(kernel + 0.1 * np.eye(len(TEXTS)))
    targets = np.array([[label == name for name in sorted(PHRASES)] for label in LABELS], float)
    closed = targets - (full @ targets) / np.diag(full)[:, None]
    keep = [index for index in range(len(TEXTS)) if index != 3]
    part = kernel[np.ix_(keep, keep)] + 0.1 * np.eye(len(keep))
    direct = kernel[3, keep] @ np.linalg.solve(part, targets[keep])
    assert closed[3] == pytest.approx(direct, abs=1e-6)


def _kernel(a: str, b: str, x: np.ndarray, y: np.ndarray) -> float:
    return float(np.exp(3 * (float(x @ y) - 1)))


def test_a_text_like_no_phrase_has_the_usual_label_however_few_its_phrases_are(tmp_path: Path) -> None:
    texts, labels = [*TEXTS, "the motor is hot", "a flat tyre"], [*LABELS, "car", "car"]
    vectors = encoder.encode_phrases(texts, tmp_path)
    for usual in ("fruit", "sea"):
        model = Hybrid.train(texts, labels, vectors, usual)
        opposite = -(model.phrases * model.steps[:, None]).mean(axis=0)
        far = (opposite / np.linalg.norm(opposite)).astype(np.float32)
        assert model.guess("??", far).ranking[0][0] == usual
        assert _first(model, "my car broke down") == "car"


def test_many_texts_at_once_get_the_chances_that_each_gets_alone(model: Hybrid) -> None:
    texts = ["grapes and melons", "my van", "qwrtz", "salt"]
    vectors = np.stack([encoder.shared().encode(text) for text in texts])
    for text, vector, chances in zip(texts, vectors, model.chances(texts, vectors), strict=True):
        alone = dict(model.guess(text, vector).ranking)
        assert [alone[label] for label in model.labels] == pytest.approx(chances, abs=0.02)


def test_encoder_vectors_are_unit_length() -> None:
    vector = encoder.shared().encode("This is an example sentence")
    assert float(vector @ vector) == pytest.approx(1, abs=1e-5)


def test_one_text_and_a_batch_give_the_same_vectors() -> None:
    texts = ["short", "a somewhat longer sentence about nothing", "short", "¿Qué es esto?"]
    batch = encoder.shared().encode_all(texts)
    assert np.allclose(batch, [encoder.shared().encode(text) for text in texts], atol=1e-5)


def test_other_weights_are_refused(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"\x02\0\0\0\0\0\0\0{}")
    (tmp_path / "tokenizer.json").write_text("{}")
    with pytest.raises(encoder.EncoderError, match="not the published file"):
        encoder.Encoder(tmp_path)


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda whole: b"broken", id="other content"),
        pytest.param(lambda whole: whole[: len(whole) // 2], id="cut off"),
        pytest.param(lambda whole: whole.replace(b"\x3d", b"\x3e"), id="other bytes"),
    ],
)
def test_a_damaged_phrase_cache_is_made_anew(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    first = encoder.encode_phrases(["one", "two"], tmp_path)
    file = next(tmp_path.glob("*.npz"))
    file.write_bytes(damage(file.read_bytes()))
    assert np.array_equal(encoder.encode_phrases(["one", "two"], tmp_path), first)


def test_tokens_drop_accents_and_signs() -> None:
    assert tokens("¿Qué HORA es? don't 😀") == ["que", "hora", "es", "don't"]
    assert Ngrams.fit(["ab ab", "ab"])[0].vector("ab")[0].size > 0


def test_a_text_far_from_every_phrase_loses_confidence_and_keeps_its_ranking(model: Hybrid) -> None:
    scores = np.array([[0.1, 0.7, 0.2]], np.float32)
    edge = model.calibration[1]

    def odds(nearest: float) -> tuple[list[float], float]:
        chances, odds = _odds(scores, np.array([nearest], np.float32), (*model.calibration[:-1], 0.0))
        return chances[0].tolist(), float(odds[0])

    (close, sure), (at_edge, still_sure), (far, doubtful) = odds(edge + 0.3), odds(edge), odds(edge - 0.1)
    assert close == at_edge == far
    assert sure == pytest.approx(still_sure)
    assert doubtful == pytest.approx(sure - 0.1 * model.calibration[2], abs=1e-4)
    assert doubtful < sure


def test_what_is_strange_is_measured_by_how_close_the_phrases_are_to_each_other() -> None:
    truth = np.array([0, 0, 1, 1])
    alone = np.array([[0.9, 0.1], [0.4, 0.6], [0.2, 0.8], [0.1, 0.9]], np.float32)
    _, edge, loss, *_ = _calibrate(alone, truth, np.array([0.5, 0.7, 0.5, 0.7], np.float32))
    assert edge == pytest.approx(0.6 - FAR * 0.1)
    assert loss == pytest.approx(STRANGE / 0.1, rel=1e-3)
    assert np.isfinite(_calibrate(alone, truth, np.full(4, 0.6, np.float32))).all()


def test_rounded_phrases_give_the_cosines_of_the_vectors_they_stand_for(model: Hybrid) -> None:
    vector = encoder.shared().encode("a boat full of apples")
    cosines = model._cosines.run(None, {"vector": vector[None]})[0][0]
    exact = (model.phrases * model.steps[:, None]) @ vector
    assert np.abs(cosines - exact).max() < 0.005


def test_no_sum_is_cut_off_on_a_processor_that_adds_in_16_bits() -> None:
    """Two neighbours at their largest, in the phrase and in the message."""
    spike = np.zeros((2, 384), np.float32)
    spike[:, 100:102] = np.sqrt(0.5)
    model = Hybrid.train(["one", "two"], ["a", "b"], spike)
    assert model._cosines.run(None, {"vector": spike[:1]})[0][0] == pytest.approx([1, 1], abs=0.01)


def test_the_ngrams_of_many_texts_are_those_of_each() -> None:
    ngrams, learned = Ngrams.fit(TEXTS)
    texts = [*TEXTS, "", "qqq", "apple apple pie"]
    matrix = ngrams.matrix(texts).toarray()
    assert np.allclose(matrix[: len(TEXTS)], learned.toarray(), atol=1e-6)
    for text, row in zip(texts, matrix, strict=True):
        expected = np.zeros(len(ngrams.names), np.float32)
        columns, values = ngrams.vector(text)
        expected[columns] = values
        assert row == pytest.approx(expected, abs=1e-6)


def test_an_ngram_counts_once_a_text_however_often_it_is_there() -> None:
    ngrams, _ = Ngrams.fit(["ab ab ab", "cd", "cd"])
    assert "=cd" in ngrams.names
    assert "=ab" not in ngrams.names
