"""Checks of what the installation stands on: folders, disk, Redis, mail."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from smtplib import SMTPException
from urllib.parse import unquote, urlsplit

from redis import Redis, RedisError, exceptions
from redis.backoff import NoBackoff
from redis.retry import Retry

from lms.accounts.single_sign_on.errors import ProviderAwayError
from lms.accounts.single_sign_on.provider import Provider
from lms.jobs.carriers import SmtpCarrier
from lms.operation.doctor.findings import Finding, Installation, bad, good, warn

_LEAST_BYTES = 200 * 1024 * 1024
_FEW_BYTES = 2 * 1024 * 1024 * 1024
_OTHERS = 0o007
_TIMEOUT_SECONDS = 5
# The first that fits: some kinds are also of a kind below.
_REDIS_REMEDIES: tuple[tuple[tuple[type[Exception], ...], str], ...] = (
    (
        (exceptions.AuthenticationError, exceptions.NoPermissionError),
        "Correct user and password in LMS_REDIS_URL.",
    ),
    (
        (exceptions.TimeoutError,),
        "See in LMS_REDIS_URL that host, port and redis:// or rediss:// (TLS) are "
        "those of the server.",
    ),
    (
        (exceptions.ResponseError,),
        "Correct the database in LMS_REDIS_URL, as in /0.",
    ),
    ((Exception,), "Start it, or correct LMS_REDIS_URL."),
)


def look_at_data_folder(here: Installation) -> Iterator[Finding]:
    """See that the server can write there, and that not everybody reads there."""
    folder = here.settings.data_dir
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        yield bad(
            f"LMS_DATA_DIR cannot be written: {error.strerror}",
            "Make the folder, and give it to the user that runs the server.",
        )
        return
    if os.stat(folder).st_mode & _OTHERS:
        yield warn(
            "everybody on this machine can read LMS_DATA_DIR",
            f"Run: chmod 750 {folder}",
        )
    else:
        yield good("the data folder can be written")


def look_at_disk(here: Installation) -> Iterator[Finding]:
    """Warn before a full disk stops every write."""
    if not here.settings.data_dir.exists():
        return
    free = shutil.disk_usage(here.settings.data_dir).free
    text = f"{free // 1024**2} MiB free at LMS_DATA_DIR"
    if free < _LEAST_BYTES:
        yield bad(text, "Make room now: writes are about to fail.")
    elif free < _FEW_BYTES:
        yield warn(text, "Make room, or move LMS_DATA_DIR to a larger disk.")
    else:
        yield good(text)


def look_at_redis(here: Installation) -> Iterator[Finding]:
    """Several machines share their queue and their counts through Redis."""
    url = here.settings.redis_url
    if not url:
        yield good(
            "Redis is not set: the queue stays on this machine, and each process "
            "counts failed sign-ins for itself"
        )
        return
    try:
        with Redis.from_url(
            url,
            socket_connect_timeout=_TIMEOUT_SECONDS,
            socket_timeout=_TIMEOUT_SECONDS,
            retry=Retry(NoBackoff(), 0),
        ) as redis:
            redis.ping()
    except (RedisError, OSError) as error:
        yield bad(
            f"Redis cannot be used: {_words_of(error, url)}",
            next(way for kinds, way in _REDIS_REMEDIES if isinstance(error, kinds)),
        )
    else:
        yield good("Redis answers")


def _words_of(error: Exception, url: str) -> str:
    """Return what the client says, without the password."""
    said = str(error).strip().partition("\n")[0].rstrip(".") or type(error).__name__
    password = urlsplit(url).password
    return said.replace(unquote(password), "…") if password else said


def look_at_mail(here: Installation) -> Iterator[Finding]:
    """Connect and sign in to the mail server; nothing is sent."""
    url = here.settings.smtp_url
    if not url:
        text = "mails are written into the folder outbox"
        if here.settings.is_demo:
            yield good(text)
        else:
            yield warn(text, "Set LMS_SMTP_URL and LMS_MAIL_FROM to send them.")
        return
    try:
        SmtpCarrier(url).greet()
    except (OSError, SMTPException) as error:
        yield bad(
            f"the mail server does not let us in: {type(error).__name__}",
            "Check LMS_SMTP_URL: host, port, user, password and its certificate.",
        )
    else:
        yield good("the mail server answers")


def look_at_sign_in_service(here: Installation) -> Iterator[Finding]:
    """Ask the provider where people sign in; nobody is signed in."""
    if here.settings.oidc is None:
        yield good("no sign-in service of an organisation is set")
        return
    try:
        Provider(here.settings.oidc, here.settings.public_url).begin()
    except ProviderAwayError:
        yield bad(
            "the sign-in service does not answer, or not for that address",
            "Check LMS_OIDC_ISSUER against what the provider publishes.",
        )
    else:
        yield good("the sign-in service answers")
