"""Surface features of a text: TF-IDF of characters (2 to 5, within words) and of words (1 and 2), each part of length 1.

They see what the sentence encoder does not: typing errors, text-message shorthand, drug and insurer names, Spanish.
Own code, because scikit-learn takes two seconds to import and a millisecond a text.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
CHARACTERS = (2, 3, 4, 5)
LONGEST = 400

Floats = npt.NDArray[np.float32]
Integers = npt.NDArray[np.int32]


def tokens(text: str) -> list[str]:
    """Lower-case words without accents; a word is letters and digits, with at most one apostrophe inside."""
    plain = unicodedata.normalize("NFKD", text[:LONGEST].replace("\u2019", "'").lower())
    return WORD.findall("".join(letter for letter in plain if not unicodedata.combining(letter)))


def _characters(words: Sequence[str]) -> Iterable[str]:
    for word in words:
        padded = f" {word} "
        for size in CHARACTERS:
            for start in range(len(padded) - size + 1):
                yield padded[start : start + size]


def _words(words: Sequence[str]) -> Iterable[str]:
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

    @classmethod
    def fit(cls, texts: Sequence[str], least: int = 2) -> Ngrams:
        """The vocabulary of `texts`: all that occurs in at least `least` of them, in alphabetical order."""
        seen: Counter[str] = Counter()
        for text in texts:
            words = tokens(text)
            seen.update({*_characters(words), *_words(words)})
        names = sorted(name for name, count in seen.items() if count >= least)
        counts = np.array([seen[name] for name in names], np.float32)
        return cls(names, np.log((1 + len(texts)) / (1 + counts)) + 1)

    def vector(self, text: str) -> tuple[Integers, Floats]:
        """(columns, values) of one text; values of each part have length 1, so a full vector has length sqrt(2)."""
        words = tokens(text)
        parts = [self._part(_characters(words)), self._part(_words(words))]
        columns = np.concatenate([columns for columns, _ in parts])
        return columns, np.concatenate([values for _, values in parts])

    def matrix(self, texts: Sequence[str]) -> csr_matrix:
        """One row a text."""
        rows = [self.vector(text) for text in texts]
        ends = np.cumsum([0, *(len(columns) for columns, _ in rows)])
        columns = np.concatenate([columns for columns, _ in rows] or [np.empty(0, np.int32)])
        values = np.concatenate([values for _, values in rows] or [np.empty(0, np.float32)])
        return csr_matrix((values, columns, ends), shape=(len(texts), len(self.names)))

    def _part(self, grams: Iterable[str]) -> tuple[Integers, Floats]:
        index = self._index
        counts = Counter(index[gram] for gram in grams if gram in index)
        columns = np.fromiter(counts.keys(), np.int32, len(counts))
        values = (1 + np.log(np.fromiter(counts.values(), np.float32, len(counts)))) * self.weights[columns]
        length = float(np.sqrt(values @ values))
        return columns, (values / length if length else values)
