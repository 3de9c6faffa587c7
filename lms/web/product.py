"""Flask as this product uses it."""

from collections.abc import Callable
from typing import Any, cast

from flask import Flask, Request, request


def this_request() -> Request:
    """Return the request that is being answered, and not Flask's stand-in for it.

    A look at the stand-in costs as much as ten at the request; a page has a hundred.
    """
    found: Request = cast("Any", request)._get_current_object()
    return found


class ProductRequest(Request):
    """A request whose body is as long as it says, or is refused.

    gunicorn vouches for the end of every body, though it passes on what has come when
    a sender breaks off; Werkzeug then takes half a form for the whole of it.
    """

    def __init__(self, asked: Any, *given: Any, **more: Any) -> None:
        if asked.get("CONTENT_LENGTH"):
            asked.pop("wsgi.input_terminated", None)
        super().__init__(asked, *given, **more)


class Product(Flask):
    """A Flask application all of whose views are plain functions."""

    request_class = ProductRequest

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function as it is; Flask looks anew at each of some twenty."""
        return func
