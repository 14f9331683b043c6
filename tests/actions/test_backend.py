"""The client of the scheduling service: timeouts, one more try with the same key, and one exception for each failure."""

import http.server
import json
import threading
import time

import pytest
import requests

from actions.backend import Backend
from actions.fake_scheduling import FakeScheduling
from actions.problems import HoldExpired, NotFound, OutcomeUnknown, Refused, SlotTaken, Unreachable
from actions.visits import Patient

ANN = Patient("Ann Lee", "1980-03-04", "+16125550123")


@pytest.fixture
def fake(at):
    fake = FakeScheduling()
    fake.open("consultation", "north-loop", "2026-12-01", "12:00")
    return fake


def hold(fake):
    (slot,), *_ = fake.backend().slots("consultation")
    return fake.backend().hold(slot.slot_id, "c", "m:hold:1")


def test_a_refused_connection_is_unreachable_and_not_tried_for_long(fake):
    fake.fail("POST", "holds", requests.ConnectionError(ConnectionRefusedError()), times=9)
    with pytest.raises(Unreachable) as caught:
        hold(fake)
    assert not isinstance(caught.value, OutcomeUnknown), "nothing was sent"


def test_a_lost_answer_is_asked_for_once_more_with_the_same_key(fake):
    kept = hold(fake)
    fake.lose_answer("POST", "appointments")
    booked = fake.backend().book(kept.hold_id, ANN, "c")
    assert booked.status == "booked"
    keys = [one.headers["Idempotency-Key"] for one in fake.asked if one.path == "/v1/appointments"]
    assert keys == [f"book:{kept.hold_id}"] * 2


def test_two_lost_answers_are_an_unknown_outcome(fake):
    kept = hold(fake)
    fake.lose_answer("POST", "appointments", times=2)
    with pytest.raises(OutcomeUnknown):
        fake.backend().book(kept.hold_id, ANN, "c")


def test_a_broken_answer_to_a_change_is_an_unknown_outcome(fake):
    kept = hold(fake)
    fake.fail("POST", "appointments", (503, "backend_unavailable"), times=2)
    with pytest.raises(OutcomeUnknown):
        fake.backend().book(kept.hold_id, ANN, "c")


def test_each_code_has_its_exception_with_alternatives(fake):
    fake.open("consultation", "north-loop", "2026-12-01", "13:00")
    (slot, _), *_ = fake.backend().slots("consultation")
    fake.free.pop(slot.slot_id)
    with pytest.raises(SlotTaken) as caught:
        fake.backend().hold(slot.slot_id, "c", "k")
    assert caught.value.alternatives
    with pytest.raises(HoldExpired):
        fake.backend().book("0" * 32, ANN, "c")
    fake.fail("GET", "slots", (418, "something_new"))
    with pytest.raises(Refused) as other:
        fake.backend().slots("consultation")
    assert other.value.code == "something_new"
    with pytest.raises(NotFound):
        fake.backend()._call("GET", "/v1/nothing")


def test_an_answer_of_another_shape_is_unreachable(fake):
    fake.open("consultation", "north-loop", "2026-12-01", "13:00")
    fake._slots = lambda asked: (200, {"slots": [{"slot_id": 1}]})
    with pytest.raises(Unreachable):
        fake.backend().slots("consultation")


def test_a_problem_never_carries_what_a_patient_said(fake):
    with pytest.raises(HoldExpired) as caught:
        fake.backend().book("0" * 32, ANN, "c")
    assert "Ann" not in str(caught.value)
    assert "555" not in str(caught.value)


class Slow(http.server.BaseHTTPRequestHandler):
    """Answers later than the client waits, and keeps what it was asked."""

    keys: list[str] = []  # noqa: RUF012
    enough = threading.Event()

    def do_POST(self):
        self.keys.append(self.headers["Idempotency-Key"])
        self.enough.wait(120)
        body = json.dumps({}).encode()
        try:
            self.send_response(201)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except OSError:
            return

    def log_message(self, *_):
        return


def test_over_a_real_socket_a_slow_service_is_asked_twice_and_then_unknown():
    Slow.keys.clear()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Slow)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        client = Backend(f"http://127.0.0.1:{server.server_port}", "token", patience=0.2)
        begun = time.monotonic()
        with pytest.raises(OutcomeUnknown):
            client.book("0" * 32, ANN, "c")
        assert time.monotonic() - begun < 60, "the client gave up, not the service"
        while len(Slow.keys) < 2 and time.monotonic() < begun + 60:
            time.sleep(0.01)  # asked, but on a busy machine perhaps not yet heard
        assert Slow.keys == ["book:" + "0" * 32] * 2
    finally:
        Slow.enough.set()
        server.shutdown()
        server.server_close()


def test_over_a_real_socket_nobody_there_is_unreachable():
    client = Backend("http://127.0.0.1:9", "token")
    with pytest.raises(Unreachable) as caught:
        client.book("0" * 32, ANN, "c")
    assert not isinstance(caught.value, OutcomeUnknown)
