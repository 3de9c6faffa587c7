"""Checks of the settings themselves: what is set, and whether it goes together."""

from collections.abc import Iterator
from dataclasses import fields
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from lms.nouns import some
from lms.oidc import OidcSettings
from lms.operation.doctor.findings import (
    Finding,
    Installation,
    bad,
    good,
    warn,
)
from lms.retention import Retention
from lms.settings import DEFAULT_BODY_NAMES, Settings, list_variables

# Fields whose variable is called otherwise, or which have none.
_NAMES: dict[str, str | None] = {"is_demo": "LMS_DEMO", "migrations_dir": None}
# Fields that are a group of variables each, and the shape of it.
_NESTED: dict[str, tuple[type[Any], str]] = {
    "retention": (Retention, "LMS_RETAIN_{}_DAYS"),
    "oidc": (OidcSettings, "LMS_OIDC_{}"),
}
_ELSEWHERE = frozenset({"LMS_OLD_KEYS_SECRET", "LMS_TEST_DATABASE_URL"})
_SECRET_WORDS = ("secret", "password", "token")


def look_at_settings(here: Installation) -> Iterator[Finding]:
    """List every setting; secrets are masked."""
    for name, text in list_settings(here.settings):
        yield good(f"{name}: {text}")


def look_at_variables(here: Installation) -> Iterator[Finding]:
    """Find variables that nobody reads: a slip of the pen changes nothing silently."""
    known = {name for name, _ in list_settings(here.settings)} | _ELSEWHERE
    for name in list_variables():
        if name not in known:
            yield warn(
                f"{name} is set, but there is no such setting",
                "Compare the name with docs/settings.md.",
            )


def list_settings(settings: Settings) -> list[tuple[str, str]]:
    """Return each variable with its value, fit to be shown to anybody."""
    shown = []
    for field in fields(settings):
        value = getattr(settings, field.name)
        if field.name in _NESTED:
            shape, pattern = _NESTED[field.name]
            shown += [
                (pattern.format(part.name.upper()), _text(value, part))
                for part in fields(shape)
            ]
            continue
        name = _NAMES.get(field.name, f"LMS_{field.name.upper()}")
        if name is not None and field.name != "is_testing":
            shown.append((name, _text(settings, field)))
    return shown


def _text(owner: Any, field: Any) -> str:
    value = getattr(owner, field.name, None)
    if value is None or value == "":
        return "not set"
    text = str(value)
    if "://" in text:
        return _without_credentials(text)
    if not field.repr or any(word in field.name for word in _SECRET_WORDS):
        return f"set, {len(text)} characters"
    return text


def _without_credentials(url: str) -> str:
    """Return an address without user, password and parameters."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}{parts.path}"


def look_at_secrets(here: Installation) -> Iterator[Finding]:
    """Ask for a secret of its own for keys."""
    settings = here.settings
    if settings.locking_secret != settings.secret_key:
        yield good("keys are locked under a secret of their own")
    elif settings.is_demo:
        yield good("keys are locked under LMS_SECRET_KEY, as is usual in a demo")
    else:
        yield warn(
            "keys are locked under the secret that signs sessions",
            "Set LMS_KEYS_SECRET to another secret, then run: lms keys relock",
        )


def look_at_body(here: Installation) -> Iterator[Finding]:
    """Credentials name the body that issues them, for as long as they are shown."""
    names = here.settings.body_name_ja, here.settings.body_name_en
    text = f"credentials are issued by: {' / '.join(names)}"
    is_own = not set(names) & set(DEFAULT_BODY_NAMES)
    if is_own or here.settings.is_demo:
        yield good(text)
    else:
        yield warn(
            f"{text}, which is no name of a body",
            "Set LMS_BODY_NAME_JA and LMS_BODY_NAME_EN before issuing.",
        )


def look_at_address(here: Installation) -> Iterator[Finding]:
    """Credentials carry the public address for years."""
    parts = urlsplit(here.settings.public_url)
    is_local = parts.hostname in ("localhost", "127.0.0.1", "::1")
    if here.settings.is_demo or (parts.scheme == "https" and not is_local):
        yield good("the public address can stand in credentials")
    else:
        yield warn(
            "the public address is not one that others reach over https",
            "Set LMS_PUBLIC_URL to the permanent https:// address before issuing.",
        )


def look_at_proxies(here: Installation) -> Iterator[Finding]:
    """Whoever serves https stands in front: `lms serve` itself does not."""
    count = here.settings.trusted_proxies
    if here.settings.public_url.startswith("https://") and not count:
        yield warn(
            "the address is https, but no proxy is trusted: everybody counts as one "
            "address when sign-ins fail",
            "Set LMS_TRUSTED_PROXIES to the number of proxies in front, mostly 1.",
        )
    else:
        yield good(f"{some(count, 'proxy', 'proxies')} trusted")


def look_at_demo(here: Installation) -> Iterator[Finding]:
    """Remind of the demo, which lets everybody in."""
    if here.settings.is_demo:
        yield warn(
            "demo mode is on: anybody can sign in, credentials certify nothing",
            "On a real installation unset LMS_DEMO.",
        )
    else:
        yield good("demo mode is off")


def look_at_time_zone(here: Installation) -> Iterator[Finding]:
    """Moments are shown and days counted in this zone."""
    try:
        ZoneInfo(here.settings.time_zone)
    except (KeyError, OSError, ValueError):
        yield bad(
            f"the time zone {here.settings.time_zone} is not known here",
            "Set LMS_TIME_ZONE to a name such as Asia/Tokyo, or install tzdata.",
        )
    else:
        yield good("the time zone is known")
