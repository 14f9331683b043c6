"""Text messages need a yes of their own: from the number itself, from the clinic's papers, or to a question that asks for nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from scheduling import waiting
from scheduling.office import Office
from scheduling.sql.tables import patient
from tests.scheduling.client import TestClient
from tests.scheduling.people import ANA, book, enter, key, slots, somebody, token_of
from tests.scheduling.test_messages import SLOT, claim, planned
from tests.scheduling.test_waitlist import fill, free_one, join, offers

TALK = "talk-1"
WORDING = "web-2026-11-a"


def chat(api: TestClient, who: dict[str, str] = ANA, conversation: str = TALK, **more: Any) -> dict[str, Any]:
    """Book on the web: the number is typed, nobody knows whose it is."""
    made = book(api, SLOT, who, sender_phone=None, conversation=conversation, **more)
    assert made.status_code == 201, made.text
    return dict(made.json())


def answer(api: TestClient, wanted: bool, who: dict[str, str] = ANA, conversation: str = TALK) -> int:
    body = {"conversation": conversation, "phone": who["phone"], "wanted": wanted, "wording": WORDING}
    return int(api.post("/v1/texts", json=body).status_code)


def kinds(office: Office) -> list[str]:
    return [kind for kind, _ in planned(office)]


def audited(office: Office, patient_id: str) -> list[tuple[str, Any]]:
    lines = office.storage.read(lambda book_: book_.audit.about(patient_id))
    return [(one["action"], one["detail"]) for one in lines if one["action"].endswith("_texts")]


def the_patient(office: Office) -> Any:
    with office.storage.engine.connect() as connection:  # type: ignore[attr-defined]
        return connection.execute(select(patient)).one()


def test_a_web_visit_brings_no_text_before_the_yes_and_all_of_them_after_it(lite: Office, web: TestClient) -> None:
    chat(web)
    assert kinds(lite) == []
    assert claim(web) == []
    assert answer(web, True) == 200
    assert kinds(lite) == ["confirmation", "reminder_7d", "reminder_2d", "reminder_1d"]
    consent = claim(web)[0]["consent"]
    assert consent.pop("at").startswith("2026-11-25T14:45")
    assert consent == {"method": "in_chat", "wording": WORDING}
    assert answer(web, True) == 200, "said twice"
    assert kinds(lite) == ["reminder_7d", "reminder_2d", "reminder_1d"], "and sent once"
    one = the_patient(lite)
    assert (one.sms_ok, one.sms_method, one.sms_wording) == (1, "in_chat", WORDING)
    assert audited(lite, one.id) == [("allow_texts", {"wording": WORDING})]


def test_a_no_is_kept_and_calls_off_what_an_earlier_yes_brought(lite: Office, web: TestClient) -> None:
    chat(web)
    assert answer(web, True) == answer(web, False) == 200
    assert kinds(lite) == []
    one = the_patient(lite)
    assert (one.sms_ok, one.sms_method, one.sms_wording) == (0, "in_chat", WORDING)
    assert [action for action, _ in audited(lite, one.id)] == ["allow_texts", "decline_texts"]


def test_neither_another_talk_nor_another_number_can_answer(lite: Office, web: TestClient) -> None:
    chat(web)
    assert answer(web, True, conversation="talk-2") == 404
    assert answer(web, True, somebody()) == 404
    assert kinds(lite) == []


def test_what_staff_entered_is_not_changed_by_a_chat(lite: Office, web: TestClient) -> None:
    enter(lite, ANA)
    proof = token_of(lite, web, ANA)
    made = web.post("/v1/appointments", json={"slot_id": SLOT, "conversation": TALK}, headers=proof | key())
    assert made.status_code == 201
    assert answer(web, False) == 404
    assert kinds(lite)[0] == "confirmation"
    assert claim(web)[0]["consent"]["method"] == "on_file"


def test_who_writes_from_the_number_they_give_may_be_texted_and_nobody_else(lite: Office, web: TestClient) -> None:
    book(web, SLOT, ANA, sender_phone="+16125550199")
    assert kinds(lite) == []
    other = somebody()
    book(web, SLOT.replace("14:00", "09:00"), other, sender_phone=other["phone"])
    consent = claim(web)[0]["consent"]
    assert (consent["method"], consent["wording"]) == ("by_text", None)


def test_a_code_needs_no_consent_it_is_asked_for(lite: Office, web: TestClient) -> None:
    chat(web)
    match = web.post("/v1/patients:match", json=ANA).json()
    web.post("/v1/patients:send_code", json={"match_id": match["match_id"]})
    assert [(one["kind"], one["consent"]) for one in claim(web)] == [("code", None)]


def test_offers_from_the_waitlist_wait_for_the_yes_too(office: Office, api: TestClient) -> None:
    made, first, second = fill(api), somebody(), somebody()
    for who, talk in ((first, "talk-7"), (second, "talk-8")):
        assert join(api, who, sender_phone=None, conversation=talk).status_code == 201
    assert answer(api, True, second, "talk-8") == 200
    free_one(office, api, made[0])
    assert waiting.look(office) == 1
    assert [one["to"][-10:] for one in offers(api)] == [second["phone"].replace("-", "")]
    assert slots(api, window="2026-12-01/2026-12-02") == []


def test_who_may_not_be_told_keeps_nobody_behind_them_from_an_offer(
    office: Office, api: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "AT_ONCE", 2)
    made, last = fill(api), somebody()
    for number in range(3):
        assert join(api, somebody(), sender_phone=None, conversation=f"silent-{number}").status_code == 201
    assert join(api, last).status_code == 201
    free_one(office, api, made[0])
    assert waiting.look(office) == 1
    assert [one["to"][-10:] for one in offers(api)] == [last["phone"].replace("-", "")]


def test_start_from_the_phone_brings_the_reminders_back_and_who_never_stopped_keeps_theirs(
    lite: Office, web: TestClient
) -> None:
    chat(web)
    assert answer(web, True) == 200
    first = claim(web)[0]
    report = {"lease": first["lease"], "error": "opted out", "opted_out": True}
    web.post(f"/v1/messages/{first['message_id']}:failed", json=report)
    assert kinds(lite) == []
    for _ in range(2):
        assert web.post("/v1/texts:resume", json={"phone": ANA["phone"]}).status_code == 204
        assert kinds(lite) == ["reminder_7d", "reminder_2d", "reminder_1d"]
    assert the_patient(lite).sms_method == "by_text"
    assert web.post("/v1/texts:resume", json={"phone": somebody()["phone"]}).status_code == 204


@pytest.mark.parametrize("wrong", [{"wording": "x" * 25}, {"wording": ""}, {"phone": "12"}, {"wanted": "yes"}])
def test_a_mistake_of_form_is_refused(web: TestClient, wrong: dict[str, Any]) -> None:
    chat(web)
    body = {"conversation": TALK, "phone": ANA["phone"], "wanted": True, "wording": WORDING}
    assert web.post("/v1/texts", json=body | wrong).status_code == 422
