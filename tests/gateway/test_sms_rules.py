"""What the courier and the desk decide, without a network: pace, priority, validity, redaction, loops, pairs of numbers, how long a talk lives."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select, update

from clinic import clock
from clinic.config import load
from gateway import migrate
from gateway.channels import SmsSettings
from gateway.database import Database
from gateway.inbox import Inbox
from gateway.message import Turn
from gateway.notices import Notices
from gateway.replies import Choice, Reply
from gateway.schema import inbox as inbox_table
from gateway.schema import outbox as table
from gateway.schema import sms_threads, staff_alerts
from gateway.sms import outbox
from gateway.sms.courier import Courier
from gateway.sms.errors import CarrierError, Meaning, Taken
from gateway.sms.numbers import keyed_hash
from gateway.sms.receive import LOOP_TEXTS, Desk, Received
from gateway.sms.talk import QUIET_SECONDS, Talk
from gateway.sms.templates import Templates
from tests.gateway.fake_twilio import ACCOUNT
from tests.gateway.front_door import ROOT
from tests.gateway.texter import OURS, payload

OTHER, PATIENT = "+16125550111", "+16125550199"
HASH = keyed_hash(PATIENT, "key")
ZONE = ZoneInfo("America/Chicago")
SETTINGS = SmsSettings(
    account_sid=ACCOUNT, tokens=("token",), senders=(OURS, OTHER), service_sid="", api_url="",
    opt_out_mode="advanced", rate=1.0, join_seconds=0.0,
)  # fmt: skip


class Twilio:
    """A carrier that takes everything and remembers the calls."""

    def __init__(self) -> None:
        self.calls: list[dict[str, Any]] = []
        self.redacted: list[str] = []

    def send(self, **call: Any) -> Taken:
        self.calls.append(call)
        return Taken(f"SM{len(self.calls):032x}", "accepted")

    def redact(self, sid: str) -> None:
        self.redacted.append(sid)
        if sid.endswith("2"):
            raise CarrierError(Meaning.PERMANENT, 20404, 404)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    clock.start("America/Chicago")
    database = Database(f"sqlite:///{tmp_path / 'gateway.db'}")
    migrate.upgrade(database.engine)
    yield database
    database.close()


@pytest.fixture
def desk(database: Database) -> Desk:
    templates = Templates(load(ROOT / "clinic.yml"))
    talk = Talk(templates, "key")
    inbox = Inbox("me", Notices(load(ROOT / "clinic.yml")), 25.0, talk)
    return Desk(SETTINGS, inbox, talk, templates, "key")


def courier(database: Database, twilio: Twilio, rate: float = 1000.0) -> Courier:
    return Courier(database, twilio, "me", (OURS,), rate, "https://x.example", "America/Chicago")  # type: ignore[arg-type]


def put(database: Database, kind: str = "reply", **more: Any) -> str:
    text = {"sender": OURS, "recipient": PATIENT, "number_hash": "hash", "body": "hello"} | more
    with database.engine.begin() as connection:
        return outbox.add(connection, outbox.Text(kind=kind, **text))


def one(database: Database, key: str) -> Any:
    with database.engine.connect() as connection:
        return connection.execute(select(table).where(table.c.id == key)).one()


def alerts(database: Database) -> list[str]:
    with database.engine.connect() as connection:
        return list(connection.execute(select(staff_alerts.c.kind)).scalars())


def carry(database: Database, courier: Courier, times: int = 1) -> None:
    async def work() -> None:
        for _ in range(times):
            for row, wait in await database.write(lambda connection: courier._take(connection, 6)):
                await courier._deliver(row, wait)
        await courier._redact()

    asyncio.run(work())
    courier.close()


def receive(database: Database, desk: Desk, body: str, ours: str = OURS, theirs: str = PATIENT, **more: str) -> Any:
    with database.engine.begin() as connection:
        return desk.receive(connection, Received.of(payload(body, theirs, ours, **more)))


def at(monkeypatch: pytest.MonkeyPatch, local: str) -> datetime:
    moment = datetime.fromisoformat(local).replace(tzinfo=ZONE)
    monkeypatch.setattr(clock, "now", lambda: moment)
    monkeypatch.setattr(clock, "timestamp", moment.timestamp)
    return moment


# ---- the courier ------------------------------------------------------------------------------------------------------


def test_answers_go_before_reminders(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    twilio = Twilio()
    for number in range(3):
        at(monkeypatch, f"2026-11-25T12:0{number}")
        put(database, "reminder_1d", urgent=False, body=f"reminder {number}")
    at(monkeypatch, "2026-11-25T12:03")
    put(database, body="answer")
    carry(database, courier(database, twilio))
    assert [call["body"] for call in twilio.calls] == ["answer", "reminder 0", "reminder 1", "reminder 2"]


def test_no_number_sends_faster_than_its_carrier_takes(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    twilio, now, stood = Twilio(), time.time(), time.monotonic()
    monkeypatch.setattr("gateway.sms.courier.time", SimpleNamespace(time=lambda: now, monotonic=lambda: stood))
    keys = [put(database, body=f"{number} " + "x" * 300) for number in range(5)]  # two segments each
    keys.append(put(database, sender=OTHER, body="another number"))
    begun = time.monotonic()
    carry(database, courier(database, twilio, rate=1.0))
    assert time.monotonic() - begun > 0.9
    sent = [call["body"][0] for call in twilio.calls if call["sender"] == OURS]
    assert sent == ["0", "1", "2"], "three segments' worth at once, the next when its second has come, the others later"
    assert [call["sender"] for call in twilio.calls].count(OTHER) == 1
    assert [one(database, key).next_at - now for key in keys[3:5]] == pytest.approx([3, 3])
    assert {one(database, key).state for key in keys[3:5]} == {"waiting"}


def test_a_text_of_ours_dies_at_nightfall_and_an_answer_after_four_hours(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    twilio, now = Twilio(), at(monkeypatch, "2026-11-25T20:30")
    put(database, "reminder_1d", useless_after=now.timestamp() + 86400, body="reminder")
    put(database, "offer", useless_after=now.timestamp() + 600, body="offer")
    put(database, body="answer")
    carry(database, courier(database, twilio))
    validity = {call["body"]: call["validity"] for call in twilio.calls}
    assert validity == {"reminder": 1800, "offer": 600, "answer": 4 * 3600}


def test_what_has_lost_its_use_is_not_sent(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    twilio, now = Twilio(), at(monkeypatch, "2026-11-25T12:00")
    key = put(database, "offer", useless_after=now.timestamp() - 1)
    carry(database, courier(database, twilio))
    assert (twilio.calls, one(database, key).state, one(database, key).body) == ([], "expired", None)


def test_the_carriers_copy_is_emptied_a_minute_after_the_end_and_once(database: Database) -> None:
    twilio = Twilio()
    keys = [put(database, body=f"text {number}") for number in range(2)]
    first = courier(database, twilio)
    carry(database, first)
    begun = time.time()
    sids = [one(database, key).twilio_sid for key in keys]
    with database.engine.begin() as connection:
        for key, sid in zip(keys, sids, strict=True):
            first.reported(connection, key, sid, "delivered", None)
    carry(database, courier(database, twilio))
    assert twilio.redacted == [], "the carrier needs a moment"
    assert all(begun + 60 <= one(database, key).redact_at <= time.time() + 60 for key in keys)
    with database.engine.begin() as connection:
        connection.execute(update(table).values(redact_at=time.time() - 1))
    carry(database, courier(database, twilio), 2)
    carry(database, courier(database, twilio))
    assert sorted(twilio.redacted) == [f"SM{1:032x}", f"SM{2:032x}"], "one that is gone there is not asked for again"


# ---- the desk ---------------------------------------------------------------------------------------------------------


def test_each_pair_of_numbers_is_a_talk_of_its_own(database: Database, desk: Desk) -> None:
    first, same, other, somebody = (
        receive(database, desk, "hello").conversation,
        receive(database, desk, "again").conversation,
        receive(database, desk, "hello", ours=OTHER).conversation,
        receive(database, desk, "hello", theirs="+16125550198").conversation,
    )
    assert first == same
    assert len({first, other, somebody}) == 3


@pytest.mark.parametrize(("hours", "same"), [(0.98, True), (1.02, True), (47, True), (49, False), (72, False)])
def test_a_talk_lives_two_days_and_no_old_yes_is_carried_out(
    database: Database, desk: Desk, hours: float, same: bool
) -> None:
    first = receive(database, desk, "I want a visit").conversation
    with database.engine.begin() as connection:
        seen = clock.timestamp() - hours * 3600
        connection.execute(update(sms_threads).values(seen_at=seen))
    assert (receive(database, desk, "yes").conversation == first) is same
    assert QUIET_SECONDS == 48 * 3600


def test_two_machines_that_answer_each_other_are_stopped_and_told_to_staff(database: Database, desk: Desk) -> None:
    receive(database, desk, "hello")
    with database.engine.connect() as connection:
        key = connection.execute(select(sms_threads.c.conversation)).scalar_one()
    for _ in range(LOOP_TEXTS - 1):
        put(database, number_hash=HASH, conversation=key)
    assert receive(database, desk, "hello again").kind == "talk"
    assert alerts(database) == []
    put(database, number_hash=HASH, conversation=key)
    assert receive(database, desk, "and again").kind == "loop"
    assert alerts(database) == ["text_loop"]
    assert receive(database, desk, "STOP", OptOutType="STOP").kind == "stop", "an opt-out counts all the same"


def test_a_heart_on_an_open_question_answers_nothing_and_a_digit_does(database: Database, desk: Desk) -> None:
    conversation = receive(database, desk, "I want a visit").conversation
    reply = Reply(
        text="Which time?", choices=[Choice(label="Tue 2 PM", payload="/one"), Choice(label="Tue 3 PM", payload="/two")]
    )

    def claimed() -> Turn | None:
        with database.engine.begin() as connection:
            return desk._inbox.claim(connection, conversation)

    turn = claimed()
    assert turn
    with database.engine.begin() as connection:
        assert desk._inbox.finish(connection, turn, [reply])
    for heart in ("Loved “Which time?\nReply with a number:\n1 Tue 2 PM\n2 Tue 3 PM”", "Reacted 👍 to “Which time?”"):
        assert receive(database, desk, heart).kind == "reaction"
    with database.engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(inbox_table)).scalar_one() == 1
    receive(database, desk, "2.")
    turn = claimed()
    assert turn
    assert turn.payload == "/two"


@pytest.mark.parametrize("mode", ["advanced", "twilio_default", "self_managed"])
@pytest.mark.parametrize("word", ["STOP", "cancel", "alto", "please take me off your list"])
def test_in_every_mode_an_opt_out_stops_what_waits_and_what_comes(
    database: Database, desk: Desk, mode: str, word: str
) -> None:
    desk._sms = replace(SETTINGS, opt_out_mode=mode)
    twilio = Twilio()
    waiting = put(database, "reminder_1d", number_hash=HASH, body="reminder")
    advanced = {"OptOutType": "STOP"} if mode == "advanced" and word in ("STOP", "cancel") else {}
    assert receive(database, desk, word, **advanced).kind == "stop"
    assert (one(database, waiting).state, one(database, waiting).body) == ("suppressed", None)
    later = put(database, "offer", number_hash=HASH, body="offer")
    carry(database, courier(database, twilio))
    assert {one(database, key).state for key in (waiting, later)} == {"suppressed"}
    answered = [call["body"] for call in twilio.calls]
    ours = mode == "self_managed" or word not in ("STOP", "cancel")
    assert len(answered) == (1 if ours else 0), "one confirmation, and only where Twilio gives none"
    assert all("did not change any appointment" in text for text in answered)
