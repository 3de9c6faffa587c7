"""Fields of one line that name something."""

import re
from typing import Any

from lms.web.forms import normalise_text

_ENDS = re.compile(r"[\t\n\r\u2028\u2029]+")


def normalise_line(value: Any) -> Any:
    """Return a typed name in one line: a field of one line sends no line ends."""
    if not isinstance(value, str):
        return value
    return _ENDS.sub(" ", normalise_text(value))
