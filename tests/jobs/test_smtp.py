"""Mails reach a real SMTP server: plain on this machine, STARTTLS and TLS elsewhere."""

import base64
import ipaddress
import ssl
from datetime import datetime, timedelta
from smtplib import SMTPNotSupportedError
from uuid import UUID

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from lms.clock import utc_now
from lms.jobs import carriers
from lms.jobs.carriers import SmtpCarrier, write_mail
from lms.jobs.delivery import deliver_due
from lms.jobs.mail import Letter
from lms.jobs.models import OutboxMail
from lms.jobs.services import post_mail
from tests.conftest import NOON
from tests.factories.accounts import make_person
from tests.jobs.post import SmtpServer, office, running

LONG = "道に迷ったときは、まず窓口に電話してください。" * 40
PUBLIC_ID = UUID(int=7)
ROW = OutboxMail(public_id=PUBLIC_ID)


def a_mail(settings, body=LONG):
    letter = Letter("hanako@example.org", "研修のご案内と、次にしていただくこと", body)
    return write_mail(letter, ROW, settings, now=NOON)


def tls_context(tmp_path, monkeypatch):
    """Return a server's TLS with a certificate that this test's clients trust."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now: datetime = utc_now()
    names = [
        x509.DNSName("localhost"),
        x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
    ]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (tmp_path / "cert.pem").write_bytes(certificate.public_bytes(pem))
    locked = serialization.NoEncryption()
    pkcs8 = serialization.PrivateFormat.PKCS8
    (tmp_path / "key.pem").write_bytes(key.private_bytes(pem, pkcs8, locked))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
    return context


def test_japanese_arrives_as_it_was_written(settings):
    with running(SmtpServer()) as server:
        SmtpCarrier(f"smtp://127.0.0.1:{server.port}").carry(a_mail(settings))
    (mail,) = server.mails
    assert mail["Subject"] == "研修のご案内と、次にしていただくこと"
    assert mail.get_content().strip() == LONG
    assert mail["Message-ID"] == f"<{PUBLIC_ID}@tsunagu.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    raw = server.raw[0]
    assert raw.isascii()
    assert max(len(line) for line in raw.splitlines()) <= 998  # RFC 5322, 2.1.1


def test_a_line_with_a_single_dot_does_not_end_the_mail(settings):
    with running(SmtpServer()) as server:
        carrier = SmtpCarrier(f"smtp://127.0.0.1:{server.port}")
        carrier.carry(a_mail(settings, "one\n.\ntwo\n"))
    assert server.mails[0].get_content().splitlines() == ["one", ".", "two"]


def test_starttls_is_used_before_the_password_is_said(settings, tmp_path, monkeypatch):
    context = tls_context(tmp_path, monkeypatch)
    with running(SmtpServer(context)) as server:
        url = f"smtp://me%40x:p%3Aw@localhost:{server.port}"
        SmtpCarrier(url).carry(a_mail(settings))
    assert base64.b64decode(server.logins[0]) == b"\0me@x\0p:w"
    assert len(server.mails) == 1


def test_a_server_elsewhere_without_tls_gets_nothing(settings, monkeypatch):
    monkeypatch.setattr(carriers, "_is_this_machine", lambda host: False)
    with running(SmtpServer()) as server, pytest.raises(SMTPNotSupportedError):
        SmtpCarrier(f"smtp://a:b@127.0.0.1:{server.port}").carry(a_mail(settings))
    assert (server.raw, server.logins) == ([], [])


def test_a_server_with_a_certificate_that_nobody_vouches_for_gets_nothing(
    settings, tmp_path, monkeypatch
):
    context = tls_context(tmp_path, monkeypatch)
    monkeypatch.delenv("SSL_CERT_FILE")
    server = running(SmtpServer(context))
    with server as server, pytest.raises(ssl.SSLCertVerificationError):
        SmtpCarrier(f"smtp://localhost:{server.port}").carry(a_mail(settings))
    assert server.raw == []


def test_smtps_is_tls_from_the_first_byte(settings, tmp_path, monkeypatch):
    context = tls_context(tmp_path, monkeypatch)
    server = SmtpServer()
    server.socket = context.wrap_socket(server.socket, server_side=True)
    with running(server):
        url = f"smtps://me:pw@localhost:{server.port}"
        SmtpCarrier(url).carry(a_mail(settings))
    assert base64.b64decode(server.logins[0]) == b"\0me\0pw"
    assert len(server.mails) == 1


def test_an_address_that_the_server_refuses_is_a_failure_without_its_name(
    session, database, settings
):
    refused = make_person(session, email="refused@example.org")
    post_mail(session, "greeting", refused.id, now=NOON, word="x")
    session.commit()
    with running(SmtpServer()) as server:
        carrier = SmtpCarrier(f"smtp://127.0.0.1:{server.port}")
        result = deliver_due(database, office(settings, carrier), now=NOON)
    assert (result.failed, server.raw) == (1, [])


def test_a_server_that_does_not_answer_is_a_failure(session, database, settings):
    person = make_person(session)
    post_mail(session, "greeting", person.id, now=NOON, word="x")
    session.commit()
    with running(SmtpServer()) as server:
        port = server.port
    carrier = SmtpCarrier(f"smtp://127.0.0.1:{port}")
    assert deliver_due(database, office(settings, carrier), now=NOON).failed == 1


@pytest.mark.parametrize(
    "body", [b"to", b"subject"], ids=["to an address", "in a subject"]
)
def test_a_line_break_does_not_smuggle_headers_in(settings, body):
    wrong = "hanako@example.org\nBcc: other@example.org"
    letter = Letter(wrong, "x", "") if body == b"to" else Letter("a@b.c", wrong, "")
    with pytest.raises(ValueError, match=r"linefeed|newline"):
        write_mail(letter, ROW, settings, now=NOON)
