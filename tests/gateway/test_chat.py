"""The web chat API as a browser uses it."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor

from tests.gateway.fake_rasa import FakeRasa
from tests.gateway.front_door import PATIENCE, Chat, FrontDoor, Stream


def test_a_message_is_answered_with_numbered_events(chat: Chat, rasa: FakeRasa) -> None:
    rasa.script["does it hurt?"] = [
        {
            "text": "Most people feel a tapping.",
            "lang": "en",
            "sources": [{"title": "A source", "url": "https://example.org/"}],
            "reviewed": "2026-10-01",
            "topic": "faq/pain",
            "alert": None,
        }
    ]
    message = chat.send("does it hurt?")
    (answer,) = chat.until_idle(message)
    assert [event["seq"] for event in chat.events] == [1, 2, 3, 4]
    assert [event["type"] for event in chat.events] == ["user", "status", "bot", "status"]
    assert chat.events[0]["text"] == "does it hurt?"
    assert [event.get("state") for event in chat.events] == [None, "typing", None, "idle"]
    assert answer["sources"] == [{"title": "A source", "url": "https://example.org/"}]
    assert answer["reviewed"] == "2026-10-01"
    assert {"topic", "alert", "payload"}.isdisjoint(answer)
    post = rasa.posts[0]
    assert post["channel"] == "web"
    assert uuid.UUID(post["message_id"])
    assert uuid.UUID(post["conversation"])
    assert post["message_id"] != message


def test_the_same_client_message_id_twice_is_one_turn(chat: Chat, rasa: FakeRasa) -> None:
    rasa.delay = 0.3
    message = uuid.uuid4().hex
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: chat.post(client_msg_id=message, text="hello"), range(8)))
    assert {answer.status_code for answer in answers} == {202}
    assert sorted(answer.json()["duplicate"] for answer in answers) == [False] + [True] * 7
    assert {answer.json()["seq"] for answer in answers} == {1}
    assert len(chat.until_idle(message)) == 1
    assert chat.post(client_msg_id=message, text="hello").json() == {"seq": 1, "duplicate": True}
    assert sum(rasa.ran.values()) == 1


def test_the_same_client_message_id_with_another_body_is_a_conflict(chat: Chat) -> None:
    message = chat.send("hello")
    chat.until_idle(message)
    answer = chat.post(client_msg_id=message, text="something else")
    assert answer.status_code == 409
    assert answer.json()["code"] == "message_conflict"
    assert chat.poll() == []


def test_turns_of_a_conversation_run_one_at_a_time_in_order_of_arrival(chat: Chat, rasa: FakeRasa) -> None:
    rasa.delay = 0.1
    messages = [chat.send(f"number {n}") for n in range(6)]
    chat.until_idle(messages[-1])
    assert rasa.order == [f"number {n}" for n in range(6)]
    assert [event["seq"] for event in chat.events] == list(range(1, len(chat.events) + 1))
    answered = [event["in_reply_to"] for event in chat.events if event["type"] == "bot"]
    assert answered == messages


def test_choices_are_opaque_and_resolved_on_the_server(chat: Chat, rasa: FakeRasa) -> None:
    payload = '/in_task{"choice": "slot-2"}'
    rasa.script["book"] = [
        {
            "text": "Which time?",
            "lang": "en",
            "expects": "choice",
            "choices": [
                {
                    "label": "Tue 2:00 PM",
                    "payload": '/in_task{"choice": "slot-1"}',
                    "kind": "slot",
                    "day": "2026-12-01",
                },
                {"label": "Tue 3:00 PM", "payload": payload, "kind": "slot", "day": "2026-12-01"},
            ],
        }
    ]
    (question,) = chat.ask("book")
    assert [set(choice) for choice in question["choices"]] == [{"id", "label", "kind", "day"}] * 2
    assert "in_task" not in str(chat.events)
    ids = [choice["id"] for choice in question["choices"]]
    assert all(len(choice) >= 22 for choice in ids)
    message = chat.choose(ids[1])
    chat.until_idle(message)
    assert rasa.posts[-1]["payload"] == payload
    assert "text" not in rasa.posts[-1]
    said = next(event for event in chat.events if event["type"] == "user" and event["in_reply_to"] == message)
    assert said["text"] == "Tue 3:00 PM"


def test_a_stale_or_foreign_choice_is_answered_kindly_and_never_reaches_the_bot(
    door: FrontDoor, rasa: FakeRasa
) -> None:
    rasa.script["book"] = [
        {"text": "Which time?", "lang": "en", "choices": [{"label": "Tue", "payload": "/in_task", "kind": "slot"}]}
    ]
    one, other = door.chat(), door.chat()
    stale = one.ask("book")[0]["choices"][0]["id"]
    fresh = one.ask("book")[0]["choices"][0]["id"]
    turns = len(rasa.posts)
    for chat, choice in ((one, stale), (other, fresh), (one, "never-offered")):
        message = chat.choose(choice)
        passed = chat.until_idle(message)[0]
        assert "has passed" in passed["text"]
        assert len(rasa.posts) == turns
    again = one.said(message)[1]
    assert again["text"] == "Which time?"
    assert again["choices"][0]["id"] == fresh
    one.until_idle(one.choose(fresh))
    assert rasa.posts[-1]["payload"] == "/in_task"
    assert "Tue" not in str(other.events)


def test_a_topic_stays_good_after_other_questions(chat: Chat, rasa: FakeRasa) -> None:
    rasa.script["hm"] = [
        {"text": "Did you mean", "lang": "en", "choices": [{"label": "Cost", "payload": "/faq/cost", "kind": "topic"}]}
    ]
    topic = chat.ask("hm")[0]["choices"][0]["id"]
    chat.ask("something else")
    chat.until_idle(chat.choose(topic))
    assert rasa.posts[-1]["payload"] == "/faq/cost"


def test_typed_commands_are_ordinary_text(chat: Chat, rasa: FakeRasa) -> None:
    for typed in ("/restart", "  //book", '/in_task{"choice": "x"}', "\u202e/restart"):
        chat.ask(typed)
        assert not rasa.posts[-1]["text"].startswith(("/", " "))
        assert "payload" not in rasa.posts[-1]


def test_a_stream_resumes_at_every_boundary(chat: Chat) -> None:
    for text in ("one", "two", "three"):
        chat.ask(text)
    total = len(chat.events)
    assert total == 12
    for after in range(total + 1):
        stream = Stream(chat, after)
        stream.wait_for(total - after)
        stream.close()
        assert stream.events == chat.events[after:]
        assert stream.ids == list(range(after + 1, total + 1))
        assert chat.poll(after=after) == chat.events[after:]


def test_a_stream_delivers_at_once_and_is_never_buffered(chat: Chat) -> None:
    stream = Stream(chat)
    assert stream.response is not None
    assert stream.response.headers["content-type"].startswith("text/event-stream")
    assert stream.response.headers["x-accel-buffering"] == "no"
    assert stream.response.headers["cache-control"] == "no-store"
    chat.send("hello")
    assert [event["type"] for event in stream.wait_for(4)] == ["user", "status", "bot", "status"]
    assert stream.beats == 0, "it was only looked for when the stream was quiet for long"


def test_an_ended_chat_is_closed_for_good(chat: Chat) -> None:
    stream = Stream(chat)
    chat.ask("hello")
    assert chat.http.post("/chat/end", headers=chat.headers).status_code == 204
    assert stream.ended.wait(PATIENCE)
    assert stream.beats == 0
    answer = chat.post(client_msg_id="m1", text="hello again")
    assert (answer.status_code, answer.json()["code"]) == (401, "session_expired")
