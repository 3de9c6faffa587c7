"""What can be wrong with the file of a backup, and the words for it."""

import lzma
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lms.errors import InvalidInputError, message

# What the libraries call damage; an encrypted part or deep nesting is a RuntimeError.
DAMAGE = (
    ArithmeticError,
    AttributeError,
    EOFError,
    KeyError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
    lzma.LZMAError,
    zipfile.BadZipFile,
    zlib.error,
)


class ArchiveError(InvalidInputError):
    """A file is no backup, or not a whole one."""

    default = message("This file is no backup of this product.")


@contextmanager
def naming(path: str) -> Iterator[None]:
    """Say which part is damaged, whatever the library calls the damage."""
    try:
        yield
    except DAMAGE as error:
        raise damaged(path) from error


def cut_off(path: Path) -> ArchiveError:
    """Return the refusal of a file that begins as a backup and does not end as one."""
    return ArchiveError(
        message("%(path)s is cut off or damaged: copy it once more."), path=path
    )


def too_long(path: str, number: int) -> ArchiveError:
    """Return the refusal of a line that no row can be."""
    return ArchiveError(
        message("%(path)s, line %(number)s: it is too long for a row of a backup."),
        path=path,
        number=number,
    )


def damaged(path: str) -> ArchiveError:
    """Return the refusal of a part whose bytes are others than were written."""
    return ArchiveError(
        message("The backup is damaged: %(path)s is not what was written."), path=path
    )
