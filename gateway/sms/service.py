"""The SMS channel's parts, made once when it is set up."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.channels import SmsSettings
from gateway.sms.courier import Courier
from gateway.sms.receive import Desk
from gateway.sms.talk import Talk


@dataclass(frozen=True)
class Sms:
    settings: SmsSettings
    desk: Desk
    talk: Talk
    courier: Courier
