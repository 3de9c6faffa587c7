"""What the forms of a page would send without showing it."""

import re
from html import unescape

_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="(.*?)">', re.DOTALL)


def hidden_fields(html):
    """Return the hidden fields of a part of a page, without tokens."""
    found = {name: unescape(value) for name, value in _HIDDEN.findall(html)}
    found.pop("csrf_token", None)
    return found
