"""Named refusals of the psychometric core."""


class PsychometricsError(ValueError):
    """An argument that no estimate can be made from; the message says which."""


class DataError(PsychometricsError):
    """A row, an indicator or a scale that cannot be right; the message names it."""
