"""Sending mail over SMTP; blocking, to be called in a thread."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage

from gateway.channels import MailSettings

TIMEOUT_SECONDS = 10.0


class MailError(Exception):
    """The mail was not taken. The message names the kind of failure only."""


def send(settings: MailSettings, to: str, subject: str, text: str) -> None:
    """Hand one mail to the server. Raises MailError."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = settings.sender, to, subject
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    try:
        if settings.tls == "implicit":
            context = ssl.create_default_context()
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                settings.host, settings.port, timeout=TIMEOUT_SECONDS, context=context
            )
        else:
            server = smtplib.SMTP(settings.host, settings.port, timeout=TIMEOUT_SECONDS)
        with server:
            if settings.tls == "starttls":
                server.starttls(context=ssl.create_default_context())
            if settings.user:
                server.login(settings.user, settings.password)
            server.send_message(message)
    except (OSError, smtplib.SMTPException) as error:
        raise MailError(type(error).__name__) from None
