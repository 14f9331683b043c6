"""`python -m gateway.sms check`: what is still missing before patients can be texted. Exit status 0 when nothing is."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator

from clinic.config import Clinic, ClinicError, load
from clinic.settings import SettingsError
from gateway import settings
from gateway.channels import SmsSettings
from gateway.settings import Settings
from gateway.sms import segments
from gateway.sms.errors import CarrierError
from gateway.sms.samples import samples
from gateway.sms.templates import WORDING, Templates

WEBHOOK = "/sms/inbound#rc=2&rp=ct,rt,5xx"
SETTINGS = {
    "TWILIO_ACCOUNT_SID": "AC…, from the Twilio Console",
    "TWILIO_AUTH_TOKEN": "the account's primary token (not an API key): Twilio signs its posts with it",
    "TWILIO_FROM": "our numbers, one per location, like +16125550110, comma-separated",
    "TWILIO_MESSAGING_SERVICE_SID": "MG…, the service that the numbers and the campaign belong to",
    "GATEWAY_PUBLIC_URL": "the https address under which Twilio reaches this gateway",
}
MODES = {
    "advanced": "Twilio stops texts and answers. Enter these replies in Advanced Opt-Out, and take YES off the START words:",
    "twilio_default": "Twilio stops texts and answers with its own words; we record it and stay silent.",
    "self_managed": "we stop texts and answer; Twilio's own handling must be off (Message Redaction).",
}
BY_HAND = (
    "brand and campaign registered (10DLC: two to three weeks)",
    "every number in the Messaging Service",
    "BAA signed and HIPAA flag on the account and each sub-account",
    "HTTP authentication for media URLs on",
    "the pre-launch script of docs/operations.md, on a real phone",
)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m gateway.sms", description="Text messages: is everything set up?")
    commands = parser.add_subparsers(dest="command", required=True)
    check = commands.add_parser("check", help="say what is missing")
    check.add_argument("--offline", action="store_true", help="do not ask Twilio")
    commands.add_parser("samples", help="the texts to register with the carriers")
    asked = parser.parse_args()
    try:
        clinic = load()
        if asked.command == "samples":
            for name, text in samples(clinic).items():
                print(f"{name} ({segments.count(text)} segment): {text}")
            return 0
        values = settings.load(clinic.email)
    except (ClinicError, SettingsError) as error:
        print(error, file=sys.stderr)
        return 1
    return _check(clinic, values, asked.offline)


def _check(clinic: Clinic, values: Settings, offline: bool) -> int:
    if values.sms is None:
        print("Text messages are off. To turn them on, set these in the environment:")
        for name, meaning in SETTINGS.items():
            print(f"  {name}: {meaning}")
        return 1
    sms = values.sms
    missing = list(_missing(values, sms))
    if not offline:
        missing += _account(values, sms)
    for line in missing:
        print(f"missing: {line}")
    print(f"{len(missing)} missing." if missing else "Nothing is missing that can be seen from here.")
    print("Enter at Twilio:")
    where = (
        "Messaging Service, Integration" if sms.service_sid else f"each number ({', '.join(sms.senders)}), Messaging"
    )
    print(f"  {where}, incoming messages, POST: {values.public_url}{WEBHOOK}")
    print("  status callbacks: nothing; each text names its own address")
    print(f"Opt-out mode {sms.opt_out_mode}: {MODES[sms.opt_out_mode]}")
    if sms.opt_out_mode == "advanced":
        for kind in ("stopped", "help", "started"):
            print(f"  {kind}: {getattr(Templates(clinic), kind)('en')}")
    print(f"Wording of our texts: {WORDING}. The texts to register: python -m gateway.sms samples")
    print("Only a person can see to: " + "; ".join(BY_HAND) + ".")
    return 1 if missing else 0


def _missing(values: Settings, sms: SmsSettings) -> Iterator[str]:
    if not values.public_url.startswith("https://"):
        yield "GATEWAY_PUBLIC_URL must be https: Twilio posts patients' words to it"
    if not sms.service_sid:
        yield "TWILIO_MESSAGING_SERVICE_SID: 10DLC registration and Advanced Opt-Out belong to a Messaging Service"
    if sms.api_url:
        yield "TWILIO_API_URL is set: texts go to a test rig, not to patients"
    if not values.alerts.any:
        yield "no alert target (ALERT_EMAIL_TO, ALERT_WEBHOOK_URL or ALERT_SMS_TO): nobody hears of a crisis by text"


def _account(values: Settings, sms: SmsSettings) -> list[str]:
    """Ask Twilio for our numbers and where their texts are sent."""
    from gateway.sms.carrier import Carrier

    try:
        hooks = Carrier(sms).webhooks()
    except CarrierError as error:
        return [f"Twilio does not answer for this account: {error}"]
    wanted = f"{values.public_url}/sms/inbound"
    lines = [f"{number} is not a number of this account" for number in sms.senders if number not in hooks]
    if not sms.service_sid:
        wrong = [number for number in sms.senders if number in hooks and hooks[number].split("#")[0] != wanted]
        lines += [f"{number} sends its texts elsewhere: enter the webhook below" for number in wrong]
    return lines


if __name__ == "__main__":
    sys.exit(main())
