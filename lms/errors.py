"""The family of refusals that a user may meet.

A message is an English template for the message catalogues; `web` translates it, so
that this module depends on nothing.
"""

from typing import Any, ClassVar


def message(template: str) -> str:
    """Mark `template` for the message catalogues without translating it yet."""
    return template


class LmsError(Exception):
    """A refusal with a reason that the user can act on.

    Parameters
    ----------
    template : str, optional
        Message with ``%(name)s`` place-holders; the class default when left out.
    **values : object
        What the place-holders stand for.

    Attributes
    ----------
    status : int
        HTTP status that the web layer answers with.
    """

    status: ClassVar[int] = 400
    default: ClassVar[str] = message("This cannot be done.")

    def __init__(self, template: str | None = None, **values: Any) -> None:
        self.template = template or self.default
        self.values = values
        super().__init__(self.template % values if values else self.template)


class NotFoundError(LmsError):
    """The thing does not exist, or is not the reader's."""

    status = 404
    default = message("This page does not exist, or it is not yours to see.")


class NotAllowedError(LmsError):
    """The reader is known but lacks the permission."""

    status = 403
    default = message("Your role does not include this page.")


class ConflictError(LmsError):
    """Something changed since the reader's page was made."""

    status = 409
    default = message("This was changed in the meantime. Your input was not lost.")


class InvalidInputError(LmsError):
    """The input has the right shape but cannot be taken."""

    status = 422
    default = message("This input cannot be used.")


class SettingsError(LmsError):
    """A setting is missing or wrong; the message names it and the remedy."""

    status = 500
