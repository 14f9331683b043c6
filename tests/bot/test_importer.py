"""Our reader of training data gives what Rasa's own importers give."""

from __future__ import annotations

from pathlib import Path

import pytest
from rasa.shared.importers.importer import TrainingDataImporter
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.importer import importer, phrases

CONFIG = "recipe: default.v1\nassistant_id: t\nlanguage: en\npipeline: []\npolicies: [{name: RulePolicy}]\n"
DOMAIN = """
version: "3.1"
intents: [faq, greet]
responses: {utter_greet: [{text: Hello}]}
slots: {mood: {type: text, mappings: [{type: custom}]}}
"""
NLU = """
version: "3.1"
nlu:
  - intent: greet
    metadata:
      kind: short
    examples: |
      - hi
      - "hello" there: 5% # off
      - hi
  - intent: faq/what
    examples: |
      - what is it
      - ¿qué es?
"""
ANSWERS = """
version: "3.1"
responses:
  utter_faq/what:
    - text: >-
        It is
        this.
      buttons: [{title: Yes, payload: /greet}, {title: true story, payload: /greet}]
    - condition: [{type: slot, name: mood, value: off}]
      text: "On: 12:30"
      custom: {reviewed: 2026-01-31, grade: 7.5, signed: null, open: on, shown: true}
"""
RULES = """
version: "3.1"
rules:
  - rule: greet
    steps: [{intent: greet}, {action: utter_greet}]
"""


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path, tuple[Path, ...]]:
    (tmp_path / "data").mkdir()
    for name, text in {
        "config": CONFIG,
        "domain": DOMAIN,
        "data/nlu": NLU,
        "data/rules": RULES,
        "said": ANSWERS,
    }.items():
        (tmp_path / f"{name}.yml").write_text(text)
    return tmp_path / "config.yml", tmp_path / "domain.yml", (tmp_path / "data", tmp_path / "said.yml")


def _examples(data: TrainingData) -> list[dict]:
    return [one.data for one in data.intent_examples if one.get("text")]


def test_it_reads_what_rasa_reads(files):
    config, domain, data = files
    ours = importer(config, domain, data)
    theirs = TrainingDataImporter.load_from_config(str(config), str(domain), [str(path) for path in data])
    assert _examples(ours.get_nlu_data()) == _examples(theirs.get_nlu_data())
    assert ours.get_nlu_data().responses == theirs.get_nlu_data().responses
    assert ours.get_domain().as_dict() == theirs.get_domain().as_dict()
    assert ours.get_stories().fingerprint() == theirs.get_stories().fingerprint()


def test_the_phrases_come_without_repetition(files):
    assert phrases(files[2]) == ["hi", '"hello" there: 5% # off', "what is it", "¿qué es?"]
