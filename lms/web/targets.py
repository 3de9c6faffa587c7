"""Where to go on after an act: a page of this site that the reader came for."""

from urllib.parse import urlsplit


def own_path(target: str | None) -> str | None:
    """Return `target` if it is a path of this site, so that no link leads away."""
    if not target or not target.startswith("/") or target.startswith("//"):
        return None
    if "\\" in target or not target.isprintable():  # what a browser reads otherwise
        return None
    parts = urlsplit(target)
    return None if parts.scheme or parts.netloc else target
