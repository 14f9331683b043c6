"""Text messages end to end: signed posts in, real Twilio client out, against a stateful fake."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.gateway.fake_rasa import FakeRasa
from tests.gateway.fake_twilio import ACCOUNT, FakeTwilio
from tests.gateway.front_door import PATIENCE, FrontDoor, wait_for
from tests.gateway.texter import OURS, PUBLIC, SETTINGS, Texter, payload, sign

NUMBERS = iter(range(10_000))


@pytest.fixture(scope="module")
def shared_twilio() -> Iterator[FakeTwilio]:
    with FakeTwilio() as fake:
        yield fake


@pytest.fixture(scope="module")
def sms_door(
    tmp_path_factory: pytest.TempPathFactory, shared_rasa: FakeRasa, shared_twilio: FakeTwilio
) -> Iterator[FrontDoor]:
    door = FrontDoor(tmp_path_factory.mktemp("sms"), shared_rasa.port, TWILIO_API_URL=shared_twilio.url, **SETTINGS)
    door.start()
    yield door
    door.stop()


@pytest.fixture
def twilio(shared_twilio: FakeTwilio) -> Iterator[FakeTwilio]:
    shared_twilio.forget()
    yield shared_twilio
    assert shared_twilio.violations == []


@pytest.fixture
def texter(sms_door: FrontDoor, rasa: FakeRasa, twilio: FakeTwilio) -> Texter:
    return Texter(sms_door.url, new_number())


def new_number() -> str:
    return f"+1612555{next(NUMBERS):04}"


def alerts(door: FrontDoor) -> list[str]:
    return [row[0] for row in door.rows("select kind from staff_alerts order by created_at")]


def test_a_text_is_answered_by_one_text_from_the_same_number(
    texter: Texter, twilio: FakeTwilio, rasa: FakeRasa
) -> None:
    rasa.script["book"] = [
        {"text": "Here is an answer.", "lang": "en"},
        {
            "text": "Which time?",
            "lang": "en",
            "choices": [
                {"label": "Tue 2 PM", "payload": "/one", "kind": "slot"},
                {"label": "Tue 3 PM", "payload": "/two"},
            ],
        },
    ]
    assert texter.text("book", ours="+16125550111").status_code == 204
    (sent,) = twilio.wait_for(1)
    assert sent["body"] == "Here is an answer.\nWhich time?\nReply with a number:\n1 Tue 2 PM\n2 Tue 3 PM"
    assert (sent["to"], sent["from"]) == (texter.number, "+16125550111")
    assert sent["status_callback"].startswith(f"{PUBLIC}/sms/status?m=")
    post = rasa.posts[-1]
    assert post["channel"] == "sms"
    assert post["metadata"]["phone"] == texter.number
    texter.text("2", ours="+16125550111")
    twilio.wait_for(2)
    assert rasa.posts[-1]["payload"] == "/two"
    texter.text("2", ours="+16125550111")
    twilio.wait_for(3)
    assert rasa.posts[-1]["text"] == "2"


def test_the_signature_and_nothing_else_lets_a_post_in(texter: Texter, rasa: FakeRasa) -> None:
    fields = payload("hello", texter.number)
    url = f"{PUBLIC}/sms/inbound"
    good = sign(url, fields)
    wrong = [
        "",
        "x",
        good[:-2] + ("E=" if good.endswith("A=") else "A="),  # the last letter holds four bits
        sign(url, fields, "another token"),
        sign(f"{texter.url}/sms/inbound", fields),
        sign(url + "/", fields),
        sign(url, fields | {"Body": "other"}),
        sign(url, {name: value for name, value in fields.items() if value}),
    ]
    for signature in wrong:
        answer = texter.post("/sms/inbound", fields, signature)
        assert (answer.status_code, answer.json()["code"]) == (403, "not_signed")
    foreign = fields | {"AccountSid": "AC" + "f" * 32}
    assert texter.post("/sms/inbound", foreign, sign(url, foreign)).status_code == 403
    assert texter.post("/sms/status?m=x", fields, good).status_code == 403
    assert rasa.posts == []
    new = fields | {"AParameterOfTomorrow": "", "Body": "  white space stays  "}
    assert texter.post("/sms/inbound", new).status_code == 204


def test_our_own_signature_agrees_with_twilios_library() -> None:
    from twilio.request_validator import RequestValidator

    fields = payload("¿Duele? 😀", "+16125550199")
    url = f"{PUBLIC}/sms/status?m=a%20b"
    assert sign(url, fields, "t") == RequestValidator("t").compute_signature(url, fields)


def test_both_tokens_count_while_one_is_changed(
    open_door: Callable[..., FrontDoor], twilio: FakeTwilio, rasa: FakeRasa
) -> None:
    door = open_door(TWILIO_API_URL=twilio.url, **(SETTINGS | {"TWILIO_AUTH_TOKEN": "new-token,old-token"}))
    texter = Texter(door.url, new_number())
    fields = payload("hello", texter.number)
    for token, status in (("new-token", 204), ("old-token", 204), ("older-token", 403)):
        answer = texter.post("/sms/inbound", fields, sign(f"{PUBLIC}/sms/inbound", fields, token))
        assert answer.status_code == status


def test_the_same_text_twenty_times_is_one_turn(texter: Texter, twilio: FakeTwilio, rasa: FakeRasa) -> None:
    sid = "SM" + "a1" * 16
    with ThreadPoolExecutor(10) as pool:
        codes = list(pool.map(lambda _: texter.text("hello", sid).status_code, range(20)))
    assert codes == [204] * 20
    twilio.wait_for(1)
    time.sleep(1)
    assert twilio.bodies() == ["You said: hello"]
    assert len(rasa.ran) == 1


def test_texts_in_quick_succession_are_read_as_one(
    open_door: Callable[..., FrontDoor], twilio: FakeTwilio, rasa: FakeRasa
) -> None:
    door = open_door(**SETTINGS | {"TWILIO_API_URL": twilio.url, "SMS_JOIN_SECONDS": "300"})
    texter = Texter(door.url, new_number())
    for part in ("hi", "need to move", "tuesday"):
        texter.text(part)
    assert rasa.posts == []
    door.rows("update inbox set hold_until = hold_until - 300")
    twilio.wait_for(1)
    assert rasa.posts[-1]["text"] == "hi\nneed to move\ntuesday"
    assert len(twilio.messages) == 1


@pytest.mark.parametrize(
    ("body", "more", "answer"),
    [
        ("", {"NumMedia": "1", "MediaUrl0": "https://api.twilio.com/x"}, "pictures"),
        ("Liked “Which time?”", {}, None),
        ("", {}, None),
        ("\x00", {}, None),
        ("Auto-reply: I am away", {}, None),
        ("/restart", {}, "You said: restart"),
        ("nul\x00byte", {}, "You said: nulbyte"),
        ("SSBuZWVkIHRvIG1vdmUgbXkgYXBwb2ludG1lbnQgcGxlYXNl", {}, "You said: I need to move my appointment please"),
        ("x" * 1600, {}, "You said: xxx"),
    ],
)
def test_odd_texts(texter: Texter, twilio: FakeTwilio, body: str, more: dict[str, str], answer: str | None) -> None:
    assert texter.text(body, **more).status_code == 204
    if answer is None:
        time.sleep(1.2)
        assert twilio.messages == []
    else:
        assert answer in twilio.wait_for(1)[0]["body"]


@pytest.mark.parametrize("sender", ["12345", "CLINIC", "", "+0"])
def test_machines_are_never_answered(texter: Texter, rasa: FakeRasa, sender: str) -> None:
    texter.number = sender
    assert texter.text("hello").status_code == 204
    time.sleep(0.6)
    assert rasa.posts == []


def test_opt_out_with_advanced_opt_out_is_silent_recorded_and_final(
    texter: Texter, twilio: FakeTwilio, rasa: FakeRasa, sms_door: FrontDoor
) -> None:
    texter.text("hello")
    twilio.wait_for(1)
    texter.text("STOP", OptOutType="STOP")
    texter.text("are you there?")
    time.sleep(1.5)
    assert len(twilio.messages) == 1
    assert len(rasa.posts) == 1
    texter.text("START", OptOutType="START")
    texter.text("hello again")
    assert twilio.wait_for(2)[1]["body"] == "You said: hello again"
    recorded = sms_door.rows("select action, method, wording from consents order by position desc limit 2")
    assert [row[0] for row in recorded] == ["granted", "revoked"]


def test_a_revocation_in_own_words_gets_the_one_confirmation(texter: Texter, twilio: FakeTwilio) -> None:
    texter.text("please stop texting me")
    texter.text("stop texting me!!")
    assert "no more texts" in twilio.wait_for(1)[0]["body"]
    time.sleep(1)
    assert len(twilio.messages) == 1


def test_a_revocation_that_only_the_bot_understands_counts_and_is_confirmed_once(
    texter: Texter, twilio: FakeTwilio, rasa: FakeRasa, sms_door: FrontDoor
) -> None:
    words = "kindly refrain from writing to this device"
    rasa.script[words] = [{"text": "Reply STOP on its own.", "lang": "en", "topic": "opt_out"}]
    texter.text(words)
    assert "no more texts" in twilio.wait_for(1)[0]["body"]
    texter.text("hello?")
    time.sleep(1)
    assert len(twilio.messages) == 1
    recorded = sms_door.rows("select action, method, source from consents order by position desc limit 1")
    assert recorded[0][:2] == ("revoked", "text")


def test_bare_cancel_is_an_opt_out_and_a_task_for_staff(
    texter: Texter, twilio: FakeTwilio, sms_door: FrontDoor
) -> None:
    before = alerts(sms_door).count("texted_cancel")
    texter.text("CANCEL", OptOutType="STOP")
    time.sleep(0.6)
    assert twilio.messages == []
    assert alerts(sms_door).count("texted_cancel") == before + 1


def test_an_opted_out_patient_in_crisis_reaches_a_person(
    texter: Texter, twilio: FakeTwilio, rasa: FakeRasa, sms_door: FrontDoor
) -> None:
    texter.text("STOP", OptOutType="STOP")
    texter.text("I want to kill myself")
    wait_for(lambda: "suicidal_opted_out" in alerts(sms_door))
    assert twilio.messages == []
    assert rasa.posts == []


def test_yes_in_the_middle_of_a_talk_is_an_answer(texter: Texter, twilio: FakeTwilio, rasa: FakeRasa) -> None:
    texter.text("YES", OptOutType="START")
    assert twilio.wait_for(1)[0]["body"] == "You said: YES"


def test_help_is_left_to_twilio_and_told_to_staff_after_a_crisis(
    texter: Texter, twilio: FakeTwilio, rasa: FakeRasa, sms_door: FrontDoor
) -> None:
    rasa.script["I am so low"] = [{"text": "Call or text 988.", "lang": "en", "alert": {"kind": "suicidal"}}]
    texter.text("I am so low")
    twilio.wait_for(1)
    texter.text("HELP", OptOutType="HELP")
    time.sleep(0.8)
    assert len(twilio.messages) == 1
    assert "help_after_crisis" in alerts(sms_door)


@pytest.mark.parametrize(
    ("mode", "word", "more", "answer"),
    [
        ("self_managed", "STOP", {}, "no more texts"),
        ("self_managed", "HELP", {}, "988"),
        ("twilio_default", "STOP", {}, None),
        ("twilio_default", "HELP", {}, None),
        ("twilio_default", "opt out", {}, "no more texts"),
        ("twilio_default", "alto", {}, "no more texts"),
    ],
)
def test_who_answers_in_the_other_modes(
    modes: dict[str, FrontDoor], twilio: FakeTwilio, mode: str, word: str, more: dict[str, str], answer: str | None
) -> None:
    texter = Texter(modes[mode].url, new_number())
    texter.text(word, **more)
    if answer:
        assert answer in twilio.wait_for(1)[0]["body"]
    time.sleep(0.8)
    assert len(twilio.messages) == (1 if answer else 0)


@pytest.fixture(scope="module")
def modes(
    tmp_path_factory: pytest.TempPathFactory, shared_rasa: FakeRasa, shared_twilio: FakeTwilio
) -> Iterator[dict[str, FrontDoor]]:
    doors = {}
    for mode in ("self_managed", "twilio_default"):
        settings = SETTINGS | {"SMS_OPT_OUT_MODE": mode, "TWILIO_API_URL": shared_twilio.url}
        doors[mode] = FrontDoor(tmp_path_factory.mktemp(mode), shared_rasa.port, **settings)
        doors[mode].start()
    yield doors
    for door in doors.values():
        door.stop()


def state(door: FrontDoor, text_id: str) -> tuple[str, bool, int | None]:
    (row,) = door.rows("select state, uncertain, error_code from outbox where id = ?", text_id)
    return row[0], bool(row[1]), row[2]


def id_of(message: dict[str, Any]) -> str:
    return str(message["status_callback"].rsplit("=", 1)[1])


@pytest.mark.parametrize(
    ("order", "end"),
    [
        (["sent", "delivered"], "delivered"),
        (["delivered", "sent"], "delivered"),
        (["delivered", "sent", "failed"], "delivered"),
        (["undelivered", "delivered", "sent"], "undelivered"),
        (["sent", "queued"], "sent"),
        (["nonsense", "sent"], "sent"),
    ],
)
def test_states_only_move_forward(
    texter: Texter, twilio: FakeTwilio, sms_door: FrontDoor, order: list[str], end: str
) -> None:
    texter.text("hello")
    (message,) = twilio.wait_for(1)
    for step in order:
        assert texter.status(message, step).status_code == 204
    assert state(sms_door, id_of(message))[0] == end


def test_a_refusal_by_the_carrier_ends_texting_by_either_path(
    sms_door: FrontDoor, twilio: FakeTwilio, rasa: FakeRasa
) -> None:
    at_once, later = Texter(sms_door.url, new_number()), Texter(sms_door.url, new_number())
    refused = alerts(sms_door).count("text_refused_by_patient")
    twilio.plan.append(("error", 400, 21610))
    at_once.text("hello")
    wait_for(lambda: twilio.calls)
    later.text("hello")
    (message,) = twilio.wait_for(1)
    later.status(message, "failed", 21610)
    wait_for(lambda: alerts(sms_door).count("text_refused_by_patient") == refused + 2)
    for texter in (at_once, later):
        texter.text("are you there?")
    time.sleep(1.2)
    assert len(twilio.messages) == 1


@pytest.mark.parametrize(
    ("plan", "texts", "calls"),
    [
        pytest.param([("error", 429, 20429)] * 3, 1, 4, id="429 three times, then taken"),
        pytest.param(["lost"], 1, 1, id="taken, but the answer was lost: found again"),
        pytest.param(["broken"], 1, 2, id="500 and not taken: sent once more"),
        pytest.param(["broken", "broken"], 0, 2, id="500 twice: given up, counted"),
        pytest.param([("error", 400, 21211)], 0, 1, id="no such number"),
        pytest.param([("error", 401, 20003)], 0, 1, id="bad credentials"),
        pytest.param([("error", 400, 99999)], 0, 1, id="a code of tomorrow"),
    ],
)
def test_errors_of_the_api(
    sms_door: FrontDoor, twilio: FakeTwilio, rasa: FakeRasa, plan: list[Any], texts: int, calls: int
) -> None:
    texter = Texter(sms_door.url, new_number())
    twilio.plan.extend(plan)
    texter.text("hello")
    query = "select state from outbox where recipient = ? and state in ('queued', 'failed')"
    wait_for(lambda: sms_door.rows(query, texter.number), 2 * PATIENCE)
    assert sms_door.rows(query, texter.number) == [("queued" if texts else "failed",)]
    assert len(twilio.messages) == texts
    assert twilio.calls == calls


def test_finished_texts_leave_no_words_behind(texter: Texter, twilio: FakeTwilio, sms_door: FrontDoor) -> None:
    texter.text("hello")
    (message,) = twilio.wait_for(1)
    texter.status(message, "delivered")
    assert sms_door.rows("select body from outbox where id = ?", id_of(message)) == [(None,)]
    log = sms_door.log.read_text()
    assert texter.number not in log
    assert "You said" not in log


@pytest.mark.parametrize(
    ("missing", "named"),
    [
        ({"TWILIO_AUTH_TOKEN": ""}, "TWILIO_AUTH_TOKEN"),
        ({"TWILIO_FROM": ""}, "TWILIO_FROM"),
        ({"GATEWAY_PUBLIC_URL": ""}, "GATEWAY_PUBLIC_URL"),
        ({"TWILIO_ACCOUNT_SID": "AC1"}, "TWILIO_ACCOUNT_SID"),
        ({"SMS_OPT_OUT_MODE": "none"}, "SMS_OPT_OUT_MODE"),
        ({"ALERT_EMAIL_TO": "desk@northloop.example"}, "ALERT_EMAIL_TO"),
        ({"ALERT_WEBHOOK_URL": "https://pager.example"}, "ALERT_WEBHOOK_SECRET"),
    ],
)
def test_a_half_configured_channel_stops_the_start_in_one_line(
    tmp_path: Any, missing: dict[str, str], named: str
) -> None:
    door = FrontDoor(tmp_path, 1, **(SETTINGS | missing))
    door.start(wait=False)
    assert door.exit_code() == 1
    (line,) = door.log.read_text().strip().splitlines()
    assert named in line


def test_the_account_in_use_is_the_tests_own() -> None:
    assert ACCOUNT.endswith("1")
    assert OURS.startswith("+1612555")
