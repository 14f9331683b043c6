"""Serving without TensorFlow: placeholders for three modules of Rasa that import it and that serving never runs.

Rasa 3.6 imports TensorFlow on the way to every component (training callbacks, the batch generator of DIET and TED) and, when
a model is loaded, through the validator of the training graph. None of them takes part in answering a message with our
pipeline, but they cost four seconds and 350 MB. `tests/bot/test_lean.py` compares answers with and without the placeholders.
Training uses the real modules.
"""

from __future__ import annotations

import sys
from types import ModuleType

from rasa.engine.graph import GraphComponent


class NotForServingError(RuntimeError):
    """Something that only training may use was called while serving."""


class _Placeholder:
    def __init__(self, *args: object, **kwargs: object) -> None:
        raise NotForServingError("TensorFlow is not loaded in a serving process")


class DefaultV1RecipeValidator(GraphComponent):
    """Stands in for the validator that a model's training graph names; serving never runs that graph."""


def install() -> None:
    """Put the placeholders in place; call before anything else of Rasa is imported. Does nothing when it is too late."""
    if "tensorflow" in sys.modules:
        return
    for module, names in {
        "rasa.utils.tensorflow.callback": ("RasaTrainingLogger", "RasaModelCheckpoint"),
        "rasa.utils.tensorflow.data_generator": ("RasaBatchDataGenerator", "RasaDataGenerator"),
    }.items():
        stand_in = ModuleType(module)
        for name in names:
            setattr(stand_in, name, type(name, (_Placeholder,), {}))
        sys.modules.setdefault(module, stand_in)
    validator = ModuleType("rasa.graph_components.validators.default_recipe_validator")
    validator.DefaultV1RecipeValidator = DefaultV1RecipeValidator  # type: ignore[attr-defined]
    sys.modules.setdefault(validator.__name__, validator)
