"""Who carries mails away: an SMTP server, or a folder while there is none."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from lms.jobs.mail import Letter
from lms.jobs.mail_files import mail_folder, mail_path
from lms.jobs.models import OutboxMail
from lms.settings import Settings

_TIMEOUT_SECONDS = 20
_TLS_PORT, _STARTTLS_PORT = 465, 587


class Carrier(Protocol):
    """Takes a finished mail away; raises when it could not."""

    def carry(self, mail: EmailMessage) -> None:
        """Hand the mail over."""


@dataclass(frozen=True, slots=True)
class FolderCarrier:
    """Keeps mails as ``.eml`` files, which only the server's user can read."""

    folder: Path

    def carry(self, mail: EmailMessage) -> None:
        """Write the mail under its Message-ID, so that a second copy replaces it."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = mail_path(self.folder, mail["Message-ID"])
        path.touch(mode=0o600)
        path.write_bytes(mail.as_bytes())


@dataclass(frozen=True, slots=True)
class SmtpCarrier:
    """Hands mails to an SMTP server: ``smtps://`` (TLS) or ``smtp://`` (STARTTLS).

    Without TLS nothing is sent, except to a server on the same machine.
    """

    url: str

    def carry(self, mail: EmailMessage) -> None:
        """Send the mail over a connection of its own."""
        with self._signed_in() as server:
            server.send_message(mail)

    def greet(self) -> None:
        """Connect and sign in, and send nothing: to see whether mails would go."""
        with self._signed_in() as server:
            server.noop()

    @contextmanager
    def _signed_in(self) -> Iterator[smtplib.SMTP]:
        parts = urlsplit(self.url)
        with self._connect() as server:
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
            yield server

    def _connect(self) -> smtplib.SMTP:
        parts, context = urlsplit(self.url), ssl.create_default_context()
        host = parts.hostname or ""
        if parts.scheme == "smtps":
            return smtplib.SMTP_SSL(
                host,
                parts.port or _TLS_PORT,
                timeout=_TIMEOUT_SECONDS,
                context=context,
            )
        server = smtplib.SMTP(
            host, parts.port or _STARTTLS_PORT, timeout=_TIMEOUT_SECONDS
        )
        try:
            server.ehlo()
            if server.has_extn("starttls") or not _is_this_machine(host):
                server.starttls(context=context)
        except BaseException:
            server.close()
            raise
        return server


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def carrier_of(settings: Settings) -> Carrier:
    """Return the carrier that the settings ask for."""
    if settings.smtp_url:
        return SmtpCarrier(settings.smtp_url)
    return FolderCarrier(mail_folder(settings))


def write_mail(
    letter: Letter, row: OutboxMail, settings: Settings, *, now: datetime
) -> EmailMessage:
    """Return a letter as a mail whose Message-ID is the same at every attempt."""
    host = urlsplit(settings.public_url).hostname or "localhost"
    mail = EmailMessage(policy=SMTP)
    mail["From"] = settings.mail_from or f"no-reply@{host}"
    mail["To"] = letter.to
    mail["Subject"] = letter.subject
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{row.public_id}@{host}>"
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office replies
    mail.set_content(letter.body, cte="base64")
    return mail
