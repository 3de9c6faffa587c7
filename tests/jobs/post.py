"""A post office for tests: a kind of mail, a carrier that remembers, a real server."""

import socketserver
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import default
from io import BytesIO
from smtplib import SMTPServerDisconnected

from lms.accounts.models import Person
from lms.jobs.delivery import PostOffice
from lms.jobs.mail import Letter, MailRegistry


@dataclass
class Greeting:
    """Writes to a person by the address of the profile."""

    name: str = "greeting"

    def compose(self, session, person_id, values):
        profile = session.get_one(Person, person_id).profile
        if profile is None:
            return None
        return Letter(profile.email, "つなぐからのお知らせ", f"{values['word']}\n")


@dataclass
class Pigeon:
    """Carries mails, after failing with each of `errors` in turn."""

    errors: list = field(default_factory=list)
    carried: list = field(default_factory=list)

    def carry(self, mail):
        if self.errors:
            raise self.errors.pop(0)
        self.carried.append(mail)


class DyingPigeon(Pigeon):
    """Carries a mail away, and the worker is killed before it can note it."""

    def carry(self, mail):
        super().carry(mail)
        raise SystemExit


def office(settings, carrier, *kinds):
    return PostOffice(MailRegistry(kinds or (Greeting(),)), carrier, settings)


class _Talk(socketserver.StreamRequestHandler):
    """One SMTP conversation (RFC 5321), with STARTTLS and AUTH PLAIN if asked for."""

    def say(self, text):
        self.wfile.write(f"{text}\r\n".encode())

    def handle(self):
        self.say("220 ready")
        while line := self.rfile.readline():
            verb = line.split()[0].upper().decode()
            if verb == "QUIT":
                self.say("221 bye")
                return
            getattr(self, f"do_{verb.lower()}", self.unknown)(line)

    def finish(self):
        super().finish()
        self.connection.close()

    def unknown(self, _line):
        self.say("502 not known")

    def do_ehlo(self, _line):
        is_secure = hasattr(self.connection, "cipher")
        self.say("250-here")
        if self.server.context and not is_secure:
            self.say("250-STARTTLS")
        self.say("250 AUTH PLAIN")

    def do_starttls(self, _line):
        self.say("220 go on")
        plain = self.connection
        try:
            self.connection = self.server.context.wrap_socket(plain, server_side=True)
        except OSError:  # the client does not trust us
            self.rfile = BytesIO()
            return
        self.rfile = self.connection.makefile("rb")
        self.wfile = self.connection.makefile("wb", buffering=0)

    def do_auth(self, line):
        self.server.logins.append(line.split()[-1])
        self.say("235 welcome")

    def do_mail(self, _line):
        self.say("250 ok")

    def do_rcpt(self, line):
        refused = b"refused@" in line
        self.say("550 nobody here" if refused else "250 ok")

    def do_rset(self, _line):
        self.say("250 ok")

    def do_data(self, _line):
        self.say("354 go on")
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        self.server.raw.append(b"".join(lines))
        self.say("250 kept")


class SmtpServer(socketserver.ThreadingTCPServer):
    """Keeps what it was sent."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, context=None):
        super().__init__(("127.0.0.1", 0), _Talk)
        self.context, self.raw, self.logins = context, [], []

    @property
    def mails(self):
        return [message_from_bytes(raw, policy=default) for raw in self.raw]

    @property
    def port(self):
        return self.server_address[1]


@contextmanager
def running(server):
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


LOST = SMTPServerDisconnected("trainee@example.org is unhappy")
