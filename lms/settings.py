"""Settings: read once from the environment, checked, then frozen.

This is the only module that reads ``os.environ``.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from lms.database_url import normalise_database_url, require_database_url
from lms.errors import SettingsError, message
from lms.logs import FORMATS, LEVELS
from lms.oidc import OidcSettings, read_oidc
from lms.retention import CLASSES, Retention
from lms.variables import (
    one_of,
    require_length,
    require_public_url,
    require_redis_url,
    switch,
    whole_number,
)

PACKAGE_ROOT = Path(__file__).resolve().parent
PROJECT_ROOT = PACKAGE_ROOT.parent
SUPPORTED_LOCALES = ("ja", "en")
DEFAULT_BODY_NAMES = ("認証機関", "Certification body")
_MOST_DAYS = 36_500  # a century; with many more, days before now cannot be reckoned
_MOST_YEARS = 100
_MOST_FAILURES = 1_000_000
_MOST_PROXIES = 100


def _shipped(relative: str) -> Path:
    """Return a folder of the checkout, or its copy inside an installed package."""
    packed = PACKAGE_ROOT / "_data"
    if packed.exists():
        return packed / relative
    return PROJECT_ROOT / relative.removeprefix("content")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that may differ between installations.

    Attributes
    ----------
    database_url : str
        SQLAlchemy URL; ``sqlite:///…`` or ``postgresql+psycopg://…``.
    secret_key : str
        At least 32 characters; signs sessions.
    keys_secret : str
        At least 32 characters; locks private signing keys and second factors at rest.
        Empty: `secret_key` does that too (see `locking_secret`).
    data_dir : Path
        Where files that the installation makes are kept.
    public_url : str
        Permanent address under which credentials are published, no final slash.
    content_root : Path
        Folder that holds ``curricula/``, ``case_simulations/`` and the others.
    is_demo : bool
        Sign-in buttons per role, and credentials that say that they are none.
    is_testing : bool
        Cheap password hashes; nothing else depends on it.
    body_name_ja, body_name_en : str
        Name of the certification body, in both languages.
    time_zone : str
        Zone in which moments are shown.
    validity_years : int
        How long a certificate is valid.
    retention : Retention
        How many days each class of data stays that does not stay for ever.
    redis_url : str or None
        Redis for the job queue and rate limits; without it one machine keeps both.
    smtp_url : str or None
        ``smtps://user:password@host:465`` or ``smtp://…:587``; without it mails are
        written into the folder ``outbox`` of `data_dir`.
    mail_from : str or None
        Sender of all mails.
    session_idle_minutes, session_hours : int
        When a sign-in ends: after so long without a request, and in any case.
    log_level, log_format : str
        From which level on, and as ``json`` or ``text``.
    metrics_token : str
        Who sends it may read ``/metrics``; without one, this machine only.
    failures_per_account, failures_per_address : int
        How many failures to sign in are let pass in 15 minutes and in an hour.
    resets_per_address : int
        How many links for a forgotten password may be asked for in an hour.
    oidc : OidcSettings or None
        Provider through which people may sign in too.
    trusted_proxies : int
        How many proxies stand in front and set ``X-Forwarded-For`` and ``-Proto``.
    """

    database_url: str = field(repr=False)
    secret_key: str = field(repr=False)
    data_dir: Path
    keys_secret: str = field(default="", repr=False)
    public_url: str = "http://127.0.0.1:8000"
    content_root: Path = field(default_factory=lambda: _shipped("content"))
    migrations_dir: Path = field(default_factory=lambda: _shipped("migrations"))
    is_demo: bool = False
    is_testing: bool = False
    body_name_ja: str = DEFAULT_BODY_NAMES[0]
    body_name_en: str = DEFAULT_BODY_NAMES[1]
    time_zone: str = "Asia/Tokyo"
    validity_years: int = 3
    retention: Retention = field(default_factory=Retention)
    redis_url: str | None = field(default=None, repr=False)
    smtp_url: str | None = field(default=None, repr=False)
    mail_from: str | None = None
    session_idle_minutes: int = 60
    session_hours: int = 12
    log_level: str = "INFO"
    log_format: str = "json"
    metrics_token: str = field(default="", repr=False)
    failures_per_account: int = 10
    failures_per_address: int = 100
    resets_per_address: int = 20
    oidc: OidcSettings | None = None
    trusted_proxies: int = 0

    def __post_init__(self) -> None:
        """Refuse settings that would fail later, naming the variable."""
        require_length("LMS_SECRET_KEY", self.secret_key)
        if self.keys_secret:
            require_length("LMS_KEYS_SECRET", self.keys_secret)
        require_public_url(self.public_url)
        self._check_services()

    def _check_services(self) -> None:
        """Refuse addresses of servers that could not be used."""
        require_database_url(self.database_url)
        if self.redis_url:
            require_redis_url(self.redis_url)
        if not self.smtp_url:
            return
        parts = urlsplit(self.smtp_url)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise SettingsError(
                message("LMS_SMTP_URL must look like smtps://user:password@host:465.")
            )
        if not self.mail_from:
            raise SettingsError(
                message("LMS_SMTP_URL needs LMS_MAIL_FROM, the sender of all mails.")
            )

    @property
    def locking_secret(self) -> str:
        """Return the secret under which private keys are locked at rest."""
        return self.keys_secret or self.secret_key

    @property
    def unlocking_secrets(self) -> tuple[str, ...]:
        """Return the secrets that may open what is locked, the present one first.

        An installation that is given a secret for its keys has keys that were locked
        under the other one: they open until `lms keys relock` has run.
        """
        return tuple(dict.fromkeys((self.locking_secret, self.secret_key)))

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Self:
        """Read ``LMS_*`` variables; one that is left empty counts as not set.

        Raises
        ------
        SettingsError
            A variable is missing or cannot be used.
        """
        env = _filled(os.environ if environ is None else environ)  # noqa: TID251
        data_dir = Path(env.get("LMS_DATA_DIR", "var")).resolve()
        secret = env.get("LMS_SECRET_KEY", "")
        if not secret:
            raise SettingsError(
                message(
                    "LMS_SECRET_KEY is not set. Make one with: "
                    "python3 -c 'import secrets; print(secrets.token_hex(32))'"
                )
            )
        return cls(
            database_url=normalise_database_url(
                env.get("LMS_DATABASE_URL", f"sqlite:///{data_dir / 'tsunagu.sqlite'}")
            ),
            secret_key=secret,
            data_dir=data_dir,
            keys_secret=env.get("LMS_KEYS_SECRET", ""),
            public_url=env.get("LMS_PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/"),
            content_root=Path(env.get("LMS_CONTENT_ROOT", _shipped("content"))),
            is_demo=switch(env, "LMS_DEMO"),
            body_name_ja=env.get("LMS_BODY_NAME_JA", DEFAULT_BODY_NAMES[0]),
            body_name_en=env.get("LMS_BODY_NAME_EN", DEFAULT_BODY_NAMES[1]),
            time_zone=env.get("LMS_TIME_ZONE", "Asia/Tokyo"),
            validity_years=whole_number(env, "LMS_VALIDITY_YEARS", 3, most=_MOST_YEARS),
            retention=_retention(env),
            redis_url=env.get("LMS_REDIS_URL"),
            smtp_url=env.get("LMS_SMTP_URL"),
            mail_from=env.get("LMS_MAIL_FROM"),
            session_idle_minutes=whole_number(
                env, "LMS_SESSION_IDLE_MINUTES", 60, most=_MOST_DAYS * 24 * 60
            ),
            session_hours=whole_number(
                env, "LMS_SESSION_HOURS", 12, most=_MOST_DAYS * 24
            ),
            log_level=one_of(env, "LMS_LOG_LEVEL", LEVELS, "INFO"),
            log_format=one_of(env, "LMS_LOG_FORMAT", FORMATS, "json"),
            metrics_token=env.get("LMS_METRICS_TOKEN", ""),
            failures_per_account=whole_number(
                env, "LMS_FAILURES_PER_ACCOUNT", 10, most=_MOST_FAILURES
            ),
            failures_per_address=whole_number(
                env, "LMS_FAILURES_PER_ADDRESS", 100, most=_MOST_FAILURES
            ),
            resets_per_address=whole_number(
                env, "LMS_RESETS_PER_ADDRESS", 20, most=_MOST_FAILURES
            ),
            oidc=read_oidc(env),
            trusted_proxies=whole_number(
                env, "LMS_TRUSTED_PROXIES", 0, least=0, most=_MOST_PROXIES
            ),
        )


def _filled(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that hold something: templates leave some of them empty."""
    return {name: value for name, value in environ.items() if value.strip()}


def _retention(env: Mapping[str, str]) -> Retention:
    usual = Retention()
    return Retention(
        **{
            name: whole_number(
                env,
                f"LMS_RETAIN_{name.upper()}_DAYS",
                getattr(usual, name),
                most=_MOST_DAYS,
            )
            for name in CLASSES
        }
    )


def default_content_root() -> Path:
    """Return ``LMS_CONTENT_ROOT``, or the content that came with the product."""
    named = env_value("LMS_CONTENT_ROOT")
    return Path(named) if named else _shipped("content")


def env_value(name: str) -> str | None:
    """Return one variable, unless it is empty, for what runs before settings exist."""
    return _filled(os.environ).get(name)  # noqa: TID251


def environment(**more: str) -> dict[str, str]:
    """Return the environment for a process that takes the place of this one."""
    return {**os.environ, **more}  # noqa: TID251


def list_variables() -> list[str]:
    """Return the names of all ``LMS_`` variables that are set, known or not."""
    return sorted(name for name in os.environ if name.startswith("LMS_"))  # noqa: TID251
