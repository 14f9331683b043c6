"""`python -m bot.validate`: Rasa's own check of domain, phrases and rules, in which a warning is an error.

What Rasa cannot know is named in KNOWN, with the reason.
Exit status: 0 right, 1 with a line per mistake.
"""

from __future__ import annotations

import argparse
import os
import sys
import warnings
from functools import cached_property

from bot import lean

KNOWN = {
    "The action 'utter_emergency_suicide'": "bot/nlg.py answers with utter_safety/<kind>",
    "The action 'utter_emergency_medical'": "bot/nlg.py answers with utter_safety/<kind>",
    "The utterance 'utter_safety'": "picked by the verdict of bot/safety.py",
    "The utterance 'utter_care'": "leads an answer to somebody with a loss, a past attempt or a question about suicide",
    "The intent 'did_you_mean' is listed": "made by bot/classifier.py, never trained",
    "The intent 'in_task' is listed": "made by bot/context.py, never trained",
    "The intent 'two_questions' is listed": "made by bot/context.py, never trained",
    "The following duplicated intents": "Rasa adds the retrieval intent `faq` of the phrases to the one of the domain",
    "Slot auto-fill has been removed in 3.0": "Rasa says so to everybody who has slots",
}


def mistakes() -> list[str]:
    """What Rasa's validator says of the project, one line each."""
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("ignore")
        warnings.simplefilter("always", UserWarning)
        lean.install()
        from rasa.shared.core.domain import Domain
        from rasa.shared.importers.importer import E2EImporter, ResponsesSyncImporter
        from rasa.shared.importers.rasa import RasaFileImporter
        from rasa.shared.nlu.training_data.training_data import TrainingData
        from rasa.validator import Validator

        class Files(RasaFileImporter):
            """Rasa's reader of files, which would read them all again each time it is asked."""

            def get_nlu_data(self, language: str | None = "en") -> TrainingData:
                return self._training_data

            def get_domain(self) -> Domain:
                return self._domain

            @cached_property
            def _training_data(self) -> TrainingData:
                return super().get_nlu_data()

            @cached_property
            def _domain(self) -> Domain:
                return super().get_domain()

        importer = E2EImporter(ResponsesSyncImporter(Files("config.yml", "domain.yml", ["data"])))
        validator = Validator.from_importer(importer)
        checks = (
            validator.verify_domain_validity,
            validator.verify_nlu,
            validator.verify_actions_in_stories_rules,
            validator.verify_forms_in_stories_rules,
            validator.verify_form_slots,
            validator.verify_slot_mappings,
            validator.verify_story_structure,
        )
        failed = [check.__name__ for check in checks if not check()]
        validator.warn_if_config_mandatory_keys_are_not_set()
    told = [str(one.message).splitlines()[0] for one in caught if issubclass(one.category, UserWarning)]
    found = [line for line in dict.fromkeys(told) if not line.startswith(tuple(KNOWN))]
    return found + [f"{name} failed" for name in failed if not told]


def main() -> int:
    argparse.ArgumentParser(prog="python -m bot.validate", description=__doc__).parse_args()
    found = mistakes()
    for line in found:
        print(f"data: {line}", file=sys.stderr)
    if not found:
        print("domain, phrases and rules: right")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
