"""What has to be done from time to time: give lapsed holds back, serve the waitlist, throw away what is no longer needed."""

from __future__ import annotations

import threading

import structlog

from scheduling import admission, waiting
from scheduling.office import Office
from scheduling.storage import Book

EVERY_SECONDS = 15


def tick(office: Office) -> None:
    """One round. Safe to run in several processes at once."""

    def holds(book: Book) -> None:
        for hold in book.bookings.lapsed(office.now()):
            if not book.waitlist.offers_of(hold.id):  # an offered time is the waitlist's to give back
                admission.expire(book, hold, office.now())

    office.storage.write(holds)
    waiting.look(office)
    office.storage.write(lambda book: book.records.sweep(office.now()))


class Upkeep:
    """A thread that ticks until it is stopped. A failed round is logged and tried again."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="upkeep", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join(timeout=5)

    def _run(self) -> None:
        while not self._stop.wait(EVERY_SECONDS):
            try:
                tick(self._office)
            except Exception as error:
                structlog.get_logger().error("upkeep_failed", kind=type(error).__name__)
