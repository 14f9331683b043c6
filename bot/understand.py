"""`python -m bot.understand [--now 2026-11-23T09:00] FILE`: what the trained model makes of messages, without a server.

FILE holds JSON lines with `text` (`-`: standard input). Printed per line, and nothing else on standard output:
`{"text", "topic", "confidence", "topics": […], "windows": [[from, to], …], "old_windows": [], "asap": false, "series": null}`.
`topic` is the slug without `faq/`, `fallback` when the bot would not answer; `topics` is what the patient would be shown.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import sys
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

os.environ["RASA_TELEMETRY_ENABLED"] = "false"

from bot import lean, log, settings
from clinic import clock
from clinic.config import load

NO_TIMES: dict[str, Any] = {"windows": [], "old_windows": [], "asap": False, "series": None}


class Understander:
    """The NLU part of a trained model: no tracker, no rules, no server."""

    def __init__(self, model: Path) -> None:
        """Load `model`. Raises what Rasa raises for a broken file."""
        from rasa.engine import loader
        from rasa.engine.storage.local_model_storage import LocalModelStorage

        from bot import stored_domain
        from bot.runner import InOrder

        stored_domain.install()
        with tempfile.TemporaryDirectory() as folder:
            metadata, self._runner = loader.load_predict_graph_runner(Path(folder), model, LocalModelStorage, InOrder)
        self._target = str(metadata.nlu_target)

    def parse(self, text: str, metadata: dict[str, Any] | None = None) -> dict[str, Any]:
        """Rasa's parse_data of one typed message."""
        from rasa.core.channels.channel import UserMessage
        from rasa.engine.constants import PLACEHOLDER_MESSAGE, PLACEHOLDER_TRACKER
        from rasa.shared.core.trackers import DialogueStateTracker

        from bot.request import typed

        message = UserMessage(typed(text), metadata=metadata or {})
        tracker = DialogueStateTracker.from_events(message.sender_id, [])
        inputs = {PLACEHOLDER_MESSAGE: [message], PLACEHOLDER_TRACKER: tracker}
        parsed = self._runner.run(inputs=inputs, targets=[self._target])[self._target][0]
        return dict(parsed.as_dict(only_output_properties=True))

    def line(self, text: str) -> dict[str, Any]:
        """One output line of the command."""
        parsed = self.parse(text)
        understood = parsed["understood"]
        when: dict[str, Any] = next((item["value"] for item in parsed["entities"] if item["entity"] == "when"), {})
        times = {name: when.get(name) or empty for name, empty in NO_TIMES.items()}
        return {
            "text": text,
            "topic": understood["topic"],
            "confidence": understood["confidence"],
            "topics": understood["topics"],
            **times,
        }


@contextlib.contextmanager
def quiet_start() -> Iterator[None]:
    """Libraries that greet on standard output while they are imported are not heard."""
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def load_understander(now: str | None = None) -> Understander:
    """The newest model's understanding, by the clock that `now` (clinic time, ISO) sets."""
    if now:
        os.environ.update(TEST_MODE="1", TEST_NOW=now)
        os.environ.pop("TEST_NOW_FILE", None)
    clock.start(load().timezone)
    log.configure()
    with quiet_start():
        lean.install()
        return Understander(settings.model_file())


def main() -> int:
    """Exit status 1 when the model or the file is missing."""
    parser = argparse.ArgumentParser(
        prog="python -m bot.understand", description="Show what messages are understood as."
    )
    parser.add_argument("--now", help="clinic time, like 2026-11-23T09:00")
    parser.add_argument("file", help="JSON lines with text; - for standard input")
    arguments = parser.parse_args()
    try:
        with contextlib.ExitStack() as stack:
            source = sys.stdin if arguments.file == "-" else stack.enter_context(open(arguments.file, encoding="utf-8"))
            lines = [json.loads(line) for line in source if line.strip()]
        understander = load_understander(arguments.now)
    except (OSError, ValueError) as error:
        print(str(error).splitlines()[0], file=sys.stderr)  # noqa: T201
        return 1
    for line in lines:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            print(json.dumps(understander.line(line["text"]), ensure_ascii=False))  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
