"""The classifier itself, apart from Rasa: a Gaussian-process regression onto the labels, over meaning and over spelling.

Kernel of two texts: exp(SHARPNESS * (cosine of their sentence vectors - 1)) + SPELLING * (cosine of their n-grams).
The first term is the nearest-example part of a hybrid and its smooth average at once. Training solves one linear system
(no iterations, no seed), and gives every training phrase's leave-one-out prediction in closed form (Rasmussen & Williams,
Gaussian Processes for Machine Learning, 2006, eq. 5.12), on which the confidence is calibrated.
What was tried against it stands in docs/understanding.md.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.linalg import cho_factor, cho_solve
from scipy.optimize import minimize

from bot.ngrams import Ngrams

SHARPNESS = 6.0
SPELLING = 0.5
NOISE = 0.3

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Guess:
    """What a text may be: labels with their probabilities, best first.

    confidence: calibrated probability that the first label is right.
    nearest: cosine of the closest training phrase, -1 to 1.
    """

    ranking: tuple[tuple[str, float], ...]
    confidence: float
    nearest: float


@dataclass(frozen=True)
class Hybrid:
    """A trained classifier. `calibration` = (temperature, bias, weight of log-odds, weight of margin, weight of nearest)."""

    labels: tuple[str, ...]
    phrases: Floats
    weights: Floats
    spelling: Floats
    ngrams: Ngrams
    calibration: tuple[float, ...]

    @classmethod
    def train(cls, texts: Sequence[str], labels: Sequence[str], phrases: Floats) -> Hybrid:
        """From training texts, their labels and their sentence vectors (n, 384). Deterministic."""
        names = sorted(set(labels))
        ngrams = Ngrams.fit(texts)
        surface = ngrams.matrix(texts)
        cosines = phrases @ phrases.T
        kernel = np.exp(SHARPNESS * (cosines - 1)) + SPELLING / 2 * (surface @ surface.T).toarray()
        kernel[np.diag_indices_from(kernel)] += NOISE
        number = {name: index for index, name in enumerate(names)}
        truth = np.array([number[label] for label in labels])
        targets = np.eye(len(names), dtype=np.float32)[truth]
        factor = cho_factor(kernel.astype(np.float32), lower=True, overwrite_a=True, check_finite=False)
        inverse = cho_solve(factor, np.eye(len(texts), dtype=np.float32), overwrite_b=True, check_finite=False)
        weights = (inverse @ targets).astype(np.float32)
        alone = targets - weights / np.diag(inverse)[:, None]
        np.fill_diagonal(cosines, -1)
        calibration = _calibrate(alone, truth, cosines.max(axis=1))
        spelling = (SPELLING / 2 * (surface.T @ weights)).astype(np.float32)
        return cls(tuple(names), phrases.astype(np.float32), weights, spelling, ngrams, calibration)

    def guess(self, text: str, vector: Floats) -> Guess:
        """What `text` may be; `vector` is its sentence vector (384,)."""
        cosines = self.phrases @ vector
        scores = np.exp(SHARPNESS * (cosines - 1)) @ self.weights
        columns, values = self.ngrams.vector(text)
        if len(columns):
            scores = scores + values @ self.spelling[columns]
        nearest = float(cosines.max(initial=-1.0))
        chances, odds = _odds(scores[None], np.array([nearest]), self.calibration)
        order = np.argsort(-chances[0], kind="stable")[:10]
        ranking = tuple((self.labels[index], float(chances[0, index])) for index in order)
        return Guess(ranking, float(1 / (1 + np.exp(-odds[0]))), nearest)

    def save(self, folder: Path) -> None:
        """Plain numpy arrays and JSON; nothing in them can run code when loaded."""
        np.save(folder / "phrases.npy", self.phrases.astype(np.float16))
        np.save(folder / "weights.npy", self.weights.astype(np.float16))
        np.save(folder / "spelling.npy", self.spelling.astype(np.float16))
        np.save(folder / "idf.npy", self.ngrams.weights)
        names = {"labels": self.labels, "ngrams": self.ngrams.names, "calibration": self.calibration}
        (folder / "names.json").write_text(json.dumps(names))

    @classmethod
    def load(cls, folder: Path) -> Hybrid:
        """What `save` wrote. Raises OSError or ValueError when something is missing or damaged."""

        def array(name: str) -> Floats:
            values: Floats = np.load(folder / f"{name}.npy", allow_pickle=False).astype(np.float32)
            return values

        names = json.loads((folder / "names.json").read_text())
        ngrams = Ngrams(names["ngrams"], array("idf"))
        return cls(
            tuple(names["labels"]),
            array("phrases"),
            array("weights"),
            array("spelling"),
            ngrams,
            tuple(names["calibration"]),
        )


def _odds(scores: Floats, nearest: Floats, calibration: Sequence[float]) -> tuple[Floats, Floats]:
    """Probabilities (n, labels) and the log-odds (n,) that the first label is right."""
    temperature, *line = calibration
    chances = np.exp(temperature * (scores - scores.max(axis=1, keepdims=True)))
    chances /= chances.sum(axis=1, keepdims=True)
    return chances, _signs(scores, chances, nearest) @ np.array(line)


def _signs(scores: Floats, chances: Floats, nearest: Floats) -> Floats:
    """What tells a right guess from a wrong one: (n, 4) of 1, log-odds of the first, its score, nearest phrase."""
    first = np.clip(chances.max(axis=1), 1e-6, 1 - 1e-6)
    best = scores.max(axis=1)
    signs: Floats = np.stack([np.ones_like(first), np.log(first / (1 - first)), best, nearest], axis=1)
    return signs


def _calibrate(alone: Floats, truth: npt.NDArray[np.int64], nearest: Floats) -> tuple[float, ...]:
    """Temperature of the softmax by likelihood, then a logistic line onto "the first label is right", both leave-one-out."""
    rows = np.arange(len(truth))

    def loss(log_temperature: npt.NDArray[np.float64]) -> float:
        scaled = np.exp(log_temperature[0]) * (alone - alone.max(axis=1, keepdims=True))
        return float(np.mean(np.log(np.exp(scaled).sum(axis=1)) - scaled[rows, truth]))

    temperature = float(np.exp(minimize(loss, [2.0], method="Nelder-Mead").x[0]))
    chances = np.exp(temperature * (alone - alone.max(axis=1, keepdims=True)))
    chances /= chances.sum(axis=1, keepdims=True)
    signs = _signs(alone, chances, nearest).astype(np.float64)
    right = (chances.argmax(axis=1) == truth).astype(np.float64)

    def line_loss(line: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        odds = signs @ line
        chance = 1 / (1 + np.exp(-odds))
        value = np.mean(np.logaddexp(0, odds) - right * odds) + 1e-3 * line[1:] @ line[1:]
        gradient = signs.T @ (chance - right) / len(right) + 2e-3 * np.concatenate([[0], line[1:]])
        return float(value), gradient

    line = minimize(line_loss, np.zeros(signs.shape[1]), jac=True, method="L-BFGS-B").x
    return (temperature, *(float(weight) for weight in line))
