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


class Product(Flask):
    """A Flask application all of whose views are plain functions."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function as it is; Flask looks anew at each of some twenty."""
        return func
