"""What keeps a command from its work from outside, told in one line with its remedy.

Only what an operator can mend is told so: a statement that is wrong, on a database
whose schema is right, is a fault of ours and stays one.
"""

import errno
import re
import sqlite3
from zoneinfo import ZoneInfoNotFoundError

from sqlalchemy.exc import DBAPIError, IntegrityError

from lms.errors import LmsError
from lms.operation.database import require_current_schema
from lms.settings import Settings

EXPECTED = (LmsError, DBAPIError, OSError, ZoneInfoNotFoundError)
"""What `explain` may be asked about."""
_SQLITE_REMEDIES = {
    sqlite3.SQLITE_CANTOPEN: (
        "Make it with lms db upgrade, or correct LMS_DATABASE_URL and LMS_DATA_DIR."
    ),
    sqlite3.SQLITE_READONLY: "Give file and folder to the user that runs this.",
    sqlite3.SQLITE_PERM: "Give file and folder to the user that runs this.",
    sqlite3.SQLITE_BUSY: "Another process writes for long: wait, and run it again.",
    sqlite3.SQLITE_FULL: "Make room on the disk.",
    sqlite3.SQLITE_IOERR: "Look at the disk.",
    sqlite3.SQLITE_CORRUPT: "Restore a backup: docs/operations.md.",
    sqlite3.SQLITE_NOTADB: "Correct LMS_DATABASE_URL, or restore a backup.",
}
_OS_REMEDIES = {
    errno.ENOENT: "Make the folder first, or name another place.",
    errno.EACCES: "Give it to the user that runs this, or name another place.",
    errno.EPERM: "Give it to the user that runs this, or name another place.",
    errno.EROFS: "Name a place that can be written.",
    errno.ENOTDIR: "Name another place.",
    errno.EISDIR: "Name another place.",
    errno.ENOSPC: "Make room on the disk.",
}
_REACH = "Start it, or correct LMS_DATABASE_URL."
_RIGHTS = "Give the database to the user that LMS_DATABASE_URL names."
_AGAIN = "Look into the log of its server, and run this again."
_DENIED = ("42501", "3F000", "25006")  # no right, no place for tables, read only
# A connection that is refused carries no code, so the server's words must tell.
_TURNED_AWAY = {
    r"password authentication failed|no password supplied": (
        "Correct user and password in LMS_DATABASE_URL."
    ),
    r'role ".*" does not exist': (
        "Make that role in PostgreSQL, or correct the user in LMS_DATABASE_URL."
    ),
    r'database ".*" does not exist': (
        "Make that database, or correct its name in LMS_DATABASE_URL."
    ),
    r"no pg_hba\.conf entry": "Let user and machine in: pg_hba.conf of the server.",
    r"permission denied for database": _RIGHTS,
    r"too many (clients|connections)|connection slots": (
        "Let the server take more connections: max_connections."
    ),
}


def explain(error: BaseException) -> str | None:
    """Return what is wrong outside and the remedy, or nothing for a fault of ours."""
    if isinstance(error, LmsError):
        return str(error)
    if isinstance(error, DBAPIError):
        return _explain_database(error)
    if isinstance(error, OSError) and error.strerror:
        return _explain_system(error)
    if isinstance(error, ZoneInfoNotFoundError):
        return (
            f"{error.args[0]}. Set LMS_TIME_ZONE to a name such as Asia/Tokyo, or "
            "install tzdata."
        )
    return None


def _explain_system(error: OSError) -> str:
    place = f"{error.filename}: " if error.filename else ""
    remedy = _OS_REMEDIES.get(error.errno or 0, "")
    return f"{place}{error.strerror}. {remedy}".rstrip()


def _explain_database(error: DBAPIError) -> str | None:
    remedy = remedy_for(error)
    if remedy is not None:
        return f"The database cannot be used: {words_of(error)}. {remedy}"
    # rows that do not fit each other say nothing about the schema
    return None if isinstance(error, IntegrityError) else _explain_schema()


def remedy_for(error: DBAPIError) -> str | None:
    """Return what helps where the database cannot be used; nothing for other faults."""
    cause = error.orig
    if isinstance(cause, sqlite3.Error):
        return _SQLITE_REMEDIES.get(getattr(cause, "sqlite_errorcode", 0) & 0xFF)
    return _server_remedy(error)


def _server_remedy(error: DBAPIError) -> str | None:
    """Return what helps with a server; nothing where the statement may be wrong."""
    state = getattr(error.orig, "sqlstate", None)
    if error.statement is None or error.connection_invalidated:
        said = str(error.orig)
        known = (way for words, way in _TURNED_AWAY.items() if re.search(words, said))
        return next(known, _REACH)
    if state in _DENIED:
        return _RIGHTS
    kind = type(error).__name__
    return _AGAIN if kind == "OperationalError" else None


def _explain_schema() -> str | None:
    """Blame the schema for a statement that does not fit, if it is another one."""
    try:
        require_current_schema(Settings.from_env())
    except (LmsError, DBAPIError) as error:
        return str(error) if isinstance(error, LmsError) else None
    return None


def words_of(error: DBAPIError) -> str:
    """Return the driver's first line; what stands before an @ may be a password."""
    first = str(error.orig).strip().partition("\n")[0].rstrip(".")
    return re.sub(r"[^\s\"'(]*@", "…@", first)
