"""Training data as Rasa reads it, in a tenth of the time: every file once, by libyaml (`bot/yaml_file.py`).

Rasa's own importers parse the phrases and answers twice, in pure Python, and check each against a schema; `rasa data validate`
(in `make check`) does that for us. What comes out is the same: `tests/bot/test_importer.py` compares the two.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any

from rasa.shared.core.domain import Domain
from rasa.shared.importers.importer import ResponsesSyncImporter
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot import yaml_file


def importer(config: Path, domain: Path, data: tuple[Path, ...]) -> ResponsesSyncImporter:
    """What `rasa train` would take these files for. Nothing is read yet."""
    return ResponsesSyncImporter(_Files(str(config), str(domain), [str(path) for path in data]))


def phrases(data: tuple[Path, ...]) -> list[str]:
    """The texts that the classifier is trained on, each once, in the order of the files."""
    return list(dict.fromkeys(text for file in _yaml_files(data) for _, text, _ in _examples(yaml_file.read(file))))


class _Files(RasaFileImporter):
    """Rasa's importer of files, but with the phrases and answers read as the module says, and the domain once."""

    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        return self._training_data

    def get_domain(self) -> Domain:
        return self._domain

    @cached_property
    def _training_data(self) -> TrainingData:
        contents = [yaml_file.read(Path(file)) for file in self._nlu_files]
        messages = [
            Message.build(text, intent, intent_metadata=metadata)
            for content in contents
            for intent, text, metadata in _examples(content)
        ]
        responses = {name: said for content in contents for name, said in content.get("responses", {}).items()}
        return TrainingData(messages, responses=responses)

    @cached_property
    def _domain(self) -> Domain:
        domain: Domain = super().get_domain()
        return domain


def _yaml_files(paths: tuple[Path, ...]) -> list[Path]:
    return [file for path in paths for file in (sorted(path.rglob("*.yml")) if path.is_dir() else [path])]


def _examples(content: dict[str, Any]) -> list[tuple[str, str, dict[str, str] | None]]:
    """(intent, phrase, the block's metadata) of one file: an `examples` block has a phrase a line, after a dash."""
    return [
        (block["intent"], line.strip()[1:].strip(), block.get("metadata"))
        for block in content.get("nlu", [])
        for line in block["examples"].splitlines()
        if line.strip()
    ]
