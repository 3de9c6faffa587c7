"""Addresses of this site: of the page asked for, and where to go on after an act."""

from urllib.parse import quote, urlsplit

from flask import Request

# What may stand as it is (RFC 3986, sections 3.3 and 3.4).
_IN_PATH = "/:@!$&'()*+,;=~"
_IN_QUERY = f"{_IN_PATH}?%"  # comes as it was sent


def own_path(target: str | None) -> str | None:
    """Return `target` if it is a path of this site, so that no link leads away."""
    if not target or not target.startswith("/") or target.startswith("//"):
        return None
    if "\\" in target or not target.isprintable():  # what a browser reads otherwise
        return None
    parts = urlsplit(target)
    return None if parts.scheme or parts.netloc else target


def path_of(asked: Request) -> str:
    """Return the path that was asked for, as it may stand in a link.

    Flask has it unquoted, and browsers leave out tabs and line ends: behind ``/%09/``
    another site would begin.
    """
    return quote(asked.path, safe=_IN_PATH)


def address_of(asked: Request) -> str:
    """Return path and query that were asked for, as they may stand in a link."""
    query = quote(asked.query_string, safe=_IN_QUERY)
    return f"{path_of(asked)}?{query}" if query else path_of(asked)
