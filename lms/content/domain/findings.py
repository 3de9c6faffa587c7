"""What a check found: where, what is wrong, what would be right."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Level(StrEnum):
    """How much a finding weighs; only errors make a check fail."""

    ERROR = "error"
    WARNING = "warning"
    HINT = "hint"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One fault in a content file.

    Attributes
    ----------
    code : str
        Code of the check, as `docs/case-format.md` lists them.
    file : str
        Path from the content root.
    line : int
        From 1; for something missing, the line of the key that should hold it.
    where : str
        Place in words of the format, such as ``scenes.need.choices.need.money``.
    message : str
        What is wrong, and what would be right.
    play : tuple of str or None
        The shortest play that shows it.
    """

    code: str
    level: Level
    file: str
    line: int
    where: str
    message: str
    play: tuple[str, ...] | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the shape of ``lms content check --format json``."""
        shape: dict[str, Any] = {
            "code": self.code,
            "level": self.level.value,
            "file": self.file,
            "line": self.line,
            "where": self.where,
            "message": self.message,
        }
        if self.play is not None:
            shape["play"] = list(self.play)
        return shape

    def __str__(self) -> str:
        """Return ``file:line: level code: message``."""
        return f"{self.file}:{self.line}: {self.level} {self.code}: {self.message}"


@dataclass(slots=True)
class Findings:
    """Collects findings while files are read and checked."""

    rows: list[Finding] = field(default_factory=list)

    def add(self, finding: Finding) -> None:
        """Keep one finding."""
        self.rows.append(finding)

    @property
    def has_errors(self) -> bool:
        """Say whether anything found forbids publishing."""
        return any(row.level is Level.ERROR for row in self.rows)

    def __iter__(self) -> Iterator[Finding]:
        """Go through the findings by file and line."""
        return iter(sorted(self.rows, key=lambda row: (row.file, row.line, row.code)))
