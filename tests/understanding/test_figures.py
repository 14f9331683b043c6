"""The committed figures of the open test set are what the trained model reaches: understanding does not fall back."""

import json
import subprocess
from pathlib import Path

FOLDER = Path("tests/understanding")
LEEWAY = 0.005


def test_understanding_is_not_worse_than_the_committed_figures(tmp_path):
    fresh = tmp_path / "figures.json"
    subprocess.run(
        [".venv/rasa/bin/python", "-m", "bot.evaluate", "--write", str(fresh)], check=True, capture_output=True
    )
    now, committed = (json.loads(file.read_text()) for file in (fresh, FOLDER / "figures.json"))
    for name, was in committed.items():
        for rate in ("top1", "offered3", "out_of_scope_handled"):
            assert now[name][rate] >= was[rate] - LEEWAY, rate
        assert now[name]["wrong_answer_rate"] <= was["wrong_answer_rate"] + LEEWAY
        for count in ("suicide_explicit_missed", "suicide_missed", "medical_missed", "false_alarms_hard_negatives"):
            assert now[name][count] <= was[count], count
