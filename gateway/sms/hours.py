"""When people may be texted on our own account: 8:00 to 21:00 where they are, judged by the stricter of two zones."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import phonenumbers
from phonenumbers import timezone as phone_zones

OPENS, CLOSES = 8, 21
LONGEST_VALIDITY = 36_000


def zones_of(number: str, clinic_zone: str) -> list[ZoneInfo]:
    """The clinic's zone and, where it is known, that of the number's area code."""
    names = [clinic_zone]
    try:
        found = phone_zones.time_zones_for_number(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        found = ()
    # A number that may be anywhere (toll-free, mobile without area) says nothing.
    names += [name for name in found if len(found) <= 2 and name != "Etc/Unknown"]
    return [ZoneInfo(name) for name in dict.fromkeys(names)]


def opens_at(now: datetime, zones: list[ZoneInfo]) -> datetime:
    """`now` when it is day in every zone, else the next moment at which it is."""
    moment = now
    for _ in range(2 * len(zones) + 2):
        waits = [_next_opening(moment.astimezone(zone)) for zone in zones]
        latest = max(waits)
        if latest <= moment:
            return moment
        moment = latest
    return moment


def closes_in(now: datetime, zones: list[ZoneInfo]) -> int:
    """Seconds until night falls in the first zone where it does, at least 1 and at most Twilio's 36,000."""
    ends = [now.astimezone(zone).replace(hour=CLOSES, minute=0, second=0, microsecond=0) for zone in zones]
    left = min((end - now).total_seconds() for end in ends)
    return int(max(1, min(left, LONGEST_VALIDITY)))


def _next_opening(local: datetime) -> datetime:
    opening = local.replace(hour=OPENS, minute=0, second=0, microsecond=0)
    if local.hour < OPENS:
        return opening
    return local if local.hour < CLOSES else opening + timedelta(days=1)
