"""Reading one variable: refused with its name where it would fail later."""

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from lms.errors import SettingsError, message

_MIN_SECRET_CHARACTERS = 32
_REDIS_SCHEMES = ("redis", "rediss", "unix")
_MOST_DIGITS = 18  # Python itself refuses to read some thousands


def whole_number(
    env: Mapping[str, str], name: str, default: int, *, most: int, least: int = 1
) -> int:
    """Read a whole number within limits.

    Raises
    ------
    SettingsError
        It is none, or lies outside.
    """
    text = env.get(name, str(default))
    is_number = text.isdecimal() and len(text) <= _MOST_DIGITS
    if not is_number or not least <= int(text) <= most:
        raise SettingsError(
            message("%(name)s must be a whole number from %(least)s to %(most)s."),
            name=name,
            least=least,
            most=most,
        )
    return int(text)


def switch(env: Mapping[str, str], name: str) -> bool:
    """Read a switch; what is neither on nor off would be taken for off unnoticed."""
    return one_of(env, name, ("1", "0"), "0") == "1"


def one_of(
    env: Mapping[str, str], name: str, allowed: tuple[str, ...], default: str
) -> str:
    """Read one of some words.

    Raises
    ------
    SettingsError
        It is another one.
    """
    value = env.get(name, default)
    if value not in allowed:
        raise SettingsError(
            message("%(name)s must be one of: %(allowed)s"),
            name=name,
            allowed=", ".join(allowed),
        )
    return value


def require_length(name: str, secret: str) -> None:
    """Refuse a secret that is too short.

    Raises
    ------
    SettingsError
        It is.
    """
    if len(secret) < _MIN_SECRET_CHARACTERS:
        raise SettingsError(
            message("%(name)s must have at least %(count)s characters."),
            name=name,
            count=_MIN_SECRET_CHARACTERS,
        )


def require_public_url(url: str) -> None:
    """Refuse what no browser could ask for, or what could not be gone on from.

    Raises
    ------
    SettingsError
        The address is such a one.
    """
    try:
        parts = urlsplit(url)
        is_usable = (parts.port is None or parts.port > 0) and bool(parts.hostname)
    except ValueError:
        is_usable = False
    if not is_usable or parts.scheme not in ("http", "https"):
        raise SettingsError(
            message(
                "LMS_PUBLIC_URL must look like https://training.example.org, with a "
                "port from 1 to 65535 if any."
            )
        )
    if "@" in parts.netloc or set(url) & set("?# "):
        raise SettingsError(
            message("LMS_PUBLIC_URL must hold no user, no blank, no ? and no #.")
        )


def require_redis_url(url: str) -> None:
    """Refuse what the client would read otherwise, as database 0 for one.

    Raises
    ------
    SettingsError
        The address is such a one.
    """
    parts = urlsplit(url)
    if parts.scheme not in _REDIS_SCHEMES:
        raise SettingsError(
            message("LMS_REDIS_URL must begin with redis://, rediss:// or unix://.")
        )
    if parts.scheme != "unix" and not re.fullmatch(r"(/\d*)?", parts.path):
        raise SettingsError(
            message("LMS_REDIS_URL must end with the number of a database, as in /0.")
        )
