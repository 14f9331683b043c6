"""Rasa without TensorFlow: placeholders for modules that it imports and that neither serving nor our training runs.

Rasa 3.6 imports TensorFlow on the way to every component (training callbacks, the batch generator of DIET and TED) and, when
a model is loaded, through the validator of the training graph. None of them takes part in answering a message with our
pipeline, but they cost four seconds and 350 MB. The built-in channels (Slack, Telegram, …) and the tracker stores for
DynamoDB and MongoDB bring a dozen more libraries that a server with one private channel and one SQL database does not use,
as do reminders (apscheduler), event brokers (aiormq), web tokens (jwt) and locks in Redis.
Training asks the real validator, which wants to know of DIET, TED and their like only whether the pipeline has them, and does
not import every component that Rasa brings: six seconds.
`tests/bot/test_lean.py` compares answers with and without the placeholders, and the graphs that are trained.
"""

from __future__ import annotations

import sys
from types import ModuleType

PLACES: dict[str, tuple[str, ...]] = {
    "rasa.utils.tensorflow.callback": ("RasaTrainingLogger", "RasaModelCheckpoint"),
    "rasa.utils.tensorflow.data_generator": ("RasaBatchDataGenerator", "RasaDataGenerator"),
    "rasa.utils.tensorflow.model_data": ("RasaModelData", "FeatureSignature", "ragged_array_to_ndarray"),
    "rasa.utils.tensorflow.model_data_utils": (),
    "rasa.core.test": (),
    "boto3": (),
    "boto3.dynamodb": (),
    "boto3.dynamodb.conditions": ("Key",),
    "pymongo": (),
    "pymongo.collection": ("Collection",),
    "apscheduler": (),
    "apscheduler.schedulers": (),
    "apscheduler.schedulers.asyncio": ("AsyncIOScheduler",),
    "aiormq": (),
    "jwt": (),
    "portalocker.redis": ("RedisLock",),
}
CHANNELS = {
    "botframework": "BotFrameworkInput",
    "callback": "CallbackInput",
    "console": "CmdlineInput",
    "facebook": "FacebookInput",
    "hangouts": "HangoutsInput",
    "mattermost": "MattermostInput",
    "rasa_chat": "RasaChatInput",
    "rocketchat": "RocketChatInput",
    "slack": "SlackInput",
    "socketio": "SocketIOInput",
    "telegram": "TelegramInput",
    "twilio": "TwilioInput",
    "twilio_voice": "TwilioVoiceInput",
    "webexteams": "WebexTeamsInput",
}
SERVING = {"rasa.graph_components.validators.default_recipe_validator": ("DefaultV1RecipeValidator",)}
TRAINING = {
    "rasa.engine.recipes.default_components": ("DEFAULT_COMPONENTS",),
    "rasa.core.policies.ted_policy": ("TEDPolicy",),
    "rasa.nlu.classifiers.diet_classifier": ("DIETClassifier",),
    "rasa.nlu.classifiers.mitie_intent_classifier": ("MitieIntentClassifier",),
    "rasa.nlu.classifiers.sklearn_intent_classifier": ("SklearnIntentClassifier",),
    "rasa.nlu.extractors.crf_entity_extractor": ("CRFEntityExtractor", "CRFEntityExtractorOptions"),
    "rasa.nlu.extractors.mitie_entity_extractor": ("MitieEntityExtractor",),
    "rasa.nlu.selectors.response_selector": ("ResponseSelector",),
}


class PlaceholderError(RuntimeError):
    """Something was called that this process has not loaded."""


class _Placeholder:
    channel = ""

    def __init__(self, *args: object, **kwargs: object) -> None:
        raise PlaceholderError(f"{type(self).__name__} is not loaded in this process (bot/lean.py)")

    @classmethod
    def name(cls) -> str:
        """Rasa lists its channels by name at import."""
        return cls.channel


def install(training: bool = False) -> None:
    """Put the placeholders in place; call before anything of Rasa is imported. Does nothing when it is too late."""
    if "tensorflow" in sys.modules or "rasa.core.agent" in sys.modules:
        return
    places = PLACES | (TRAINING if training else SERVING)
    places |= {f"rasa.core.channels.{module}": (name,) for module, name in CHANNELS.items()}
    for module, names in places.items():
        stand_in = ModuleType(module)
        stand_in.__path__ = []
        for name in names:
            setattr(stand_in, name, type(name, (_Placeholder,), {"channel": module.rsplit(".", 1)[-1]}))
        sys.modules.setdefault(module, stand_in)
