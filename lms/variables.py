"""Reading one variable: refused with its name where it would fail later."""

from collections.abc import Mapping

from lms.errors import SettingsError, message

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
