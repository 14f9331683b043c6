"""Surface features of a text: TF-IDF of characters (2 to 5, within words) and of words (1 and 2), each part of length 1.

They see what the sentence encoder does not: typing errors, text-message shorthand, drug and insurer names, Spanish.
Own code, because scikit-learn takes two seconds to import and a millisecond a text.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
CHARACTERS = (2, 3, 4, 5)
LONGEST = 400
WORDS_KEPT = 4096
"""Words whose n-grams are remembered: patients share most of theirs."""

Floats = npt.NDArray[np.float32]
Integers = npt.NDArray[np.int32]
NONE = np.empty(0, np.int32)


def tokens(text: str) -> list[str]:
    """Lower-case words without accents; a word is letters and digits, with at most one apostrophe inside."""
    plain = text[:LONGEST].replace("\u2019", "'").lower()
    if not plain.isascii():
        decomposed = unicodedata.normalize("NFKD", plain)
        plain = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return WORD.findall(plain)


def _characters(word: str) -> Iterator[str]:
    padded = f" {word} "
    for size in CHARACTERS:
        for start in range(len(padded) - size + 1):
            yield padded[start : start + size]


def _words(words: Sequence[str]) -> Iterator[str]:
    # The mark keeps the word "is" apart from the letters "is".
    for word in words:
        yield "=" + word
    for first, second in itertools.pairwise(words):
        yield f"={first} {second}"


class Ngrams:
    """Vocabulary and weights; `vector` of one text, `matrix` of many."""

    def __init__(self, names: Sequence[str], weights: Floats) -> None:
        self.names = list(names)
        self.weights = weights
        self._index = {name: index for index, name in enumerate(self.names)}
        self._inside = lru_cache(WORDS_KEPT)(self._columns_inside)

    @classmethod
    def fit(cls, texts: Sequence[str], least: int = 2) -> tuple[Ngrams, csr_matrix]:
        """The vocabulary of `texts`, all that occurs in at least `least` of them, in alphabetical order; and their matrix."""
        found: defaultdict[str, int] = defaultdict()
        found.default_factory = found.__len__
        counts = _counts(texts, lambda grams: [found[gram] for gram in grams], found.__len__)
        texts_with = sum(part.getnnz(axis=0) for part in counts)
        names = sorted(name for name, column in found.items() if texts_with[column] >= least)
        columns = [found[name] for name in names]
        seen = texts_with[columns].astype(np.float32)
        ngrams = cls(names, np.log((1 + len(texts)) / (1 + seen)) + 1)
        return ngrams, ngrams._weighted([part[:, columns] for part in counts])

    def vector(self, text: str) -> tuple[Integers, Floats]:
        """(columns, values) of one text; values of each part have length 1, so a full vector has length sqrt(2)."""
        words = tokens(text)
        index = self._index
        whole = np.array([index[gram] for gram in _words(words) if gram in index], np.int32)
        parts = [self._part(np.concatenate([NONE, *map(self._inside, words)])), self._part(whole)]
        columns = np.concatenate([columns for columns, _ in parts])
        return columns, np.concatenate([values for _, values in parts])

    def matrix(self, texts: Sequence[str]) -> csr_matrix:
        """One row a text, as `vector` gives it."""
        index = self._index
        counts = _counts(texts, lambda grams: [index[gram] for gram in grams if gram in index], index.__len__)
        return self._weighted(counts)

    def _weighted(self, counts: Sequence[csr_matrix]) -> csr_matrix:
        parts = []
        for part in counts:
            rows = np.repeat(np.arange(part.shape[0]), np.diff(part.indptr))
            values = (1 + np.log(part.data)) * self.weights[part.indices]
            lengths = np.sqrt(np.bincount(rows, values * values, part.shape[0]))
            part.data = (values / lengths[rows]).astype(np.float32)
            parts.append(part)
        return parts[0] + parts[1]

    def _columns_inside(self, word: str) -> Integers:
        index = self._index
        return np.array([index[gram] for gram in _characters(word) if gram in index], np.int32)

    def _part(self, grams: Integers) -> tuple[Integers, Floats]:
        columns, counts = np.unique(grams, return_counts=True)
        values = (1 + np.log(counts.astype(np.float32))) * self.weights[columns]
        length = float(np.sqrt(values @ values))
        return columns, (values / length if length else values)


def _counts(
    texts: Sequence[str], columns: Callable[[Iterator[str]], list[int]], width: Callable[[], int]
) -> list[csr_matrix]:
    """How often each n-gram is in each text, characters and words apart; `width` is asked last, when all have their column."""
    inside = lru_cache(None)(lambda word: np.array(columns(_characters(word)), np.int32))
    characters: list[Integers] = [NONE]
    whole: list[int] = []
    ends = np.zeros((2, len(texts) + 1), np.int64)
    for row, text in enumerate(texts, 1):
        words = tokens(text)
        within = [inside(word) for word in words]
        characters += within
        whole += columns(_words(words))
        ends[:, row] = ends[0, row - 1] + sum(map(len, within)), len(whole)
    counts = []
    for found, end in zip((np.concatenate(characters), np.array(whole, np.int32)), ends, strict=True):
        part = csr_matrix((np.ones(len(found), np.float32), found, end), shape=(len(texts), width()))
        part.sum_duplicates()
        counts.append(part)
    return counts
