"""Refusals of the engine: each names the place and what would be right."""

from typing import ClassVar

from lms.errors import InvalidInputError, message


class PlayError(InvalidInputError):
    """An action cannot be played; the play before it stands."""


class MalformedActionError(PlayError):
    """An action has not the shape of ``docs/schemas/actions.schema.json``."""

    default: ClassVar[str] = message("Action %(number)s: %(fault)s")


class CaseFinishedError(PlayError):
    """An action comes after the end."""

    default: ClassVar[str] = message(
        "Action %(number)s: the case ended in '%(scene)s'; nothing can follow."
    )


class WrongSceneError(PlayError):
    """The action is meant for another scene, or for another kind of scene."""

    default: ClassVar[str] = message(
        "Action %(number)s: the play stands in '%(scene)s', which waits for "
        "%(wanted)s; '%(given)s' does not fit here."
    )


class UnknownChoiceError(PlayError):
    """The scene has no such choice."""

    default: ClassVar[str] = message(
        "Action %(number)s: scene '%(scene)s' has no choice '%(choice)s'; "
        "it offers %(offered)s."
    )


class ChoiceNotAllowedError(PlayError):
    """The choice exists here but its condition does not hold, or it was made before."""

    default: ClassVar[str] = message(
        "Action %(number)s: choice '%(choice)s' in scene '%(scene)s' is not allowed "
        "now; allowed are %(offered)s."
    )


class MalformedAnswerError(PlayError):
    """An answer has not the shape that its task asks for."""

    default: ClassVar[str] = message("Action %(number)s, task '%(scene)s': %(fault)s")


class BrokenCaseError(PlayError):
    """The case itself leads nowhere here; the checker finds such cases."""

    default: ClassVar[str] = message(
        "Case '%(case)s': the route scene '%(scene)s' leads nowhere; give its last "
        "entry no condition, and no way back to itself."
    )
