"""The clinic's report: what talks came to, where they ended, what had no answer."""

from __future__ import annotations

import json
import time

import pytest
from sqlalchemy import insert

from clinic import clock
from gateway import conversations, events, migrate, report
from gateway.database import make_engine
from gateway.inbox import alert
from gateway.schema import inbox

NOW = 1_795_000_000.0


@pytest.fixture
def engine(tmp_path, monkeypatch):
    monkeypatch.setenv("VAR_DIR", str(tmp_path))
    monkeypatch.delenv("GATEWAY_DATABASE_URL", raising=False)
    clock.start("America/Chicago")
    made = make_engine(f"sqlite:///{tmp_path / 'gateway.db'}")
    migrate.upgrade(made)
    yield made
    made.dispose()


def talk(engine, *turns, told: str | None = None) -> None:
    """A talk of (text, reply, topic) turns."""
    with engine.begin() as connection:
        session = conversations.find(connection, conversations.start(connection, "en").token)
        for number, (text, reply, topic) in enumerate(turns):
            held = events.lock(connection, session.conversation)
            said = {"type": "user", "text": text}
            events.append(connection, held, [said, {"type": "bot"} | reply], seen_at=clock.timestamp())
            connection.execute(
                insert(inbox).values(
                    message_id=f"{session.conversation[:30]}{number}", conversation=session.conversation,
                    client_msg_id=str(number), digest="", text=text, seq=number, received_at=NOW, announced=True,
                    done_at=NOW, lease_until=0, may_have_run=True, apologise_at=NOW, apologised=False, topic=topic,
                )
            )  # fmt: skip
        if told:
            alert(connection, held, None, told)


BOOKED = ("yes", {"text": "Booked.", "outcome": {"kind": "booked"}}, None)


def test_containment_counts_the_talks_that_needed_no_person(engine):
    begun = time.monotonic()
    talk(engine, ("does it hurt", {"text": "Little."}, "does_it_hurt"))
    talk(engine, ("book", {"text": "Name?", "expects": "name"}, None), BOOKED)
    talk(engine, ("I want to die", {"text": "988"}, None), told="suicidal")
    talk(engine, ("call me", {"text": "We will.", "outcome": {"kind": "requested"}}, None))
    talk(engine, ("do you sell bread", {"text": "Not sure."}, "fallback"))
    found = report.make(engine, 30)
    assert found.talks == {"web": 5}
    assert found.contained == 2
    assert found.containment == 0.4
    assert found.outcomes == {"booked": 1, "requested": 1}
    assert found.messages_to_book == 2
    assert found.seconds_to_book is not None
    assert 0 <= found.seconds_to_book < time.monotonic() - begun


def test_steps_tell_where_patients_leave(engine):
    ask_name = ("book", {"text": "Name?", "expects": "name"}, None)
    ask_birth = ("Ann Lee", {"text": "Born?", "expects": "date_of_birth"}, None)
    talk(engine, ask_name, ask_birth)
    talk(engine, ask_name, ask_birth, BOOKED)
    talk(engine, ask_name)
    steps = report.make(engine, 30).steps
    assert (steps["name"].asked, steps["name"].left) == (3, 1)
    assert (steps["date_of_birth"].asked, steps["date_of_birth"].left) == (2, 1)


def test_unanswered_questions_alike_stand_together_the_most_frequent_first():
    groups = report.grouped(
        [
            "do you sell bread?",
            "Can I bring my dog",
            "can my dogs come, bring the dog",
            "may I bring a dog?",
            "¿venden pan?",
            "???",
        ]
    )
    assert groups[0].count == 2 or groups[0].count == 3
    assert "dog" in groups[0].examples[0]
    assert sum(group.count for group in groups) == 5


def test_digits_and_control_characters_do_not_reach_the_terminal(engine, capsys):
    talk(engine, ("call \x1b[31m612-555-0123 about bread", {"text": "?"}, "did_you_mean"))
    assert report.main(["--days", "30"]) == 0
    shown = capsys.readouterr().out
    assert "•••-•••-•••• about bread" in shown
    assert "\x1b" not in shown
    assert "555" not in shown


def test_the_report_is_there_for_programs_and_for_a_clinic_without_talks(engine, capsys):
    assert report.main(["--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["containment"] is None
    assert found["unanswered"] == []
    assert report.main([]) == 0
