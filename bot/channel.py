"""The private channel: the only door into Rasa, for the gateway alone (docs/architecture.md, "The private channel").

    POST /webhooks/private/turn     one message in, its replies out; the stored replies when the message was handled before
    POST /webhooks/private/safety   is this text an emergency? touches no tracker
    GET  /webhooks/private/ready    does the loaded model understand a canned message?

Threat: whoever reaches the port could speak as any patient. Rule: loopback only, and a shared secret compared in constant
time. Threat: typed text in Rasa's slash form sets intents and entities. Rule: a leading slash of typed text is dropped, and
payloads are read by `bot.payload` from their own field.
"""

from __future__ import annotations

import asyncio
import hmac
import weakref
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from rasa.core.agent import Agent
from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, OutputChannel, UserMessage
from rasa.core.processor import MessageProcessor
from rasa.shared.core.events import BotUttered, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, json

from bot import action_server, reply, safety, settings
from bot.payload import PayloadError, parse
from bot.request import RequestError, SafetyCheck, Turn
from bot.spanish import language
from bot.tracker_store import StoreUnavailableError

log = structlog.get_logger()

CANNED = "What is TMS?"
NO_REPLY = "utter_no_reply"
BODY_LIMIT = 16_384


class OutcomeUnknownError(RuntimeError):
    """The turn's action may have changed something, and what it said is lost. Nothing of the turn is stored."""


class Collector(CollectingOutputChannel):
    """Collects a turn's bot messages; its name picks `channel: web | sms` variants of responses."""

    def __init__(self, channel: str) -> None:
        super().__init__()
        self._channel = channel

    def name(self) -> str:  # type: ignore[override]
        """`web` or `sms`."""
        return self._channel

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Keep the message whole; Rasa's own collector splits texts at blank lines and drops metadata."""
        self.messages.append(message)


class PrivateChannel(InputChannel):
    """`credentials.yml`: `bot.channel.PrivateChannel:`."""

    def __init__(self, *tokens: str) -> None:
        self._tokens = tuple(b"Bearer " + token.encode() for token in tokens)
        self._turns: weakref.WeakValueDictionary[str, asyncio.Lock] = weakref.WeakValueDictionary()
        self._unknown: set[str] = set()

    @classmethod
    def name(cls) -> str:
        """The path: /webhooks/private."""
        return "private"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> PrivateChannel:
        """The secret comes from the environment. Raises SettingsError."""
        return cls(*settings.bot_tokens())

    def get_output_channel(self) -> OutputChannel | None:
        """Nothing is ever sent outside a turn."""
        return None

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The three routes."""
        routes = Blueprint("private")

        @routes.middleware("request")
        async def guard(request: Request) -> HTTPResponse | None:
            given = request.headers.get("authorization", "").encode()
            # All are compared, whatever the first says: which one fits is nobody's business.
            if not any([hmac.compare_digest(given, token) for token in self._tokens]):
                return json({"code": "unauthorized"}, 401)
            if len(request.body or b"") > BODY_LIMIT:
                return json({"code": "invalid", "detail": "body over 16 kB"}, 422)
            return None

        @routes.get("/ready")
        async def ready(request: Request) -> HTTPResponse:
            agent = _agent(request)
            if agent is None:
                return _not_ready()
            try:
                data = await _processor(agent).parse_message(UserMessage(CANNED))
            except Exception as error:
                log.error("readiness parse failed", error=type(error).__name__)
                return _not_ready()
            if not data.get("understood"):
                return _not_ready()
            return json({"ready": True, "model": _processor(agent).model_filename})

        @routes.post("/turn")
        async def turn(request: Request) -> HTTPResponse:
            agent = _agent(request)
            if agent is None:
                return _not_ready()
            try:
                asked = Turn.read(request.body)
                async with self._turns.setdefault(asked.conversation, asyncio.Lock()):
                    replies = await _take_turn(agent, asked, asked.message_id in self._unknown)
            except OutcomeUnknownError as error:
                self._unknown.add(asked.message_id)
                log.error("turn of unknown outcome", message_id=asked.message_id, cause=str(error))
                return json({"code": "outcome_unknown"}, 500)
            except (RequestError, PayloadError) as error:
                return json({"code": "invalid", "detail": str(error)}, 422)
            except StoreUnavailableError as error:
                log.error("store unavailable", error=type(error).__name__)
                return json({"code": "store_unavailable"}, 503)
            self._unknown.discard(asked.message_id)
            return json({"message_id": asked.message_id, "replies": replies})

        @routes.post("/safety")
        async def check(request: Request) -> HTTPResponse:
            agent = _agent(request)
            if agent is None:
                return _not_ready()
            try:
                asked = SafetyCheck.read(request.body)
            except RequestError as error:
                return json({"code": "invalid", "detail": str(error)}, 422)
            return json(await _check(agent, asked))

        return routes


def _agent(request: Request) -> Agent | None:
    agent = getattr(request.app.ctx, "agent", None)
    return agent if agent is not None and agent.is_ready() else None


def _processor(agent: Agent) -> MessageProcessor:
    if agent.processor is None:
        raise RuntimeError("no model is loaded")
    return agent.processor


def _not_ready() -> HTTPResponse:
    return json({"code": "not_ready"}, 503)


async def _take_turn(agent: Agent, asked: Turn, unknown: bool) -> list[reply.Reply]:
    """Handle a message once: its replies, or the stored ones. `unknown`: an earlier attempt may have done something.

    Raises StoreUnavailableError and PayloadError, when nothing was done, and OutcomeUnknownError.
    """
    calls = action_server.Calls()
    action_server.calls.set(calls)
    known = await agent.tracker_store.retrieve(asked.conversation)
    if known and (stored := reply.of_turn(known, asked.message_id)):
        return stored
    collector = Collector(asked.channel)
    metadata = _metadata(known, asked)
    try:
        tracker = await _started(agent, known, asked.conversation, collector)
        await _handle(agent, asked, tracker, collector, metadata)
        if calls.lost or (calls.refused and unknown):
            raise OutcomeUnknownError("no answer of the action server")
        lang = reply.language(tracker.latest_message)
        replies = [made for message in collector.messages if (made := reply.from_message(message, lang))]
        if not replies:
            sorry = await _sorry(agent, tracker, asked.channel)
            tracker.update(BotUttered(text=sorry["text"], metadata={"metadata": {"lang": sorry["lang"]}}))
            replies = [sorry]
            log.error("turn without a reply", message_id=asked.message_id)
    except (StoreUnavailableError, PayloadError, OutcomeUnknownError):
        raise
    except Exception as error:
        # A message that breaks understanding must not be posted again for ever, and danger in it must still be seen.
        log.error("turn failed", message_id=asked.message_id, error=type(error).__name__, at=_place(error))
        checked = await _check(agent, SafetyCheck(asked.text or "", asked.channel, metadata["language"]))
        empty = DialogueStateTracker.from_events(asked.conversation, [])
        return [checked["reply"] or await _sorry(agent, empty, asked.channel)]
    try:
        await agent.tracker_store.save(tracker)
    except StoreUnavailableError as error:
        if calls.answered or unknown:
            raise OutcomeUnknownError(str(error)) from error
        raise
    return replies


async def _started(
    agent: Agent, known: DialogueStateTracker | None, conversation: str, collector: Collector
) -> DialogueStateTracker:
    """MessageProcessor.fetch_tracker_and_update_session (3.6.21) on a tracker that was read already."""
    processor = _processor(agent)
    tracker = known or agent.tracker_store.init_tracker(conversation)
    tracker.model_id = processor.model_metadata.model_id
    tracker.assistant_id = tracker.assistant_id or processor.model_metadata.assistant_id
    await processor._update_tracker_session(tracker, collector, {})
    return tracker


async def _handle(
    agent: Agent, asked: Turn, tracker: DialogueStateTracker, collector: Collector, metadata: dict[str, Any]
) -> None:
    """MessageProcessor.handle_message (3.6.21) on a tracker that is loaded once and saved once, by the caller."""
    processor = _processor(agent)
    parse_data = None
    if asked.payload is not None:
        lang = metadata["language"]
        parse_data = parse(asked.payload, agent.domain.intents, agent.domain.responses, lang)
    message = UserMessage(
        asked.payload if asked.payload is not None else asked.text,
        output_channel=collector,
        sender_id=asked.conversation,
        parse_data=parse_data,
        input_channel=asked.channel,
        message_id=asked.message_id,
        metadata=metadata,
    )
    await processor._handle_message_with_tracker(message, tracker)
    await processor.run_action_extract_slots(collector, tracker)
    await processor._run_prediction_loop(collector, tracker)


def _metadata(tracker: DialogueStateTracker | None, asked: Turn) -> dict[str, Any]:
    """What understanding needs to know of the talk so far."""
    slots = tracker.current_slot_values() if tracker else {}
    last_topic = None
    for event in reversed(tracker.events if tracker else []):
        if isinstance(event, SlotSet) and event.key == "last_topic" and event.value:
            last_topic = event.value  # an action answered it
            break
        if isinstance(event, UserUttered):
            parsed = event.parse_data or {}
            understood = parsed.get("understood") or {}  # type: ignore[call-overload]
            if (parsed.get("intent") or {}).get("name") == "faq" and understood.get("topic"):
                last_topic = understood["topic"]
                break
    return {
        "task": slots.get("task"),
        "expects": slots.get("expects"),
        "last_topic": last_topic,
        "language": slots.get("language") or asked.lang or "en",
        "phone": asked.phone,
        "channel": asked.channel,
    }


async def _sorry(agent: Agent, tracker: DialogueStateTracker, channel: str) -> reply.Reply:
    message = await agent.nlg.generate(NO_REPLY, tracker, channel)
    made = reply.from_message(message or {}, "en")
    return made or {"text": "I'm sorry, something went wrong. Please call the clinic.", "lang": "en"}


async def _check(agent: Agent, asked: SafetyCheck) -> dict[str, Any]:
    """The verdict on a text, and the reply it must get. Needs no tracker; without a model the rules alone judge."""
    understood = await _danger(agent, asked)
    if understood is None:
        return {"kind": None, "reply": None, "lang": language(asked.text, asked.lang)}
    lang, kind = understood["lang"], understood["kind"]
    tracker = DialogueStateTracker.from_events("safety", [SlotSet("language", lang)], slots=agent.domain.slots)
    message = await agent.nlg.generate(understood["response"], tracker, asked.channel)
    if message is None:
        message = await agent.nlg.generate(f"utter_{understood['intent']}", tracker, asked.channel) or {}
    message["metadata"] = {**(message.get("metadata") or {}), "alert": {"kind": kind}}
    return {"kind": kind, "reply": reply.from_message(message, lang), "lang": lang}


async def _danger(agent: Agent, asked: SafetyCheck) -> dict[str, str] | None:
    """{"intent", "kind", "response", "lang"} of a dangerous text, by the same parse as a turn: rules and likeness."""
    text = asked.text
    try:
        parsed = await _processor(agent).parse_message(UserMessage(text, metadata={"language": asked.lang}))
    except Exception as error:  # danger must be heard even when the classifier is broken
        log.error("safety_parse", error=type(error).__name__, at=_place(error))
        verdict = safety.assess(text, language(text, asked.lang))
        if verdict is None:
            return None
        return {key: str(getattr(verdict, key)) for key in ("intent", "kind", "response", "lang")}
    understood = parsed.get("understood") or {}
    if not understood.get("kind"):
        return None
    return {"intent": understood["topic"], **{key: str(understood[key]) for key in ("kind", "response", "lang")}}


def _place(error: BaseException) -> str:
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}" if trace else ""
