"""`python -m tests.understanding.compare FOLDER ...`: our classifier and stock Rasa, trained on another business's messages.

A folder is one data set: `train.csv` and `test.csv` with a header, columns `text` (or `sentence`) and `label` (or `intent`), UTF-8.
Test messages labelled with `--outside` belong to no topic; a training row labelled so is left out.
Ours is `bot.hybrid` over `bot.encoder`, as `bot.classifier` uses them, without thresholds. Stock is the `config.yml` of `rasa init`,
trained by `rasa train nlu` (twenty seconds to a few minutes a set) and asked by Rasa's own agent, without its fallback.
Measured: share of the other test messages whose top label is right, and AUROC, the chance that a message of some topic gets more
confidence than one of none. One JSON line on standard output; progress and a table on standard error.
`--floors`: exit status 1 when the mean lead is less than 6 points of accuracy or 10 of AUROC. Where to find such data:
docs/understanding.md.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import json
import os
import subprocess
import sys
import tempfile
import time
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

OUTSIDE = "NO_NODES_DETECTED"
"""What the HINT3 sets call a message of no topic."""

FLOORS = {"accuracy": 0.06, "auroc": 0.10}
"""By how much ours must lead, on average over all sets."""

COLUMNS = (("text", "sentence"), ("label", "intent"))
FALLBACK = "nlu_fallback"
QUIET = {"RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3", "SQLALCHEMY_SILENCE_UBER_WARNING": "1"}


class DataError(Exception):
    """A data set that cannot be used. The message is one line."""


@dataclass(frozen=True)
class Example:
    text: str
    label: str


@dataclass(frozen=True)
class Guess:
    """The top label ("" for none) with its confidence, 0 to 1."""

    label: str
    confidence: float


@dataclass(frozen=True)
class DataSet:
    """inside: test messages of some topic; outside: test messages of none."""

    name: str
    train: list[Example]
    inside: list[Example]
    outside: list[Example]


Classifier = Callable[[Sequence[Example], Sequence[str]], list[Guess]]
"""Trains on examples, then guesses for each text."""


def read(file: Path) -> list[Example]:
    """The rows of a CSV file, without those that lack text or label. Raises DataError."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            rows = csv.DictReader(stream)
            names = [name.strip().lower() for name in rows.fieldnames or ()]
            rows.fieldnames = names
            chosen = [next((name for name in choice if name in names), None) for choice in COLUMNS]
            if None in chosen:
                wanted = " and ".join("/".join(choice) for choice in COLUMNS)
                raise DataError(f"{file}: no columns {wanted} in its first line")
            text, label = chosen
            pairs = [((row[text] or "").strip(), (row[label] or "").strip()) for row in rows]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{file}: cannot be read: {getattr(error, 'strerror', None) or error}") from error
    return [Example(*pair) for pair in pairs if all(pair)]


def load(folder: Path, outside: str = OUTSIDE) -> DataSet:
    """A data set. Raises DataError."""
    train = [example for example in read(folder / "train.csv") if example.label != outside]
    test = read(folder / "test.csv")
    known = {example.label for example in train}
    if len(known) < 2:
        raise DataError(f"{folder}/train.csv: fewer than two labels")
    strange = sorted({example.label for example in test} - known - {outside})
    if strange:
        raise DataError(f"{folder}/test.csv: no training phrase has the label {', '.join(strange)}; see --outside")
    parts = [[example for example in test if (example.label == outside) is beyond] for beyond in (False, True)]
    if not all(parts):
        raise DataError(f"{folder}/test.csv: needs messages labelled {outside} and others; see --outside")
    return DataSet(folder.resolve().name, train, *parts)


def auroc(inside: Sequence[float], outside: Sequence[float]) -> float:
    """The chance that one of `inside` is greater than one of `outside`; equal counts half."""
    below = sorted(outside)
    wins = sum(bisect_left(below, value) + bisect_right(below, value) for value in inside)
    return wins / 2 / len(inside) / len(outside)


def measure(data: DataSet, classifier: Classifier) -> dict[str, float]:
    """accuracy and auroc, 0 to 1."""
    guesses = classifier(data.train, [example.text for example in (*data.inside, *data.outside)])
    right = sum(guess.label == example.label for guess, example in zip(guesses, data.inside, strict=False))
    confidence = [guess.confidence for guess in guesses]
    size = len(data.inside)
    return {"accuracy": right / size, "auroc": auroc(confidence[:size], confidence[size:])}


def ours(train: Sequence[Example], texts: Sequence[str]) -> list[Guess]:
    """What `bot.classifier` would make of each text before its thresholds."""
    from bot import encoder, ngrams
    from bot.hybrid import Hybrid

    phrases = [example.text for example in train]
    with tempfile.TemporaryDirectory() as cache:
        vectors = encoder.encode_phrases(phrases, Path(cache))
    model = Hybrid.train(phrases, [example.label for example in train], vectors)
    guesses = []
    for text in texts:
        if ngrams.tokens(text):
            guess = model.guess(text, encoder.shared().encode(text))
            guesses.append(Guess(guess.ranking[0][0], guess.confidence))
        else:
            guesses.append(Guess("", 0.0))
    return guesses


def stock(train: Sequence[Example], texts: Sequence[str]) -> list[Guess]:
    """What a fresh `rasa init` project, trained on these examples, makes of each text before its fallback threshold."""
    with tempfile.TemporaryDirectory() as folder:
        names = sorted({example.label for example in train})
        model = _train_stock(Path(folder), [(example.text, names.index(example.label)) for example in train])
        return asyncio.run(_ask_stock(model, texts, names))


def _train_stock(folder: Path, pairs: Sequence[tuple[str, int]]) -> Path:
    # Not `import rasa.cli`: only its files are wanted. Intents are numbered, as names with "/" would be something else to Rasa.
    import rasa

    config = Path(rasa.__file__).parent / "cli" / "initial_project" / "config.yml"
    (folder / "config.yml").write_bytes(config.read_bytes())
    examples = [{"text": text, "intent": f"i{number}", "entities": []} for text, number in pairs]
    (folder / "nlu.json").write_text(json.dumps({"rasa_nlu_data": {"common_examples": examples}}))
    done = subprocess.run(
        [sys.executable, "-m", "rasa", "train", "nlu", "--nlu", "nlu.json", "--fixed-model-name", "stock"],
        cwd=folder,
        env={**os.environ, **QUIET},
        capture_output=True,
        text=True,
    )
    model = folder / "models" / "stock.tar.gz"
    if done.returncode or not model.is_file():
        raise DataError(f"rasa train nlu failed: {(done.stderr.strip().splitlines() or ['no message'])[-1]}")
    return model


async def _ask_stock(model: Path, texts: Sequence[str], names: Sequence[str]) -> list[Guess]:
    os.environ.update(QUIET)
    from bot import log

    log.configure()
    from rasa.core.agent import Agent

    agent = Agent.load(model)
    guesses = []
    for text in texts:
        ranking = (await agent.parse_message(text))["intent_ranking"]
        first = next((one for one in ranking if one["name"] != FALLBACK), {"name": None, "confidence": 0.0})
        label = names[int(first["name"][1:])] if first["name"] else ""
        guesses.append(Guess(label, float(first["confidence"])))
    return guesses


def compare(sets: Sequence[DataSet], classifiers: dict[str, Classifier]) -> dict[str, dict[str, dict[str, float]]]:
    """Figures by set (and `mean`), classifier (and `lead`: the first minus the second) and measure."""
    figures: dict[str, dict[str, dict[str, float]]] = {}
    for data in sets:
        figures[data.name] = {}
        for name, classifier in classifiers.items():
            _say(
                f"{data.name}: {name}: training on {len(data.train)}, then {len(data.inside)} + {len(data.outside)} ..."
            )
            begun = time.perf_counter()
            figures[data.name][name] = measure(data, classifier)
            _say(f"{data.name}: {name}: done in {time.perf_counter() - begun:.0f} s")
    figures["mean"] = {
        name: {what: sum(one[name][what] for one in figures.values()) / len(sets) for what in FLOORS}
        for name in classifiers
    }
    first, second = classifiers
    for one in figures.values():
        one["lead"] = {what: one[first][what] - one[second][what] for what in FLOORS}
    return figures


def table(figures: dict[str, dict[str, dict[str, float]]]) -> str:
    """For people, in percent."""
    columns = list(figures["mean"])
    heads = [f"{name} {what}" for what in FLOORS for name in columns]
    lines = [f"{'':20}" + "".join(f"{head:>16}" for head in heads)]
    for name, one in figures.items():
        cells = [f"{100 * one[column][what]:16.1f}" for what in FLOORS for column in columns]
        lines.append(f"{name[:20]:20}" + "".join(cells))
    return "\n".join(lines)


def main() -> int:
    """Exit status 1 when a lead is too small and floors are asked for, 2 when the data cannot be used."""
    description, *details = (__doc__ or "").split("\n\n")
    parser = argparse.ArgumentParser(
        prog="python -m tests.understanding.compare",
        description=description,
        epilog="\n\n".join(details),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("folders", metavar="FOLDER", nargs="+", type=Path, help="a data set: train.csv and test.csv")
    parser.add_argument("--outside", default=OUTSIDE, help="label of messages of no topic (default %(default)s)")
    parser.add_argument("--floors", action="store_true", help="fail when the mean lead is too small")
    arguments = parser.parse_args()
    try:
        sets = [load(folder, arguments.outside) for folder in arguments.folders]
        if len({data.name for data in sets}) < len(sets):
            raise DataError("two folders have the same name")
        figures = compare(sets, {"ours": ours, "stock": stock})
    except DataError as error:
        _say(str(error))
        return 2
    _say(table(figures))
    rounded = {
        name: {who: {what: round(value, 4) for what, value in one.items()} for who, one in part.items()}
        for name, part in figures.items()
    }
    print(json.dumps(rounded), flush=True)
    short = [what for what, floor in FLOORS.items() if figures["mean"]["lead"][what] < floor]
    for what in short:
        _say(f"{what}: leads by {figures['mean']['lead'][what]:.3f}, must be at least {FLOORS[what]}")
    return 1 if short and arguments.floors else 0


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
