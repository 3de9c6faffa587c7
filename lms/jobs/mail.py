"""Kinds of mail: each knows how to write its letter at the moment of sending."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Letter:
    """What goes out: plain text to one address."""

    to: str
    subject: str
    body: str


class MailKind(Protocol):
    """Writes one kind of letter; lives in the package whose act causes it.

    `compose` runs in an application context, outside a request, so texts are put
    into the person's language with ``flask_babel.force_locale``. It may write (keep
    the digest of a link's secret, say): that is committed before the letter leaves.
    A letter may be composed again when sending failed.
    """

    @property
    def name(self) -> str:
        """Return the name under which mails of this kind are posted."""

    def compose(
        self, session: Session, person_id: int, values: Mapping[str, Any]
    ) -> Letter | None:
        """Return the letter, or nothing when there is nobody to write to any more."""


class UnknownMailKindError(LookupError):
    """A row waits whose kind this version of the product does not know."""


class MailRegistry:
    """The kinds of mail of this installation, by name."""

    def __init__(self, kinds: Iterable[MailKind]) -> None:
        self._kinds = {kind.name: kind for kind in kinds}

    def __getitem__(self, name: str) -> MailKind:
        try:
            return self._kinds[name]
        except KeyError as error:
            raise UnknownMailKindError(name) from error
