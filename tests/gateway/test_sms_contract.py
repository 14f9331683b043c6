"""The real Twilio client and our fake, both held against Twilio's own description of its API; our segments against Twilio's."""

from __future__ import annotations

import json
import random
import subprocess
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from clinic.config import load
from gateway.channels import SmsSettings
from gateway.sms import segments
from gateway.sms.carrier import Carrier
from gateway.sms.errors import CarrierError, Meaning
from gateway.sms.templates import Templates
from tests.gateway.fake_rasa import FakeRasa
from tests.gateway.fake_twilio import ACCOUNT, TOKEN, FakeTwilio
from tests.gateway.front_door import PATIENCE, ROOT, FrontDoor
from tests.gateway.prism import Prism, installed
from tests.gateway.texter import OURS, SETTINGS, Texter

SERVICE = "MG" + "0" * 31 + "1"
TEXT = {
    "To": "+16125550199",
    "From": OURS,
    "Body": "hello",
    "StatusCallback": "https://chat.northloop.example/sms/status?m=1",
    "ValidityPeriod": "300",
}


@pytest.fixture(scope="module")
def prism(tmp_path_factory: pytest.TempPathFactory, twilio: FakeTwilio) -> Iterator[Prism]:
    prism = Prism(tmp_path_factory.mktemp("prism"), twilio.url)
    yield prism
    prism.stop()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, shared_rasa: FakeRasa, prism: Prism) -> Iterator[FrontDoor]:
    settings = SETTINGS | {"TWILIO_API_URL": prism.url, "TWILIO_MESSAGING_SERVICE_SID": SERVICE}
    door = FrontDoor(tmp_path_factory.mktemp("contract"), shared_rasa.port, **settings)
    door.start()
    yield door
    door.stop()


def carrier(prism: Prism, **changes: Any) -> Carrier:
    values: dict[str, Any] = {
        "account_sid": ACCOUNT, "tokens": (TOKEN,), "senders": (OURS,), "service_sid": "", "api_url": prism.url,
        "opt_out_mode": "advanced", "rate": 1.0, "join_seconds": 0.1,
    }  # fmt: skip
    return Carrier(SmsSettings(**(values | changes)))


def test_all_that_we_ask_of_twilio_is_what_its_description_allows(
    house: FrontDoor, twilio: FakeTwilio, prism: Prism, rasa: FakeRasa
) -> None:
    complaints = len(prism.complaints())
    first, blocked = Texter(house.url, "+16125550191"), Texter(house.url, "+16125550192")
    twilio.blocked.add(blocked.number)
    twilio.plan.extend([("error", 429, 20429), "lost"])
    rasa.script["long"] = [{"text": "¿Qué día? " + "word " * 500, "lang": "es"}]
    first.text("hello")
    (sent,) = twilio.wait_for(1)
    assert (sent["to"], sent["from"], sent["service"], sent["body"]) == (first.number, OURS, SERVICE, "You said: hello")
    first.status(sent, "delivered")
    first.text("long")
    assert len(twilio.wait_for(2)[1]["body"]) <= 1600
    blocked.text("hello")
    blocked.text("hello?")
    Texter(house.url, "+16125550193").text("the last")
    twilio.wait_for(3)
    assert [one["to"] for one in twilio.messages] == [first.number, first.number, "+16125550193"]
    assert len(prism.complaints()) == complaints


def test_every_call_of_the_client_passes_and_its_answers_too(
    prism: Prism, twilio: FakeTwilio, monkeypatch: pytest.MonkeyPatch
) -> None:
    from datetime import datetime, timedelta, timezone

    monkeypatch.setattr("gateway.sms.carrier.TIMEOUT_SECONDS", PATIENCE)
    complaints = len(prism.complaints())
    twilio.numbers[OURS] = "https://chat.northloop.example/sms/inbound"
    ours = carrier(prism)
    call = {"sender": OURS, "callback": "https://chat.northloop.example/sms/status?m=1", "validity": 36000}
    taken = ours.send(to="+16125550198", body="¿Mañana a las 9?", **call)
    assert (taken.sid[:2], taken.status) == ("SM", "accepted")
    since = datetime.now(timezone.utc) - timedelta(minutes=5)
    assert ours.find(to="+16125550198", sender=OURS, body="¿Mañana a las 9?", since=since) == taken
    assert ours.find(to="+16125550198", sender=OURS, body="other words", since=since) is None
    assert ours.webhooks() == twilio.numbers
    ours.redact(taken.sid)
    assert twilio.redacted[-1] == taken.sid
    twilio.blocked.add("+16125550197")
    with pytest.raises(CarrierError) as refused:
        ours.send(to="+16125550197", body="hello", **call)
    assert refused.value.meaning is Meaning.OPTED_OUT
    with pytest.raises(CarrierError) as stranger:
        carrier(prism, tokens=("another token",)).send(to="+16125550198", body="hello", **call)
    assert stranger.value.meaning is Meaning.CONFIGURATION
    assert len(prism.complaints()) == complaints


@pytest.mark.parametrize(
    "mistake",
    [
        {"To": "banana"}, {"To": "6125550199"}, {"From": None}, {"Body": None}, {"Body": "x" * 1601},
        {"ValidityPeriod": "99999"}, {"ValidityPeriod": "0"}, {"StatusCallback": "no address"},
        {"MessagingServiceSid": "MG1"},
    ],
)  # fmt: skip
def test_the_rig_refuses_what_twilio_refuses(prism: Prism, twilio: FakeTwilio, mistake: dict[str, str | None]) -> None:
    before = len(twilio.messages)
    form = {name: value for name, value in (TEXT | mistake).items() if value is not None}
    address = f"{prism.url}/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    assert httpx.post(address, data=form, auth=(ACCOUNT, TOKEN), timeout=PATIENCE, verify=False).status_code == 422
    assert len(twilio.messages) == before


def test_the_rig_refuses_a_fake_that_answers_wrongly(prism: Prism, twilio: FakeTwilio, monkeypatch: Any) -> None:
    right = twilio._shown
    monkeypatch.setattr(twilio, "_shown", lambda one: right(one) | {"status": "on its way"})
    address = f"{prism.url}/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    assert httpx.post(address, data=TEXT, auth=(ACCOUNT, TOKEN), timeout=PATIENCE, verify=False).status_code == 500


def _corpus(mixtures: int) -> list[str]:
    """Every text of ours in every wording, edges, and random mixtures of what people and phones write."""
    seed = random.Random(3)
    plain = list("abcdefgh ijklmnop QRSTUV 0123456789 .,;:!?'\"()/-+&%$@_#*=<>\n")
    more = [
        "éñü¿¡àÇÄÖß£¥èùìòØøÅåΔΦΓΛΩΠΨΣΘΞÆæÉ§",
        "^{}\\[]~|€",
        "áíóúçâêô",
        "—–…’“”•\u00a0\t`",
        "日本語中文한국어العربية",
    ]
    emoji = ["😀", "👍", "❤️", "👨\u200d👩\u200d👧", "🇺🇸", "👍🏽", "é"]
    alphabets = [plain, *(plain + list(letters) for letters in more), plain + emoji, ["€", "€", "a"], ["😀", "ó"]]
    mixed = ["".join(seed.choices(seed.choice(alphabets), k=seed.randint(0, 340))) for _ in range(mixtures)]
    edges = [
        mark * size
        for mark in ("a", "€", "ó", "😀", "é", "\n")
        for size in (1, 35, 67, 70, 71, 80, 134, 135, 153, 160, 161)
    ]
    edges += ["a" * n + "€" + "a" * m for n in (151, 152, 153, 159, 160) for m in (0, 10, 152, 153)]
    edges += ["ó" * n + "😀" + "ó" * m for n in (65, 66, 67, 69, 70) for m in (0, 10, 66, 67)]
    written = [text for path in sorted((ROOT / "data" / "answers").glob("*.yml")) for text in _texts(path)]
    assert len(written) > 100
    return [*Templates(load(ROOT / "clinic.yml")).all().values(), *written, *edges, *mixed]


def _texts(path: Any) -> Iterator[str]:
    from ruamel.yaml import YAML

    def walk(node: Any) -> Iterator[str]:
        if isinstance(node, dict):
            for name, value in node.items():
                yield from [value] if name == "text" and isinstance(value, str) else walk(value)
        elif isinstance(node, list):
            for value in node:
                yield from walk(value)

    return walk(YAML(typ="safe").load(path))


@pytest.mark.parametrize("mixtures", [500, pytest.param(3000, marks=pytest.mark.soak)])
def test_our_segments_are_those_of_twilios_own_calculator(mixtures: int) -> None:
    texts = _corpus(mixtures)
    said = subprocess.run(
        ["node", installed() / "segments.mjs"], input=json.dumps(texts), capture_output=True, text=True, check=True
    )
    theirs = [(count, name == "GSM-7") for count, name in json.loads(said.stdout)]
    ours = [(segments.count(text), segments.is_gsm(text)) for text in texts]
    wrong = [(text, a, b) for text, a, b in zip(texts, ours, theirs, strict=True) if a != b]
    print(json.dumps({"texts": len(texts), "wrong": len(wrong)}))
    assert wrong == []
