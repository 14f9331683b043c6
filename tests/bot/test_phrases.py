"""Training never sees the test sets: no phrase shares a run of five words with one of their messages."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from ruamel.yaml import YAML

from bot.ngrams import tokens

ROOT = Path(__file__).parents[2]
SETS = [*(ROOT / "tests/understanding").glob("*.jsonl"), *(ROOT.parent / "shared/eval").glob("*.jsonl")]
RUN = 5


def _runs(text: str) -> Iterator[tuple[str, ...]]:
    words = tokens(text)
    for start in range(len(words) - RUN + 1):
        yield tuple(words[start : start + RUN])


def _phrases() -> Iterator[tuple[str, int, str]]:
    for file in sorted((ROOT / "data/nlu").glob("*.yml")):
        document = YAML(typ="safe").load(file.read_text(encoding="utf-8")) or {}
        for entry in document.get("nlu") or []:
            for number, line in enumerate(str(entry.get("examples") or "").splitlines()):
                if line.strip().startswith("- "):
                    yield file.name, number, line.strip()[2:]


def test_no_training_phrase_shares_five_words_in_a_row_with_a_test_message() -> None:
    assert SETS
    known = {
        run
        for file in SETS
        for line in file.read_text().splitlines()
        if line
        for run in _runs(json.loads(line)["text"])
    }
    shared = [(file, number) for file, number, phrase in _phrases() if known.intersection(_runs(phrase))]
    assert not shared, f"{len(shared)} phrases (file, example of an intent, counted from 0): {shared}"


def test_no_phrase_stands_under_two_intents() -> None:
    seen: dict[str, str] = {}
    for file in sorted((ROOT / "data/nlu").glob("*.yml")):
        for entry in (YAML(typ="safe").load(file.read_text(encoding="utf-8")) or {}).get("nlu") or []:
            for line in str(entry.get("examples") or "").splitlines():
                phrase = " ".join(tokens(line.strip().removeprefix("- ")))
                if phrase:
                    assert seen.setdefault(phrase, entry["intent"]) == entry["intent"], (
                        f"{file.name}: {entry['intent']}"
                    )
