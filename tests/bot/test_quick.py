"""What Rasa works out anew, worked out once: the parts that a talk alone would not show."""

from __future__ import annotations

from rasa.core.actions.action import RemoteAction
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from bot.quick import _copy, action_call

DOMAIN = Domain.from_dict(
    {"slots": {"task": {"type": "text", "mappings": [{"type": "custom"}]}}, "actions": ["action_book"]}
)


def _talk(*more: Event) -> DialogueStateTracker:
    events = [
        ActionExecuted("action_listen"),
        UserUttered("hello", {"name": "greet"}, input_channel="web"),
        BotUttered("Hello!"),
        SlotSet("task", "book"),
        ActionExecuted("action_listen"),
        UserUttered("tomorrow", {"name": "in_task"}, input_channel="web"),
        *more,
    ]
    return DialogueStateTracker.from_events("talk", events, DOMAIN.slots)


def test_an_action_is_told_everything_but_what_was_said_before_our_last_words() -> None:
    action = RemoteAction("action_book", EndpointConfig("http://127.0.0.1", enable_selective_domain=True))
    full, ours = action._action_call_format(_talk(), DOMAIN), action_call(action, _talk(), DOMAIN)
    times = [full["tracker"].pop("latest_event_time"), ours["tracker"].pop("latest_event_time")]
    assert all(times)
    for call in (full, ours):
        for event in call["tracker"]["events"]:
            event.pop("timestamp")
    assert ours["tracker"].pop("events") == full["tracker"].pop("events")[2:]
    assert ours == full


def test_a_copied_tracker_is_what_its_events_make_of_it() -> None:
    tracker = _talk()
    twin, replayed = _copy(tracker), tracker.travel_back_in_time(float("inf"))
    assert twin.current_state() == replayed.current_state()
    assert list(twin.events) == list(replayed.events)
    assert vars(twin).keys() == vars(replayed).keys()
    twin.update(SlotSet("task", None))
    assert tracker.get_slot("task") == "book"
    assert len(tracker.events) == len(twin.events) - 1
