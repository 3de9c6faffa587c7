"""Named refusals of the psychometric core, and its one warning."""

from collections.abc import Iterable


class PsychometricsError(ValueError):
    """An argument that no estimate can be made from; the message says which."""


class DataError(PsychometricsError):
    """A row, an item, a rater or a scale that cannot be right; the message names it."""


class NoSolutionError(PsychometricsError):
    """The question has no answer in these data, such as a cut that does not exist."""


class DisconnectedDesignError(PsychometricsError):
    """Parts of the design share nothing, so that they have no common scale.

    Attributes
    ----------
    subsets : tuple of tuple
        Labels of each connected part, such as the raters that share learners.
    """

    subsets: tuple[tuple[object, ...], ...]

    def __init__(self, message: str, subsets: Iterable[Iterable[object]]) -> None:
        super().__init__(message)
        self.subsets = tuple(tuple(subset) for subset in subsets)


class ConvergenceWarning(UserWarning):
    """An iteration ended before it converged; the result says so as well."""
