"""Why somebody who came back from the provider is not let in, and what helps."""

from typing import ClassVar

from lms.errors import LmsError, message


class SignOnError(LmsError):
    """The sign-in did not come about; the reader's next step is in the words."""


class DeniedError(SignOnError):
    """The provider or the person said no."""

    status: ClassVar[int] = 403
    default: ClassVar[str] = message(
        "The sign-in service did not let you through, or you stopped there. "
        "Nothing was changed. You can begin again or use your password."
    )


class StaleFlowError(SignOnError):
    """Nothing of this browser is under way that the answer could belong to."""

    status: ClassVar[int] = 400
    default: ClassVar[str] = message(
        "This sign-in took too long, or another one was begun in between. "
        "Please begin again."
    )


class ProviderAwayError(SignOnError):
    """The provider does not answer, or not in its protocol."""

    status: ClassVar[int] = 503
    default: ClassVar[str] = message(
        "The sign-in service cannot be reached at the moment. "
        "Try again in a few minutes or use your password."
    )


class UntrustedAnswerError(SignOnError):
    """The answer could not be verified."""

    status: ClassVar[int] = 400
    default: ClassVar[str] = message(
        "The answer of the sign-in service could not be verified, so nobody was signed "
        "in. Please begin again. If it stays, tell whoever administers people."
    )


class NobodyKnownError(SignOnError):
    """The account is genuine and belongs to nobody here."""

    status: ClassVar[int] = 403
    default: ClassVar[str] = message(
        "This account does not belong to anybody here. Ask whoever administers people "
        "for an invitation to the address that your organisation has confirmed for you."
    )


class TooManyFailuresError(SignOnError):
    """Somebody in this network failed too often; the provider is not asked."""

    status: ClassVar[int] = 429
    default: ClassVar[str] = message(
        "There were too many failed attempts from your network. Try again in an hour."
    )
