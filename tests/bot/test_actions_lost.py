"""A turn whose action was lost is not over: it is refused, posted again, and then tells what the action says."""

from __future__ import annotations

import contextlib
import http.server
import json
import sqlite3
import threading
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.action_server import START_SECONDS
from tests.bot.server import Server, Talk, start
from tests.ports import free_port

ASKS = "I want to schedule a visit"
PATIENT = f"""
import sys
from bot import lean, serve
lean.install()
from bot import action_server
action_server.START_SECONDS = {2 * START_SECONDS}  # more than a busy machine stands still
sys.exit(serve.main())
"""
TOLD = {"events": [], "responses": [{"text": "You're booked."}]}


class Actions:
    """A real HTTP server in the place of the action server. `plan` says what becomes of the next calls, then all are answered."""

    def __init__(self, port: int, var: Path) -> None:
        self.port, self.var = port, var
        self.plan: list[Callable[[http.server.BaseHTTPRequestHandler], None]] = []
        self.asked: list[dict] = []
        self._server: http.server.ThreadingHTTPServer | None = None

    def open(self) -> None:
        actions = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                actions.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                (actions.plan.pop(0) if actions.plan else answer)(self)

            def log_message(self, *_: object) -> None:
                return

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        if self._server:
            self._server.shutdown()
            self._server.server_close()
            self._server = None


def answer(request: http.server.BaseHTTPRequestHandler) -> None:
    body = json.dumps(TOLD).encode()
    request.send_response(200)
    request.send_header("Content-Type", "application/json")
    request.send_header("Content-Length", str(len(body)))
    request.end_headers()
    request.wfile.write(body)


def die(request: http.server.BaseHTTPRequestHandler) -> None:
    """The work is done, and the connection breaks before the answer."""
    request.close_connection = True


def die_halfway(request: http.server.BaseHTTPRequestHandler) -> None:
    request.send_response(200)
    request.send_header("Content-Type", "application/json")
    request.send_header("Content-Length", "1000")
    request.end_headers()
    request.wfile.write(b'{"events": [')
    request.close_connection = True


@pytest.fixture(scope="module")
def var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("lost")


@pytest.fixture(scope="module")
def bot(house: Path, var: Path) -> Iterator[tuple[Server, Actions]]:
    actions = Actions(free_port(), var)
    running = start(house, ("-c", PATIENT), VAR_DIR=str(var), ACTIONS_PORT=str(actions.port))
    yield running, actions
    running.stop()


@pytest.fixture
def talk(bot: tuple[Server, Actions]) -> Talk:
    return Talk(bot[0])


@pytest.fixture
def actions(bot: tuple[Server, Actions]) -> Iterator[Actions]:
    served = bot[1]
    served.plan, served.asked = [], []
    served.open()
    yield served
    served.close()


@pytest.mark.parametrize("how", [die, die_halfway])
def test_an_action_that_was_lost_is_run_again_under_its_message_id(talk: Talk, actions: Actions, how: Callable) -> None:
    actions.plan = [how]
    mine = str(uuid.uuid4())
    assert talk.post(mine, text=ASKS) == (500, {"code": "outcome_unknown"})
    (told,) = talk.say(ASKS, mine)
    assert told["text"] == "You're booked."
    first, second = actions.asked
    assert first["tracker"]["latest_message"]["message_id"] == second["tracker"]["latest_message"]["message_id"] == mine
    assert first["tracker"]["slots"] == second["tracker"]["slots"], "it begins where it began"
    assert talk.say(ASKS, mine) == [told], "now it is over"
    assert len(actions.asked) == 2


def test_an_action_server_that_comes_back_within_seconds_is_waited_for(talk: Talk, actions: Actions) -> None:
    actions.close()
    threading.Timer(1.5, actions.open).start()
    assert talk.say(ASKS)[0]["text"] == "You're booked."


def test_a_lost_action_stays_unknown_while_the_action_server_is_away(talk: Talk, actions: Actions) -> None:
    actions.plan = [die]
    mine = str(uuid.uuid4())
    assert talk.post(mine, text=ASKS)[0] == 500
    actions.close()
    assert talk.post(mine, text=ASKS) == (500, {"code": "outcome_unknown"}), "an apology here would lose a booking"
    actions.open()
    assert talk.say(ASKS, mine)[0]["text"] == "You're booked."


def test_a_turn_that_cannot_be_kept_is_unknown_when_its_action_ran_and_undone_when_none_did(
    talk: Talk, actions: Actions
) -> None:
    talk.say("hello")
    with contextlib.closing(sqlite3.connect(actions.var / "tracker.db", timeout=120, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        mine = str(uuid.uuid4())
        assert talk.post(mine, text=ASKS) == (500, {"code": "outcome_unknown"})
        assert talk.post(text="What is TMS?") == (503, {"code": "store_unavailable"})
        other.execute("ROLLBACK")
    assert talk.say(ASKS, mine)[0]["text"] == "You're booked."
