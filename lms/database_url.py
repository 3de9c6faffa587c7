"""The address of a database: how it may be written, and which kinds there are."""

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from lms.errors import SettingsError, message

_KINDS = ("sqlite", "postgresql+psycopg")


def normalise_database_url(url: str) -> str:
    """Return `url` with psycopg 3 as the PostgreSQL driver."""
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def require_database_url(url: str) -> None:
    """Refuse what names no database, without quoting it: it may hold a password.

    Raises
    ------
    SettingsError
        It cannot be read, or is of a kind that is not known here.
    """
    try:
        is_usable = make_url(url).drivername in _KINDS
    except (ArgumentError, ValueError):
        is_usable = False
    if not is_usable:
        raise SettingsError(
            message(
                "LMS_DATABASE_URL must look like sqlite:////folder/file.sqlite or "
                "postgresql://user:password@host/name."
            )
        )
