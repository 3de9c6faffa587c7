"""What somebody reads on a page."""

import re

from werkzeug.test import TestResponse


def text_of(answer: TestResponse) -> str:
    """Return the words of a page; a tag counts as a blank, runs of blanks as one."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))
