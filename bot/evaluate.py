"""`python -m bot.evaluate`: how well the trained model understands our open test sets, in one run.

Reads `tests/understanding/*.jsonl` and, when it is there, `../shared/eval/*.jsonl`; lines without a `topic` are left out.
Prints for each file the score line (JSON), a table of the topics that are not all right, and the ten worst confusions; never a
message. `FLOORS=1` (environment) or `--floors`: exit status 1 when a floor of `tests/understanding/score.py` is not reached.
`--write FILE`: keep the figures of the open sets as JSON, for the test that guards them.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import sys
import time
from pathlib import Path
from types import ModuleType
from typing import Any

from bot.understand import Understander, load_understander

OPEN = Path("tests/understanding")
SHARED = Path("../shared/eval")
NOW = "2026-11-23T09:00"
"""A Monday, for which the times in the test sets were written."""


def scorer() -> ModuleType:
    """`tests/understanding/score.py`, which is published with the test set and is no package."""
    spec = importlib.util.spec_from_file_location("score", OPEN / "score.py")
    if spec is None or spec.loader is None:
        raise FileNotFoundError(OPEN / "score.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["score"] = module
    spec.loader.exec_module(module)
    return module


def rows(file: Path) -> list[dict[str, Any]]:
    """The labelled lines of a test set."""
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    return [line for line in lines if "topic" in line]


def evaluate(file: Path, understander: Understander, score: ModuleType) -> dict[str, Any] | None:
    """Figures of one file, its tables printed; None when it holds no labelled line."""
    gold = rows(file)
    if not gold:
        return None
    begun = time.perf_counter()
    predicted = [understander.line(row["text"]) for row in gold]
    each = (time.perf_counter() - begun) / len(gold) * 1000
    lines = score.pair(gold, predicted)
    figures: dict[str, Any] = score.score(lines)
    _say(f"\n{file}")
    _say(json.dumps(figures))
    _say(f"{each:.1f} ms a message")
    _say("topics that are not all right (right of all):")
    weak = [f"{topic} {right}/{total}" for topic, right, total in score.per_topic(lines) if right < total]
    for start in range(0, len(weak), 4):
        _say("  " + "   ".join(f"{cell:36}" for cell in weak[start : start + 4]).rstrip())
    _say("worst confusions (should be > taken for):")
    for topic, said, number in score.confusions(lines):
        _say(f"  {number} × {topic} > {said}")
    return figures


def main() -> int:
    """Exit status 1 when a floor is not reached and floors are asked for."""
    parser = argparse.ArgumentParser(prog="python -m bot.evaluate", description="Score understanding on the test sets.")
    parser.add_argument("--floors", action="store_true", help="fail when a floor is not reached (or FLOORS=1)")
    parser.add_argument("--write", type=Path, help="write the figures of the open sets to this file")
    arguments = parser.parse_args()
    score = scorer()
    understander = load_understander(NOW)
    failures: list[str] = []
    kept: dict[str, Any] = {}
    for folder in (OPEN, SHARED):
        for file in sorted(folder.glob("*.jsonl")) if folder.is_dir() else []:
            figures = evaluate(file, understander, score)
            if figures is None:
                continue
            failures += [f"{file.name}: {sentence}" for sentence in score.judge(figures)]
            if folder == OPEN:
                kept[file.name] = figures
    if arguments.write:
        arguments.write.write_text(json.dumps(kept, indent=1) + "\n")
    for sentence in failures:
        _say(f"below its floor: {sentence}")
    judged = arguments.floors or os.environ.get("FLOORS") == "1"
    return 1 if failures and judged else 0


def _say(line: str) -> None:
    print(line)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
