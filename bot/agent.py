"""Loads the trained model with everything around it: wording, tracker store, action server."""

from __future__ import annotations

from pathlib import Path

from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.core.utils import AvailableEndpoints
from rasa.shared.exceptions import RasaException

from bot import stored_domain
from bot.action_server import ActionServer
from bot.classifier import UntrainedError
from bot.encoder import EncoderError
from bot.tracker_store import ConversationStore, StoreUnavailableError, unwrap

ENDPOINTS = Path("endpoints.yml")
CANNED = "What is TMS?"


class StartError(RuntimeError):
    """The bot cannot start. The message is one line that names what to fix."""


async def load_agent(model: Path, endpoints_file: Path = ENDPOINTS) -> Agent:
    """The agent, its real tracker store in place, after one canned message was understood. Raises StartError.

    Rasa's own `load_agent` logs a broken model and serves without one.
    """
    endpoints = AvailableEndpoints.read_endpoints(str(endpoints_file))
    actions = ActionServer(endpoints.action.url, **endpoints.action.kwargs) if endpoints.action else None
    stored_domain.install()
    try:
        agent = Agent.load(model, generator=endpoints.nlg, tracker_store=ConversationStore(), action_endpoint=actions)
        unwrap(agent)
        if agent.processor is None:
            raise StartError(f"model {model.name} cannot be loaded: train again with python -m bot.train --force")
        parsed = await agent.processor.parse_message(UserMessage(CANNED))
    except (StoreUnavailableError, EncoderError, UntrainedError) as error:
        raise StartError(str(error)) from error
    except (RasaException, ImportError, KeyError, ValueError, OSError) as error:
        what = f"{type(error).__name__}: {str(error).splitlines()[0][:200]}" if str(error) else type(error).__name__
        raise StartError(
            f"model {model.name} cannot be loaded ({what}): train again with python -m bot.train"
        ) from error
    if not parsed.get("understood"):
        raise StartError(f"model {model.name} understands nothing: train again with python -m bot.train --force")
    return agent
