"""Jinja with the habits of the product, and what makes it fast enough for them."""

from collections.abc import Callable, Hashable
from functools import lru_cache
from typing import Any

from flask import Flask, request, url_for
from jinja2 import StrictUndefined, Template
from jinja2.environment import TemplateModule

from lms.web.markdown import has_readings, with_readings

_MOST_PIECES = 1024  # of a few kilobytes each


class _ProductTemplate(Template):
    """A template that all import as one and the same module.

    Jinja compares the globals of the two templates at every import, some thirty times
    a page. Here all templates have the globals of the one environment.
    """

    def _get_default_module(self, _context: Any = None) -> TemplateModule:
        if self._module is None:
            self._module = self.make_module()
        return self._module


class KeptPieces:
    """Pieces of pages that this process made before: ``{% call piece(name, key) %}``.

    Only for what follows from its key alone, such as a scene from the digest of the
    case, the language and the actions so far; never for what names a person or what
    somebody wrote. A piece without a key is made anew each time.
    """

    def __init__(self) -> None:
        self._pieces: dict[tuple[str, Hashable], str] = {}

    def __call__(self, name: str, key: Hashable, caller: Callable[[], str]) -> str:
        """Return the piece, made by the caller if it is not there yet."""
        if key is None:
            return caller()
        piece = self._pieces.get((name, key))
        if piece is None:
            if len(self._pieces) >= _MOST_PIECES:
                self._pieces.clear()
            piece = self._pieces[name, key] = caller()
        return piece


def _address(endpoint: str, /, **values: Any) -> str:
    """Stand for ``url_for`` in templates: addresses without parts are worked out once.

    A page has a dozen of them, the same for all pages under one root.
    """
    if values:
        return url_for(endpoint, **values)
    near = request.blueprint if endpoint.startswith(".") else None
    return _address_under(request.root_path, near, endpoint)


@lru_cache(maxsize=1024)
def _address_under(_root: str, _near: str | None, endpoint: str) -> str:
    return url_for(endpoint)


def init_templating(app: Flask) -> None:
    """Let templates fail on what is not there, and share what they import."""
    app.jinja_env.globals["url_for"] = _address
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.template_class = _ProductTemplate
    app.jinja_env.globals["piece"] = KeptPieces()
    app.jinja_env.filters["readings"] = with_readings
    app.jinja_env.filters["has_readings"] = has_readings
    app.jinja_env.filters["zip"] = lambda first, second: zip(first, second, strict=True)
