"""What staff have settled is forgotten after 90 days, what still waits for them is not; past visits keep no claims."""

from __future__ import annotations

from dataclasses import replace

from scheduling import retention
from scheduling.office import Office, new_id
from scheduling.record import Alert, Callback
from tests.scheduling.conftest import Travel, client_of
from tests.scheduling.people import book, slots

DAY = 86400


def test_settled_callbacks_and_alerts_go_after_ninety_days_and_open_ones_stay(lite: Office) -> None:
    now = lite.now()
    wish = Callback(new_id(), "Ann Lee", "+16125550123", "person", None, "en", None, "open", now, now)
    hint = Alert(new_id(), "codes", None, "open", now, now)
    ages = {"old": now - 91 * DAY, "young": now - 89 * DAY}
    kept_callbacks, kept_alerts = set(), set()

    def work(book):  # type: ignore[no-untyped-def]
        for age, at in ages.items():
            for status in ("open", "called", "closed"):
                one = replace(wish, id=new_id(), status=status, updated_at=at)
                book.records.add_callback(one)
                kept_callbacks.update({one.id} if age == "young" or status == "open" else ())
            for status in ("open", "acknowledged"):
                other = replace(hint, id=new_id(), status=status, updated_at=at)
                book.records.add_alert(other)
                kept_alerts.update({other.id} if age == "young" or status == "open" else ())

    lite.storage.write(work)
    assert retention.prune(lite, 24) == {"visitors": 0, "callbacks": 2, "claims": 0}
    assert {one.id for one in lite.storage.read(lambda book: book.records.callbacks(None))} == kept_callbacks
    assert {one.id for one in lite.storage.read(lambda book: book.records.alerts(None))} == kept_alerts


def test_claims_of_visits_thirty_days_ago_go_and_the_visits_stay(office: Office, travel: Travel) -> None:
    api = client_of(office)
    early = book(api, "consultation~north-loop~2026-12-01T09:00-06:00").json()["appointment_id"]
    book(api, "consultation~north-loop~2026-12-28T09:00-06:00")
    travel("2026-12-31T09:00")
    assert retention.prune(office, 24)["claims"] == 0
    travel("2027-01-01T09:00")
    assert retention.prune(office, 24)["claims"] == 12 + 12, "an hour of the physician and of the patient"
    assert retention.prune(office, 24)["claims"] == 0
    kept = office.storage.read(lambda b: b.bookings.get(early))
    assert kept is not None
    assert kept.status == "booked"
    taken = office.storage.read(lambda b: b.bookings.busy(kept.start, kept.end, office.now()))
    assert taken.of("physician-1", kept.start), "what is shown of the past does not need claims"
    assert "consultation~north-loop~2027-01-04T09:00-06:00" in [one["slot_id"] for one in slots(api)]
