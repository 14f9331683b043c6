"""The classifier itself, apart from Rasa: a Gaussian-process regression onto the labels, over meaning and over spelling.

Kernel of two texts: exp(SHARPNESS * (cosine of their sentence vectors - 1)) + SPELLING * (cosine of their n-grams).
The first term is the nearest-example part of a hybrid and its smooth average at once. Training solves one linear system
(no iterations, no seed), and gives a training phrase's leave-one-out prediction in closed form (Rasmussen & Williams,
Gaussian Processes for Machine Learning, 2006, eq. 5.12), on which the confidence is calibrated: a sample of them, of all labels.
The process may have a mean: a label that a text has which is like none of the phrases, however many of them another label has.
What was tried against it stands in docs/understanding.md.

A phrase's vector is kept in whole numbers of 7 bits and a step: a quarter of the memory that each message walks through. It is
rounded before training, so the system is solved for the vectors that serving uses and nothing is lost by it.
"""

from __future__ import annotations

import json
import mmap
import os
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime
from scipy.linalg import cho_factor, cho_solve
from scipy.linalg.lapack import strtri
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from bot.ngrams import Ngrams
from bot.onnx_graph import MICROSOFT, Graph, session

SHARPNESS = 3.0
SPELLING = 0.25
NOISE = 0.1
BLOCK = 500
CALIBRATED = 4000
"""So many phrases, evenly from all labels, calibrate the confidence. All of them would cost as much as the training itself."""
FAR, STRANGE = 2.5, 2.0
"""A text is strange when its closest phrase is more than FAR standard deviations farther away than phrases have theirs; each
further one costs STRANGE log-odds of confidence. Not fitted: every phrase has a label, so none shows what a text of no label is like.
"""
COMMON = 32
"""An n-gram is common when more than one in so many phrases has it."""
MOST = 63
"""Of a rounded number. Beyond 7 bits the sums of two products overflow 16 bits on processors without VNNI, and are cut off."""

Floats = npt.NDArray[np.float32]
Bytes = npt.NDArray[np.int8]


@dataclass(frozen=True)
class Guess:
    """What a text may be: labels with their probabilities, best first.

    confidence: calibrated probability that the first label is right.
    """

    ranking: tuple[tuple[str, float], ...]
    confidence: float


@dataclass(frozen=True)
class Hybrid:
    """A trained classifier.

    phrases (n, 384) times steps (n,) are the phrases' sentence vectors, weights (n, labels) what each adds to the labels' scores,
    prior (labels,) the scores of a text that is like none of them.
    calibration: temperature of the softmax, the cosine below which a text is strange, log-odds that it loses for each 1 of cosine
    below that, then the line of `_signs` that gives the log-odds of "the first is right".
    """

    labels: tuple[str, ...]
    phrases: Bytes
    steps: Floats
    weights: Floats
    spelling: Floats
    prior: Floats
    ngrams: Ngrams
    calibration: tuple[float, ...]

    @classmethod
    def train(cls, texts: Sequence[str], labels: Sequence[str], phrases: Floats, usual: str | None = None) -> Hybrid:
        """From training texts, their labels and their sentence vectors (n, 384). Deterministic; n² floats of memory.

        usual: the label of what is like none of the texts; without one no label is.
        """
        order = np.argsort(np.array(labels), kind="stable")
        texts = [texts[index] for index in order]
        rounded, steps = _rounded(phrases[order])
        vectors = rounded * steps[:, None]
        names, truth = np.unique(np.array(labels)[order], return_inverse=True)
        ngrams, surface = Ngrams.fit(texts)
        targets = np.eye(len(names), dtype=np.float32)[truth]
        prior = (names == usual).astype(np.float32)
        targets -= prior
        # The sample comes last in the system: its part of the inverse then needs only the last corner of the factor.
        sample = np.unique(np.linspace(0, len(texts) - 1, min(CALIBRATED, len(texts))).astype(int))
        mixed = np.concatenate([np.setdiff1d(np.arange(len(texts)), sample), sample])
        kernel, nearest = _kernel(vectors[mixed], surface[mixed])
        factor, lower = cho_factor(kernel.T, lower=True, overwrite_a=True, check_finite=False)
        solved = cho_solve((factor, lower), targets[mixed], check_finite=False).astype(np.float32)
        weights = np.empty_like(solved)
        weights[mixed] = solved
        corner, _ = strtri(np.tril(factor[-len(sample) :, -len(sample) :]), lower=1)
        alone = prior + targets[sample] - weights[sample] / np.einsum("ij,ij->j", corner, corner)[:, None]
        spelling = (SPELLING / 2 * (surface.T @ weights)).astype(np.float32)
        calibration = _calibrate(alone, truth[sample], nearest[-len(sample) :])
        return cls(tuple(str(name) for name in names), rounded, steps, weights, spelling, prior, ngrams, calibration)

    def guess(self, text: str, vector: Floats) -> Guess:
        """What `text` may be; `vector` is its sentence vector (384,)."""
        cosines: Floats = self._cosines.run(None, {"vector": vector[None]})[0][0]
        scores = self.prior + np.exp(SHARPNESS * (cosines - 1)) @ self.weights
        columns, values = self.ngrams.vector(text)
        if len(columns):
            scores = scores + values @ self.spelling[columns]
        chances, odds = _odds(scores[None], cosines.max(keepdims=True), self.calibration)
        order = np.argsort(-chances[0], kind="stable")[:10]
        ranking = tuple((self.labels[index], float(chances[0, index])) for index in order)
        return Guess(ranking, float(1 / (1 + np.exp(-odds[0]))))

    def chances(self, texts: Sequence[str], vectors: Floats) -> Floats:
        """The labels' probabilities for many texts, (n, labels), in floats; their sentence vectors are (n, 384)."""
        phrases = (self.phrases * self.steps[:, None]).T
        surface = self.ngrams.matrix(texts)
        out = np.empty((len(texts), len(self.labels)), np.float32)
        for start in range(0, len(texts), BLOCK):
            block = slice(start, start + BLOCK)
            cosines = vectors[block] @ phrases
            scores = self.prior + np.exp(SHARPNESS * (cosines - 1)) @ self.weights
            scores += surface[block] @ self.spelling
            out[block] = _odds(scores, cosines.max(axis=1), self.calibration)[0]
        return out

    def save(self, folder: Path) -> None:
        """Plain numpy arrays and JSON; nothing in them can run code when loaded."""
        np.save(folder / "phrases.npy", self.phrases)
        np.save(folder / "steps.npy", self.steps)
        np.save(folder / "weights.npy", self.weights.astype(np.float16))
        np.save(folder / "spelling.npy", self.spelling.astype(np.float16))
        np.save(folder / "prior.npy", self.prior)
        np.save(folder / "idf.npy", self.ngrams.weights)
        names = {
            "labels": self.labels,
            "ngrams": self.ngrams.names,
            "calibration": self.calibration,
        }
        (folder / "names.json").write_text(json.dumps(names))

    @classmethod
    def load(cls, folder: Path) -> Hybrid:
        """What `save` wrote. Raises OSError or ValueError when something is missing or damaged."""

        def array(name: str) -> Floats:
            values: Floats = np.load(folder / f"{name}.npy", allow_pickle=False).astype(np.float32)
            return values

        names = json.loads((folder / "names.json").read_text())
        return cls(
            labels=tuple(names["labels"]),
            phrases=np.load(folder / "phrases.npy", allow_pickle=False),
            steps=array("steps"),
            weights=array("weights"),
            spelling=array("spelling"),
            prior=array("prior"),
            ngrams=Ngrams(names["ngrams"], array("idf")),
            calibration=tuple(names["calibration"]),
        )

    @cached_property
    def _cosines(self) -> onnxruntime.InferenceSession:
        """One sentence vector (1, 384) to its cosines with all phrases (1, n), in whole numbers."""
        graph = Graph()
        columns = [
            graph.constant("phrases", np.ascontiguousarray(self.phrases.T)),
            graph.constant("steps", self.steps),
            graph.constant("zeros", np.zeros(len(self.phrases), np.int8)),
        ]
        graph.op("DynamicQuantizeMatMul", ["vector", *columns], "cosines", domain=MICROSOFT)
        size, length = self.phrases.shape
        return session(graph.model({"vector": (1, length)}, {"cosines": (1, size)}))


def _rounded(vectors: Floats) -> tuple[Bytes, Floats]:
    """Vectors (n, 384) as whole numbers of at most MOST and the step of each row (n,)."""
    steps = np.maximum(np.abs(vectors).max(axis=1), 1e-12) / np.float32(MOST)
    return np.rint(vectors / steps[:, None]).astype(np.int8), steps.astype(np.float32)


def _kernel(vectors: Floats, surface: csr_matrix) -> tuple[Floats, Floats]:
    """The kernel of all pairs (n, n), its upper triangle only, and each phrase's cosine to the closest other one (n,).

    By blocks of rows, to spare memory, on all cores. N-grams that many phrases share are multiplied as a dense matrix: in a
    sparse product they cost most of the time. Each thread has one space for products: new memory for each costs as much as they do.
    """
    size = len(vectors)
    often = surface.getnnz(axis=0) > size / COMMON
    common, rare = surface[:, often].toarray(), surface[:, ~often].tocsr()
    common_turned, rare_turned = (common * np.float32(SPELLING / 2)).T, (rare * (SPELLING / 2)).T.tocsr()
    # The triangle that stays empty costs no memory: numpy's own arrays come in pages of 2 MB, of which every one would be touched.
    kernel = np.frombuffer(mmap.mmap(-1, 4 * size * size), np.float32).reshape(size, size)
    nearest = np.full(size, -1, np.float32)
    own = threading.local()

    def fill(start: int) -> tuple[int, Floats, Floats]:
        end = min(start + BLOCK, size)
        rows = kernel[start:end, start:]
        if not hasattr(own, "space"):
            own.space = np.empty(BLOCK * size, np.float32)
        part = own.space[: rows.size].reshape(rows.shape)
        rows[:] = np.matmul(vectors[start:end], vectors[start:].T, out=part)
        inner = np.arange(end - start)
        rows[inner, inner] = -1
        closest = rows.max(axis=1), rows.max(axis=0)
        rows[inner, inner] = 1
        rows -= 1
        rows *= SHARPNESS
        np.exp(rows, out=rows)
        rows += np.matmul(common[start:end], common_turned[:, start:], out=part)
        rows += (rare[start:end] @ rare_turned[:, start:]).toarray(out=part)
        rows[inner, inner] += NOISE
        return start, *closest

    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        for start, before, later in pool.map(fill, range(0, size, BLOCK)):
            np.maximum(nearest[start : start + BLOCK], before, out=nearest[start : start + BLOCK])
            np.maximum(nearest[start:], later, out=nearest[start:])
    return kernel, nearest


def _odds(scores: Floats, nearest: Floats, calibration: Sequence[float]) -> tuple[Floats, Floats]:
    """Probabilities (n, labels) and the log-odds (n,) that the first label is right."""
    temperature, edge, loss, *line = calibration
    chances = np.exp(temperature * (scores - scores.max(axis=1, keepdims=True)))
    chances /= chances.sum(axis=1, keepdims=True)
    odds: Floats = _signs(scores, chances, nearest) @ np.array(line) - loss * np.maximum(0, edge - nearest)
    return chances, odds


def _signs(scores: Floats, chances: Floats, nearest: Floats) -> Floats:
    """What tells a right guess from a wrong one: (n, 5) of 1, log-odds of the first, its score and lead, nearest phrase."""
    first = np.clip(chances.max(axis=1), 1e-6, 1 - 1e-6)
    second, best = (
        np.partition(scores, -2, axis=1)[:, -2:].T if scores.shape[1] > 1 else (scores[:, 0] * 0, scores[:, 0])
    )
    signs: Floats = np.stack([np.ones_like(first), np.log(first / (1 - first)), best, best - second, nearest], axis=1)
    return signs


def _calibrate(alone: Floats, truth: npt.NDArray[np.int64], nearest: Floats) -> tuple[float, ...]:
    """Temperature of the softmax by likelihood, then a logistic line onto "the first label is right", both leave-one-out.

    Between them what makes a text strange, by how far apart the phrases are.
    """
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
    spread = max(float(nearest.std()), 0.01)
    edge = float(nearest.mean()) - FAR * spread
    return (temperature, edge, STRANGE / spread, *(float(weight) for weight in line))
