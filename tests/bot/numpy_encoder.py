"""all-MiniLM-L6-v2 written out in numpy, slow and plain: what `bot/encoder.py` is held against."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.special import erf

DIMENSIONS = 384
LAYERS, HEADS, HEAD = 6, 12, 32

Floats = npt.NDArray[np.float32]


class NumpyEncoder:
    """Word-piece numbers of texts of one length (n, length) to unit vectors (n, 384)."""

    def __init__(self, file: Path) -> None:
        """`file`: the published model.safetensors."""
        tensors = _tensors(file)
        self._words = tensors["embeddings.word_embeddings.weight"]
        self._places: Floats = (
            tensors["embeddings.position_embeddings.weight"] + tensors["embeddings.token_type_embeddings.weight"][0]
        )
        self._norm = (np.array(tensors["embeddings.LayerNorm.weight"]), np.array(tensors["embeddings.LayerNorm.bias"]))
        self._layers = [_Layer(tensors, index) for index in range(LAYERS)]

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

    def __init__(self, tensors: dict[str, Floats], index: int) -> None:
        def pair(name: str) -> tuple[Floats, Floats]:
            key = f"encoder.layer.{index}.{name}"
            return np.array(tensors[f"{key}.weight"]), np.array(tensors[f"{key}.bias"])

        query, key, value = (pair(f"attention.self.{name}") for name in ("query", "key", "value"))
        # The scale 1/sqrt(head) goes into the query's weights; the three products become one.
        scale = np.float32(1 / math.sqrt(HEAD))
        self._qkv = _turned(np.concatenate([query[0] * scale, key[0], value[0]]))
        self._qkv_bias = np.concatenate([query[1] * scale, key[1], value[1]])
        out, up, down = pair("attention.output.dense"), pair("intermediate.dense"), pair("output.dense")
        self._out, self._out_bias = _turned(out[0]), out[1]
        self._up, self._up_bias = _turned(up[0]), up[1]
        self._down, self._down_bias = _turned(down[0]), down[1]
        self._norm_1, self._norm_2 = pair("attention.output.LayerNorm"), pair("output.LayerNorm")

    def __call__(self, x: Floats, texts: int, length: int) -> Floats:
        qkv = x @ self._qkv
        qkv += self._qkv_bias
        q, k, v = qkv.reshape(texts, length, 3, HEADS, HEAD).transpose(2, 0, 3, 1, 4)
        scores = q @ k.swapaxes(-1, -2)
        scores -= scores.max(axis=-1, keepdims=True)
        np.exp(scores, out=scores)
        scores /= scores.sum(axis=-1, keepdims=True)
        mixed = (scores @ v).swapaxes(1, 2).reshape(-1, DIMENSIONS) @ self._out
        mixed += self._out_bias
        mixed += x
        x = _layer_norm(mixed, *self._norm_1)
        inner = x @ self._up
        inner += self._up_bias
        inner *= 0.5 * (1 + erf(inner * np.float32(math.sqrt(0.5))))
        outer: Floats = inner @ self._down
        outer += self._down_bias
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


def _turned(weights: Floats) -> Floats:
    return np.ascontiguousarray(weights.T)


def _layer_norm(x: Floats, weight: Floats, bias: Floats) -> Floats:
    x = x - x.mean(axis=-1, keepdims=True)
    x /= np.sqrt(np.einsum("ij,ij->i", x, x)[:, None] / np.float32(DIMENSIONS) + np.float32(1e-12))
    x *= weight
    x += bias
    return x
