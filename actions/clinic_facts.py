"""What clinic.yml knows: hours, the way there, phone and mail, insurance, prices. A fact it leaves out is staff's to tell.

Who reads and keeps what is written here is a fact of the same kind; its words say what docs/privacy.md says.
"""

from __future__ import annotations

from actions.safely import Safely
from actions.turn import Turn
from actions.wording import DAYS, listing
from clinic.config import WEEKDAYS, Location, Span, display_phone


def tell(turn: Turn, topic: str) -> None:
    """Answer one of hours, location, contact, insurance_accepted, price, privacy, human."""
    {
        "hours": hours,
        "location": location,
        "contact": contact,
        "insurance_accepted": insurance,
        "price": price,
        "privacy": privacy,
        "human": human,
    }[topic](turn)
    turn.close(topic=topic)


def hours(turn: Turn) -> None:
    """Opening hours of every location, days with equal hours together."""
    wanted = _places(turn)
    turn.say("hours")
    for place in wanted:
        turn.add(f"{place.name}: {'; '.join(_day_groups(place, turn.language))}")
    turn.say("hours_closed")


def _day_groups(place: Location, language: str) -> list[str]:
    names = [name[:3] for name in DAYS[language]]
    groups: list[tuple[list[int], tuple[Span, ...]]] = []
    for index, key in enumerate(WEEKDAYS):
        spans = place.hours.get(key, ())
        if not spans:
            continue
        if groups and groups[-1][1] == spans and groups[-1][0][-1] == index - 1:
            groups[-1][0].append(index)
        else:
            groups.append(([index], spans))
    return [
        (names[days[0]] if len(days) == 1 else f"{names[days[0]]}-{names[days[-1]]}")
        + " "
        + ", ".join(f"{_clock(span.start)}-{_clock(span.end)}" for span in spans)
        for days, spans in groups
    ]


def _clock(minute: int) -> str:
    hour, rest = divmod(minute, 60)
    return f"{hour % 12 or 12}" + (f":{rest:02}" if rest else "") + (" am" if hour % 24 < 12 else " pm")


def location(turn: Turn) -> None:
    """Address, and on the web also parking, transit and access."""
    for place in _places(turn):
        turn.add(f"{place.name}: {place.address}")
        if turn.channel == "web" and turn.language == "en":
            details = " ".join(part for part in (place.parking, place.transit, place.accessibility) if part)
            if details:
                turn.add(details)


def contact(turn: Turn) -> None:
    """Phone, and mail where there is one."""
    email = turn.clinic.email
    turn.say("contact_email" if email else "contact", email=email or "")


def insurance(turn: Turn) -> None:
    """The plans the clinic names; whether a person is covered only their plan can say."""
    plans = turn.clinic.facts.insurers
    billing = display_phone(turn.clinic.facts.billing_phone or turn.clinic.phone)
    if plans:
        turn.say("insurers", plans=listing(list(plans), turn.language), billing=billing)
    else:
        turn.say("insurers_unknown", billing=billing)


def price(turn: Turn) -> None:
    """Self-pay prices of clinic.yml."""
    prices = turn.clinic.facts.prices
    billing = display_phone(turn.clinic.facts.billing_phone or turn.clinic.phone)
    rows = [f"{turn.clinic.visit_type(service).name(turn.language)}: ${amount}" for service, amount in prices.items()]
    if rows:
        turn.say("prices", rows=listing(rows, turn.language), billing=billing)
    else:
        turn.say("prices_unknown", billing=billing)


def privacy(turn: Turn) -> None:
    """Who reads along, what is kept for how long, and who deletes it: docs/privacy.md. The notice's address by web only."""
    turn.say("privacy")
    if turn.channel == "web":
        turn.say("privacy_delete")
        if notice := turn.clinic.facts.privacy_url:
            turn.say("privacy_notice", url=notice)


def human(turn: Turn) -> None:
    """The number of the people at the clinic."""
    turn.say("human")


def _places(turn: Turn) -> list[Location]:
    """The location the message names, else all."""
    named = [place for place in turn.clinic.locations if place.id == turn.said.location]
    return named or list(turn.clinic.locations)


class _Fact(Safely):
    """Answers with a fact of clinic.yml."""

    topic = ""

    def name(self) -> str:
        return f"action_{self.topic}"

    async def respond(self, turn: Turn) -> None:
        tell(turn, self.topic)


class ActionHours(_Fact):
    """When the clinic is open."""

    topic = "hours"


class ActionLocation(_Fact):
    """Where the clinic is."""

    topic = "location"


class ActionContact(_Fact):
    """How to reach the clinic."""

    topic = "contact"


class ActionInsuranceAccepted(_Fact):
    """Which insurance the clinic takes."""

    topic = "insurance_accepted"


class ActionPrice(_Fact):
    """What a visit costs at this clinic."""

    topic = "price"


class ActionPrivacy(_Fact):
    """Who can read the talk, and what is kept of it."""

    topic = "privacy"
