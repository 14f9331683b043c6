"""Training data as Rasa reads it, in a tenth of the time: every file once, by libyaml (`bot/yaml_file.py`).

Rasa's own importers parse the phrases and answers twice, in pure Python, and check each against a schema; `rasa data validate`
(in `make check`) does that for us. Then they copy every phrase and compare it with the others by a fingerprint, twice. What
comes out is the same: `tests/bot/test_importer.py` compares the two.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from rasa.shared.core.domain import Domain
from rasa.shared.core.training_data.structures import StoryGraph
from rasa.shared.importers.importer import ResponsesSyncImporter
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot import yaml_file

Example = tuple[str, str, dict[str, str] | None]
"""Intent, phrase, the block's metadata."""


def importer(config: Path, domain: Path, data: tuple[Path, ...]) -> ResponsesSyncImporter:
    """What `rasa train` would take these files for. Nothing is read yet."""
    return _Importer(_Files(str(config), str(domain), [str(path) for path in data]))


def phrases(data: tuple[Path, ...]) -> list[str]:
    """The texts that the classifier is trained on, each once, in the order of the files."""
    return list(dict.fromkeys(text for file in _yaml_files(data) for _, text, _ in _examples(yaml_file.read(file))))


class _Phrases(TrainingData):
    """Phrases that are known to differ; nothing of a training is cached, so no phrase needs a fingerprint of its own."""

    def __init__(self, examples: Sequence[Example], responses: dict[str, list[dict[str, Any]]]) -> None:
        super().__init__(responses=responses)
        self.training_examples = [
            Message.build(text, intent, intent_metadata=metadata) for intent, text, metadata in examples
        ]
        self._fill_response_phrases()
        self._examples = examples

    def fingerprint(self) -> str:
        return hashlib.sha256(json.dumps([self._examples, self.responses], default=str).encode()).hexdigest()


class _Importer(ResponsesSyncImporter):
    """Rasa's importer, but the phrases stay as they are: `_Files` has put the domain's answers beside them."""

    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        return self._importer.get_nlu_data(language)


class _Files(RasaFileImporter):
    """Rasa's importer of files, but each read once, and phrases, answers and domain as the module says."""

    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        return self._training_data

    def get_domain(self) -> Domain:
        return self._domain

    def get_stories(self, exclusion_percentage: int | None = None) -> StoryGraph:
        return self._stories

    @cached_property
    def _training_data(self) -> TrainingData:
        contents = [yaml_file.read(Path(file)) for file in self._nlu_files]
        responses = {name: said for content in contents for name, said in content.get("responses", {}).items()}
        examples = {str(example): example for content in contents for example in _examples(content)}
        return _Phrases(list(examples.values()), responses | self._domain.retrieval_intent_responses)

    @cached_property
    def _domain(self) -> Domain:
        domain: Domain = Domain.from_dict(yaml_file.read(Path(self._domain_path)))
        return domain

    @cached_property
    def _stories(self) -> StoryGraph:
        return super().get_stories()


def _yaml_files(paths: tuple[Path, ...]) -> list[Path]:
    return [file for path in paths for file in (sorted(path.rglob("*.yml")) if path.is_dir() else [path])]


def _examples(content: dict[str, Any]) -> list[Example]:
    """Of one file: an `examples` block has a phrase a line, after a dash."""
    return [
        (block["intent"], line.strip()[1:].strip(), block.get("metadata"))
        for block in content.get("nlu", [])
        for line in block["examples"].splitlines()
        if line.strip()
    ]
