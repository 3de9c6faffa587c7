"""The folder in which mails lie while there is no server to take them."""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.jobs.models import OutboxMail
from lms.settings import Settings

_SUFFIX = ".eml"
_AT_ONCE = 500  # ids in a statement


def mail_folder(settings: Settings) -> Path:
    """Return the folder of this installation; it need not be there."""
    return settings.data_dir / "outbox"


def mail_path(folder: Path, message_id: str) -> Path:
    """Return the file of a mail, named by its row: a second copy replaces it."""
    return folder / (message_id.strip("<>").partition("@")[0] + _SUFFIX)


def forget_mail_files(session: Session, folder: Path) -> int:
    """Delete the mails whose rows are gone, by erasure or with time; return how many.

    To be called once that is committed. Only files that delivery wrote are touched: a
    file comes after its row, so one without a row has lost it. What a process that was
    killed left behind, the next call takes along.
    """
    files = dict(_mail_files(folder))
    ids = list(files)
    for start in range(0, len(ids), _AT_ONCE):
        part = ids[start : start + _AT_ONCE]
        known = select(OutboxMail.public_id).where(OutboxMail.public_id.in_(part))
        for public_id in session.scalars(known):
            del files[public_id]
    for path in files.values():
        path.unlink(missing_ok=True)
    return len(files)


def _mail_files(folder: Path) -> Iterator[tuple[UUID, Path]]:
    if not folder.is_dir():
        return
    for path in folder.iterdir():
        public_id = _row_of(path)
        if public_id is not None:
            yield public_id, path


def _row_of(path: Path) -> UUID | None:
    """Return the id in the name of a mail; nothing for what somebody else put there."""
    try:
        public_id = UUID(path.stem)
    except ValueError:
        return None
    is_ours = path.name == f"{public_id}{_SUFFIX}" and path.is_file()
    return public_id if is_ours and not path.is_symlink() else None
