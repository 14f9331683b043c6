"""What staff have settled is forgotten after 90 days; what still waits for them is not."""

from __future__ import annotations

from dataclasses import replace

from scheduling import retention
from scheduling.office import Office, new_id
from scheduling.record import Alert, Callback

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
    assert retention.prune(lite, 24) == {"visitors": 0, "callbacks": 2}
    assert {one.id for one in lite.storage.read(lambda book: book.records.callbacks(None))} == kept_callbacks
    assert {one.id for one in lite.storage.read(lambda book: book.records.alerts(None))} == kept_alerts
