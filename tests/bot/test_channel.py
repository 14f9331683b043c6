"""The private channel does what docs/architecture.md says, against a real server."""

from __future__ import annotations

import uuid

import pytest

from tests.bot.server import Server, Talk


def test_a_question_gets_its_answer_with_source_and_date(talk: Talk) -> None:
    (reply,) = talk.say("What is TMS?")
    assert reply["text"].startswith("TMS uses magnetic pulses")
    assert "612-555-0100" in reply["text"], "the clinic's facts are filled in"
    assert reply["lang"] == "en"
    assert reply["topic"] == "what_is_tms"
    assert reply["sources"] == [{"title": "A source", "url": "https://example.org/tms"}]
    assert reply["reviewed"] == "2026-11-01"


def test_a_text_message_gets_the_sms_wording(server: Server) -> None:
    (reply,) = Talk(server, channel="sms").say("What is TMS?")
    assert reply["text"] == "TMS uses magnetic pulses."


def test_spanish_is_answered_in_spanish_from_the_first_message(talk: Talk) -> None:
    (reply,) = talk.say("¿Qué es la EMT?")
    assert (reply["text"], reply["lang"]) == ("La EMT usa pulsos magnéticos.", "es")


def test_spanish_without_a_spanish_answer_says_so_and_gives_the_phone(talk: Talk) -> None:
    (reply,) = talk.say("¿lo cubre el seguro?")
    assert reply["lang"] == "es"
    assert "612-555-0100" in reply["text"]
    assert "Many plans" not in reply["text"]


def test_the_same_answer_is_not_given_word_for_word_twice_in_a_row(talk: Talk) -> None:
    first, second, third = (talk.say("What is TMS?")[0]["text"] for _ in range(3))
    assert first != second != third
    assert "TMS uses magnetic pulses" in second, "the gist is said again"


def test_a_message_that_was_handled_gets_its_stored_replies_and_is_not_handled_again(talk: Talk) -> None:
    message_id = str(uuid.uuid4())
    first = talk.say("What is TMS?", message_id)
    assert talk.say("What is TMS?", message_id) == first, "handled again, it would be said in other words"
    assert talk.say("Does TMS hurt?") != first
    assert talk.say("What is TMS?", message_id) == first


@pytest.mark.parametrize("text", ["/book", '/in_task{"choice": "x"}', " /restart", "//human", "/session_start"])
def test_typed_text_is_never_a_command(talk: Talk, text: str) -> None:
    talk.say("hello")
    replies = talk.say(text)
    assert all("something went wrong" not in reply["text"] or text.strip("/ ") == "book" for reply in replies)
    assert talk.say("What is TMS?")[0]["topic"] == "what_is_tms"


def test_a_button_payload_leads_to_its_answer(talk: Talk) -> None:
    (reply,) = talk.press("/faq/does_it_hurt")
    assert reply["text"] == "Most people feel a tapping."


@pytest.mark.parametrize(
    "payload", ["book", "/no_such_intent", "/faq/no_such_topic", "/in_task{bad}", "/restart", "/book; drop"]
)
def test_a_payload_that_we_did_not_make_is_refused(talk: Talk, payload: str) -> None:
    assert talk.post(payload=payload)[0] == 422


def test_a_turn_is_never_silent_when_the_action_server_is_down(talk: Talk) -> None:
    (reply,) = talk.say("I want to schedule a visit")
    assert "612-555-0100" in reply["text"]
    assert "booked" not in reply["text"].lower()


@pytest.mark.parametrize("token", [None, "", "wrong", "a-token"])
def test_without_the_secret_nothing_is_done(server: Server, token: str | None) -> None:
    for method, path in (("POST", "/turn"), ("POST", "/safety"), ("GET", "/ready")):
        assert server.call(method, f"/webhooks/private{path}", {"text": "hi"}, token)[0] == 401


def _body(**changes: object) -> dict:
    body = {"conversation": str(uuid.uuid4()), "message_id": str(uuid.uuid4()), "channel": "web", "text": "hi"}
    return {key: value for key, value in (body | changes).items() if value is not None}


@pytest.mark.parametrize(
    "body",
    [
        b"not json",
        b"[]",
        _body(conversation="1"),
        _body(message_id=None),
        _body(channel="fax"),
        _body(text=None),
        _body(payload="/book"),
        _body(text=5),
        _body(text="x" * 5000),
        _body(text="x" * 20_000),
        _body(extra=1),
        _body(metadata={"lang": "fr"}),
        _body(metadata={"phone": "12"}),
        _body(metadata={"task": "book"}),
    ],
)
def test_a_wrong_body_is_422(server: Server, body: object) -> None:
    assert server.call("POST", "/webhooks/private/turn", body)[0] == 422


def test_danger_is_answered_with_its_own_reply_and_an_alert(talk: Talk) -> None:
    (reply,) = talk.say("I want to kill myself tomorrow at 3pm")
    assert reply["text"] == "Call or text 988 now."
    assert reply["alert"] == {"kind": "suicidal"}
    assert talk.say("I want to kill myself tomorrow at 3pm")[0]["text"] == reply["text"], "help is repeated as it is"


def test_danger_in_spanish_is_answered_in_spanish(talk: Talk) -> None:
    assert talk.say("me quiero matar")[0]["text"] == "Llame al 988 ahora."


def test_the_safety_route_judges_without_a_conversation(server: Server) -> None:
    status, verdict = server.call("POST", "/webhooks/private/safety", {"text": "i want to kill myself"})
    assert (status, verdict["kind"], verdict["lang"]) == (200, "suicidal", "en")
    assert verdict["reply"]["text"] == "Call or text 988 now."
    assert server.call("POST", "/webhooks/private/safety", {"text": "what is tms"})[1]["kind"] is None
    for wrong in ({"words": "x"}, {"text": "x", "channel": "mail"}, {"text": "x", "lang": "fr"}):
        assert server.call("POST", "/webhooks/private/safety", wrong)[0] == 422


def test_the_safety_route_answers_in_the_talks_language_and_channel(server: Server) -> None:
    texted = {"text": "kms", "channel": "sms", "lang": "es"}
    verdict = server.call("POST", "/webhooks/private/safety", texted)[1]
    assert (verdict["kind"], verdict["lang"]) == ("suicidal", "es")
    assert verdict["reply"]["text"] == "Llame al 988 ahora."


def test_nothing_of_rasas_own_api_is_reachable(server: Server) -> None:
    for path in ("/", "/status", "/version", "/model/parse", "/webhooks/rest/webhook", "/conversations/x/tracker"):
        assert server.call("GET", path)[0] == 404


def test_no_word_of_a_patient_is_in_the_log(server: Server, talk: Talk) -> None:
    canary = "Zyxwvut Canaryname 612-555-0177"
    talk.say(f"my name is {canary} and I want to schedule a visit")
    talk.say(f"/{canary}")
    assert "canaryname" not in server.log.read_text().lower()
    assert "555-0177" not in server.log.read_text()
