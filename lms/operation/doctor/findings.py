"""What a check may look at, and what it says. Never a secret, never a person."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from lms.settings import Settings


class Level(StrEnum):
    """How bad it is: an error keeps something from working."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report; `remedy` says what to do about it."""

    level: Level
    text: str
    remedy: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """What is looked at."""

    settings: Settings
    engine: Engine
    now: datetime

    def session(self) -> Session:
        """Return a session for reading; the caller closes it."""
        return Session(self.engine)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing to look at.

    Attributes
    ----------
    needs_schema : bool
        It reads tables, so it is left out until the database has the present schema.
    """

    name: str
    look: Callable[[Installation], Iterable[Finding]]
    needs_schema: bool = False


def good(text: str) -> Finding:
    """Say that something is as it should be."""
    return Finding(Level.OK, text)


def warn(text: str, remedy: str) -> Finding:
    """Say that something will make trouble."""
    return Finding(Level.WARNING, text, remedy)


def bad(text: str, remedy: str) -> Finding:
    """Say that something does not work."""
    return Finding(Level.ERROR, text, remedy)
