"""all-MiniLM-L6-v2 written out in numpy, slow and plain: what `bot/encoder.py` is held against.

In floats, as published, or with its products rounded as `bot/encoder_graph.py` says.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.special import erf

from bot import encoder_graph
from bot.encoder_graph import Digits

DIMENSIONS = 384
LAYERS, HEADS, HEAD = 6, 12, 32

Floats = npt.NDArray[np.float32]
Product = Callable[[Floats], Floats]


class NumpyEncoder:
    """Word-piece numbers of texts of one length (n, length) to unit vectors (n, 384)."""

    def __init__(self, file: Path, whole: bool = False) -> None:
        """`file`: the published model.safetensors. `whole`: products of whole numbers."""
        tensors = _tensors(file)
        self._words = tensors["embeddings.word_embeddings.weight"]
        self._places: Floats = (
            tensors["embeddings.position_embeddings.weight"] + tensors["embeddings.token_type_embeddings.weight"][0]
        )
        self._norm = (np.array(tensors["embeddings.LayerNorm.weight"]), np.array(tensors["embeddings.LayerNorm.bias"]))
        self._layers = [_Layer(tensors, index, whole) for index in range(LAYERS)]

    def __call__(self, ids: npt.NDArray[np.int64]) -> Floats:
        texts, length = ids.shape
        x = _layer_norm((self._words[ids] + self._places[:length]).reshape(-1, DIMENSIONS), *self._norm)
        for layer in self._layers:
            x = layer(x, texts, length)
        pooled: Floats = x.reshape(texts, length, DIMENSIONS).mean(axis=1)
        pooled /= np.maximum(np.linalg.norm(pooled, axis=1, keepdims=True), 1e-12)
        return pooled


class _Layer:
    """One transformer block (BERT): self-attention, then a feed-forward of 1536, each with residual and layer norm."""

    def __init__(self, tensors: dict[str, Floats], index: int, whole: bool) -> None:
        layer = f"encoder.layer.{index}"

        def pair(name: str) -> tuple[Floats, Floats]:
            return np.array(tensors[f"{layer}.{name}.weight"]), np.array(tensors[f"{layer}.{name}.bias"])

        before = f"encoder.layer.{index - 1}.output.LayerNorm" if index else "embeddings.LayerNorm"
        middle = f"{layer}.attention.output.LayerNorm"
        parts = [pair(f"attention.self.{name}") for name in ("query", "key", "value")]
        heads, self._heads_bias = (np.concatenate(some) for some in zip(*parts, strict=True))
        out, self._out_bias = pair("attention.output.dense")
        up, self._up_bias = pair("intermediate.dense")
        down, self._down_bias = pair("output.dense")
        if whole:
            self._heads = _whole(heads, encoder_graph.HEADS_DIGITS, _reach(tensors, before, heads))
            self._out = _whole(out, encoder_graph.MIXED_DIGITS)
            self._up = _whole(up, encoder_graph.INNER_DIGITS, _reach(tensors, middle, up))
            self._down = _whole(down, encoder_graph.OUTER_DIGITS)
        else:
            self._heads, self._out, self._up, self._down = (_plain(weight) for weight in (heads, out, up, down))
        self._norm_1, self._norm_2 = pair("attention.output.LayerNorm"), pair("output.LayerNorm")

    def __call__(self, x: Floats, texts: int, length: int) -> Floats:
        qkv = self._heads(x) + self._heads_bias
        q, k, v = qkv.reshape(texts, length, 3, HEADS, HEAD).transpose(2, 0, 3, 1, 4)
        scores = q @ k.swapaxes(-1, -2) / np.float32(math.sqrt(HEAD))
        scores -= scores.max(axis=-1, keepdims=True)
        np.exp(scores, out=scores)
        scores /= scores.sum(axis=-1, keepdims=True)
        mixed = self._out((scores @ v).swapaxes(1, 2).reshape(-1, DIMENSIONS)) + self._out_bias
        mixed += x
        x = _layer_norm(mixed, *self._norm_1)
        inner = self._up(x) + self._up_bias
        inner *= 0.5 * (1 + erf(inner * np.float32(math.sqrt(0.5))))
        outer: Floats = self._down(inner) + self._down_bias
        outer += x
        return _layer_norm(outer, *self._norm_2)


def _tensors(file: Path) -> dict[str, Floats]:
    """All tensors of a safetensors file, mapped. (Format: 8 bytes length, JSON header, raw little-endian data.)"""
    with file.open("rb") as stream:
        size = int.from_bytes(stream.read(8), "little")
        header = json.loads(stream.read(size))
    return {
        name: np.memmap(file, np.float32, "r", 8 + size + place["data_offsets"][0], tuple(place["shape"]))
        for name, place in header.items()
        if name != "__metadata__" and place["dtype"] == "F32"
    }


def _plain(weight: Floats) -> Product:
    turned = np.ascontiguousarray(weight.T)
    return lambda x: x @ turned


def _reach(tensors: dict[str, Floats], norm: str, weight: Floats) -> Floats:
    return encoder_graph.reach(tensors[f"{norm}.weight"], tensors[f"{norm}.bias"], weight)


def _whole(weight: Floats, digits: Digits, shares: Floats | None = None) -> Product:
    """The product in whole numbers, summed exactly."""
    shared = np.ones(weight.shape[1], np.float32) if shares is None else shares
    whole, steps = encoder_graph.rounded(weight * shared, digits)
    turned = np.ascontiguousarray(whole.T.astype(np.float32))

    def product(x: Floats) -> Floats:
        x = x / shared
        largest = np.abs(x).max(axis=1, keepdims=True)
        inputs = np.clip(np.rint(x / largest * digits.high), -digits.low, 255 - digits.low)
        return (inputs @ turned) * (steps / np.float32(digits.high)) * largest

    return product


def _layer_norm(x: Floats, weight: Floats, bias: Floats) -> Floats:
    x = x - x.mean(axis=-1, keepdims=True)
    x /= np.sqrt(np.einsum("ij,ij->i", x, x)[:, None] / np.float32(DIMENSIONS) + np.float32(1e-12))
    x *= weight
    x += bias
    return x
