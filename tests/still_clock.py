"""A clock that stands, so that a test takes no time however slow the machine is."""

from __future__ import annotations

from datetime import datetime, timezone

from clinic import clock


class StillClock(clock.Clock):
    """Stands at `moment`, a local time of `zone`."""

    def __init__(self, zone: str, moment: str) -> None:
        super().__init__(zone, {"TEST_MODE": "1", "TEST_NOW": moment})
        self._began = datetime.now(timezone.utc)

    def now(self) -> datetime:
        return self._began + self._shift


def stand(moment: str, zone: str = "America/Chicago") -> None:
    """Make it the clock of this process."""
    clock.start(zone)
    clock._clock = StillClock(zone, moment)
